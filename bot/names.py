"""Names of files that sort by age, even where the clock was set back in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

_SHAPE = "%Y%m%d-%H%M%S-%f"
_LENGTH = 22
"""Characters of such a name."""


def next_name(folder: Path) -> str:
    """The date and time (UTC) as a name; one behind the newest in the folder, where the clock is not behind it."""
    now = datetime.now(UTC)
    taken = [moment for path in folder.glob("*") if (moment := _moment(path.name))]
    return max([now, *(moment + timedelta(microseconds=1) for moment in taken)]).strftime(_SHAPE)


def _moment(name: str) -> datetime | None:
    """The moment that a file is named after; None for other names."""
    try:
        return datetime.strptime(name[:_LENGTH], _SHAPE).replace(tzinfo=UTC)
    except ValueError:
        return None
