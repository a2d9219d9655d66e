"""The page for browsers, the extra `web`. docs/web.md says what it shows and who may see it.

The rest of the bot knows `beside` only, which `bot.turns` opens where [web] enabled says so.

- `beside`: the page of a daemon; `alone`: `holdfast web`, with `attached`, which reaches a daemon over MQTT
- `extra`: what must be installed and set for that
- `server`: listens, in a thread of its own, so that no browser makes the bot wait
- `access`: who may see and ask what: addresses, passwords, origins, and what browsers are told to refuse
- `app`: the addresses of the page and what they answer
- `channel`: the newest state for all browsers that watch; `drawing`: what is drawn on the live frame
- `records`, `runs`, `stages`, `plan_job`: log, faults and reports; traces; stages and their plans; a search for a plan
- `static/`: the page itself, without a build step

Only `server`, `access` and `app` import the extra's packages.
"""
