"""The twin follows a battle by what the screen is sure of, and knows how far off it is."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import twin as following
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, Action
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.twin import LOST_AFTER, Twin

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)
FRAME = 0.25


class Watched:
    """A battle and its twin; `t` is the frames' clock."""

    def __init__(self, seed=0):
        self.battle, self.twin, self.t = Battle(STAGE, SQUAD, 0), Twin(STAGE, SQUAD, seed), 100.0

    def play(self, seconds, *, clock=None, **shown):
        """Let the battle go on for so long, and the frames' clock for as long or for `clock`; frames show `shown` too.
        Returns how far the twin is off at the end.
        """
        frames = max(round(seconds / FRAME), 1)
        for _ in range(frames):
            self.battle.step(round(seconds * 30 / frames))
            self.t += (seconds if clock is None else clock) / frames
            fit = self.see(**shown)
        return fit

    def see(self, gesture=None, **shown):
        """A frame without enemies, as a detector that knows none leaves it."""
        view = msgspec.structs.replace(self.battle.view(), enemies=(), **shown)
        return self.twin.see(self.t, view, gesture=gesture)

    def places(self):
        """Where enemies are: really, and as the twin has it."""
        real = [(one.row, one.col) for one in self.battle.enemies_on_field()]
        return real, [(one.row, one.col) for one in self.twin.view().enemies]


@pytest.fixture
def watched():
    """A battle that has been seen once."""
    one = Watched()
    one.see()
    return one


def deploy(battle):
    """The first deployment that is allowed."""
    tiles = STAGE.width * STAGE.height
    for slot in range(len(SQUAD)):
        for tile in range(tiles):
            if battle.act(Action(DEPLOY, slot, tile, 0)):
                return slot
    raise AssertionError("nothing can be deployed")


def test_a_battle_as_the_simulator_has_it_is_followed_exactly():
    """In step from the first frame on, with every enemy where it is."""
    found = following.follow("first_watch", "exact", 0)
    assert np.mean(found.in_step) > 0.97
    assert np.mean(found.off) < 0.3


@pytest.mark.parametrize(("name", "seed"), [("two_roads", 1), ("two_gates", 0)])
def test_a_battle_with_other_numbers_is_followed(name, seed):
    """In the variation `far`: nearly always in step, never lost, enemies within half a tile on average."""
    found = following.follow(name, "far", seed)
    assert np.mean(found.in_step) > 0.9
    assert not any(found.lost)
    assert np.mean(found.off) < 0.5


def test_a_battle_seen_late_is_joined_where_its_dp_say_it_is(watched):
    """The bot was started during the battle: nothing has been deployed, and the clock is known from the DP."""
    late = Watched()
    late.battle.step(8 * 30)
    late.see()
    assert late.twin.seconds == pytest.approx(8.0, abs=1.0)
    assert late.play(2.0).in_step


def test_pauses_and_speeds_count(watched):
    """While the game is paused nothing passes, at double speed twice as much, in slow motion a fifth."""
    watched.play(2.0)
    watched.see(paused=True)
    watched.t += 60.0
    watched.see()
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.5)
    watched.see(speed=2)
    watched.play(6.0, clock=3.0, speed=2)
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.5)
    watched.see(deploying=True)
    watched.play(1.0, clock=5.0, deploying=True)
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.5)


def test_a_stall_that_no_frame_showed_is_noticed_by_the_dp(watched):
    """The frames' clock went on for ten seconds, the game for two: within two frames the twin waits for it."""
    watched.play(4.0)
    watched.battle.step(2 * 30)
    watched.t += 10.0
    watched.see()
    watched.play(10.0)
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.5)
    real, ours = watched.places()
    assert len(real) == len(ours)
    assert np.abs(np.array(real) - np.array(ours)).max() < 0.7


def test_the_bar_below_the_dp_is_a_clock_to_the_tick(watched):
    """A frame that comes half a second late, as after a dragged card slowed play, puts the twin off for one frame."""
    watched.play(3.0)
    watched.battle.step(30)
    watched.t += 1.5
    watched.see(dp_share=share(watched.battle))
    for _ in range(3):
        watched.battle.step(8)
        watched.t += 8 / 30
        watched.see(dp_share=share(watched.battle))
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.07)


