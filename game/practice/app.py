"""The practice game: the whole flow a player walks, driven by a pointer and a clock that others move.

Home → terminal → stage map → stage panel → squad → loading → battle → settle or failed → stage map. The rules of a
battle are in `game.simulator`; this module is what stands between a finger and them: dragging cards, the tilted
and slowed view, the direction that is swiped, selecting units, pause and speed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.camera import Camera
from game.characters.catalogue import Operator
from game.levels.stage import Stage, load_stage, shipped_stages
from game.practice import layout
from game.practice.draw import BattleScene, Hold, Label, Painter, Struck
from game.practice.faults import Fault, Faults
from game.practice.layout import Spot
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from game.view import Card

Image = npt.NDArray[np.uint8]
Interruption = Literal["popup", "connection_lost", "unknown"]

SLOW = 0.2
"""Speed of play while a card or a unit is held (FACTS.md: about 0.2x)."""
LOADING_SECONDS = 1.5
AFTERMATH_SECONDS = 1.0
"""Between the end of a battle and its result page."""
BANNER_SECONDS = 2.0
SPARK_SECONDS = 0.15
"""How long a blow flashes."""
SWIPE = 90.0
"""Pixels at 720p a direction has to be swiped."""
NEAR = 0.62
"""Tiles from a tile's middle within which a pointer means that tile."""
BUTTON_RADIUS = 46.0
"""Pixels at 720p around the retreat and skill buttons."""
RHOMBUS = 200.0
"""Pixels at 720p beyond which a tap is outside the rhombus and puts everything back."""
UNIT_RISE = 0.45
"""Tiles above its foot at which a unit's body is tapped; a tap on the tile itself counts as well."""


TURN = 120.0
"""Pixels at 720p a finger has to go sideways to turn to the map's next page."""
ON_A_PAGE = 12
"""Stages on one page of the map."""
FEW = 5
"""Up to so many stages stand in one line; more of them in rows of four."""


class Place(NamedTuple):
    """Where the game stands on the desktop, seen from where it was opened: moved by pixels, and how much larger."""

    right: float = 0.0
    down: float = 0.0
    factor: float = 1.0


