"""The reporter: actions in words, and what it says of learning. A whole run is tested with the daemon."""

from __future__ import annotations

from levels import CATALOGUE
from runs import events_of, make, short_level

from bot.reporter import action_words
from game.actions import DEPLOY, RETREAT, RIGHT, SKILL, WAIT
from game.characters.builds import squad_of
from learning.dqn import Update
from learning.reward import LARGEST_RETURN


def test_actions_are_said_in_words():
    """Log, status and dashboard name the operator, the tile and the direction."""
    squad = squad_of(["Fang", "Myrtle"], CATALOGUE)
    assert action_words((WAIT, 0, 0, 0), squad, 9) == "wait"
    assert action_words((SKILL, 1, 0, 0), squad, 9) == "skill Myrtle"
    assert action_words((RETREAT, 0, 0, 0), squad, 9) == "retreat Fang"
    assert action_words((DEPLOY, 0, 21, RIGHT), squad, 9) == "deploy Fang at row 2, column 3 facing right"


async def test_the_alarm_and_the_champion_of_learning_are_seen_in_log_and_status(tmp_path):
    """Each change of the champion is logged. Q above the largest possible return is a warning once a run, though its
    figure changes with each update; the status says it for as long as it lasts.
    """
    daemon = make(tmp_path, {"play": {"stage": short_level(tmp_path).name}})
    for q_mean in (LARGEST_RETURN - 0.5, LARGEST_RETURN + 4.0, LARGEST_RETURN + 4.5):
        daemon._learner._agent.dqn.last = Update(0.1, q_mean)
        await daemon._reporter._check_learner()
        assert bool(daemon.describe()["learner_alarm"]) == (q_mean > LARGEST_RETURN)
    for result in [True] * 20 + [False] * 3:
        daemon._learner._agent.champion.settle(clean=result)
        await daemon._reporter._check_learner()
    lines = events_of(tmp_path)
    kept, back = [(line["level"], line["change"], line["record"]) for line in lines if line["event"] == "champion"]
    assert kept == ("info", "kept", "20 of 20 clean")
    assert back == ("warning", "put back", "20 of 20 clean")
    assert daemon.describe()["champion"]["put_back"] == 1
    (line,) = [line for line in lines if line["event"] == "part_failed"]
    assert (line["part"], line["level"]) == ("learner", "warning")
    assert f"{LARGEST_RETURN + 4.0:.2f}" in line["why"]


async def test_a_learner_that_fails_at_the_very_end_is_said_with_the_end(tmp_path):
    """Once: what was said before the end is not said again."""
    daemon = make(tmp_path, {"play": {"stage": short_level(tmp_path).name}})
    daemon._learner.failed = "ZeroDivisionError: division by zero"
    daemon._reporter.stopped(0)
    daemon._reporter.stopped(0)
    told = [(line["event"], line.get("part")) for line in events_of(tmp_path)]
    assert told[-3:] == [("part_failed", "learner"), ("stopped", None), ("stopped", None)]
