"""What a plan changes in the parts of the bot: who decides, and what the learner knows before the first battle."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from levels import CATALOGUE

from bot import log
from bot.config import parse
from bot.log_reader import read
from bot.parts import _detector, _teach, advise, plan_policy
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning.demonstrations import BATTLES
from learning.learner import Learner
from learning.settings import Settings
from planning.solutions import solution
from vision.detector import SHIPPED
from vision.profile import load_profile

STAGE, SQUAD = load_stage("first_watch", CATALOGUE), default_squad(CATALOGUE)


@pytest.fixture(autouse=True)
def file(tmp_path):
    """A log file that is written to while the test runs."""
    path = tmp_path / log.FILE
    log.set_up(path, "info", None)
    yield path
    log.close()


def parts(plan):
    """As much of the parts as a policy is made of."""
    return SimpleNamespace(plan=plan, stage=STAGE, squad=SQUAD)


def test_the_dqn_decides_unless_told_otherwise():
    """Also where there is a plan: then it has only been shown to the learner."""
    assert plan_policy(parse({}), parts(solution("first_watch")), lambda: 0.0) is None


def test_the_plan_decides_where_it_is_asked_for():
    """Its first step is the first action, with the squad of the run in the run's own order."""
    battle = Battle(STAGE, SQUAD)
    config = parse({"play": {"policy": "plan"}})
    policy = plan_policy(config, parts(solution("first_watch")), lambda: battle.seconds)
    assert policy is not None
    while not (action := policy.decide(battle.view()).action).kind:
        battle.step()
    assert SQUAD[action.slot].name == solution("first_watch").steps[0].name
    assert battle.act(action)


def test_without_a_plan_the_dqn_decides_and_a_line_says_so(file):
    """Play is not refused because nothing was found."""
    assert plan_policy(parse({"play": {"policy": "plan"}}), parts(None), lambda: 0.0) is None
    (line,) = read(file)
    assert (line["event"], line["level"]) == ("plan", "warning")
    assert "the DQN decides" in line["why"]


def test_what_is_shown_to_the_learner_is_counted_in_the_log(file):
    """Decisions and battles, as they lie in a buffer of their own; updates from them are due."""
    learner = Learner(STAGE, SQUAD, Settings(), 0, None)
    _teach(learner, solution("first_watch"))
    (line,) = read(file)
    assert 0 < line["battles"] <= BATTLES
    assert line["battles"] < line["demonstrations"]
    assert learner.status()["buffer"] == 0
    assert learner.owed == Settings().taught_updates


@pytest.mark.parametrize("name", ["first_watch", None])
def test_the_dqn_sees_what_the_plan_advises(name):
    """Where there is a plan; a fresh network then follows it, in the plan's own squad and by the battle's clock."""
    battle = Battle(STAGE, SQUAD)
    learner = Learner(STAGE, SQUAD, Settings(), 0, None)
    learner.policy.frozen = True
    plan = solution(name) if name else None
    made = SimpleNamespace(plan=plan, stage=STAGE, squad=SQUAD, learner=learner)
    advise(made, lambda: battle.seconds)
    assert (learner.policy.adviser is None) == (plan is None)
    for _ in range(12):
        view = battle.view()
        action = learner.policy.decide(view).action
        first, _ = learner.policy.advice_for(view)
        if plan is None:
            assert first == -1
        else:
            assert learner.policy.encoding.action(first) == action
        battle.act(action)
        battle.step()
    assert plan is None or battle.operators_on_field()


def test_the_shipped_weights_see_nothing_for_a_real_client(tmp_path):
    """They know the practice game's drawings; on others they find scenery."""
    weights = tmp_path / "units.onnx"
    for file in (SHIPPED, SHIPPED.with_suffix(".json")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    own = parse({"vision": {"weights": str(weights)}})
    assert _detector(parse({}), load_profile("practice")) is not None
    assert _detector(parse({}), load_profile("arknights-en")) is None
    assert _detector(own, load_profile("arknights-en")) is not None
