"""How Home Assistant finds the bot: one message that describes the device and its parts (MQTT device discovery).

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from __future__ import annotations

from typing import Any

import bot

BIRTH = "homeassistant/status"
"""Where Home Assistant says "online" when it has started, and wants to be told of every device again."""
PAUSE, RESUME = '{"verb": "pause"}', '{"verb": "resume"}'
"""What the switch sends to the topic of all requests, as a switch of Home Assistant has one topic."""


def config_topic(name: str) -> str:
    """Where the description of the bot of this name belongs (retained)."""
    return f"homeassistant/device/{_device(name)}/config"


def description(name: str) -> dict[str, Any]:
    """The device and its parts, for the bot of this name."""
    base, device = f"holdfast/{name}", _device(name)
    return {
        "dev": {"ids": [device], "name": f"Holdfast {name}", "mf": "Holdfast", "sw": bot.__version__},
        "o": {"name": "Holdfast", "sw": bot.__version__},
        "availability": [
            {
                "topic": f"{base}/status",
                "value_template": "{{ 'online' if value == 'online' else 'offline' }}",
            }
        ],
        "cmps": {
            part: {"unique_id": f"{device}_{part}", **fields}
            for part, fields in {**_controls(base), **_sensors(base)}.items()
        },
    }


def _device(name: str) -> str:
    """The device's id: letters, digits, - and _ are all that may stand in a discovery topic."""
    return "holdfast_" + "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in name)


def _controls(base: str) -> dict[str, dict[str, Any]]:
    """What can be pressed, and the picture that a button makes."""
    return {
        "pause": {
            "p": "switch",
            "name": "Pause",
            "icon": "mdi:pause",
            "command_topic": f"{base}/command",
            "payload_on": PAUSE,
            "payload_off": RESUME,
            "state_topic": f"{base}/state",
            "value_template": "{{ 'ON' if value_json.state == 'paused' else 'OFF' }}",
            "state_on": "ON",
            "state_off": "OFF",
        },
        "stop": _button(base, "stop", "Stop after this battle", '{"when": "after_battle"}', "mdi:stop"),
        "screenshot": _button(base, "screenshot", "Screenshot", "{}", "mdi:camera"),
        "picture": {
            "p": "image",
            "name": "Screenshot",
            "image_topic": f"{base}/screenshot",
            "content_type": "image/png",
        },
    }


def _button(base: str, verb: str, name: str, payload: str, icon: str) -> dict[str, Any]:
    return {
        "p": "button",
        "name": name,
        "icon": icon,
        "command_topic": f"{base}/command/{verb}",
        "payload_press": payload,
    }


def _sensors(base: str) -> dict[str, dict[str, Any]]:
    """What can be read."""
    health = f"{base}/health"
    return {
        "state": _sensor("State", f"{base}/state", "{{ value_json.state }}", "mdi:state-machine"),
        "win_rate": _sensor("Win rate", health, "{{ (100 * value_json.win_rate_last_20) | round(0) }}", "mdi:trophy")
        | {"unit_of_measurement": "%", "state_class": "measurement"},
        "battles": _sensor("Battles", health, "{{ value_json.battles }}", "mdi:sword-cross")
        | {"state_class": "total_increasing"},
        "last_result": _sensor("Last result", f"{base}/event/battle", "{{ value_json.outcome }}", "mdi:flag-checkered"),
        "latency": _sensor("Latency", health, "{{ (value_json.latency_ms or {}).get('p99') }}", "mdi:timer-outline")
        | {"unit_of_measurement": "ms", "state_class": "measurement"},
        "faults": _sensor("Faults", health, "{{ value_json.faults }}", "mdi:alert")
        | {"state_class": "total_increasing"},
    }


def _sensor(name: str, topic: str, template: str, icon: str) -> dict[str, Any]:
    return {"p": "sensor", "name": name, "state_topic": topic, "value_template": template, "icon": icon}
