"""Tiles that do something to the unit on them, as effects that hold or happen while their owner stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from game.characters.effects import Effect
from game.levels.reader import JsonValue

OFTEN = 0.1
"""Seconds between two looks whether a unit has stepped on a tile whose effect outlasts its stay."""


class GroundEffects(NamedTuple):
    """The effects that tiles give to every operator and to every enemy of a level."""

    operators: tuple[Effect, ...] = ()
    enemies: tuple[Effect, ...] = ()


NO_GROUND = GroundEffects()
Board = Mapping[str, float]
"""The numbers of a tile by key, in lower case."""


def _bush(key: str, board: Board) -> Effect:
    """Enemies do not see the operator, not even those that it blocks."""
    del board
    return Effect(on=(key,), add={"stealth": 2.0})


def _medical_rune(key: str, board: Board) -> Effect:
    """A fraction of the full health each second."""
    return Effect(on=(key,), add={"regeneration_share": board["hp_recovery_per_sec_by_max_hp_ratio"]})


def _slower(key: str, board: Board) -> Effect:
    """The anti-air rune's price: points of attack speed."""
    return Effect(on=(key,), add={"attack_speed": board["attack_speed"]})


def _against_air(key: str, board: Board) -> Effect:
    """The anti-air rune's gain: a factor on attacks on fliers."""
    return Effect(on=(key,), when="attack", flying=True, strength=board["atk_scale"])


def _active_originium(key: str, board: Board) -> Effect:
    """More attack and attack speed, and true damage each second, from the step on the tile for a time."""
    return Effect(
        on=(key,),
        when="interval",
        every=OFTEN,
        seconds=board["duration"],
        scale={"attack": board["atk"]},
        add={"attack_speed": board["attack_speed"], "bleed": board["damage"]},
    )


def _heated_path(key: str, board: Board) -> Effect:
    """It breaks out again and again: true damage to those who stand on it, not to those who fly."""
    return Effect(
        on=(key,),
        when="interval",
        every=board["cd_min"],
        every_most=board["cd_max"],
        damage_points=board["damage"],
        kind="true",
        flying=False,
    )


def _heated_hit(key: str, board: Board) -> Effect:
    """Its damage is a hit: it gives an SP to operators whose skill gains them so."""
    return Effect(on=(key,), when="interval", every=board["cd_min"], every_most=board["cd_max"], gains=("hit",), sp=1.0)


GROUNDS: Mapping[str, tuple[Callable[[str, Board], Effect], ...]] = {
    "tile_grass": (_bush,),
    "tile_healing": (_medical_rune,),
    "tile_gazebo": (_slower, _against_air),
    "tile_infection": (_active_originium,),
    "tile_volcano": (_heated_path, _heated_hit),
}
"""What each kind of tile does to operators."""
FOR_ENEMIES = (_active_originium, _heated_path)
"""What is done to enemies too."""


def ground_effects(tiles: Mapping[str, JsonValue]) -> tuple[GroundEffects, tuple[str, ...]]:
    """The effects of a level's tiles, each kind by its key, and the keys of those that lack a number."""
    operators: list[Effect] = []
    enemies: list[Effect] = []
    unread = []
    for key, tile in tiles.items():
        try:
            made = [(effect, effect(key, _board(tile))) for effect in GROUNDS[key]]
        except (KeyError, ValueError):
            unread.append(key)
        else:
            operators += [effect for _, effect in made]
            enemies += [effect for how, effect in made if how in FOR_ENEMIES]
    return GroundEffects(tuple(operators), tuple(enemies)), tuple(unread)


def _board(tile: JsonValue) -> Board:
    """The numbers that a level gives with a tile."""
    return {str(one.at("key").value).lower(): one.at("value").number() for one in tile.get("blackboard", []).each()}