def test_the_bar_tells_the_clock_where_the_number_does_not(watched):
    """A deployment at a price that no card showed: the number is taken over, the bar still corrects the clock."""
    watched.play(10.0)
    deploy(watched.battle)
    watched.battle.step(10)
    watched.see(dp_share=share(watched.battle), cards=())
    assert watched.twin.fit().dp == 0
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.07)


def test_the_price_on_the_card_is_what_was_paid(watched):
    """Potentials and effects change prices: the DP stay right, and tell the clock, right after a deployment."""
    watched.play(10.0)
    view = watched.battle.view()
    cards = tuple(msgspec.structs.replace(card, cost=card.cost - 2) for card in view.cards)
    watched.see(cards=cards)
    deploy(watched.battle)
    watched.battle.records.battle["dp"] += 2
    watched.see()
    assert watched.twin.fit().dp == 0
    assert watched.twin.battle()[1].battle["dp"][0] == watched.battle.view().dp


def test_a_card_is_paid_when_it_leaves_the_hand(watched):
    """Its operator is seen later only, and meanwhile the DP tell that the drag slowed play."""
    watched.play(10.0)
    slot = deploy(watched.battle)
    watched.battle.step(15)
    watched.t += 1.5
    watched.see(dp_share=share(watched.battle), operators=())
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.07)
    watched.see(dp_share=share(watched.battle))
    assert watched.twin.battle()[1].unit["tile"][0, slot] >= 0
    assert watched.twin.fit().dp == 0


def test_a_clock_that_ran_ahead_is_put_back(watched):
    """The game stood still between two frames: the twin is where the battle is at once, and need not wait for it."""
    watched.play(3.0)
    watched.battle.step(6)
    watched.t += 4.0
    watched.see(dp_share=share(watched.battle))
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.07)


def test_frames_with_the_same_bar_are_of_one_moment(watched):
    """A picture that is frozen for a while: nothing has passed."""
    watched.play(3.25)
    watched.see(dp_share=share(watched.battle))
    for _ in range(5):
        watched.t += 1.0
        watched.see(dp_share=share(watched.battle))
    assert watched.twin.seconds == pytest.approx(watched.battle.seconds, abs=0.07)


def test_a_bar_that_is_always_read_as_full_puts_the_twin_off_and_it_says_so(watched):
    """The clock that it gives stands still: the twin has lost the battle by the frames' times, not by its own."""
    watched.play(3.0)
    watched.see(dp_share=1.0)
    watched.twin._earned = watched.twin._tick  # DP came otherwise just now: only the bar tells the clock
    for _ in range(320):
        watched.battle.step(4)
        watched.t += 4 / 30
        fit = watched.see(dp_share=1.0)
    assert watched.twin.seconds < watched.battle.seconds - 10.0
    assert watched.battle.kills > 0
    assert fit.lost
    assert not fit.in_step


def test_a_gesture_slows_play(watched):
    """Where no frame shows it, the bot tells for how long one was under way."""
    watched.battle.step(24)
    watched.t += 1.6
    watched.twin.see(watched.t, msgspec.structs.replace(watched.battle.view(), enemies=()), slowed=1.0)
    assert watched.twin.seconds == pytest.approx(0.8, abs=0.04)


def test_the_sp_that_are_seen_are_those_of_the_twin(watched):
    """An operator may have stood for longer than it was seen."""
    watched.play(10.0)
    slot = deploy(watched.battle)
    operators = tuple(msgspec.structs.replace(one, sp=0.5) for one in watched.battle.view().operators)
    watched.see(operators=operators)
    world, battles = watched.twin.battle()
    assert battles.unit["sp"][0, slot] == pytest.approx(world.deployable["sp_cost"][slot] / 2, abs=1)


def share(battle):
    """How far the bar below the DP is filled."""
    return battle.records.battle["dp_clock"][0] / battle.world.cost_ticks


