"""Figures of the process: what grows when something leaks."""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from typing import Any

import psutil


def process_figures() -> dict[str, Any]:
    """Resident memory in MiB, open file descriptors (on Windows handles), threads, and tasks of the running loop."""
    process = _process()
    descriptors = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
    return {
        "memory_mib": round(process.memory_info().rss / (1 << 20), 1),
        "open_files": descriptors,
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
    }


@cache
def _process() -> psutil.Process:
    """The process that runs this."""
    return psutil.Process()
