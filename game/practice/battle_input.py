"""What the pointer does in a battle: dragging and tapping cards, choosing a direction, selecting units, pause and
speed.
"""

from __future__ import annotations

import math

import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.practice import layout
from game.practice.picking import Picker
from game.practice.scene import Hold
from game.simulator.battle import Battle
from game.view import Card

RHOMBUS = 200.0
"""Pixels at 720p from the tile beyond which a press is outside the rhombus and takes the card back."""

Point = tuple[float, float]


class BattleInput:
    """Turns presses, moves and releases into the battle's actions. Points are the game's own pixels."""

    def __init__(self, battle: Battle, picker: Picker) -> None:
        self.battle = battle
        self.paused = False
        self.speed = 1
        self.hold: Hold | None = None
        """The card or unit that is held; play is slow meanwhile."""
        self.picker = picker

    @property
    def is_dragging(self) -> bool:
        """Whether a card is held, or a deployed card that waits for its direction."""
        return self.hold is not None and not self.hold.standing and not self.hold.tapped

    def press(self, at: Point) -> None:
        """Take hold of the card under the pointer if it can be deployed now."""
        if self.paused or (self.hold is not None and not self.hold.tapped):
            return
        card = self.picker.card(self.battle.view().cards, *at)
        if card is not None and card.state == "ready" and self._has_room(card):
            self.hold = Hold(card.slot, at=at)

    def _has_room(self, card: Card) -> bool:
        """Whether the deployment limit allows one more unit, or does not count this one."""
        return self.battle.view().slots_left > 0 or not self.battle.world.deployable[card.slot].takes_slot

    def drag(self, to: Point) -> None:
        """Take the held card to a pixel, or swipe there from the tile on which it was let go."""
        hold = self.hold
        if hold is None or not self.is_dragging:
            return
        if hold.tile is None:
            hold.at = to
        else:
            hold.direction = self.picker.direction(hold.tile, *to)

    def lose_drag(self) -> None:
        """End a drag as if it had never begun: a card goes back into the hand, a direction stays unchosen."""
        if self.hold is None:
            return
        if self.hold.tile is None:
            self.hold = None
        else:
            self.hold.direction = None

    def release(self, pressed: Point, at: Point, *, tapped: bool) -> None:
        """The pointer goes up at a pixel, after it went down at `pressed`."""
        hold = self.hold
        card = self.picker.card(self.battle.view().cards, *at) if tapped else None
        if card is not None and (hold is None or (hold.tile is None and hold.slot == card.slot) or hold.tapped):
            self.hold = Hold(card.slot, tapped=True)
        elif hold is None:
            if tapped:
                self._tap(at)
        elif hold.tapped:
            self.hold = None
        elif hold.tile is None:
            self._drop_card(hold, at)
        elif hold.standing:
            self._tap_selected(hold, hold.tile, at)
        else:
            self._swipe(hold, hold.tile, pressed, at)

    def _tap(self, at: Point) -> None:
        """Pause, change the speed, or select a unit."""
        scale = self.picker.scale
        if scale.hits(layout.PAUSE, *at):
            self.paused = not self.paused
        elif self.paused:
            return
        elif scale.hits(layout.SPEED, *at):
            self.speed = 3 - self.speed
        else:
            unit = self.picker.unit(self.battle.operators_on_field(), *at)
            if unit is not None and self._takes_orders(unit.slot):
                self.hold = Hold(unit.slot, tile=(unit.row, unit.col), standing=True)

    def _takes_orders(self, slot: int) -> bool:
        """Whether the player can order a unit on the field: of the level's own only devices that have a skill."""
        device = self.battle.units[slot].device
        return slot < len(self.battle.squad) or (device and bool(self.battle.world.deployable[slot].by_hand))

    def _drop_card(self, hold: Hold, at: Point) -> None:
        """Let go of a card: over a tile where it may stand it waits for its direction, elsewhere it goes back."""
        tile = self.picker.tile(*at)
        self.hold = Hold(hold.slot, tile=tile) if tile is not None and tile in self.legal_tiles(hold.slot) else None

    def _tap_selected(self, hold: Hold, tile: tuple[int, int], at: Point) -> None:
        """Retreat the selected unit, use its skill, or deselect it."""
        button = self.picker.button(tile, *at)
        if button is not None:
            self.battle.act(Action(RETREAT if button == "retreat" else SKILL, hold.slot))
        self.hold = None

    def _swipe(self, hold: Hold, tile: tuple[int, int], pressed: Point, at: Point) -> None:
        """Deploy in the direction of the swipe; a press outside the rhombus takes the card back."""
        direction = self.picker.direction(tile, *at)
        if math.dist(pressed, self.picker.middle(tile)) > RHOMBUS * self.picker.scale.factor:
            self.hold = None
        elif direction is not None:
            self.battle.act(Action(DEPLOY, hold.slot, tile[0] * self.battle.stage.width + tile[1], direction))
            self.hold = None
        else:
            hold.direction = None

    def legal_tiles(self, slot: int) -> list[tuple[int, int]]:
        """The (row, column) of the tiles on which the card of a slot may be deployed now."""
        stage, slots = self.battle.stage, len(self.battle.squad)
        if slot >= slots:
            return self.battle.places_for(slot)
        tiles = stage.height * stage.width
        mask = self.battle.legal_actions()[1 : 1 + slots * tiles * 4]
        free = mask.reshape(slots, tiles, 4)[slot].any(axis=1)
        return [divmod(tile, stage.width) for tile in np.flatnonzero(free).tolist()]
