"""Where log lines go, so that a full disk or a closed terminal costs lines and nothing else."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
from io import TextIOWrapper


class PatientStream(logging.StreamHandler):  # type: ignore[type-arg]  # any text stream
    """Writes to a stream; a line that it does not take is lost without a word."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Pass over what the stream did not take; report a bug in formatting as the library does."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handleError(record)


class PatientFile(logging.handlers.RotatingFileHandler):
    """Writes to a file. Where it cannot, one line on standard error says so; once it can again, one line in the file
    says how many lines are missing.
    """

    lost = 0
    """Lines lost since the file could be written last."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, if the disk takes it."""
        before = self.lost
        super().emit(record)
        if before and self.lost == before:
            self.lost = 0
            super().emit(_note(record, f"{before} lines before this one were lost: the file could not be written"))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Count a line that could not be written, and close the file, which the next line opens again."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        if not self.lost:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{self.baseFilename}: cannot be written ({error.strerror}); going on without a log\n")
        self.lost += 1
        if self.stream:
            with contextlib.suppress(OSError):
                self.stream.close()
            self.stream = None  # as the library does after closing it

    def _open(self) -> TextIOWrapper:
        """Open the file, and end a line that was torn."""
        with contextlib.suppress(OSError), open(self.baseFilename, "rb+") as file:  # noqa: PTH123 - a name is what we have
            if file.seek(0, 2) and (file.seek(-1, 2), file.read(1))[1] != b"\n":
                file.write(b"\n")
        return super()._open()


def _note(record: logging.LogRecord, why: str) -> logging.LogRecord:
    """A log line about the log itself, of the run and time of another."""
    line = record.__dict__["line"]
    told = {"level": "warning", "event": "part_failed", "part": "log", "why": why}
    return logging.makeLogRecord({"line": {"time": line["time"], **told, "run": line["run"]}})
