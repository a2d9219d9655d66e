"""The hands: where gestures go, and that no input leaves through a shut gate."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from levels import CATALOGUE

from bot.clients.client import PointerError
from bot.clients.practice import PracticePointer
from bot.hands import Geometry, Hands, Move, Press, Release, Timing, Wait, steps, undo
from bot.inbox import Inbox
from game.actions import DIRECTIONS, STEPS
from game.camera import Camera
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from states.commands import Deploy, Retreat, Swipe, Tap, TapAt, TapCard, UseSkill
from states.events import GestureDone, GestureFailed, PartFailed
from vision.profile import load_profile

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = squad_of(["Fang", "Myrtle", "Kroos"], CATALOGUE)
PATIENCE = 15.0


@pytest.fixture(params=[(1280, 720), (1920, 1080), (1858, 1042)], ids=lambda size: f"{size[0]}x{size[1]}")
def where(request):
    """The practice game's geometry, at several sizes of the client area."""
    return geometry(request.param)


def geometry(size=(1280, 720), timing=Timing()):  # noqa: B008 - it cannot change
    """Where things are on a client area of this size."""
    return Geometry(load_profile("practice", size), Camera(STAGE.height, STAGE.width, STAGE.view, size), STAGE, timing)


class Recorder:
    """A pointer that notes what it is told and when, and takes the time it is told to take."""

    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []
        self.down = False

    def press(self, x, y):
        """Note it."""
        self.down = True
        self.said.append(("press", time.monotonic()))

    def move(self, x, y):
        """Note it."""
        self.said.append(("move", time.monotonic()))

    def release(self):
        """Note it, if there was anything to let go."""
        if self.down:
            self.down = False
            self.said.append(("release", time.monotonic()))

    def check(self):
        """No person takes it."""


class Broken(Recorder):
    """A pointer that a user has taken."""

    def press(self, x, y):
        """Fail."""
        raise PointerError("paused by a person")


@contextlib.asynccontextmanager
async def hands(pointer, where=None, pass_time=None):
    """Hands at work, with the inbox their answers go to."""
    inbox = Inbox()
    with ThreadPoolExecutor(1) as thread:
        one = Hands(pointer, lambda: where or geometry(), inbox, lambda: 2.5, thread, pass_time)
        task = asyncio.create_task(one.run())
        try:
            async with asyncio.timeout(PATIENCE):
                yield one, inbox
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(condition):
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the pointer works in a thread
            await asyncio.sleep(0.01)


def deploy(**changed):
    """A deployment somewhere on the map."""
    return Deploy(**{"id": 1, "why": "test", "card": 1, "cards": 3, "row": 2, "col": 3, "direction": 0, **changed})


async def test_hands_that_are_ended_as_a_gesture_comes_end_without_it():
    """The end of a run is not put off by what was asked for in its last moment."""
    pointer = Recorder()
    async with hands(pointer) as (one, _):
        await asyncio.sleep(0.01)  # they wait for a gesture
        one.make(deploy())
    assert pointer.said == []


@pytest.mark.parametrize("direction", range(4), ids=DIRECTIONS)
def test_a_deployment_is_a_drag_to_the_tilted_tile_and_a_long_swipe(where, direction):
    """The game wants the card dropped on the tile as the tilted view shows it, then a swipe of at least 200 px."""
    done = steps(deploy(direction=direction), where)
    presses = [step for step in done if isinstance(step, Press)]
    ends = [
        before for before, step in itertools.pairwise(s for s in done if not isinstance(s, Wait)) if step == Release()
    ]
    tile = where.tile(2, 3, tilted=True)
    assert presses[0] == where.profile.card_centre(1, 3)
    for spot in (ends[0], presses[1]):
        assert spot == pytest.approx(tile, abs=1)
    down, right = STEPS[direction]
    swiped = ((ends[1].x - tile[0]) / where.profile.across, (ends[1].y - tile[1]) / where.profile.down)
    assert swiped == pytest.approx((right * 220, down * 220), abs=2)


