"""The decision loop: in order, beside the loop, and reported when it fails."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from levels import CATALOGUE

from bot import decision_loop as module
from bot import log
from bot.decision_loop import DecisionLoop
from bot.inbox import Inbox
from bot.log_reader import read
from game.actions import WAIT, Action
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning.learner import Learner
from learning.policy import Decision
from learning.settings import Settings
from states.commands import Decide
from states.events import Decided, PartFailed

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = squad_of(["Fang", "Myrtle", "Kroos"], CATALOGUE)
WAITED = Action(WAIT)


@contextlib.asynccontextmanager
async def deciding(settings, policy=None, *, lock_step=True):
    """A loop at work with a real learner that keeps nothing."""
    learner, inbox = Learner(STAGE, SQUAD, settings, 1, None), Inbox()
    one = DecisionLoop(learner, inbox, lambda: 4.5, lock_step=lock_step, policy=policy)
    learner.start()
    task = asyncio.create_task(one.run())
    try:
        async with asyncio.timeout(30):
            yield one, learner, inbox
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(learner.stop)


async def test_a_decision_is_a_legal_action_with_its_time():
    """The machine gets what the policy decided, by the id of its question."""
    battle = Battle(STAGE, SQUAD, seed=0)
    async with deciding(Settings()) as (one, _, inbox):
        one.decide(Decide(id=3, view=battle.view()))
        event = await inbox.get()
        assert isinstance(event, Decided)
        assert (event.id, event.t) == (3, 4.5)
        assert event.latency > 0
        assert battle.act(event.action) or event.action[0] == WAIT
        assert (one.decisions, len(one.latencies)) == (1, 1)


def handed_in(learner):
    """Hand in twenty decisions of a battle; the view after them."""
    battle = Battle(STAGE, SQUAD, seed=0)
    view = battle.view()
    for _ in range(20):
        battle.step()
        before, view = view, battle.view()
        learner.remember(before, WAITED, view)
    return view


async def test_in_lock_step_a_decision_waits_for_what_was_remembered_before_it():
    """Every update that is due has been made before the next decision, however slow the machine is."""
    async with deciding(Settings(learning_starts=10)) as (one, learner, inbox):
        one.decide(Decide(id=1, view=handed_in(learner)))
        await inbox.get()
        assert learner.owed == 0
        assert learner.status()["updates"] > 0


class Waiting:
    """A policy that always waits."""

    def decide(self, view):
        """Wait."""
        return Decision(WAITED, 0.0, explored=False, legal=1)


async def test_another_policy_may_decide():
    """One that follows a plan, say; the learner's is then not asked, and its exploration does not go on."""
    view = Battle(STAGE, SQUAD, seed=0).view()
    async with deciding(Settings(), Waiting()) as (one, learner, inbox):
        for number in range(20):
            one.decide(Decide(id=number, view=view))
            assert (await inbox.get()).action == WAITED
        assert learner.status()["decisions"] == 0


async def test_a_policy_that_fails_is_told(monkeypatch):
    """The machine hears of it instead of waiting for an answer that never comes; the next question is taken."""
    view = Battle(STAGE, SQUAD, seed=0).view()
    async with deciding(Settings()) as (one, learner, inbox):
        with monkeypatch.context() as broken:
            broken.setattr(type(learner.policy), "decide", lambda *_: 1 / 0)
            one.decide(Decide(id=1, view=view))
            event = await inbox.get()
        assert isinstance(event, PartFailed)
        assert (event.part, event.why) == ("policy", "ZeroDivisionError: division by zero")
        await inbox.quiet()
        one.decide(Decide(id=2, view=view))
        assert (await inbox.get()).id == 2


class Hanging(Waiting):
    """A policy that hangs until it may go on."""

    def __init__(self):
        self.go_on, self.asked = threading.Event(), 0

    def decide(self, view):
        """Hang, then wait."""
        self.asked += 1
        self.go_on.wait(10)
        return super().decide(view)._replace(q=0.5)


async def test_a_policy_that_hangs_waits(monkeypatch, tmp_path):
    """The battle goes on, it is said once, and the policy decides again as soon as it has come back."""
    monkeypatch.setattr(module, "LONGEST", 0.1)
    log.set_up(tmp_path / log.FILE, "info", None)
    view, policy = Battle(STAGE, SQUAD, seed=0).view(), Hanging()
    async with deciding(Settings(), policy) as (one, _, inbox):
        for number in range(3):
            one.decide(Decide(id=number, view=view))
            event = await inbox.get()
            assert (event.id, event.action, event.q) == (number, WAITED, 0.0)
        assert policy.asked == 1
        policy.go_on.set()
        while (await asked_again(one, inbox, view)).q != 0.5:  # noqa: ASYNC110 - a thread brings it about
            await asyncio.sleep(0.01)
    log.close()
    assert [line["part"] for line in read(tmp_path / log.FILE)] == ["policy"]


async def test_without_lock_step_updates_wait_for_the_decision():
    """None is begun from when it is asked for until it is made; then those that are due are made."""
    view, policy = Battle(STAGE, SQUAD, seed=0).view(), Hanging()
    async with deciding(Settings(learning_starts=10), policy, lock_step=False) as (one, learner, inbox):
        one.decide(Decide(id=1, view=view))
        handed_in(learner)
        await asyncio.sleep(0.1)
        assert learner.status()["updates"] == 0
        policy.go_on.set()
        await inbox.get()
        while learner.owed:  # noqa: ASYNC110 - a thread brings it about
            await asyncio.sleep(0.01)
        assert learner.status()["updates"] > 0


async def asked_again(one, inbox, view):
    """The answer to one more question."""
    one.decide(Decide(id=9, view=view))
    return await inbox.get()


async def test_a_learner_that_hangs_is_not_waited_for():
    """In lock-step too: play goes on with the weights published last, and waits again once the learner gets on."""
    view, go_on = Battle(STAGE, SQUAD, seed=0).view(), threading.Event()
    async with deciding(Settings(learning_starts=2)) as (one, learner, inbox):
        learner._agent.learn, learn = lambda: go_on.wait(20) and learn(), learner._agent.learn
        for _ in range(20):
            learner.remember(view, WAITED, view)
        one.decide(Decide(id=1, view=view))
        await asyncio.sleep(0.1)
        assert inbox.under_way == 1
        for _ in range(4):
            learner.watch(3)
        assert isinstance(await inbox.get(), Decided)
        assert "does not get on" in learner.status()["failed"]
        go_on.set()
        async with asyncio.timeout(10):
            while learner.status()["failed"]:
                learner.watch(3)
                await asyncio.sleep(0.01)
