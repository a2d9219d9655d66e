"""On the pages before the home screen: title, login, update and maintenance; finds the way into the game."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from states.commands import Command, Look, NeedHuman, Tap
from states.events import Event, ResumeAsked, ScreenName, ScreenSeen, Tick
from states.state import PATIENCE, State
from states.troubles import TroubleName
from states.waits import Waits

if TYPE_CHECKING:
    from states.machine import Machine

AGAIN = 3
"""How often a tap after which the page is still there is made again as if it was lost, before the waits grow."""
ELSEWHERE: ScreenName = "logged_in_elsewhere"
"""The dialog that another device has taken the account over."""
ENTRIES = 3
"""How often within an `HOUR` the bot enters again after that dialog; the other device may be a bot that does so too."""
HOUR = 3600.0
"""In seconds."""


class Page(NamedTuple):
    """What is done on one page."""

    point: str | None
    """The profile's point that leads on; None where only a person can."""
    wait: float
    """Seconds from tap to tap, beside those of `AGAIN`; each further wait is twice as long."""
    taps: int
    """Taps after which a person is asked, if the page is still there or has come again."""
    trouble: TroubleName
    ask: str
    """What a person has to know and do."""


PAGES: dict[ScreenName, Page] = {
    ELSEWHERE: Page(
        "connection_confirm",
        30.0,
        8,
        "logged_in_elsewhere",
        "the account is in use on another device, which throws the bot out; stop one of the two, then: holdfast resume "
        "(by itself it enters again within the hour)",
    ),
    "title": Page("title_start", 30.0, 10, "no_entry", "the game does not get past its title page; start it by hand"),
    "login": Page("login_enter", 30.0, 8, "no_entry", "the login page does not let the bot in; enter by hand"),
    "password": Page(None, 60.0, 0, "password", "the session has expired; enter the password in the game"),
    "update": Page("update_confirm", 30.0, 6, "update", "the game wants an update that it does not make; update it"),
    "maintenance": Page(
        "maintenance_confirm", 60.0, 0, "maintenance", "the servers are under maintenance; the bot goes on after it"
    ),
}
"""What each page needs. A home screen that was reached begins the count of taps and the waits anew."""


class EntryState(State):
    """Taps what leads on, waits where it must, asks for a person once where one is needed, and goes on by itself."""

    name = "entry"

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self._page: ScreenName | None = None
        """The page that was seen last; None while another screen, such as a pop-up, is there."""
        self._made = 0
        """Taps made since this page appeared."""
        self.entered_again = machine.setup.entered_again
        """When the bot entered after another device had taken the account over, within an hour."""
        self._told = False
        """Whether a person was asked for because of that."""
        self.arrive()

    def arrive(self) -> None:
        """The home screen was reached: nothing of this way in counts for the next."""
        self._waits: dict[ScreenName, Waits] = {}
        self._taps = dict.fromkeys(PAGES, 0)
        self._asked: set[ScreenName] = set()

    def enter(self, event: Event) -> None:
        """A battle that was under way is lost without a result."""
        super().enter(event)
        self._page, self._made = None, 0
        self.machine.battle.forget()
        if isinstance(event, ResumeAsked):
            self.resume()

    def resume(self) -> None:
        """A person wants the bot to enter the game: what happened before does not count."""
        self.entered_again, self._told, self._page = (), False, None
        self.arrive()

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption, or do what the page needs."""
        before, self._page = self._page, None
        interruption = self.close_interruption(event)
        page = PAGES.get(event.screen)
        if interruption is not None or page is None:
            return interruption or []
        self._page = event.screen
        if event.screen == "maintenance":  # title and login do lead on; what they lead to is what needs patience
            self._taps["title"] = self._taps["login"] = 0
        if event.screen != before:
            self._made = 0
        asked = self._ask(event.screen, page)
        due = self._is_due(event, page, appeared=event.screen != before)
        if page.point is None or not due:
            return asked
        if event.screen == ELSEWHERE and self._made == 0 and not self._may_enter_again(event.t):
            return [*asked, *self._leave_alone(event.t)]
        self._taps[event.screen] += 1
        self._made, self.tapped_at = self._made + 1, event.t
        return [*asked, Tap(id=self.machine.next_id(), point=page.point, why=f"get past the {event.screen} page")]

    def on_tick(self, event: Tick) -> list[Command]:
        """Have a page that is still there reported again once it is to be tapped."""
        if self._page is None:
            return super().on_tick(event)
        return [Look()] if self._waits[self._page].are_over(event.t) or self._seems_lost(event.t) else []

    def _is_due(self, event: ScreenSeen, page: Page, *, appeared: bool) -> bool:
        """Whether to tap: at once on a page that has just appeared, but after many taps only when its wait is over."""
        waits = self._waits.setdefault(event.screen, Waits(page.wait, event.t))
        if appeared and self._taps[event.screen] < page.taps:
            waits.restart(event.t)
            return True
        if waits.are_over(event.t):
            waits.grow(event.t)
            return True
        return self._seems_lost(event.t)

    def _may_enter_again(self, t: float) -> bool:
        """Whether the bot has not entered too often yet; if so, it does now."""
        recent = tuple(before for before in self.entered_again if t - before < HOUR)
        self._told = self._told and bool(recent)
        if len(recent) >= ENTRIES:
            self.entered_again = recent
            return False
        self.entered_again = (*recent, t)
        self._waits[ELSEWHERE] = Waits(PAGES[ELSEWHERE].wait, t)
        return True

    def _leave_alone(self, t: float) -> list[Command]:
        """Tap nothing before the first of the entries is an hour old; ask for a person, once."""
        self._waits[ELSEWHERE] = Waits(self.entered_again[0] + HOUR - t, t)
        told, self._told = self._told, True
        return [] if told else [NeedHuman(why=PAGES[ELSEWHERE].ask)]

    def _seems_lost(self, t: float) -> bool:
        """Whether the last tap should be made again because the page is still there."""
        if self.tapped_at is None or not 0 < self._made <= AGAIN:
            return False
        return t - self.tapped_at >= PATIENCE + 3 * self.machine.lag

    def _ask(self, screen: ScreenName, page: Page) -> list[Command]:
        """Ask for a person once the page has had the taps that should have been enough."""
        if self._taps[screen] < page.taps or screen in self._asked:
            return []
        self._asked.add(screen)
        return [NeedHuman(why=page.ask)]
