"""A school plays its lessons in turn and learns beside it, from what is stored of each."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from levels import CATALOGUE

from game.levels.stage import load_stage
from learning import lesson as lesson_module
from learning.demonstrations import demonstrations
from learning.dqn import Dqn
from learning.lesson import Lesson
from learning.school import ROUND, School
from learning.sitting import as_advised
from planning.solutions import solution


@pytest.fixture(scope="module", autouse=True)
def _few_demonstrations():
    """Six battles of each plan are shown, not all."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lesson_module, "demonstrations", lambda *given: demonstrations(*given, 6))
        yield


@pytest.fixture
def quick(settings):
    """An update for every sixteen decisions, from the first round on."""
    return settings.model_copy(update={"decisions_per_update": 16, "learning_starts": 10, "taught_updates": 8})


@pytest.fixture
def school(stage, squad, quick):
    """A school of two stages, the first with a plan."""
    other = load_stage("two_roads", CATALOGUE)
    lessons = [Lesson(stage, squad, solution(stage.name), quick, 0), Lesson(other, squad[:7], None, quick, 0)]
    one = School(lessons, quick, 0)
    yield one
    one.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("updates")]


def test_a_round_plays_one_lesson_and_makes_the_updates_that_were_due(school, quick):
    """Lessons take turns; decisions and updates are in the ratio of the settings, one round late."""
    school.begin()
    school.dqn.update = count = Counting(school.dqn.update)
    for number in range(1, 9):
        assert school.turn == (number - 1) % 2
        school.round()
        assert school.decisions == number * ROUND * quick.battles
        assert count.calls == pytest.approx((number - 1) * ROUND * quick.battles / 16, abs=2)
    stored = [one.buffer.written for one in school.lessons]
    assert stored == [4 * ROUND * quick.battles] * 2


class Counting:
    """Counts its calls."""

    def __init__(self, call):
        self._call, self.calls = call, 0

    def __call__(self, *given):
        """Call it."""
        self.calls += 1
        return self._call(*given)


def test_before_the_first_decision_only_demonstrations_are_learned_from(school, quick):
    """As many updates as the settings say, where a lesson has any; another has nothing to learn from yet."""
    school.begin()
    assert school.decisions == 0
    assert school.lessons[1].batch(0.5, school.rng) is None
    batch = school.lessons[0].batch(0.5, school.rng)
    assert batch.taught == len(batch.actions) == quick.batch_size // 2
    assert school.dqn.updates == quick.taught_updates


def test_without_a_plan_nothing_is_learned_before_play(stage, squad, quick):
    """No update is due, and everything is explored at first."""
    school = School([Lesson(stage, squad, None, quick, 0)], quick, 0)
    school.begin()
    assert school.dqn.updates == 0
    assert school.epsilon == quick.epsilon_start
    school.close()


def test_where_a_plan_is_shown_less_is_explored_from_the_beginning(school, quick):
    """By the lesson whose turn it is; without a plan as in play: from the first share to the last."""
    assert school.epsilon == quick.epsilon_taught
    school.round()
    first = school.epsilon
    assert quick.epsilon_taught < quick.epsilon_end + 0.1 < first < quick.epsilon_start
    school.round()
    school.round()
    assert school.epsilon < first


def test_what_was_played_is_stored_with_what_followed(stage, squad, quick):
    """Each decision with its own battle's reward and next view, over the borders of rounds; ends have none."""
    lesson = Lesson(stage, squad, solution(stage.name), quick.model_copy(update={"n_step": 1}), 0)
    played = []
    for _ in range(12):
        played += (turn := [lesson.sitting.play(as_advised, 1.0) for _ in range(ROUND)])
        lesson.store(turn)
    count, complete = len(played[0].actions), lesson.buffer.arrays["complete"]
    kept = range(max(len(lesson.buffer), 0))
    assert complete.sum() == len(kept) - count, "all but the last decisions, whose next frame is to come"
    assert any(any(one.over) for one in played)
    for number, (one, then) in enumerate(zip(played, [*played[1:], None], strict=True)):
        if then is None:
            break
        places = (number * count + np.arange(count)) % lesson.buffer.capacity
        if not complete[places].all() or number * count < lesson.buffer.written - lesson.buffer.capacity:
            continue
        batch = lesson.buffer.batch(places)
        assert batch.actions.tolist() == one.actions.tolist()
        assert batch.rewards == pytest.approx(one.rewards)
        assert (batch.discounts == 0).tolist() == list(one.over)
        assert (batch.before.tiles == one.observation.tiles).all()
        assert (batch.before.advice == one.observation.advice).all()
        going_on = ~np.array(one.over)
        assert (batch.after.tiles[going_on] == then.observation.tiles[going_on]).all()
        assert (batch.after_legal[going_on] == then.legal[going_on]).all()


def test_another_seed_plays_other_battles(stage, squad, quick):
    """No battle of one training is a battle of another, nor one of those that are shown."""
    seeds = [Lesson(stage, squad, None, quick, seed).sitting._seed for seed in (0, 1)]
    assert seeds[1] - seeds[0] == lesson_module.APART
    assert seeds[0] == lesson_module.FIRST_SEED + lesson_module.BATTLES + quick.battles


def test_an_error_in_an_update_is_not_swallowed(school, monkeypatch):
    """The round in whose time it happened raises it."""

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Dqn, "update", broken)
    with pytest.raises(ZeroDivisionError):
        school.begin()
