"""The machine as a whole: the way round, pausing, playing on without a part, and the table as data."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from player import SETUP, Player, gestures, unit, view

from states.commands import (
    Answer,
    BattleEnded,
    Decide,
    Dump,
    Finish,
    Look,
    NeedHuman,
    OpenGate,
    Remember,
    ShutGate,
    Tap,
)
from states.events import (
    SCREEN_NAMES,
    Decided,
    GestureDone,
    GestureFailed,
    PartFailed,
    PauseAsked,
    ResultSeen,
    ResumeAsked,
    ScreenLost,
    StopAsked,
    Stuck,
    Tick,
)
from states.machine import PLAYING, TRANSITIONS, Machine, mermaid


def points(commands):
    """The named points that are tapped."""
    return [command.point for command in commands if isinstance(command, Tap)]


def test_the_way_round(player):
    """From home into the battle, through the result, and on to the next one."""
    assert points(player.see("home")) == ["terminal"]
    assert points(player.see("terminal")) == ["last_stage"]
    assert [(tap.x, tap.y) for tap in gestures(player.see("stage_map"))] == [(5, 6)]
    assert points(player.see("stage_panel")) == ["stage_start"]
    assert points(player.see("squad")) == ["squad_start"]
    assert gestures(player.see("loading")) == []
    player.see("battle")
    assert player.machine.state == "battle"
    assert points(player.settle()) == ["result_leave"]
    assert player.machine.state == "settle"
    player.see("home")
    assert player.machine.state == "menu"


def test_after_the_last_battle_it_goes_home_and_ends():
    """After one battle that was asked for the game is on the home screen."""
    player = Player(Machine(msgspec.structs.replace(SETUP, battles=1)))
    player.walk("battle")
    player.battle()
    assert any(isinstance(command, BattleEnded) for command in player.settle())
    assert points(player.see("stage_map")) == ["back"]
    assert player.see("home")[-1] == Finish(code=0, why="all battles asked for were played")


def here(player: Player, state: str) -> None:
    """Bring a machine into a state."""
    if state == "menu":
        player.see("home")
    elif state == "stage_select":
        player.walk("stage_map")
    elif state == "entry":
        player.see("title")
    elif state == "lost":
        player.tell(ScreenLost, seconds=5.0)
    elif state == "fault":
        player.tell(PartFailed, part="detector", why="no weights")
    else:
        player.walk("battle")
        player.battle()
    if state == "settle":
        player.settle()
    assert player.machine.state == state


@pytest.mark.parametrize("state", PLAYING)
def test_no_gesture_leaves_after_the_pause_is_acknowledged(player, state):
    """A caller that reads 'paused' can take the mouse, whatever happens on the screen."""
    here(player, state)
    commands = player.tell(PauseAsked, id="a")
    assert commands[0] == ShutGate()
    assert commands[-1] == Answer(id="a", what="paused")
    assert not gestures(commands)
    for screen in SCREEN_NAMES:
        assert player.see(screen) == []
    for commands in (
        player.battle(),
        player.tell(Tick),
        player.tell(Stuck, seconds=30.0),
        player.tell(ScreenLost, seconds=9.0),
    ):
        assert commands == []
    assert player.machine.state == "paused"


def test_a_pause_in_a_battle_presses_the_games_own_pause_once():
    """Nothing is lost while a person thinks; a game that stands still already is left alone."""
    for seen, last_tap in ((view(), "pause"), (view(paused=True), None)):
        player = Player(Machine(msgspec.structs.replace(SETUP, pause_game=True)))
        assert player.tell(PauseAsked, id="a")[0] == ShutGate(), "in a menu there is nothing to pause"
        player.tell(ResumeAsked, id="b")
        player.walk("battle")
        player.battle(seen)
        assert player.tell(PauseAsked, id="c")[0] == ShutGate(last_tap=last_tap)
        assert player.tell(PauseAsked, id="d") == [Answer(id="d", what="paused")]


def test_resume_undoes_the_games_pause_only_where_it_still_stands(player):
    """A person who let the game go on meanwhile does not have it stopped by the resume."""
    for still, taps in ((True, ["pause"]), (False, [])):
        player = Player(Machine(msgspec.structs.replace(SETUP, pause_game=True)))
        player.walk("battle")
        player.battle()
        player.tell(PauseAsked, id="a")
        player.tell(ResumeAsked, id="b")
        assert [tap.point for tap in gestures(player.battle(view(paused=still)))] == taps


@pytest.mark.parametrize("state", PLAYING)
def test_resume_returns_to_the_state_that_was_paused(player, state):
    """The gate opens before the answer, and the screen is looked at anew."""
    here(player, state)
    player.tell(PauseAsked, id="a")
    commands = player.tell(ResumeAsked, id="b")
    assert commands[:2] == [OpenGate(), Answer(id="b", what="resumed")]
    assert player.machine.state == state


def test_resume_carries_on_the_same_battle(player):
    """A deployment that the pause broke off, but that worked, is known afterwards, and the battle keeps its number."""
    player.deploy()
    player.tell(PauseAsked, id="a")
    player.tell(ResumeAsked, id="b")
    player.see("battle")
    standing = view(cards=view().cards[:1], operators=(unit(2, 2),))
    player.battle(standing)
    asked = player.battle(standing)[-1]
    assert isinstance(asked, Decide)
    assert [(seen.slot, seen.direction) for seen in asked.view.operators] == [(1, 0)]
    assert [command.number for command in player.settle() if isinstance(command, BattleEnded)] == [1]


def test_a_question_asked_before_a_pause_is_not_acted_upon_after_it(player):
    """The answer belongs to a battle that has moved on."""
    player.walk("battle")
    asked = player.battle()
    player.tell(PauseAsked, id="a")
    player.tell(ResumeAsked, id="b")
    assert player.decide(asked, 1, 1, 20, 0) == []


def test_a_pause_asked_twice_is_answered_twice(player):
    """Every request gets its answer."""
    player.tell(PauseAsked, id="a")
    assert player.tell(PauseAsked, id="b") == [Answer(id="b", what="paused")]
    player.tell(ResumeAsked, id="c")
    assert player.tell(ResumeAsked, id="d") == [Answer(id="d", what="resumed")]


def test_a_hand_on_the_mouse_pauses(player):
    """Moving the mouse into a corner is how a person at the desktop asks for a pause."""
    here(player, "battle")
    assert player.tell(PartFailed, part="hands", why="paused by a person")[0] == ShutGate()
    assert player.machine.state == "paused"


@pytest.mark.parametrize("part", ["learner", "trace", "broker"])
def test_play_goes_on_without(player, part):
    """The failure of a part that the bot can play without does not stop the battle."""
    here(player, "battle")
    player.tell(PartFailed, part=part, why="gone")
    assert player.machine.state == "battle"


def test_a_failed_capture_is_a_fault_with_evidence_until_the_screen_is_back(player):
    """Without a picture nothing is tapped; once a screen is seen again the bot goes on by itself."""
    here(player, "battle")
    commands = player.tell(PartFailed, part="capture", why="no window")
    assert [type(command) for command in commands[-2:]] == [Dump, NeedHuman]
    assert player.tell(Tick) == []
    player.see("home")
    assert player.machine.state == "menu"


@pytest.mark.parametrize("state", [*PLAYING, "paused"])
def test_stop_ends_from_anywhere(player, state):
    """The gate is shut first, then the caller hears of it."""
    if state == "paused":
        player.tell(PauseAsked, id="a")
    else:
        here(player, state)
    assert player.tell(StopAsked, id="z") == [
        ShutGate(), Answer(id="z", what="stopping"), Finish(code=0, why="stopped by mqtt")
    ]  # fmt: skip


def test_the_result_of_a_battle_is_counted_once(player):
    """A page that is read twice is left twice, and counted once."""
    player.walk("battle")
    player.battle()
    assert any(isinstance(command, BattleEnded) for command in player.settle())
    again = player.tell(ResultSeen, outcome="won", stars=3)
    assert [type(command) for command in again] == [Tap]


def test_a_battle_that_was_seen_leaves_an_experience(player):
    """Even one that ends before anything was done."""
    player.walk("battle")
    player.battle()
    last = next(command for command in player.settle("lost", 0) if isinstance(command, Remember))
    assert (last.after, last.outcome, last.action) == (None, "lost", (0, 0, 0, 0))


def test_the_diagram_is_the_table():
    """Every row of the table is an arrow, and every arrow a row."""
    arrows = [line for line in mermaid().splitlines() if ": " in line]
    assert len(arrows) == len(TRANSITIONS)
    assert "    menu --> stage_select: stage_seen" in arrows


DECIDED = {"kind": Decided, "q": 0.0, "explored": True, "latency": 0.0}
ANY = st.booleans()
EVENTS = st.one_of(
    st.sampled_from(SCREEN_NAMES).map(lambda s: ("see", {"screen": s})),
    st.builds(lambda stopped, held: ("battle", {"seen": view(paused=stopped, deploying=held)}), ANY, ANY),
    st.sampled_from(
        [
            ("tell", {"kind": Tick}),
            ("tell", {"kind": ScreenLost, "seconds": 5.0}),
            ("tell", {"kind": Stuck, "seconds": 30.0}),
            ("tell", {"kind": PauseAsked, "id": "p"}),
            ("tell", {"kind": ResumeAsked, "id": "r"}),
            ("tell", {"kind": PartFailed, "part": "detector", "why": "?"}),
            ("tell", {"kind": ResultSeen, "outcome": "won", "stars": 2}),
        ]
    ),
    st.builds(lambda n: ("tell", {"kind": GestureDone, "id": n}), st.integers(1, 20)),
    st.builds(lambda n: ("tell", {"kind": GestureFailed, "id": n, "why": "?"}), st.integers(1, 20)),
    st.builds(
        lambda n, *action: ("tell", DECIDED | {"id": n, "action": (*action, 0)}),
        st.integers(1, 20), st.integers(0, 3), st.integers(0, 1), st.integers(0, 53),
    ),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=60))
def test_whatever_happens_it_neither_breaks_nor_touches_a_paused_screen(happenings):
    """Any order of any events, sensible or not."""
    player = Player(Machine(SETUP))
    for how, fields in happenings:
        commands = getattr(player, how)(**fields)
        assert player.machine.state != "paused" or not gestures(commands)


def test_a_button_without_effect_is_not_tapped_for_hours(player):
    """A few taps, a walk home, then more after waits that grow: an hour on one screen costs no hundred taps."""
    player.walk("squad")
    taps, asked = 0, 0
    for _ in range(3600):
        commands = player.tell(Tick)
        taps += len(gestures(commands))
        asked += any(isinstance(command, NeedHuman) for command in commands)
        if Look() in commands:
            taps += len(gestures(player.see("squad")))
    assert asked == 1
    assert 5 < taps < 60
