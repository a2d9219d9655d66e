"""The plan of the stage that is played: searched once, kept, used again, and never in the way of playing."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from levels import CATALOGUE
from small_plans import deploy, plan_of

from bot import log, stage_plans
from bot.config import parse
from bot.log_reader import read
from bot.stage_plans import plan_file, roster_plan, stage_plan
from game.characters.builds import default_squad, squad_of
from game.characters.roster import read_roster
from game.errors import PlanError
from game.levels.stage import load_stage
from planning.drafts import Draft
from planning.evaluation import Entry, Score
from planning.jobs import read_plan
from planning.search import SearchProgress, SearchResult

SQUAD = squad_of(["Fang", "Kroos"], CATALOGUE)
FOUND = plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3))


@pytest.fixture
def stage(make):
    """A lane with a slug."""
    return make.stage(make.level([make.spawn()]))


@pytest.fixture
def config(tmp_path):
    """The configuration in an empty folder, with a log."""
    made = parse({}, folder=tmp_path)
    log.set_up(made.directory / log.FILE, "info", None)
    yield made
    log.close()


@pytest.fixture
def searched(monkeypatch):
    """What is searched, and how it ends: with a plan of three stars unless a test says otherwise."""
    known = SimpleNamespace(searches=0, stars=3)

    def search(stage, squad, budget, goes_on):
        known.searches += 1
        best = Entry(Score(1, -0.5), Draft(()))
        while goes_on(SearchProgress(1000, best, 4)):
            if known.stars:
                break
        return SearchResult(Draft(()), best.score, known.stars, 1000)

    monkeypatch.setattr(stage_plans, "search", search)
    monkeypatch.setattr(stage_plans, "as_plan", lambda *_: FOUND)
    return known


def said(config, name="plan"):
    """The log lines of an event."""
    return [line for line in read(config.directory / log.FILE) if line["event"] == name]


def test_a_plan_is_searched_kept_and_used_again(config, stage, searched):
    """The second time it is read, and the log says which of the two."""
    told = []
    assert stage_plan(config, stage, SQUAD, told.append) == FOUND
    assert told == ["planning made, for 60 s at most"]
    file = plan_file(config, stage, SQUAD)
    assert file.parent == config.directory / "plans"
    assert read_plan(file) == FOUND
    assert stage_plan(config, stage, SQUAD, told.append) == FOUND
    assert (searched.searches, len(told)) == (1, 1)
    assert [line["new"] for line in said(config)] == [True, False]
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_the_time_is_kept_and_shown(config, stage, searched):
    """A search that finds nothing ends with its time, keeps nothing, and one line says that the DQN plays."""
    searched.stars = 0
    short = config.model_copy(update={"play": config.play.model_copy(update={"planning_seconds": 0.2})})
    assert stage_plan(short, stage, SQUAD, lambda _: None) is None
    assert not plan_file(short, stage, SQUAD).exists()
    (line,) = said(short)
    assert line["level"] == "warning"
    assert "the DQN plays without one" in line["why"]


def test_no_seconds_mean_no_search(config, stage, searched):
    """But a plan that is kept is used."""
    never = config.model_copy(update={"play": config.play.model_copy(update={"planning_seconds": 0.0})})
    assert stage_plan(never, stage, SQUAD, pytest.fail) is None
    stage_plan(config, stage, SQUAD, lambda _: None)
    assert stage_plan(never, stage, SQUAD, pytest.fail) == FOUND
    assert searched.searches == 1


def test_the_plan_chooses_who_of_a_roster_comes(config, stage, searched, tmp_path):
    """Its operators first, then the strongest others; the same from the kept plan, and the strongest without one."""
    file = tmp_path / "roster.toml"
    file.write_text("".join(f'[[operator]]\nname = "{name}"\n' for name in list(CATALOGUE.characters)[:20]))
    roster = read_roster(file, CATALOGUE)
    for _ in range(2):
        squad, plan = roster_plan(config, stage, roster, CATALOGUE, lambda _: None)
        assert (plan, len(squad), len({one.name for one in squad})) == (FOUND, 12, 12)
        assert [one.name for one in squad[:2]] == ["Fang", "Kroos"]
    searched.stars = 0
    alone = squad_of(["Kroos"], CATALOGUE)[0].name
    never = config.model_copy(update={"play": config.play.model_copy(update={"planning_seconds": 0.0})})
    file.write_text(f'[[operator]]\nname = "{alone}"\n')
    squad, plan = roster_plan(never, stage, read_roster(file, CATALOGUE), CATALOGUE, pytest.fail)
    assert ([one.name for one in squad], plan) == ([alone], None)


def test_a_broken_file_is_told_and_searched_anew(config, stage, searched):
    """A line names it; it is not played."""
    file = plan_file(config, stage, SQUAD)
    file.parent.mkdir(parents=True)
    file.write_text('{"actions": 3}')
    assert stage_plan(config, stage, SQUAD, lambda _: None) == FOUND
    assert str(file) in said(config)[0]["why"]
    assert read_plan(file) == FOUND
    assert searched.searches == 1


def test_another_mode_squad_or_level_has_another_plan(config, make):
    """A plan for one of them says nothing about the others."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("global_lifepoint", "FOUR_STAR", value=1.0)]
    normal, challenge = make.stage(data), make.stage(data, challenge=True)
    other = make.stage(make.level([make.spawn(count=2)]))
    raised = squad_of([{"name": "Fang", "elite": 1}, "Kroos"], CATALOGUE)
    files = [
        plan_file(config, stage, squad)
        for stage, squad in ((normal, SQUAD), (challenge, SQUAD), (other, SQUAD), (normal, raised))
    ]
    assert len(set(files)) == 4
    assert plan_file(config, make.stage(data), squad_of(["Fang", "Kroos"], CATALOGUE)) == files[0]


def test_the_name_of_a_plan_is_one_of_a_file(config, stage):
    """Whatever stands in a stage's code."""
    odd = plan_file(config, stage.__class__(**{**vars(stage), "code": "../a b:1"}), SQUAD)
    assert odd.parent == config.directory / "plans"


def test_a_disk_that_keeps_no_plan_is_one_line(config, stage, searched):
    """With the place, as every error."""
    config.directory.mkdir(exist_ok=True)
    (config.directory / "plans").write_text("in the way")
    with pytest.raises(PlanError, match=r"plans.*: cannot be written \("):
        stage_plan(config, stage, SQUAD, lambda _: None)


def test_ctrl_c_ends_the_search(config, searched, stage, monkeypatch):
    """It is not caught: the program ends as in its other preparations, and nothing is kept."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(stage_plans, "search", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stage_plan(config, stage, SQUAD, lambda _: None)
    assert not plan_file(config, stage, SQUAD).exists()


def test_a_real_search_finds_a_plan_for_the_first_stage(config):
    """In seconds, and the copilot job that is kept plays as it does."""
    stage, squad = load_stage("first_watch", CATALOGUE), default_squad(CATALOGUE)
    plan = stage_plan(config, stage, squad, lambda _: None)
    assert plan is not None
    assert read_plan(plan_file(config, stage, squad)) == plan
    assert json.loads(plan_file(config, stage, squad).read_text())["stage_name"] == "HF-1"
    (line,) = said(config)
    assert line["stars"] == 3
