"""MQTT: what `bot.control` is built from, one concern a module. docs/mqtt.md describes topics, payloads and codes.

- `broker`: the broker inside the bot, on loopback
- `connection`: host, TLS, user and password; MQTT 5 where the broker speaks it
- `session`: stays connected, sends what waits, and hands over what arrives
- `intake`: what a message asks for, and why it is rejected
- `rate`: how many requests a caller may make, and one line of the log for those rejected
- `discovery`: how Home Assistant finds the bot
- `caller`: the side of the command line, which asks a running daemon
"""
