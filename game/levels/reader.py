"""Reads the public level format: JSON values that know their place in a file, and the names of its enums and masks.

Old dumps write enums as integers, new ones as names; both are read as names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from game.errors import StageError

HEIGHTS = ("LOWLAND", "HIGHLAND")
BUILDABLE = {"NONE": 0, "MELEE": 1, "RANGED": 2, "ALL": 3}
PASSABLE = {"NONE": 0, "WALK_ONLY": 1, "FLY_ONLY": 2, "ALL": 3}
MOTIONS = ("WALK", "FLY", "E_NUM")
DIRECTIONS = ("UP", "RIGHT", "DOWN", "LEFT")
DIFFICULTIES = {"NONE": 0, "NORMAL": 1, "FOUR_STAR": 2, "EASY": 4, "SIX_STAR": 8, "ALL": 15}
PROFESSIONS = {
    "NONE": 0, "WARRIOR": 1, "SNIPER": 2, "TANK": 4, "MEDIC": 8, "SUPPORT": 16, "CASTER": 32, "SPECIAL": 64,
    "TOKEN": 128, "TRAP": 256, "PIONEER": 512, "ALL": 1023,
}  # fmt: skip
ACTIONS = (
    "SPAWN", "PREVIEW_CURSOR", "STORY", "TUTORIAL", "PLAY_BGM", "DISPLAY_ENEMY_INFO", "ACTIVATE_PREDEFINED",
    "PLAY_OPERA", "TRIGGER_PREDEFINED", "BATTLE_EVENTS", "WITHDRAW_PREDEFINED", "DIALOG",
    "SHOW_ALL_HIDDEN_CARDS", "EMPTY",
)  # fmt: skip
CHECKPOINTS = (
    "MOVE", "WAIT_FOR_SECONDS", "WAIT_FOR_PLAY_TIME", "WAIT_CURRENT_FRAGMENT_TIME", "WAIT_CURRENT_WAVE_TIME",
    "DISAPPEAR", "APPEAR_AT_POS", "ALERT", "PATROL_MOVE", "WAIT_BOSSRUSH_WAVE", "MAP_OFFSET_MOVE",
    "INVALID",
)  # fmt: skip

SHOWN_ONLY = frozenset(
    {
        *("PREVIEW_CURSOR", "STORY", "TUTORIAL", "PLAY_BGM", "DISPLAY_ENEMY_INFO", "PLAY_OPERA", "DIALOG"),
        *("SHOW_ALL_HIDDEN_CARDS", "EMPTY"),
    }
)
"""Actions that only show or play something: they change nothing in the battle."""

TILES = frozenset({
    "tile_forbidden", "tile_wall", "tile_road", "tile_floor", "tile_start", "tile_end", "tile_flystart", "tile_empty",
    "tile_hole", "tile_telin", "tile_telout", "tile_rcm_operator", "tile_rcm_crate", "tile_fence", "tile_fence_bound",
})  # fmt: skip
"""Tiles that are fully described by their height, who may stand there and who may pass. (Of tunnels, telin and telout,
the checkpoints of routes say where they lead; rcm_operator and rcm_crate only mark a place that the game recommends; a
fence is a tile for operators that enemies on foot do not enter. `game.levels.ground` has the tiles that do more.)"""

OPTIONS = frozenset({
    "characterLimit", "maxLifePoint", "initialCost", "maxCost", "costIncreaseTime", "moveMultiplier", "maxPlayTime",
    "steeringEnabled", "isPredefinedCardsSelectable", "displayRestTime",
})  # fmt: skip
"""Options that have a rule, or need none: `steeringEnabled` lets enemies avoid crowds, but here they do not push one
another; the last two concern only what the screen shows or lets choose."""

MOST = 99_999
"""The largest whole number accepted. Real levels stay below; a typing error must not ask for a billion enemies."""
LARGEST = 1e9
"""The largest number that is accepted."""

QUIET: tuple[Any, ...] = (None, False, 0, -1, "", "NONE", (), [], {})
"""Values that mean: this option, rune or list is not in use."""


@dataclass(frozen=True)
class JsonValue:
    """A value of a JSON file with its place in the file, for errors.

    All methods that read raise StageError, in one line, where the value does not fit.
    """

    file: str
    where: str
    """Its path, for example waves[0].fragments[2]; empty for the whole file."""
    value: Any

    def error(self, problem: str, remedy: str) -> StageError:
        """The error for this value, in one line: file, place, problem, remedy."""
        told = f"{self.file}: {self.where or 'the top level'}: {problem}; {remedy}"
        return StageError(" ".join(told.splitlines()))  # texts of the file may have line breaks

    def at(self, key: str) -> JsonValue:
        """The value under `key`, which must be there."""
        here = self.value
        if not isinstance(here, dict):
            raise self.error(f"is {_kind(here)}", "this place must hold an object, see any public level file")
        if key not in here:
            raise self.error(f"lacks the key '{key}'", "add it, or take the file from its source again")
        return JsonValue(self.file, f"{self.where}.{key}" if self.where else key, here[key])

    def get(self, key: str, default: Any = None) -> JsonValue:
        """The value under `key`, or `default` where it is absent or null."""
        here = self.value if isinstance(self.value, dict) else {}
        value = here.get(key)
        return JsonValue(self.file, f"{self.where}.{key}" if self.where else key, default if value is None else value)

    def fields(self) -> dict[str, JsonValue]:
        """The values of an object by key, without nulls; null counts as an empty object, as some dumps write it."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.error(f"is {_kind(self.value)}", "this place must hold an object, see any public level file")
        return {key: self.at(key) for key, value in self.value.items() if value is not None}

    def each(self) -> Iterator[JsonValue]:
        """The values of a list; null counts as an empty list, as some dumps write it."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.error(f"is {_kind(self.value)}", "this place must hold a list, see any public level file")
        for index, value in enumerate(self.value):
            yield JsonValue(self.file, f"{self.where}[{index}]", value)

    def number(self) -> float:
        """The number, which must be finite and at most `LARGEST`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error(f"is {_kind(self.value)}", "write a number")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise self.error(f"is {self.value!r}", "write a number")
        if abs(self.value) > LARGEST:
            raise self.error(f"is above {LARGEST:g}, or below -{LARGEST:g}", "write a smaller number")
        return float(self.value)

    def least(self, lowest: float) -> float:
        """The number, which must be at least `lowest`."""
        number = self.number()
        if number < lowest:
            raise self.error(f"is {number:g}", f"write a number of at least {lowest:g}")
        return number

    def whole(self, lowest: int = 0) -> int:
        """The number, which must be whole and at least `lowest`."""
        number = self.least(lowest)
        if number != int(number) or number > MOST:
            raise self.error(f"is {number:g}", f"write a whole number of at most {MOST}")
        return int(number)

    def text(self) -> str:
        """The text, which must not be empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error(f"is {_kind(self.value)}", "write a text")
        return self.value

    def enum(self, names: tuple[str, ...]) -> str:
        """The name of an enum's value, written as name or as integer; an integer without a name as digits."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return names[self.value] if 0 <= self.value < len(names) else str(self.value)
        return self.text().upper()

    def mask(self, bits: Mapping[str, int]) -> int:
        """A mask, written as a number, one name, names in one text ("MELEE, RANGED") or a list of names."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.whole() & max(bits.values())
        names = [place.text() for place in self.each()] if isinstance(self.value, list) else _words(self.value)
        for name in names:
            if name.upper() not in bits:
                raise self.error(f"is {name!r}", f"write one of {', '.join(bits)}")
        return sum({bits[name.upper()] for name in names}) if "ALL" not in names else bits["ALL"]

    def quiet(self) -> bool:
        """Whether the value means that its option, rune or list is not in use (`QUIET`)."""
        return any(type(self.value) is type(off) and self.value == off for off in QUIET) or self.value == -1.0


class StageOptions(NamedTuple):
    """The rules that a level sets for its battles. Times in seconds."""

    character_limit: int
    """How many operators may stand on the field at once."""
    max_life: int
    initial_cost: int
    max_cost: int
    cost_increase_time: float
    """Seconds per DP; from 99999 on none is gained."""
    move_multiplier: float
    """Factor on the speed of all enemies."""
    time_limit: float = 0.0
    """Seconds after which the battle is lost; 0 for no limit."""
    squad_limit: int = 0
    """How many operators a squad may have; 0 for no limit."""


@dataclass
class Unknown:
    """The parts of a level that have no rule here, by name, once each, in the order in which they are met."""

    names: dict[str, None] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """Add a name, unless it was added before."""
        self.names.setdefault(name)


def read_level(path: Path) -> JsonValue:
    """The whole of a level file. Raises StageError where it cannot be read or is not a JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise StageError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise StageError(f"{path}: is not a text file; give a level file in JSON") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise StageError(f"{path}: {where}: is not JSON ({error.msg}); take the file from its source again") from None
    except ValueError as error:  # a number of thousands of digits, or a path that cannot exist
        raise StageError(
            f"{path!r}: cannot be read ({error}); check the path, or take it from its source again"
        ) from None
    except RecursionError:
        raise StageError(f"{path}: is nested too deeply; take the file from its source again") from None
    if not isinstance(value, dict):
        raise StageError(f"{path}: the top level: is {_kind(value)}; a level file holds one JSON object")
    return JsonValue(path.name, "", value)


def _words(value: object) -> list[str]:
    """The names in a text, whatever separates them; none for null."""
    return re.findall(r"\w+", value) if isinstance(value, str) else []


def _kind(value: object) -> str:
    """How messages name a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return repr(value)
