"""Turns frames into events: which screen, the battle as a player sees it, the result, and when something is wrong.

The watcher is synchronous and knows no time but that of the frames: the same frames always give the same events. The
machine decides what to do about them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from game.camera import Camera
from game.levels.stage import Stage
from game.view import BattleView, EnemySeen, OperatorSeen
from states.events import AreaSeen, BattleSeen, Event, Outcome, ResultSeen, ScreenLost, ScreenSeen, Stuck, Tick
from vision.capture import Frame, Image
from vision.client_area import Area, Place
from vision.cutter import Cutter, Hud
from vision.detector import Detection, Finder
from vision.evidence import Evidence
from vision.known_places import operators_at
from vision.localisation import localise
from vision.ocr import Reader
from vision.profile import Profile
from vision.screens import BATTLE, UNKNOWN_SCREEN, ScreenReading, recognise, shows
from vision.ui_scale import fitted

Value = TypeVar("Value")
Unit = TypeVar("Unit", OperatorSeen, EnemySeen)

MEASURED = 1000
"""How many of the last durations are kept for each part of the work, for its latency."""
SAMPLED = 9
"""Of so many rows of a frame one is compared first."""
OUTSIDE_SECONDS = 20.0
"""For how long a client area counts as partly outside the frame without being seen there again, and how long that is
trusted more than a screen that can be read.
"""
FITTING_FRAMES = 10
"""Frames at the beginning of a battle in which the size of the interface is looked for, until it is certain."""
RESULT_SECONDS = 0.5
"""For how long a result must read the same: its stars arrive one after another."""
NO_STARS_SECONDS = 3.0
"""The same while no star is lit: it may be a defeat, or the first star is still to come."""


class Sight(NamedTuple):
    """A frame, and what was found in it."""

    frame: Frame
    area: Area
    """Where the client area is in the frame."""
    size: tuple[int, int]
    """Its usual width and height in pixels, which the boxes of detections refer to."""
    detections: tuple[Detection, ...]
    """In a battle what the detector found in the last frame that it looked at; elsewhere none."""

    def picture(self) -> Image:
        """The client area at its usual size."""
        return self.area.picture(self.frame.image, self.size)


class Watcher:
    """Looks at frames one after the other.

    The game's client area is followed where it goes in the frame; what is read from it, and every event, is in pixels
    of its usual size. A screen counts as seen when `steady` frames in a row show it. No screen recognised for `lost`
    seconds is ScreenLost, no pixel changed for `stuck` seconds is Stuck; both are reported again after as long again.
    Without a detector no enemies are seen; operators are, where the profile says how they are drawn.
    """

    def __init__(
        self,
        profile: Profile,
        cutter: Cutter,
        detector: Finder | None,
        reader: Reader,
        camera: Camera,
        stage: Stage,
        *,
        clock: Callable[[], float] | None = None,
        steady: int = 2,
        lost: float = 5.0,
        stuck: float = 30.0,
    ) -> None:
        self._profile = profile
        self._cutter = cutter
        self._detector = detector
        self._reader = reader
        self._camera = camera
        self._stage = stage
        self._clock = clock
        self._steady = steady
        self._lost_after = lost
        self._stuck_after = stuck

        self.evidence = Evidence()
        """The last frames, for a fault dump."""
        self.screen = UNKNOWN_SCREEN
        """The screen that was reported last."""
        self.detections: list[Detection] = []
        """What the detector found in the last frame it looked at."""
        self.view: BattleView | None = None
        """The battle as it was seen last; None until its HUD has been read once."""
        self.sight: Sight | None = None
        """The last frame, with what was found in it. It is replaced, never changed: any thread may take it."""

        self._place = Place(profile.size)
        self._area_reported: Area | None = self._place.area
        self._outside_at = 0.0
        """When a part of the client area was last seen to lie outside the frame."""
        self._outside_since = 0.0
        """Since when it has been seen there."""
        self._frame: Frame | None = None
        self._picture: Image | None = None
        """The client area in the last frame that was read."""
        self._reading = ScreenReading(UNKNOWN_SCREEN, {})
        self._to_fit = FITTING_FRAMES
        """Frames in which the size of the interface may still be looked for in this battle."""
        self._crowd = 0
        """The cards of a hand so full that they share the width: their places say little of the size. 0 for others."""
        self._frames_alike = 0
        """Frames in a row that showed this screen."""
        self._since = 0.0
        """When the reading last changed."""
        self._known_at = 0.0
        """When a screen was last recognised, or its absence last reported."""
        self._changed_at = 0.0
        """When a pixel last changed, or the stillness was last reported."""
        self._still_since = 0.0
        self._blind_since = 0.0
        self._ticked_at = 0.0
        self._report_again = True
        self._result_reported = False
        self._battle_reported = 0.0
        self._durations: dict[str, deque[float]] = {}

    def look(self, frame: Frame) -> list[Event]:
        """The events that one frame causes, in the order in which they should be handled."""
        started = time.perf_counter()
        changed = self._remember(frame)
        if changed:
            self._read(frame)
        else:
            self._frames_alike += 1
        events = [*self._tick(frame.t), *self._lost(frame.t), *self._stuck(frame.t, changed)]
        events += self._area_seen(frame.t) + self._screen_seen(frame.t)
        if self._reading.screen == self.screen == BATTLE:
            events += self._battle_seen(frame, changed)
        events += self._result_seen(frame.t)
        found = self.detections if self.screen == BATTLE else ()
        self.sight = Sight(frame, self._place.area, self._place.size, tuple(found))
        self._add_duration("look", time.perf_counter() - started)
        return events

    def look_again(self) -> None:
        """Report the screen of the next frame even if it is the one reported last, and a result once more."""
        self._report_again = True
        self._result_reported = False

    @property
    def area(self) -> Area | None:
        """Where the client area is in the frames now; None while a part of it lies outside. Any thread may ask."""
        return None if self._place.outside else self._place.area

    @property
    def sees_enemies(self) -> bool:
        """Whether there is a detector to see them."""
        return self._detector is not None

    @property
    def profile(self) -> Profile:
        """The profile as it fits the screen reported last: in a battle HUD and cards may be set smaller."""
        return self._cutter.profile if self.screen == BATTLE else self._profile

    def latency(self) -> dict[str, tuple[float, float]]:
        """Median and 99th percentile in seconds of each part of the work: screen, cutter, detector, operators, look."""
        return {
            name: (float(np.percentile(spent, 50)), float(np.percentile(spent, 99)))
            for name, spent in self._durations.items()
        }

    def _remember(self, frame: Frame) -> bool:
        """Keep the frame, now and then as evidence; returns whether any pixel differs from the frame before."""
        first, before, self._frame = self._frame is None, self._frame, frame
        if first:
            self._since = self._known_at = self._changed_at = frame.t
            self._still_since = self._blind_since = self._ticked_at = frame.t
        self.evidence.add(frame)
        return before is None or not _are_same(before.image, frame.image)

    def _read(self, frame: Frame) -> None:
        """Find out which screen a changed frame shows, and since when."""
        reading = self._timed("screen", lambda: self._recognise(frame))
        if reading.screen == self._reading.screen:
            self._frames_alike += 1
        else:
            self._frames_alike = 1
        if (reading.screen, reading.outcome, reading.stars) != self._result():
            self._since = frame.t
            self._result_reported = False
        self._reading = reading

    def _recognise(self, frame: Frame) -> ScreenReading:
        """Which screen a frame shows. The client area is searched for only where it is not as it was."""
        place, image, t = self._place, frame.image, frame.t
        doubtful = place.is_doubtful(image)
        reading = ScreenReading(UNKNOWN_SCREEN, {}) if doubtful else self._read_at(place.area, image)
        if reading.screen != UNKNOWN_SCREEN:
            return reading
        for found in place.candidates(image, t):
            area = found.within(image)
            if area is None:
                return self._outside(image, t)
            if doubtful or area != place.area:
                reading = self._read_at(area, image, learn=place.searched_at == t)
            if reading.screen != UNKNOWN_SCREEN:
                return reading
        place.outside &= t - self._outside_at < OUTSIDE_SECONDS
        return reading

    def _outside(self, image: Image, t: float) -> ScreenReading:
        """A part of the client area seems to lie outside the frame. It does not if that lasts and a screen is read."""
        if not self._place.outside:
            self._place.outside, self._outside_since = True, t
        self._outside_at = t
        if t - self._outside_since < OUTSIDE_SECONDS:
            return ScreenReading(UNKNOWN_SCREEN, {})
        return self._read_at(self._place.area, image)

    def _read_at(self, area: Area, image: Image, *, learn: bool = True) -> ScreenReading:
        """Which screen is shown if the client area is here; if one is, this is where it is from now on.

        With `learn` it is found again by what it shows now.
        """
        picture = area.picture(image, self._place.size)
        reading = self._recognise_at_any_scale(picture)
        if reading.screen != UNKNOWN_SCREEN:
            self._place.settle(area)
            self._picture = picture
            if learn:
                self._place.learn(image, picture)
        return reading

    def _recognise_at_any_scale(self, picture: Image) -> ScreenReading:
        """Which screen is shown. A battle whose HUD is set smaller may be recognised at its size only."""
        battle = self._cutter.profile
        if battle is not self._profile and shows(BATTLE, picture, battle, self._reader):
            return ScreenReading(BATTLE, {})
        reading = recognise(picture, self._profile, self._reader)
        if reading.screen == UNKNOWN_SCREEN and self._to_fit and self._fit(picture):
            return ScreenReading(BATTLE, {})
        return reading

    def _fit(self, picture: Image) -> bool:
        """Look for the size at which a battle's HUD and cards are drawn; whether the picture shows a battle at all."""
        found = fitted(picture, self._profile, self._reader)
        if found is None:
            return False
        self._cutter.profile, certain = found
        self._to_fit = 0 if certain else max(self._to_fit - 1, 0)
        return True

    def _fit_again(self, picture: Image, hud: Hud) -> Hud:
        """The HUD at the size that the places of fewer cards tell; as it was read before where that shows no more."""
        before = self._cutter.profile
        if self._fit(picture) and len((again := self._cutter.read(picture)).cards) >= len(hud.cards):
            return again
        self._cutter.profile = before
        return hud

    def _area_seen(self, t: float) -> list[Event]:
        """The client area when it is elsewhere than before; the screen is then reported anew."""
        if self.area == self._area_reported:
            return []
        self._area_reported, self._report_again = self.area, True
        x, y, width, height = self._place.area
        return [AreaSeen(t=t, x=x, y=y, width=width, height=height, whole=not self._place.outside)]

    def _result(self) -> tuple[str, Outcome | None, int | None]:
        return self._reading.screen, self._reading.outcome, self._reading.stars

    def _tick(self, t: float) -> list[Event]:
        """One tick for every second that has passed since the last."""
        passed = int(t - self._ticked_at)
        self._ticked_at += passed
        return [Tick(t=t) for _ in range(passed)]

    def _lost(self, t: float) -> list[Event]:
        """ScreenLost when no screen has been recognised for a while, though the whole client area is in sight."""
        if self._reading.screen != UNKNOWN_SCREEN or self._place.outside:
            self._known_at = self._blind_since = t
        if t - self._known_at < self._lost_after:
            return []
        self._known_at = t
        self.screen = UNKNOWN_SCREEN
        return [ScreenLost(t=t, seconds=t - self._blind_since)]

    def _stuck(self, t: float, changed: bool) -> list[Event]:
        """Stuck when the picture stands still. A paused game does too: what it means is for the machine to decide."""
        if changed:
            self._changed_at = self._still_since = t
        if t - self._changed_at < self._stuck_after:
            return []
        self._changed_at = t
        return [Stuck(t=t, seconds=t - self._still_since)]

    def _screen_seen(self, t: float) -> list[Event]:
        """The screen, once `steady` frames show another one than before, or when it was asked for."""
        screen = self._reading.screen
        if (
            screen == UNKNOWN_SCREEN
            or self._frames_alike < self._steady
            or (screen == self.screen and not self._report_again)
        ):
            return []
        if screen == BATTLE and self.screen != BATTLE:
            self._cutter.forget()
            self._to_fit = FITTING_FRAMES
            self.view = None
        self.screen = screen
        self._report_again = False
        self._battle_reported = -np.inf
        return [
            ScreenSeen(
                t=t, screen=screen, found=self._reading.found, closed_by=self._reading.closed_by, lag=self._lag(t)
            )
        ]

    def _battle_seen(self, frame: Frame, changed: bool) -> list[Event]:
        """The battle; while no pixel changes, only once a second."""
        if not changed and frame.t - self._battle_reported < 1.0:
            return []
        picture = self._picture
        if picture is not None and (changed or self.view is None):
            if self._to_fit:
                self._fit(picture)
            hud = self._timed("cutter", lambda: self._cutter.read(picture))
            if 0 < len(hud.cards) < self._crowd:
                hud = self._fit_again(picture, hud)
            self._crowd = len(hud.cards) if len(hud.cards) > self._cutter.profile.side_by_side else 0
            self.view = self._view(picture, hud)
        if self.view is None:
            return []
        self._battle_reported = frame.t
        return [
            BattleSeen(t=frame.t, view=self.view, latency=time.perf_counter() - frame.taken, lag=self._lag(frame.t))
        ]

    def _lag(self, t: float) -> float:
        """Seconds that the frames' clock has gone on since a frame of time `t`."""
        return max(0.0, self._clock() - t) if self._clock else 0.0

    def _view(self, picture: Image, hud: Hud) -> BattleView | None:
        """HUD and units together; None as long as some number has never been read."""
        if None in (hud.kills, hud.total, hud.life, hud.dp, hud.slots_left):
            return None
        operators, enemies = self._units(picture, hud)
        assert hud.kills is not None and hud.total is not None and hud.life is not None  # noqa: PT018 - for mypy
        assert hud.dp is not None and hud.slots_left is not None  # noqa: PT018 - for mypy
        return BattleView(
            kills=hud.kills,
            total=hud.total,
            life=hud.life,
            dp=hud.dp,
            slots_left=hud.slots_left,
            paused=hud.paused,
            speed=hud.speed or 1,
            deploying=hud.deploying,
            cards=hud.cards,
            operators=operators,
            enemies=enemies,
            dp_share=hud.dp_share,
        )

    def _units(self, picture: Image, hud: Hud) -> tuple[tuple[OperatorSeen, ...], tuple[EnemySeen, ...]]:
        """Operators and enemies with their tiles. While a card is held the view is tilted and the game in slow motion,
        and while paused nothing moves: then these are the units seen before.
        """
        if hud.deploying or (hud.paused and self.view is not None):
            return (as_known(self.view.operators), as_known(self.view.enemies)) if self.view else ((), ())
        detector, profile = self._detector, self._cutter.profile
        self.detections = self._timed("detector", lambda: detector.detect(picture)) if detector else []
        operators, enemies = localise(self.detections, picture, self._camera, self._stage)
        if profile.operators is not None:
            operators = self._timed("operators", lambda: operators_at(picture, self._camera, self._stage, profile))
        return operators, enemies

    def _result_seen(self, t: float) -> list[Event]:
        """The result of a battle, once it has read the same for a while; a page without stars counts none."""
        screen, outcome, stars = self._result()
        if screen != self.screen or outcome is None or self._result_reported:
            return []
        if t - self._since < (RESULT_SECONDS if stars or screen == "failed" else NO_STARS_SECONDS):
            return []
        self._result_reported = True
        return [ResultSeen(t=t, outcome=outcome, stars=stars or 0)]

    def _timed(self, stage: str, work: Callable[[], Value]) -> Value:
        """Do a part of the work and note how long it took."""
        started = time.perf_counter()
        value = work()
        self._add_duration(stage, time.perf_counter() - started)
        return value

    def _add_duration(self, stage: str, seconds: float) -> None:
        self._durations.setdefault(stage, deque(maxlen=MEASURED)).append(seconds)


def as_known(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Units of an earlier frame, as what is known of this one."""
    return tuple(msgspec.structs.replace(one, origin="known") for one in units)


def _are_same(one: Image, other: Image) -> bool:
    """Whether two frames have the same pixels; most that differ are told apart by a few of their rows."""
    return np.array_equal(one[::SAMPLED], other[::SAMPLED]) and np.array_equal(one, other)
