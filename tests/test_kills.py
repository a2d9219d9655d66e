"""A short run of benchmarks/kills.py: what SIGKILL costs."""

from __future__ import annotations

import kills
import pytest
from runs import SMALL, quick_level


@pytest.mark.timeout(600)
def test_a_kill_loses_a_battle_at_most(tmp_path, monkeypatch):
    """Each start goes on from valid state with all battles but perhaps the last one, and the last run ends in order.

    Two kills, each after a settled battle: while the next one is played, or on the way to it.
    """
    prepare = kills.prepare

    def prepare_quickly(folder):
        prepare(folder)
        quick_level(folder).replace(folder / "short.json")
        small = "".join(f"{name} = {value}\n" for name, value in SMALL.items() if name != "frame_step")
        config = folder / "bot.toml"
        config.write_text(config.read_text(encoding="utf-8").replace("[practice]\n", f"[practice]\n{small}"))

    monkeypatch.setattr(kills, "prepare", prepare_quickly)
    found, code = kills.measure(tmp_path, 2, seed=2, moment=kills.Moment(seconds=3.0, battles=1, preparing=0.0))
    told = kills.figures(tmp_path, found, code)
    assert max(kill.lost for kill in found) <= 1
    assert [kill.complaints for kill in found] == [[], [], []]
    assert told["battles settled"] >= 2
    assert found[-1].known >= 1
    assert (told["exit code of the last run"], told["half-written folders at the end"]) == (0, 0)
    whole, _, of = told["traces that replay"].partition(" of ")
    assert whole == of
    assert "battles settled" in kills.table(found, told)
