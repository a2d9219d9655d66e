"""The benchmarks measure what they say they measure."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import fidelity
import game_speed
import numpy as np
import plans
import pytest
import recorded_twin
import replay_speed

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.tick import run_all


def test_the_battles_that_are_timed_stay_crowded():
    """20 enemies and 8 operators, at the end as at the beginning, and they do fight."""
    world, battles = game_speed.crowded(2)
    before = battles.foe["health"].copy()
    run_all(world, battles, 600)
    assert (battles.battle["holding_wave"] == game_speed.ENEMIES).all()
    assert (battles.battle["deployed"] == game_speed.OPERATORS).all()
    assert ((before - battles.foe["health"]).sum(axis=1) > 0).all()


def test_levels_are_timed_from_their_start_to_their_end():
    """With operators on the field; the note says how many effects there are to look at."""
    catalogue = game_speed.CATALOGUE
    stage, squad = load_stage("first_watch", catalogue), default_squad(catalogue)[: game_speed.OPERATORS]
    line = game_speed.time_level(stage, squad, 2, 1)
    assert line.rate > 0
    assert line.note.endswith(" effects")


def test_every_line_of_the_speed_table_is_measured(monkeypatch):
    """Short runs of few battles give the same lines as long ones of many, all of them positive."""
    crowd = game_speed.crowded(2)
    monkeypatch.setattr(game_speed, "crowded", lambda _: crowd)
    lines = game_speed.measure(0.01, 1)
    assert len({line.name for line in lines}) == len(lines) == 9
    assert all(line.rate > 0 for line in lines)
    text = game_speed.table(lines, {line.name: 1.0 for line in lines}, 0.5, 20.0, [2**20] * 10)
    assert all(line.name in text for line in lines)


@pytest.fixture
def reference():
    """The folder of real levels, plans and the recorded battle; absent on most machines."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the public reference data is not here (../shared/reference)")
    return folder


def test_the_simulator_agrees_with_the_recorded_battle(reference, tmp_path):
    """DP within 1 on nine rows of ten, the same end, the median kill within two seconds, enemies where they were."""
    rows, kills, battle, places = fidelity.replay(reference)
    figures = fidelity.figures(rows, kills, battle, places)
    assert figures["dp within 1"] >= 0.9
    assert figures["life the same"] == 1.0
    assert (battle.outcome, battle.kills, battle.view().life) == ("won", rows[-1].kills, rows[-1].life)
    assert len(kills) == battle.kills == 24
    assert figures["median kill time off (s)"] <= 2.0
    assert len(places) >= 24
    assert figures["mean place off (tiles)"] <= 0.25
    fidelity.draw(rows, kills, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000


def test_the_recordings_clock_is_read_from_its_frames(reference):
    """Rows are 2.9 s apart except where play was paused or slow, and the clock does not drift."""
    rows = fidelity.replay(reference)[0]
    gaps = {after.frame: after.second - before.second for before, after in pairwise(rows)}
    slow = {3, 9, 19, 21, 43}
    assert all(2.8 < gap < 3.15 for frame, gap in gaps.items() if frame not in slow)
    assert all(1.6 < gaps[frame] < 2.7 for frame in slow)


def test_a_twin_follows_the_recorded_battle_by_its_frames_alone(reference):
    """Counter and DP within 1 in every frame, in step in nine of ten, the clock right, enemies within half a tile."""
    followed = recorded_twin.follow(reference=reference)
    assert all(abs(one.kills) <= 1 and abs(one.dp) <= 1 for one in followed)
    assert np.mean([one.in_step for one in followed]) >= 0.9
    assert np.mean([abs(one.late) <= 0.2 for one in followed]) >= 0.9
    off = np.concatenate([one.off for one in followed])
    assert len(off) == 30
    assert np.mean(off <= 0.5) >= 0.85


def test_a_wrong_price_shows_in_the_dp_curve(reference, monkeypatch):
    """The comparison can fail: one DP more for the first operator shows from its deployment on."""
    monkeypatch.setattr(fidelity, "SQUAD", ({**fidelity.SQUAD[0], "potential": 1}, *fidelity.SQUAD[1:]))
    assert fidelity.figures(*fidelity.replay(reference))["dp within 1"] < 0.9


def test_real_plans_begin_to_win_at_levels_that_players_have(reference):
    """Every plan in the reference folder wins without a leak at some level from elite 0 to elite 1.

    Three builds of the nine that benchmarks/plans.py plays: the first and last of elite 0, and the last of elite 1.
    """
    builds = plans.BUILDS[::4]
    lines = [plans.measure(stage, plan, builds) for stage, plan in plans.given(reference)]
    assert len(lines) >= 5
    assert all(line.begins != "never" for line in lines)
    assert all(line.plan.name in plans.table(lines) for line in lines)


def test_a_long_trace_is_a_run_of_many_battles():
    """Each round of it settles its battle, and it replays to the same commands."""
    figures = replay_speed.measure(0.1)
    assert figures.battles >= 4
    assert figures.events > 1000
    assert figures.packed_megabytes < figures.megabytes / 3