class PracticeGame:
    """The game. `advance` moves its clock, `pointer_*` touches it, `draw` shows it. The same seed and inputs always
    give the same frames.
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
    ) -> None:
        self.size = size
        self.stages = tuple(stages)
        self.squad = squad
        self.time = 0.0
        """Seconds since the game was opened, at its own clock."""
        self.battle: Battle | None = None
        self.speed = 1
        self.paused = False
        self._rng = np.random.default_rng(seed)
        self._faults = faults or Faults()
        self._shown: tuple[float, Image] | None = None
        """When the picture was drawn that is still shown, and the picture."""
        self._painter = Painter(size, squad)
        self._scale = self._painter.scale
        self._page = "home"
        self._over: list[str] = ["popup"] if popups else []
        """What is laid over the page, the uppermost last."""
        self._since = 0.0
        self._stage = self.stages[0]
        self._map_page = 0
        self._camera = self._camera_of(self._stage)
        self._hold: Hold | None = None
        self._pressed: tuple[float, float] | None = None
        self._ticks_due = 0.0
        self._ended_at: float | None = None
        self._dp_seen = 0
        self._dp_gained_at = -1.0
        self._kinds_met: set[str] = set()
        self._banner: tuple[str, float] = ("", -BANNER_SECONDS)
        self._health: dict[Struck, float] = {}
        self._struck: dict[Struck, float] = {}
        """Who was hit when."""

    @property
    def screen(self) -> str:
        """The true name of what is shown, in the words of the eyes."""
        return self._over[-1] if self._over else self._page

    def labels(self) -> list[Label]:
        """The true boxes (name, x, y, width, height) of all units in the frame drawn last."""
        return list(self._painter.labels)

    def interrupt(self, what: Interruption) -> None:
        """Lay something over whatever is shown: a pop-up, a lost connection, or a page that nobody knows."""
        self._over.append(what)

    # --- Time ---------------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Let so many seconds of the game's clock pass. Battles run faster, slower or not at all meanwhile."""
        self.time += seconds
        for fault in self._faults.begun(self.time):
            self._suffer(fault)
        if self._over:
            return
        if self._page == "loading" and self._faults.lasting("loading_stall", self.time):
            self._since += seconds
        elif self._page == "loading" and self.time - self._since >= LOADING_SECONDS:
            self._begin_battle()
        elif self._page == "battle":
            self._run_battle(seconds)

    def _suffer(self, fault: Fault) -> None:
        """What a fault does the moment it begins. (Those that last are asked for where they matter.)"""
        if fault.kind in ("popup", "connection_lost") and fault.kind not in self._over:
            self._over.append(fault.kind)
        elif fault.kind == "failed" and self._page == "battle":
            self._hold = self._pressed = None
            self._go("failed")

    def _run_battle(self, seconds: float) -> None:
        battle = self.battle
        assert battle is not None
        if self._ended_at is not None:
            if self.time - self._ended_at >= AFTERMATH_SECONDS:
                self._go("settle" if battle.outcome == "won" else "failed")
            return
        rate = 0.0 if self.paused else SLOW if self._hold is not None else float(self.speed)
        self._ticks_due += seconds * rate * TICKS
        # Thirtieths of a second add up to whole ticks only but for a rounding.
        ticks = int(self._ticks_due + 1e-6)
        self._ticks_due -= ticks
        battle.step(ticks)
        hold = self._hold
        if hold is not None and hold.standing and all(one.slot != hold.slot for one in battle.operators_on_field()):
            self._hold = None  # the selected unit has fallen
        self._notice(battle)
        if battle.outcome is not None:
            self._ended_at, self._hold = self.time, None

    def _notice(self, battle: Battle) -> None:
        """Remember what flashes and what is announced."""
        dp = battle.dp
        if dp > self._dp_seen:
            self._dp_gained_at = self.time
        self._dp_seen = dp
        enemies, operators = battle.enemies_on_field(), battle.operators_on_field()
        health: dict[Struck, float] = {("enemy", one.number): one.health for one in enemies}
        health |= {("operator", one.slot): one.health for one in operators}
        hit = [who for who, left in health.items() if left < self._health.get(who, 1.0)]
        self._struck = {who: at for who, at in self._struck.items() if self.time - at < SPARK_SECONDS}
        self._struck |= dict.fromkeys(hit, self.time)
        self._health = health
        for enemy in enemies:
            if enemy.kind not in self._kinds_met:
                self._kinds_met.add(enemy.kind)
                self._banner = (enemy.kind, self.time)

    def _begin_battle(self) -> None:
        self.battle = Battle(self._stage, self.squad, int(self._rng.integers(2**31)))
        self._camera = self._camera_of(self._stage)
        self.speed, self.paused, self._hold, self._ended_at = 1, False, None, None
        self._ticks_due, self._dp_seen, self._kinds_met = 0.0, self.battle.dp, set()
        self._banner, self._health, self._struck = ("", -BANNER_SECONDS), {}, {}
        self._go("battle")

    # --- What is shown ------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the game's window stands just now."""
        moved, resized = self._faults.lasting("moved", self.time), self._faults.lasting("resized", self.time)
        right, down = moved.amount if moved else (0.0, 0.0)
        return Place(round(right * self.size[0]), round(down * self.size[1]), resized.amount[0] if resized else 1.0)

    def draw(self) -> Image:
        """The frame as it is now: BGR, height x width x 3, nobody else's.

        It is what is to be seen where the game was opened: of a window that was moved or resized, a part or a margin.
        """
        return displaced(self.picture(), self.place)

    def picture(self) -> Image:
        """What the game shows in its window, wherever that is: black or late when a fault says so."""
        if self._faults.lasting("black", self.time):
            self._painter.labels = []
            return np.zeros((self.size[1], self.size[0], 3), np.uint8)
        if self._shown is None or self._is_due(self._shown[0]):
            self._shown = (self.time, self._draw_now())
        return self._shown[1].copy()

    def _is_due(self, drawn_at: float) -> bool:
        """Whether the picture drawn then makes room for a new one."""
        slow = self._faults.lasting("frame_rate", self.time)
        if slow and self.time < drawn_at + 1 / slow.amount[0]:
            return False
        return self._faults.lasting("frozen", self.time) is None

    def _draw_now(self) -> Image:
        """The page and everything laid over it."""
        painter = self._painter
        painter.labels = []
        self._draw_page(painter)
        for over in self._over:
            painter.labels = []
            {"popup": painter.popup, "connection_lost": painter.connection_lost, "unknown": painter.foreign}[over]()
        return painter.frame()

    def _draw_page(self, painter: Painter) -> None:
        match self._page:
            case "home":
                painter.home()
            case "terminal":
                painter.terminal()
            case "stage_map":
                first = self._map_page * ON_A_PAGE
                codes = [stage.code for stage in self.stages[first : first + ON_A_PAGE]]
                painter.stage_map(codes, self._nodes(), self._map_page, self._map_pages())
            case "stage_panel":
                painter.stage_panel(self._stage)
            case "squad":
                painter.squad_page()
            case "loading":
                painter.loading(min((self.time - self._since) / LOADING_SECONDS, 1.0))
            case "battle":
                painter.battle(self._scene(), self._camera)
            case "settle" | "failed":
                assert self.battle is not None
                painter.result(self._page == "settle", self.battle.stars, self._stage.code)

    def _scene(self) -> BattleScene:
        assert self.battle is not None
        hold = self._hold
        dragging = hold is not None and hold.tile is None
        name, shown_at = self._banner
        return BattleScene(
            battle=self.battle,
            hand=self._hand(),
            paused=self.paused,
            speed=self.speed,
            hold=hold,
            legal=self._legal_tiles(hold.slot) if hold is not None and dragging else (),
            dp_flash=max(0.0, 1 - (self.time - self._dp_gained_at) / 0.3) if self._dp_gained_at >= 0 else 0.0,
            banner=name if self.time - shown_at < BANNER_SECONDS else "",
            struck=self._struck,
        )

    def _hand(self) -> tuple[Card, ...]:
        assert self.battle is not None
        return self.battle.view().cards

    def _map_pages(self) -> int:
        return math.ceil(len(self.stages) / ON_A_PAGE)

    def _nodes(self) -> list[Spot]:
        """Where the nodes of the stages on the map's open page are."""
        return nodes_of(len(self.stages), self._map_page)

    # --- The pointer --------------------------------------------------------------------------------------------------

    def pointer_down(self, x: float, y: float) -> None:
        """A finger or the mouse's button goes down on a pixel of `draw`'s frame."""
        x, y = self._inside(x, y)
        self._pressed = (x, y)
        if self.screen == "battle" and self._ended_at is None and not self.paused and self._hold is None:
            card = self._card_at(x, y)
            if card is not None and card.state == "ready" and self._has_room(card):
                self._hold = Hold(card.slot, at=(x, y))

    def _has_room(self, card: Card) -> bool:
        """Whether one more may stand on the field, or this one does not count."""
        assert self.battle is not None
        return self.battle.view().slots_left > 0 or not self.squad[card.slot].takes_slot

    def pointer_move(self, x: float, y: float) -> None:
        """It goes on to another pixel, down or not."""
        x, y = self._inside(x, y)
        hold = self._hold
        if hold is None or self._pressed is None or hold.standing:
            return
        if self._faults.lasting("drag_lost", self.time) and math.dist(self._pressed, (x, y)) > self._px(24):
            self._lose_drag(hold)
            return
        if hold.tile is None:
            hold.at = (x, y)
        else:
            hold.direction = self._swiped(hold.tile, x, y)

    def pointer_up(self, x: float, y: float) -> None:
        """It is let go."""
        x, y = self._inside(x, y)
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        tapped, hold = math.dist(pressed, (x, y)) <= self._px(24), self._hold
        if tapped and self._faults.lasting("tap_swallowed", self.time) and (hold is None or hold.standing):
            return
        if self.screen == "battle" and hold is not None:
            self._release(hold, pressed, x, y)
        elif tapped:
            self._tap(x, y)
        elif self.screen == "stage_map" and abs(x - pressed[0]) >= self._px(TURN):
            page = self._map_page + (1 if x < pressed[0] else -1)
            self._map_page = min(max(page, 0), self._map_pages() - 1)

    def _inside(self, x: float, y: float) -> tuple[float, float]:
        """The game's own pixel under a pixel of the place where it was opened."""
        place = self.place
        return (x - place.right) / place.factor, (y - place.down) / place.factor

    def _lose_drag(self, hold: Hold) -> None:
        """The game forgets the finger: a card falls back into the hand, a direction stays unchosen."""
        self._pressed = None
        if hold.tile is None:
            self._hold = None
        else:
            hold.direction = None

    def _tap(self, x: float, y: float) -> None:
        """A tap: what it does depends on what lies uppermost."""
        if self._over:
            self._tap_over(self._over[-1], x, y)
        elif self._page == "battle":
            self._tap_battle(x, y)
        elif self._page in ("settle", "failed"):
            self.battle = None
            self._go("stage_map")
        elif self._page not in ("home", "loading") and self._hits(layout.BACK, x, y):
            self._go(
                {"terminal": "home", "stage_map": "terminal", "stage_panel": "stage_map"}.get(self._page, "stage_panel")
            )
        elif self._page == "stage_map":
            self._tap_map(x, y)
        elif self._page == "terminal" and self._hits(layout.LAST_STAGE, x, y):
            self._map_page = self.stages.index(self._stage) // ON_A_PAGE
            self._go("stage_map")
        else:
            for page, spot, target in WAYS:
                if page == self._page and self._hits(spot, x, y):
                    self._go(target)
                    return

    def _tap_map(self, x: float, y: float) -> None:
        """Open the panel of the stage whose node is tapped."""
        shown = self.stages[self._map_page * ON_A_PAGE :]
        for stage, node in zip(shown, self._nodes(), strict=False):
            if self._hits(node, x, y):
                self._stage = stage
                self._go("stage_panel")

    def _tap_over(self, over: str, x: float, y: float) -> None:
        """Each interruption has one place that ends it."""
        spot = {"popup": layout.POPUP_CLOSE, "connection_lost": layout.CONFIRM, "unknown": layout.BACK}[over]
        if self._hits(spot, x, y):
            self._over.pop()

    def _tap_battle(self, x: float, y: float) -> None:
        """Pause, speed, or a unit that is selected."""
        if self._ended_at is not None:
            return
        if self._hits(layout.PAUSE, x, y):
            self.paused = not self.paused
        elif self.paused:
            return
        elif self._hits(layout.SPEED, x, y):
            self.speed = 3 - self.speed
        else:
            self._select(x, y)

    def _select(self, x: float, y: float) -> None:
        """Take hold of the unit whose tile or body is tapped."""
        assert self.battle is not None
        for unit in self.battle.operators_on_field():
            high = bool(self._stage.high[unit.row, unit.col])
            foot = self._camera.pixel(unit.row, unit.col, high)
            tile = (
                self._camera.pixel(unit.row, unit.col + 0.5, high)[0]
                - self._camera.pixel(unit.row, unit.col - 0.5, high)[0]
            )
            body = (foot[0], foot[1] - UNIT_RISE * tile)
            if min(math.dist(foot, (x, y)), math.dist(body, (x, y))) < tile * 0.5:
                self._hold = Hold(unit.slot, tile=(unit.row, unit.col), standing=True)
                return

    def _release(self, hold: Hold, pressed: tuple[float, float], x: float, y: float) -> None:
        """Let go of what is held: a card over a tile, a swipe, or a tap on a selected unit's buttons."""
        if hold.standing:
            self._tap_unit(hold, x, y)
        elif hold.tile is None:
            tile = self._tile_at(x, y)
            legal = tile is not None and tile in self._legal_tiles(hold.slot)
            self._hold = Hold(hold.slot, tile=tile) if legal else None
        else:
            direction = self._swiped(hold.tile, x, y)
            middle = self._middle(hold.tile)
            if math.dist(pressed, middle) > self._px(RHOMBUS):
                self._hold = None
            elif direction is not None:
                self._act(Action(DEPLOY, hold.slot, hold.tile[0] * self._stage.width + hold.tile[1], direction))
            else:
                hold.direction = None

    def _tap_unit(self, hold: Hold, x: float, y: float) -> None:
        """Retreat, skill, or away from the selected unit."""
        assert hold.tile is not None
        high = bool(self._stage.high[hold.tile])
        if math.dist(self._camera.retreat_button(*hold.tile, high), (x, y)) < self._px(BUTTON_RADIUS):
            self._act(Action(RETREAT, hold.slot))
        elif math.dist(self._camera.skill_button(*hold.tile, high), (x, y)) < self._px(BUTTON_RADIUS):
            self._act(Action(SKILL, hold.slot))
        else:
            self._hold = None

    def _act(self, action: Action) -> None:
        """Do it, if the rules allow, and let go."""
        assert self.battle is not None
        self.battle.act(action)
        self._hold = None

    # --- Where things are ---------------------------------------------------------------------------------------------

    def _swiped(self, tile: tuple[int, int], x: float, y: float) -> int | None:
        """The direction a pointer is swiped in from a tile; None while it is still near."""
        middle = self._middle(tile)
        right, down = x - middle[0], y - middle[1]
        if max(abs(right), abs(down)) < self._px(SWIPE):
            return None
        if abs(right) >= abs(down):
            return 0 if right > 0 else 2
        return 1 if down > 0 else 3

    def _middle(self, tile: tuple[int, int]) -> tuple[float, float]:
        """A tile's pixel in the tilted view."""
        return self._camera.pixel(*tile, bool(self._stage.high[tile]), True)

    def _tile_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The tile a pointer means in the tilted view: the one whose middle, at its own height, is nearest."""
        stage = self._stage
        best, least = None, math.inf
        for row in range(stage.height):
            for col in range(stage.width):
                away = math.dist(self._middle((row, col)), (x, y))
                if away < least:
                    best, least = (row, col), away
        side = self._camera.pixel(3, 4.5, tilted=True)[0] - self._camera.pixel(3, 3.5, tilted=True)[0]
        return best if least < NEAR * side else None

    def _legal_tiles(self, slot: int) -> list[tuple[int, int]]:
        """Where the squad's operator may be deployed now."""
        assert self.battle is not None
        stage = self._stage
        tiles = stage.height * stage.width
        mask = self.battle.legal_actions()[1 : 1 + len(self.squad) * tiles * 4]
        free = mask.reshape(len(self.squad), tiles, 4)[slot].any(axis=1)
        return [divmod(tile, stage.width) for tile in np.flatnonzero(free).tolist()]

    def _card_at(self, x: float, y: float) -> Card | None:
        """The card under a pixel."""
        hand = self._hand()
        for index, card in enumerate(hand):
            left, top, pitch = self._scale.card(index, len(hand))
            if left <= x < left + pitch and y >= top:
                return card
        return None

    def _camera_of(self, stage: Stage) -> Camera:
        return Camera(stage.height, stage.width, stage.view, self.size)

    def _hits(self, spot: Spot, x: float, y: float) -> bool:
        return self._scale.hits(spot, x, y)

    def _px(self, length: float) -> float:
        return length * self._scale.factor

    def _go(self, page: str) -> None:
        self._page, self._since = page, self.time