def test_a_drag_never_jumps(where):
    """A pointer that teleports is not followed by the game."""
    moves = [step for step in steps(deploy(), where) if isinstance(step, Move)]
    assert len(moves) >= 10
    across = where.profile.size[0]
    assert all(abs(a.x - b.x) < across / 6 for a, b in itertools.pairwise(moves[: len(moves) // 2]))


@pytest.mark.parametrize(("kind", "button"), [(UseSkill, "skill_button"), (Retreat, "retreat_button")])
def test_a_unit_is_tapped_where_it_stands_and_then_its_button(where, kind, button):
    """The unit is tapped in the normal view; the buttons stand beside it in the tilted one."""
    presses = [step for step in steps(kind(id=1, why="", row=2, col=3), where) if isinstance(step, Press)]
    high = bool(STAGE.high[2, 3])
    assert presses[0] == pytest.approx(where.camera.pixel(2, 3, high), abs=1)
    assert presses[1] == pytest.approx(getattr(where.camera, button)(2, 3, high), abs=1)


def test_taps_and_swipes_go_to_the_profiles_points(where):
    """What the machine names, the profile places."""
    points = where.profile.points
    assert steps(Tap(id=1, why="", point="terminal"), where)[0] == Press(*points["terminal"])
    assert steps(TapAt(id=1, why="", x=3, y=4), where)[0] == Press(3, 4)
    swipe = steps(Swipe(id=1, why="", start="terminal", end="back"), where)
    assert swipe[0] == Press(*points["terminal"])
    assert [step for step in swipe if isinstance(step, Move)][-1] == Move(*points["back"])


def test_every_gesture_lets_go(where):
    """A button left down would drag the map along."""
    for gesture in (deploy(), Tap(id=1, why="", point="back"), UseSkill(id=1, why="", row=1, col=1)):
        done = steps(gesture, where)
        assert done.count(Release()) == sum(isinstance(step, Press) for step in done) > 0


async def test_a_gesture_is_made_and_answered():
    """The machine hears of every gesture by its id, and nothing is under way when it has."""
    pointer = Recorder()
    async with hands(pointer) as (one, inbox):
        one.make(Tap(id=7, why="test", point="terminal"))
        assert await inbox.get() == GestureDone(t=2.5, id=7)
        assert [what for what, _ in pointer.said] == ["press", "release"]
        await inbox.quiet()
        assert one.made == {"tap": 1}


async def test_nothing_leaves_once_the_gate_has_shut():
    """A user who reads 'paused' may take the mouse: the drag is broken off and the button released before that."""
    pointer = Recorder()
    async with hands(pointer) as (one, inbox):
        one.make(deploy())
        one.make(deploy(id=2))
        await until(lambda: pointer.said)
        await one.shut()
        shut = time.monotonic()
        assert not pointer.down
        events = [await inbox.get(), await inbox.get()]
        assert events == [GestureFailed(t=2.5, id=number, why="the gate is shut") for number in (1, 2)]
        one.make(deploy(id=3))
        assert (await inbox.get()).id == 3
        assert all(when <= shut for _, when in pointer.said)


async def test_an_open_gate_does_not_let_old_gestures_out():
    """A gesture that was asked for before a pause is not made after it."""
    pointer = Recorder()
    async with hands(pointer) as (one, inbox):
        one.make(deploy())
        await one.shut()
        one.unshut()
        assert isinstance(await inbox.get(), GestureFailed)
        assert pointer.said == []
        one.make(Tap(id=2, why="", point="back"))
        assert await inbox.get() == GestureDone(t=2.5, id=2)


async def test_shutting_is_quick():
    """A user does not wait for a long drag to end: no step is taken after the one under way."""
    pointer = Recorder()
    slow = geometry(timing=Timing(hold=0.05, drag=4.0, rest=0.05))
    async with hands(pointer, slow) as (one, inbox):
        one.make(deploy())
        await until(lambda: len(pointer.said) >= 2)
        began = time.monotonic()
        await one.shut()
        assert time.monotonic() - began < 2.0
        assert isinstance(await inbox.get(), GestureFailed)


async def test_a_user_who_takes_the_mouse_is_noticed():
    """The machine hears that the hands failed, then that the gesture did."""
    async with hands(Broken()) as (one, inbox):
        one.make(Tap(id=4, why="", point="back"))
        assert await inbox.get() == PartFailed(t=2.5, part="hands", why="paused by a person")
        assert await inbox.get() == GestureFailed(t=2.5, id=4, why="paused by a person")


async def test_ending_in_the_middle_of_a_drag_lets_go():
    """A daemon that ends leaves no button down."""
    pointer = Recorder()
    async with hands(pointer) as (one, _):
        one.make(deploy())
        await until(lambda: pointer.said)
    assert not pointer.down


async def test_the_practice_game_is_walked_by_taps():
    """A tap on the terminal's point takes the real practice game off its home screen, in its own time."""
    game = PracticeGame([STAGE], SQUAD, seed=0, popups=False)
    async with hands(PracticePointer(game), pass_time=game.advance) as (one, inbox):
        game.advance(1.0)
        assert game.screen == "home"
        began = game.time
        one.make(Tap(id=1, why="", point="terminal"))
        await inbox.get()
        game.advance(2.0)
        assert game.screen != "home"
        assert game.time > began + 2.0


def make_in(game, todo):
    """Make steps in a practice game, as the hands do, from a pointer that is up."""
    pointer = PracticePointer(game)
    for step in todo:
        match step:
            case Press(x, y):
                pointer.press(x, y)
            case Move(x, y):
                pointer.move(x, y)
            case Release():
                pointer.release()
            case Wait(seconds):
                game.advance(seconds)


def battle_with_one_operator():
    """A practice game in a battle, where one operator stands on the returned tile and others can be afforded."""
    game = PracticeGame([STAGE], SQUAD, seed=0, popups=False)
    game.flow.go("loading", game.time)
    game.advance(2.0)
    game.advance(20.0)
    row, col = game.battle_page.input.legal_tiles(1)[0]
    card = [card.slot for card in game.battle.view().cards].index(1)
    make_in(game, steps(deploy(card=card, row=row, col=col), geometry()))
    game.advance(10.0)
    assert len(standing(game)[0]) == 1
    return game, (row, col)


def standing(game):
    """What a broken gesture could change: who stands where, what is held, whether the game is paused, its speed."""
    field = [(unit.slot, unit.row, unit.col) for unit in game.battle.operators_on_field()]
    return field, game.battle_page.input.hold, game.paused, game.speed


GESTURES = {
    "deploy": lambda game, _: deploy(
        card=[card.slot for card in game.battle.view().cards].index(0),
        cards=len(game.battle.view().cards),
        **dict(zip(("row", "col"), game.battle_page.input.legal_tiles(0)[0], strict=True)),
    ),
    "tap_card": lambda game, _: TapCard(id=1, why="", card=0, cards=len(game.battle.view().cards)),
    "use_skill": lambda _, tile: UseSkill(id=1, why="", row=tile[0], col=tile[1]),
    "retreat": lambda _, tile: Retreat(id=1, why="", row=tile[0], col=tile[1]),
    "pause": lambda *_: Tap(id=1, why="", point="pause"),
    "speed": lambda *_: Tap(id=1, why="", point="speed"),
}


@pytest.mark.parametrize("kind", GESTURES)
def test_a_gesture_broken_off_at_any_step_is_taken_back(kind):
    """Whenever a pause comes: no card is held or placed, no operator is selected or withdrawn, no button is pushed."""
    game, tile = battle_with_one_operator()
    gesture = GESTURES[kind](game, tile)
    todo = steps(gesture, geometry())
    inputs = [number for number, step in enumerate(todo) if not isinstance(step, Wait)]
    before = standing(game)
    for made in range(inputs[-1] + 1):
        make_in(game, [*todo[:made], *undo(gesture, geometry(), todo[:made])])
        assert standing(game) == before, f"after {made} of {len(todo)} steps"
    make_in(game, todo)
    assert standing(game) != before or kind == "use_skill"


async def test_the_last_tap_pauses_the_game_before_the_gate_counts_as_shut():
    """A pause presses the game's own button; after it nothing is pressed any more."""
    game, _ = battle_with_one_operator()
    async with hands(PracticePointer(game), pass_time=game.advance) as (one, inbox):
        await one.shut("pause")
        assert game.paused
        one.make(Tap(id=1, why="", point="pause"))
        assert isinstance(await inbox.get(), GestureFailed)
        assert game.paused


async def test_a_pause_does_not_wait_for_what_a_gesture_waits_for():
    """The rest after a tap is not slept through: a user waits for the answer."""
    pointer = Recorder()
    async with hands(pointer, geometry(timing=Timing(hold=0.01, drag=0.1, rest=PATIENCE))) as (one, inbox):
        one.make(Tap(id=1, why="", point="back"))
        await until(lambda: [what for what, _ in pointer.said] == ["press", "release"])
        async with asyncio.timeout(PATIENCE / 2):
            await one.shut()
            assert await inbox.get() == GestureDone(t=2.5, id=1)


async def test_a_person_who_takes_the_idle_pointer_is_noticed():
    """The mouse in the corner means pause even while no gesture is made."""

    class Taken(Recorder):
        def check(self):
            """Fail."""
            raise PointerError("paused by a person")

    async with hands(Taken()) as (_, inbox):
        assert await inbox.get() == PartFailed(t=2.5, part="hands", why="paused by a person")
