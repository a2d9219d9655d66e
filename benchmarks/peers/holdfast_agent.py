"""Our own agent, as it learns without a screen (learning.trainer), with the default settings.

Its battles are not those of the comparison but harder ones: `near` and `far` in turn, 64 side by side, and gestures
take time and are lost. Rules and updates use a thread each. With the plan, its battles are demonstrations and what it
advises is an input, also where the agent is measured; the time in which the demonstrations are played is not counted,
as it is not for the other libraries. The only module here that knows the agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from game.actions import flatten
from learning.advice import Adviser
from learning.policy import EpsilonGreedy
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import TrainingTask
from peers.battles import Choice, FlatBattles, timed
from planning.plans import Plan
from planning.solutions import solution


@timed
def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn from nothing, without a plan."""
    del budget
    yield from _learn(stage, squad, seed, None)


@timed
def train_from_plan(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn with the stored plan. Raises PlanError where there is none."""
    del budget
    yield from _learn(stage, squad, seed, solution(stage))


def _learn(stage: str, squad: Sequence[str] | None, seed: int, plan: Plan | None) -> Iterator[tuple[int, Choice]]:
    """Learn in rounds; a point after each."""
    field = FlatBattles(stage, squad)
    task = TrainingTask(field.inner.stage, field.inner.squad, plan, Settings(), seed)
    trainer = Trainer([task], Settings(), seed)
    try:
        yield 0, played_by(trainer, task)
        trainer.begin()
        while True:
            yield trainer.decisions, played_by(trainer, task)
            trainer.round()
    finally:
        trainer.close()


def played_by(trainer: Trainer, task: TrainingTask) -> Choice:
    """The agent's policy without exploration, as it is when it is first asked."""
    policies: list[EpsilonGreedy] = []
    encoding, fields = task.encoding, list[FlatBattles]()

    def choose(field: FlatBattles) -> int:
        fields[:] = [field]
        if not policies:
            policies.append(EpsilonGreedy(encoding, trainer.dqn.snapshot(task.terrain), trainer.settings, 0))
            policies[0].frozen = True
            if task.plan is not None:
                policies[0].adviser = Adviser(task.plan, encoding, lambda: fields[0].battle.seconds)
        return flatten(policies[0].decide(field.battle.view()).action, field.slots, field.tiles)

    return choose