WAYS = (
    ("home", layout.TERMINAL, "terminal"),
    ("stage_panel", layout.STAGE_START, "squad"),
    ("squad", layout.SQUAD_START, "loading"),
)
"""On which page a tap on which spot leads where."""


def stages_on_map(chosen: Stage) -> list[Stage]:
    """All shipped stages from easy to hard, and the chosen one before them or in its own place."""
    shipped = [load_stage(name) for name in shipped_stages()]
    if chosen.code not in [stage.code for stage in shipped]:
        return [chosen, *shipped]
    return [chosen if stage.code == chosen.code else stage for stage in shipped]


def nodes_of(stages: int, page: int) -> list[Spot]:
    """Where the nodes of one page of the map of so many stages are: in one line, or in rows where they are many."""
    count = min(stages - page * ON_A_PAGE, ON_A_PAGE)
    if stages > FEW:
        return [_node_in_rows(index) for index in range(count)]
    return [Spot(260 + 760 * (index + 0.5) / count - 70, 300 + 90 * (-1) ** index, 150, 44) for index in range(count)]


def _node_in_rows(index: int) -> Spot:
    """The node of one stage on a page: rows of four, to and fro like a road."""
    row, col = divmod(index, 4)
    return Spot(235 + 230 * (col if row % 2 == 0 else 3 - col), 150 + 150 * row, 150, 44)


def displaced(frame: Image, place: Place) -> Image:
    """What is to be seen of a window that stands elsewhere, in the rectangle where it stood; black beside it."""
    if place == Place():
        return frame
    height, width, _ = frame.shape
    across = np.floor((np.arange(width) - place.right) / place.factor).astype(np.int64)
    down = np.floor((np.arange(height) - place.down) / place.factor).astype(np.int64)
    seen = np.zeros_like(frame)
    right, below = (across >= 0) & (across < width), (down >= 0) & (down < height)
    seen[np.ix_(below, right)] = frame[np.ix_(down[below], across[right])]
    return seen
