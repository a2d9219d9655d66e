"""A picture of the bot playing is one of the practice game, and the run that makes it disturbs nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import pictures
from bot.config import Config, parse


class Built(Exception):  # noqa: N818 - no error: it ends the work where the test has seen enough
    """The parts would be built now."""


@pytest.fixture
def built(monkeypatch):
    """Makes a picture until the parts would be built; the configuration and the squad of those."""

    def make(config: Config):
        seen = []

        def build(*given, **_):
            seen.extend(given)
            raise Built

        monkeypatch.setattr(pictures, "build", build)
        with pytest.raises(Built):
            pictures.write_picture(config, Path("picture.png"))
        return seen

    return make


def test_the_game_of_the_user_is_not_touched(built, tmp_path):
    """Neither its window, nor the broker of a bot that plays it; and the picture does not wait for its hours."""
    written = {
        "screen": {"kind": "window", "profile": "arknights-cn", "portraits": "cards"},
        "schedule": {"hours": ["03:00-03:01"], "outside": "stop"},
        "mqtt": {"host": "broker.example"},
    }
    config, _ = built(parse(written, folder=tmp_path))
    assert (config.screen.kind, config.screen.profile, config.screen.portraits) == ("practice", "practice", "")
    assert config.schedule.hours == ()
    assert config.mqtt.host == ""


def test_the_stage_and_the_squad_are_those_of_the_user(built, tmp_path):
    """Also where they are kept in the data directory, which the run does not write to."""
    written = {"play": {"squad": "roster"}, "screen": {"fps": 5.0}}
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "roster.toml").write_text('[[operator]]\nname = "Kroos"\n', encoding="utf-8")
    config, squad = built(parse(written, folder=tmp_path))
    assert [one.name for one in squad] == ["Kroos"]
    assert config.screen.fps == 5.0
    assert config.directory != tmp_path / "data"