def test_what_stands_stands_in_the_twin_too(watched):
    """A deployment and a retreat are taken over, whether the twin's DP would allow them or not."""
    watched.play(3.0)
    slot = deploy(watched.battle)
    watched.see()
    world, battles = watched.twin.battle()
    assert battles.unit["tile"][0, slot] >= 0
    assert world.cards == len(SQUAD)
    assert watched.twin.fit().dp == 0
    watched.play(3.0)
    assert watched.battle.act(Action(RETREAT, slot, 0, 0))
    watched.play(FRAME)
    assert watched.twin.battle()[1].unit["tile"][0, slot] < 0
    watched.play(3.0)
    assert watched.twin.fit().dp == 0


@pytest.mark.parametrize("frames", [17, 20, 22, 31])
def test_an_operator_comes_when_the_gesture_ended_not_when_it_is_seen(watched, frames):
    """A second passes until its frame: in every hypothesis it has stood so long, and still has so when moments are
    played again, also where one was kept in between.
    """

    def play(count, **shown):
        for _ in range(count):
            watched.battle.step(10)
            watched.t += 1 / 3
            watched.see(dp_share=share(watched.battle), **shown)

    play(frames)
    slot = deploy(watched.battle)
    play(2, operators=())
    play(1, gesture=(DEPLOY, slot, 1.0))
    own = watched.battle.records.unit[0, slot]
    assert np.abs(watched.twin._now.unit["sp"][:, slot] - own["sp"]).max() <= 1
    assert watched.twin.battle()[1].unit["price_paid"][0, slot] == own["price_paid"]
    assert watched.twin.fit().dp == 0
    play(24)
    watched.twin._redraw()
    assert np.abs(watched.twin._now.unit["sp"][:, slot] - watched.battle.records.unit[0, slot]["sp"]).max() <= 1


def test_an_operator_that_falls_soon_after_its_gesture_fell_when_that_is_seen(watched):
    """The gesture deployed it: that it is gone is none of its doing."""
    watched.play(8.0)
    slot = deploy(watched.battle)
    watched.play(1.0, gesture=(DEPLOY, slot, 0.0))
    assert watched.battle.act(Action(RETREAT, slot, 0, 0))
    watched.play(FRAME, gesture=(DEPLOY, slot, 1.0))
    assert watched.twin._deeds[-1].tick == watched.twin._tick


def test_kills_that_come_a_moment_late_are_in_step(watched):
    """Ten a second: the counters differ at every frame, though each kill is half a second late. More than a second is
    not in step.
    """
    seen = []
    for late in (2, 6):
        watched.twin._counters.clear()
        seen.append([])
        for frame in range(40):
            watched.twin._play += FRAME * 30
            seen[-1].append(watched.twin._agrees(3 * frame, max(3 * (frame - late), 0)))
    assert all(seen[0])
    assert not any(seen[1][8:])


def test_a_battle_that_goes_otherwise_is_told_as_lost(watched):
    """The counter says what no hypothesis explains: the twin says how long already, and then that it is lost."""
    watched.play(5.0)
    assert not watched.play(LOST_AFTER / 2, kills=20).lost
    fit = watched.play(LOST_AFTER, kills=20)
    assert fit.lost
    assert not fit.in_step
    assert fit.kills == 20 - watched.twin.battle()[1].battle["counter"][0]


def test_the_same_frames_give_the_same_twin():
    """All chances come from the seed."""
    first, second = (following.follow("first_watch", "far", 3, frame=15) for _ in range(2))
    assert (first.in_step, first.off) == (second.in_step, second.off)


def test_all_hypotheses_are_told_the_best_one_first(watched):
    """Each with its own world; they are copies, so looking ahead from them changes nothing."""
    watched.play(8.0)
    worlds, battles = zip(*watched.twin.hypotheses(), strict=True)
    assert worlds[0] is watched.twin.battle()[0]
    assert len({float(world.enemy["max_health"][0]) for world in worlds}) == len(worlds) == 12
    battles[0].battle["dp"] += 50
    assert watched.twin.battle()[1].battle["dp"][0] == battles[0].battle["dp"][0] - 50
