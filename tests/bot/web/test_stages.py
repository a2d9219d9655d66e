"""Stages for the page, and the search for a plan that it begins."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from runs import PATIENCE, quick_level
from web_side import page

from bot.config import parse
from bot.extras import ROOT
from bot.web.plan_job import PlanJob
from bot.web.stages import Stages
from game.errors import StageError
from planning.solutions import solution_path


def test_a_stage_is_told_with_map_ways_waves_and_plans(tmp_path):
    """The included one and those that are kept, the newest first; a broken one is left out."""
    plans = tmp_path / "data" / "plans"
    plans.mkdir(parents=True)
    shutil.copy(solution_path("first_watch"), plans / "HF-1-abc.json")
    (plans / "HF-1-def.json").write_text("{", encoding="utf-8")
    told = Stages(parse({}, folder=tmp_path)).told("first_watch")
    assert told["map"][2] == "E...H...X"
    assert told["deployable"][2] == ".mmmrmmm."
    assert len(told["waves"]) == told["total"] == 27
    assert told["ways"][0]["points"][0] == [2.0, 0.0]
    assert [(plan["name"], plan["kept"]) for plan in told["plans"]] == [("HF-1-abc", True), ("first_watch", False)]
    assert told["plans"][0]["steps"][0]["kind"] == "Deploy"


def test_what_of_a_stage_is_not_played_is_told_as_codes_with_values(tmp_path):
    """For other languages than English, with the Chinese of the tables' names and texts."""
    level = (ROOT / "game" / "levels" / "stages" / "first_watch.json").read_text(encoding="utf-8")
    changed = level.replace("enemy_1007_slime", "enemy_1050_lslime")
    (tmp_path / "pompeii.json").write_text(changed, encoding="utf-8")
    stages = Stages(parse({"play": {"stage": "pompeii.json"}}, folder=tmp_path))
    (reason,) = [one for one in stages.told("pompeii.json")["unplayed"] if one["code"] == "enemies_partly"]
    assert list(reason["details"]) == ["pompeii"]
    assert stages.names()["pompeii"] == "“庞贝”"
    assert all(stages.names()[what] for what in reason["details"]["pompeii"])


def test_stages_are_found_by_code_and_name_and_the_configured_one_comes_first(tmp_path):
    """A level file that is configured is opened by its path; another path is not."""
    file = quick_level(tmp_path)
    stages = Stages(parse({"play": {"stage": file.name}}, folder=tmp_path))
    assert [one["name"] for one in stages.listed("")][:2] == ["short_watch.json", "first_watch"]
    assert [one["name"] for one in stages.listed("hf-1 ")] != []
    assert [one["code"] for one in stages.listed("RIDGE")] == ["HF-13"]
    assert stages.told("short_watch.json")["total"] == 1
    for name in (str(file), "../short_watch.json", "/etc/passwd"):
        with pytest.raises(StageError):
            stages.told(name)


def test_the_games_own_stages_are_found(tmp_path, reference):
    """Those of the user's game data, by code."""
    from bot.cli import main

    (tmp_path / "bot.toml").write_text("", encoding="utf-8")
    main(["gamedata", "use", str(reference), "--config", str(tmp_path / "bot.toml")])
    stages = Stages(parse({}, folder=tmp_path))
    (found,) = (one for one in stages.listed("1-7") if one["code"] == "1-7")
    assert stages.told(found["name"])["code"] == "1-7"


@pytest.mark.timeout(300)
async def test_a_search_is_made_beside_the_page_and_its_plan_is_shown(tmp_path):
    """A real `holdfast plan`: one at a time, with its plan as a job, in words and as a picture."""
    config = parse({"play": {"stage": quick_level(tmp_path).name}}, folder=tmp_path)
    job = PlanJob(config)
    assert job.told()["state"] == "none"
    assert job.begin("short_watch", Stages(config).file("short_watch.json"), 10)
    assert not job.begin("first_watch", "first_watch", 10)
    async with asyncio.timeout(2 * PATIENCE):
        await job._task
    told = job.told()
    assert told["state"] == "done", told
    assert told["found"]["won"]
    assert told["found"]["job"]["actions"]
    assert job.picture.startswith(b"\x89PNG")


async def test_a_search_that_fails_says_why_and_one_that_is_closed_is_gone(tmp_path):
    """In the verb's own words; no process is left behind."""
    job = PlanJob(parse({}, folder=tmp_path))
    assert job.begin("no such stage", "no such stage", 10)
    async with asyncio.timeout(PATIENCE):
        await job._task
    assert job.told()["state"] == "failed"
    assert "there is no stage" in job.told()["why"]
    assert job.begin("first_watch", "first_watch", 180)
    while job._process is None or job._process.returncode is not None:  # noqa: ASYNC110 - it is there soon
        await asyncio.sleep(0.01)
    await job.close()
    assert job._process.returncode is not None


def test_only_a_stage_and_a_time_that_the_page_offers_are_searched(tmp_path):
    """Nothing of a request becomes an option of a command line."""
    with page(tmp_path) as browser:
        for body in ({}, {"stage": 3, "seconds": 10}, {"stage": "first_watch", "seconds": 11}):
            assert browser.post("/api/plan", body).status == 400
        for stage in ("--help", "-x", "/etc/passwd", "no such stage"):
            assert browser.post("/api/plan", {"stage": stage, "seconds": 10}).status == 404
        assert browser.get("/api/plan").json["state"] == "none"
        assert browser.get("/api/plan/picture").status == 404
