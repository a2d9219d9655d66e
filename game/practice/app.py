"""The practice game as a whole: a pointer and a clock, both moved by the caller, and the frame that results.

The pages and their order are in `flow`, the battle in `battle_page`, the faults' schedule in `faults`; this module
passes taps and time to whichever of them is on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice import layout
from game.practice.battle_page import BattlePage
from game.practice.draw import Painter
from game.practice.faults import Fault, Faults
from game.practice.flow import BEFORE_HOME, LOADED, RESULTS, Flow, Interruption
from game.practice.placement import WindowPlacement, displaced
from game.practice.scene import Label
from game.practice.skin import OWN, Skin
from game.practice.stage_map import StageMap
from game.simulator.battle import Battle

Image = npt.NDArray[np.uint8]

TAP_RADIUS = 24.0
"""Pixels at 720p between press and release up to which they are a tap, not a drag."""


class PracticeGame:
    """The game. `advance` moves its clock, `pointer_*` touches it, `draw` shows it.

    The same seed and inputs always give the same frames.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        squad: tuple[Operator, ...],
        size: tuple[int, int] = (layout.WIDTH, layout.HEIGHT),
        seed: int = 0,
        *,
        popups: bool = True,
        faults: Faults | None = None,
        skin: Skin = OWN,
    ) -> None:
        self.size = size
        self.squad = squad
        self.time = 0.0
        """Seconds since the game was opened, at its own clock."""
        self.stage_map = StageMap(stages)
        self.battle_page: BattlePage | None = None
        """The battle in progress, or the one whose result is shown."""
        self.faults = faults or Faults()
        self._rng = np.random.default_rng(seed)
        self._painter = Painter(size, squad, skin)
        self.scale = self._painter.scale
        self.flow = Flow(self.stage_map, self.scale, popup=popups)
        self._shown: tuple[float, Image] | None = None
        """When the current picture was drawn, and the picture itself."""
        self._pressed: tuple[float, float] | None = None
        """The game's own pixel where the pointer went down; None while it is up."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages on the map."""
        return self.stage_map.stages

    @property
    def battle(self) -> Battle | None:
        """The battle in progress, or the one whose result is shown."""
        return self.battle_page.battle if self.battle_page else None

    @property
    def speed(self) -> int:
        """The battle's speed, 1 or 2."""
        return self.battle_page.input.speed if self.battle_page else 1

    @property
    def paused(self) -> bool:
        """Whether the battle is paused."""
        return self.battle_page is not None and self.battle_page.input.paused

    @property
    def screen(self) -> str:
        """The true name of the screen that is shown, as the screen profiles spell it."""
        return self.flow.screen

    def labels(self) -> list[Label]:
        """The true boxes (name, x, y, width, height) in pixels of all units in the frame drawn last."""
        return list(self._painter.labels)

    def interrupt(self, what: Interruption) -> None:
        """Lay a pop-up, a lost connection or an unknown page over whatever is shown."""
        self.flow.interrupt(what)

    # --- Time ---------------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Let `seconds` of the game's clock pass. An interruption stops the page below it."""
        self.time += seconds
        for fault in self.faults.begun(self.time):
            self._begin_fault(fault)
        if self.flow.interruptions:
            return
        if self.flow.page in LOADED:
            self._load(seconds)
        elif self.flow.page == "battle":
            self._advance_battle(seconds)

    def _load(self, seconds: float) -> None:
        """Let a loading page go on, and open what follows it."""
        if self.faults.lasting("loading_stall", self.time):
            self.flow.stall(seconds)
        elif self.flow.page == "loading" and self.flow.is_loaded(self.time):
            self._begin_battle()
        elif self.flow.is_loaded(self.time):
            self.flow.go(LOADED[self.flow.page], self.time)

    def _begin_fault(self, fault: Fault) -> None:
        """What a fault does when it begins. Faults that last have their effect where `Faults.lasting` is asked."""
        match fault.kind:
            case "popup" | "connection_lost" | "disconnected" | "update":
                if self.flow.can_interrupt(fault.kind):
                    self.flow.interrupt(fault.kind)
            case "failed":
                if self.flow.page == "battle":
                    self._pressed = self._page_of_battle().input.hold = None
                    self.flow.go("failed", self.time)
            case "maintenance":
                self._throw_out("maintenance")

    def _throw_out(self, to: str) -> None:
        """End what is under way, without a result, and open a page before the home screen."""
        self._pressed = self.battle_page = None
        self.flow.throw_out(to, self.time)

    def _begin_battle(self) -> None:
        battle = Battle(self.stage_map.chosen, self.squad, int(self._rng.integers(2**31)))
        self.battle_page = BattlePage(battle, self._painter.hud_scale)
        self.flow.go("battle", self.time)

    def _advance_battle(self, seconds: float) -> None:
        page = self._page_of_battle()
        if page.is_over(self.time):
            self.flow.go(page.result, self.time)
        else:
            page.advance(seconds, self.time)

    def _page_of_battle(self) -> BattlePage:
        """The battle, on the pages on which there is one."""
        assert self.battle_page is not None
        return self.battle_page

    # --- The picture --------------------------------------------------------------------------------------------------

    @property
    def place(self) -> WindowPlacement:
        """Where the game's window is now."""
        moved, resized = self.faults.lasting("moved", self.time), self.faults.lasting("resized", self.time)
        right, down = moved.amount if moved else (0.0, 0.0)
        factor = resized.amount[0] if resized else 1.0
        return WindowPlacement(round(right * self.size[0]), round(down * self.size[1]), factor)

    def draw(self) -> Image:
        """What is seen in the rectangle in which the game was opened: BGR, height x width x 3, the caller's own copy.

        Of a window that was moved or resized that may be only a part, with a black margin.
        """
        return displaced(self.picture(), self.place)

    def picture(self) -> Image:
        """What the game shows in its window, wherever that is: BGR, height x width x 3, the caller's own copy.

        Faults can make it black, frozen or late.
        """
        if self.faults.lasting("black", self.time):
            self._painter.labels = []
            return np.zeros((self.size[1], self.size[0], 3), np.uint8)
        if self._shown is None or self._is_due(self._shown[0]):
            self._shown = (self.time, self._draw_now())
        return self._shown[1].copy()

    def _is_due(self, drawn_at: float) -> bool:
        """Whether the picture drawn at that time may be replaced."""
        slow = self.faults.lasting("frame_rate", self.time)
        if slow and self.time < drawn_at + 1 / slow.amount[0]:
            return False
        return self.faults.lasting("frozen", self.time) is None

    def _draw_now(self) -> Image:
        """The page and everything laid over it."""
        painter = self._painter
        painter.labels = []
        self._draw_page(painter)
        for what in self.flow.interruptions:
            painter.labels = []
            self._draw_over(painter, what)
        return painter.frame()

    def _draw_over(self, painter: Painter, what: Interruption) -> None:
        match what:
            case "popup":
                painter.popup()
            case "connection_lost":
                painter.connection_lost()
            case "disconnected":
                painter.connection_lost("BACK TO TITLE")
            case "logged_in_elsewhere":
                painter.notice("LOGGED IN ELSEWHERE", "Another device uses this account.", "BACK TO TITLE")
            case "update":
                painter.notice("UPDATE", "A new version is here; the game restarts.", "CONFIRM")
            case "unknown":
                painter.foreign()

    def _draw_page(self, painter: Painter) -> None:
        stage = self.stage_map.chosen
        match self.flow.page:
            case "home":
                painter.home()
            case "terminal":
                painter.terminal()
            case "stage_map":
                codes = [stage.code for stage in self.stage_map.shown()]
                painter.stage_map(codes, self.stage_map.nodes(), self.stage_map.page, self.stage_map.pages)
            case "stage_panel":
                painter.stage_panel(stage)
            case "squad":
                painter.squad_page()
            case "title" | "login" | "password" | "maintenance":
                painter.before_home(self.flow.page)
            case "loading" | "entering" | "restarting":
                painter.loading(min(self.flow.loaded(self.time), 1.0))
            case "battle":
                page = self._page_of_battle()
                painter.battle(page.scene(self.time), page.camera)
            case "settle" | "failed":
                painter.result(self.flow.page == "settle", self._page_of_battle().battle.stars, stage.code)

    # --- The pointer --------------------------------------------------------------------------------------------------

    def pointer_down(self, x: float, y: float) -> None:
        """The finger or the mouse button goes down on a pixel of `draw`'s frame."""
        self._pressed = self.place.inside(x, y)
        if self.screen == "battle" and self._page_of_battle().ended_at is None:
            self._page_of_battle().input.press(self._pressed)

    def pointer_move(self, x: float, y: float) -> None:
        """The pointer moves to another pixel, whether it is down or up."""
        at = self.place.inside(x, y)
        if self._pressed is None or self.battle_page is None or not self.battle_page.input.is_dragging:
            return
        if self.faults.lasting("drag_lost", self.time) and not self._is_tap(self._pressed, at):
            self._pressed = None
            self.battle_page.input.lose_drag()
        else:
            self.battle_page.input.drag(at)

    def pointer_up(self, x: float, y: float) -> None:
        """The finger or the mouse button is released."""
        at = self.place.inside(x, y)
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        tapped, page = self._is_tap(pressed, at), self.battle_page
        is_dragging = page is not None and page.input.is_dragging
        if tapped and not is_dragging and self.faults.lasting("tap_swallowed", self.time):
            return
        if self.screen == "battle":
            if self._page_of_battle().ended_at is None:
                self._page_of_battle().input.release(pressed, at, tapped=tapped)
        elif tapped:
            self._tap(*at)
        elif self.screen == "stage_map":
            self.stage_map.swipe(at[0] - pressed[0], self.scale)

    def _tap(self, x: float, y: float) -> None:
        """Follow a tap outside a battle. Leaving the result page ends the battle."""
        if self.screen in RESULTS:
            self.battle_page = None
        before = self.flow.page
        self.flow.tap(x, y, self.time)
        if self.flow.page == "login" and before == "title" and self.faults.lasting("maintenance", self.time):
            self.flow.go("maintenance", self.time)
        if self.flow.page in BEFORE_HOME:
            self._pressed = self.battle_page = None

    def _is_tap(self, pressed: tuple[float, float], at: tuple[float, float]) -> bool:
        return math.dist(pressed, at) <= TAP_RADIUS * self.scale.factor
