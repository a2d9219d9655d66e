"""Names that sort by age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot import names


def at(moment, monkeypatch):
    """Set the clock."""

    class Clock(datetime):
        @classmethod
        def now(cls, _zone=None):
            return moment

    monkeypatch.setattr(names, "datetime", Clock)


def test_a_clock_that_is_set_back_gives_a_later_name_all_the_same(tmp_path, monkeypatch):
    """The newest file stays the last in order, and is not the one that is deleted for its age; no name comes twice."""
    now, given = datetime(2026, 11, 26, tzinfo=UTC), []
    for step in (timedelta(), timedelta(), timedelta(days=-300), timedelta(days=400), timedelta(days=-1)):
        now += step
        at(now, monkeypatch)
        given.append(names.next_name(tmp_path))
        (tmp_path / f"{given[-1]}.jsonl").touch()
    assert sorted(given) == given
    assert len(set(given)) == len(given)


def test_other_files_in_the_folder_do_not_matter(tmp_path):
    """A user's own file, and a folder that is not there."""
    (tmp_path / "notes.txt").touch()
    assert names.next_name(tmp_path)[:2] == "20"
    assert names.next_name(tmp_path / "none")[:2] == "20"
