"""`holdfast logs`: the JSON log, filtered."""

from __future__ import annotations

import json

from bot.cli import main


def test_the_log_is_filtered_by_event_and_by_state(capsys, tmp_path, config):
    """A line belongs to the state that was reported last before it."""
    from bot import log

    log.set_up(tmp_path / "data" / log.FILE, "info", None)
    for state, screen in (("menu", "home"), ("battle", "battle"), ("menu", "home")):
        log.logger().info("state", state=state, why="test")
        log.logger().info("screen", screen=screen)
    log.close()
    assert main(["logs", "--config", str(config), "--event", "screen", "--state", "menu"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], line["screen"]) for line in lines] == [("screen", "home")] * 2


def test_without_a_log_there_is_a_remedy(capsys, config):
    """Nothing was played yet."""
    assert main(["logs", "--config", str(config)]) == 2
    assert "holdfast run" in capsys.readouterr().err
