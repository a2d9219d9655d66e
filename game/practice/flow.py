"""Which page of the practice game is open, what lies over it, and which page a tap leads to.

Home → terminal → stage map → stage panel → squad → loading → battle → settle or failed → stage map. A player who was
thrown out comes home over title → login → entering → home, and to maintenance instead of login while that lasts.
"""

from __future__ import annotations

from typing import Literal

from game.practice import layout
from game.practice.layout import Scale, Spot
from game.practice.stage_map import StageMap

Interruption = Literal["popup", "connection_lost", "unknown", "disconnected", "logged_in_elsewhere", "update"]

SCREEN_OF = {"disconnected": "connection_lost", "entering": "loading", "restarting": "loading"}
"""What an interruption or a page is called in the screen profiles, where it has not its own name."""
LEAVES_TO: dict[Interruption, str] = {
    "disconnected": "title",
    "logged_in_elsewhere": "title",
    "update": "restarting",
}
"""The page to which an interruption leads when it is closed; the others lead back to the page below."""
LOADED: dict[str, str] = {"loading": "battle", "entering": "home", "restarting": "title"}
"""The page that follows each loading page."""
BEFORE_HOME = ("title", "login", "password", "maintenance", "entering", "restarting")
"""The pages on which the player is not in the game: no connection can be lost there."""

LOADING_SECONDS = 1.5
RESULTS = ("settle", "failed")
"""The pages at the end of a battle; a tap anywhere leaves them."""
WAYS = (
    ("home", layout.TERMINAL, "terminal"),
    ("stage_panel", layout.STAGE_START, "squad"),
    ("squad", layout.SQUAD_START, "loading"),
    ("title", layout.TITLE_START, "login"),
    ("login", layout.LOGIN_ENTER, "entering"),
    ("maintenance", layout.NOTICE_CONFIRM, "title"),
)
"""Page, spot and target: a tap on the spot leads from the page to the target."""
BACK_TO = {"terminal": "home", "stage_map": "terminal", "stage_panel": "stage_map", "squad": "stage_panel"}
"""Where the back button leads, for every page that has one."""
WAYS_OUT: dict[Interruption, Spot] = {
    "popup": layout.POPUP_CLOSE,
    "connection_lost": layout.CONFIRM,
    "unknown": layout.BACK,
    "disconnected": layout.CONFIRM,
    "logged_in_elsewhere": layout.NOTICE_CONFIRM,
    "update": layout.NOTICE_CONFIRM,
}
"""The spot that closes each interruption."""


class Flow:
    """The open page and the interruptions over it. `now` is the game's clock in seconds."""

    def __init__(self, stage_map: StageMap, scale: Scale, *, popup: bool) -> None:
        self.stage_map = stage_map
        self.page = "home"
        self.interruptions: list[Interruption] = ["popup"] if popup else []
        """What lies over the page, the topmost last."""
        self._scale = scale
        self._since = 0.0
        """When the page was opened; later by every second that loading stalled."""

    @property
    def screen(self) -> str:
        """The name of what is on top: the topmost interruption, else the page."""
        top = self.interruptions[-1] if self.interruptions else self.page
        return SCREEN_OF.get(top, top)

    def can_interrupt(self, what: Interruption) -> bool:
        """Whether something can be laid over the page: each thing once, and nothing outside the game."""
        return what not in self.interruptions and self.page not in BEFORE_HOME

    def interrupt(self, what: Interruption) -> None:
        """Lay something over the page."""
        self.interruptions.append(what)

    def go(self, page: str, now: float) -> None:
        """Open a page."""
        self.page, self._since = page, now

    def throw_out(self, to: str, now: float) -> None:
        """Open a page before the home screen; nothing lies over it."""
        self.interruptions.clear()
        self.go(to, now)

    def stall(self, seconds: float) -> None:
        """Make the loading page last this much longer."""
        self._since += seconds

    def loaded(self, now: float) -> float:
        """How much of the loading page's time has passed, as a share; 1 or more means all of it."""
        return (now - self._since) / LOADING_SECONDS

    def is_loaded(self, now: float) -> bool:
        """Whether the loading page is over."""
        return now - self._since >= LOADING_SECONDS

    def tap(self, x: float, y: float, now: float) -> None:
        """Follow a tap on any page but a battle; it closes the topmost interruption, or leads to another page."""
        if self.interruptions:
            if self._hits(WAYS_OUT[self.interruptions[-1]], x, y):
                closed = self.interruptions.pop()
                if closed in LEAVES_TO:
                    self.throw_out(LEAVES_TO[closed], now)
        else:
            target = self._target(x, y)
            if target is not None:
                self.go(target, now)

    def _target(self, x: float, y: float) -> str | None:
        """The page that a tap leads to; None if it hits nothing."""
        if self.page in RESULTS:
            return "stage_map"
        if self.page in BACK_TO and self._hits(layout.BACK, x, y):
            return BACK_TO[self.page]
        if self.page == "stage_map":
            return "stage_panel" if self.stage_map.choose(x, y, self._scale) else None
        if self.page == "terminal" and self._hits(layout.LAST_STAGE, x, y):
            self.stage_map.open_page_of_chosen()
            return "stage_map"
        return next((target for page, spot, target in WAYS if page == self.page and self._hits(spot, x, y)), None)

    def _hits(self, spot: Spot, x: float, y: float) -> bool:
        return self._scale.hits(spot, x, y)
