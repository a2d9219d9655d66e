"""Battles side by side are the simulator's battles, differing as their variation says."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning import battles as module
from learning.battles import SECOND, BattleBatch
from learning.encoding import make_encoding
from learning.environment import ArknightEnv
from learning.reward import reward
from planning.variation import EXACT, FAR, NEAR, Variation, gestures, varied

SLOW = Variation("slow", quickest=0.5, slowest=2.5, lost=0.3)
"""Gestures that take up to two and a half decisions, and of which three of ten are lost."""


class Alone:
    """A battle of the simulator on its own, with gestures as a variation draws them."""

    def __init__(self, encoding, variation, seed):
        self.battle = Battle(encoding.stage, encoding.squad, seed)
        self.battle.world = varied(self.battle.world, encoding.stage, variation, seed)
        self._drawn, self._made, self._encoding = gestures(variation, [seed]), 0, encoding

    def decide(self, number):
        """Do a compact action, after its delay and unless it is lost, and play a second or until it has its effect."""
        if not number:
            self.battle.step(SECOND)
            return
        column = self._made % self._drawn.ticks.shape[1]
        delay, lost = int(self._drawn.ticks[0, column]), bool(self._drawn.lost[0, column])
        self._made += 1
        self.battle.step(delay)
        if not lost and self.battle.outcome is None:
            self.battle.act(self._encoding.action(number))
        self.battle.step(max(SECOND - delay, 0))


def begun(encoding, variation, seeds):
    """A batch of battles, each with its seed."""
    batch = BattleBatch(encoding, len(seeds))
    for b, seed in enumerate(seeds):
        batch.begin(b, variation, seed)
    return batch


@pytest.mark.parametrize("variation", [EXACT, SLOW, NEAR, FAR], ids=lambda one: one.name)
@pytest.mark.parametrize("name", ["first_watch", "two_roads"])
def test_each_battle_is_that_of_the_simulator_with_the_same_decisions(name, variation, squad):
    """Views, masks, ends and clocks are the same at every decision of random battles, up to their different ends."""
    encoding, rng = make_encoding(load_stage(name, CATALOGUE), squad), np.random.default_rng(4)
    seeds = [11, 12, 13]
    batch, alone = begun(encoding, variation, seeds), [Alone(encoding, variation, seed) for seed in seeds]
    while not batch.ends().over.all():
        seen, _ = batch.look()
        numbers = np.zeros(len(seeds), np.int64)
        for b, one in enumerate(alone):
            assert batch.view(b) == one.battle.view()
            assert batch.seconds(b) == one.battle.seconds
            legal = seen.mask[b, encoding.flat_actions].view(np.bool_)
            assert (legal == one.battle.legal_actions()[encoding.flat_actions]).all()
            numbers[b] = rng.choice(np.flatnonzero(legal)) if rng.random() < 0.4 else 0
            if one.battle.outcome is None:
                one.decide(int(numbers[b]))
        batch.decide(numbers)
    ends = batch.ends()
    assert ends.won.tolist() == [one.battle.outcome == "won" for one in alone]
    assert ends.stars.tolist() == [one.battle.stars for one in alone]
    assert ends.leaks.tolist() == [one.battle.leaks for one in alone]


def test_a_lost_gesture_does_nothing_and_a_slow_one_comes_late(encoding):
    """The operator stands when its delay has passed, not before; while it is on the way no decision is made."""
    number = next(one for one in range(1, 5000) if encoding.legal(Battle(encoding.stage, encoding.squad).view())[one])
    for lost in (0.0, 1.0):
        batch = begun(encoding, Variation("made", quickest=2.0, slowest=2.0, lost=lost), [0])
        batch.decide(np.array([number]))
        batch.look()
        assert batch.seconds(0) == 2.0
        assert len(batch.view(0).operators) == (lost == 0.0)


def test_gestures_of_a_battle_do_not_depend_on_those_beside_it(encoding):
    """Each battle takes its own in turn, from the first again once it is begun anew."""
    rng = np.random.default_rng(0)
    numbers = [rng.integers(0, len(encoding.flat_actions), 2) for _ in range(20)]
    together, alone = begun(encoding, SLOW, [5, 6]), begun(encoding, SLOW, [6])
    for given in numbers:
        together.decide(given)
        alone.decide(given[1:])
    assert together.seconds(1) == alone.seconds(0)
    together.begin(1, SLOW, 6)
    alone.begin(0, SLOW, 6)
    for given in numbers:
        together.decide(given)
        alone.decide(given[1:])
        together.look()
        alone.look()
        assert together.view(1) == alone.view(0)


def test_rewards_are_those_of_the_environment(stage, squad, encoding):
    """For the same battle, decision after decision."""
    environment = ArknightEnv(stage.name, [one.name for one in squad], catalogue=CATALOGUE)
    environment.reset(seed=3)
    environment._battle = Battle(stage, squad, seed=3)
    environment._look()
    batch, rng, over = begun(encoding, EXACT, [3]), np.random.default_rng(1), False
    _, before = batch.look()
    while not over:
        number = int(rng.choice(np.flatnonzero(environment.action_masks()[encoding.flat_actions])))
        batch.decide(np.array([number]))
        _, after = batch.look()
        ends = batch.ends()
        _, expected, over, _, _ = environment.step(np.array(encoding.action(number)))
        assert batch.rewards(before, after, ends, environment.discount)[0] == pytest.approx(expected)
        before = after
    assert ends.over[0]


def test_a_battle_that_does_not_end_is_given_up_as_lost(encoding, monkeypatch):
    """After LONGEST: it is over, not won, without stars, and rewarded as a defeat; it stands still then."""
    monkeypatch.setattr(module, "LONGEST", 3 * SECOND)
    batch = begun(encoding, EXACT, [0])
    for seconds in (1, 2, 3):
        assert not batch.ends().over[0]
        _, before = batch.look()
        batch.decide(np.zeros(1, np.int64))
        assert batch.seconds(0) == seconds
    _, after = batch.look()
    ends = batch.ends()
    assert (ends.over[0], ends.won[0], ends.stars[0]) == (True, False, 0)
    lost = reward(before, after, np.array([False]), np.array([True]), ends.stars, encoding.stage.options, 0.98)
    assert batch.rewards(before, after, ends, 0.98)[0] == lost[0] < -0.1
    batch.decide(np.zeros(1, np.int64))
    assert batch.seconds(0) == 3


def test_what_a_look_gives_is_not_written_over(encoding):
    """The situation and the observation before a decision are still there after it."""
    batch = begun(encoding, NEAR, [1, 2])
    seen, situation = batch.look()
    kept = [part.copy() for part in (*seen, *situation)]
    for _ in range(15):
        batch.decide(np.zeros(2, np.int64))
    batch.look()
    assert all((old == new).all() for old, new in zip(kept, (*seen, *situation), strict=True))
