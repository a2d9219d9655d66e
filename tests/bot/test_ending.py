"""How a run ends: real signals to real processes, and to the daemon in this one."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from typing import Any

import pytest
from runs import NO_BROKER, PATIENCE, SMALL, configuration, events_of, make, short_level

from bot import daemon as daemon_module
from bot import log
from bot.config import Config, parse
from bot.ending import EndingSignals
from bot.parts import build
from bot.turns import Prepared, Run
from learning import checkpoint

PROGRAM = """
import os, signal, sys, time
from bot.cli import INTERRUPTED
from bot.ending import EndingSignals, end_without, hanging_threads
import threading

before, signals = set(threading.enumerate()), EndingSignals()
signals.install()
class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(0)

def interrupt_handler(frame, event, _):
    if frame.f_code.co_name == "_happened":
        sys.settrace(None)
        os.kill(os.getpid(), signal.SIGINT)

try:
    print("preparing", flush=True)
    if "prepare" in sys.argv:
        time.sleep(30)
    if "swallow" in sys.argv:
        Swallowing()
    if "together" in sys.argv:
        sys.settrace(interrupt_handler)
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(30)
    with signals.heard_by(lambda name, first: print(name, first, flush=True)):
        print("playing", flush=True)
        time.sleep(0.6)
    print("over", flush=True)
    if "hang" in sys.argv:
        threading.Thread(target=time.sleep, args=(60,), name="stuck").start()
    hanging = hanging_threads(before, 0.3)
    if hanging:
        end_without(hanging, 1)
    signals.ignore()
    print("ignored", flush=True)
    time.sleep(0.2)
except KeyboardInterrupt as interrupt:
    sys.exit(interrupt.exit_code)
"""


def hear_hangups() -> None:
    """Have SIGHUP end the process, also where these tests themselves were started by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def in_terminal() -> None:
    """Make the terminal on standard input the one that controls the process."""
    hear_hangups()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Program:
    """A process that goes through the phases of a run."""

    def __init__(self, *options: str, **more: Any) -> None:
        command = [sys.executable, "-c", PROGRAM, *options]
        more = {"preexec_fn": hear_hangups, **more}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def until(self, line: str) -> None:
        """Wait until it has printed this line."""
        assert self.process.stdout is not None
        while self.process.stdout.readline().strip() != line:
            assert self.process.poll() is None

    def signals(self, *numbers: signal.Signals) -> None:
        """Send signals, a moment apart: the system merges equal ones that wait."""
        for number in numbers:
            self.process.send_signal(number)
            time.sleep(0.02)

    def end(self) -> tuple[int, list[str], str]:
        """Its exit code, the rest of what it printed, and what it said on standard error."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.split("\n"), err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_it_is_prepared_a_signal_ends_it_at_once(number):
    """With the exit code that shells know, and without a word; four more of them change nothing."""
    program = Program("prepare")
    program.until("preparing")
    program.signals(number, *[signal.SIGINT, signal.SIGTERM] * 2)
    code, _, err = program.end()
    assert (code, err) == (128 + number, "")


def test_a_signal_within_the_handler_of_another_does_not_change_the_exit_code():
    """It may come before that handler has run a line."""
    assert Program("together").end()[::2] == (128 + signal.SIGHUP, "")


def test_a_signal_that_a_destructor_swallows_ends_it_before_it_plays():
    """Python only prints what is raised there; all further signals are ignored, so that the run would never end."""
    code, lines, err = Program("swallow").end()
    assert code == 128 + signal.SIGHUP
    assert "playing" not in lines
    assert "Exception ignored" in err


@pytest.mark.parametrize(
    "numbers",
    [[signal.SIGINT] * 5, [signal.SIGINT, signal.SIGTERM], [signal.SIGTERM] * 2, [signal.SIGHUP, signal.SIGINT]],
)
def test_the_first_asks_the_second_hurries_and_further_ones_change_nothing(numbers):
    """Whatever the order of the signals: exit code 0, and no traceback."""
    program = Program()
    program.until("playing")
    program.signals(*numbers)
    program.until("over")
    program.signals(*numbers)
    program.until("ignored")
    program.signals(*numbers)
    code, _, err = program.end()
    assert (code, err) == (0, "")


def test_only_the_first_is_told_as_the_first():
    """The listener can tell asking from hurrying."""
    program = Program()
    program.until("playing")
    program.signals(signal.SIGTERM, signal.SIGINT, signal.SIGTERM)
    assert program.end()[1][:3] == ["SIGTERM True", "SIGINT False", "SIGTERM False"]


def test_nohup_keeps_it_alive():
    """A SIGHUP that was ignored at the start stays ignored."""
    ignoring = Program(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    ignoring.until("playing")
    ignoring.signals(signal.SIGHUP)
    assert ignoring.end()[1][0] == "over"


def test_a_thread_that_hangs_does_not_keep_the_process():
    """It ends with the code it was given, and names the thread."""
    began = time.monotonic()
    code, _, err = Program("hang").end()
    assert time.monotonic() - began < 30
    assert code == 1
    assert "stuck" in err


def quick(folder) -> dict[str, Any]:
    """A short battle with fewer and smaller frames, and learning that has much to do."""
    return {
        "play": {"stage": short_level(folder).name},
        "practice": {**SMALL, "popups": False},
        "learning": {"learning_starts": 2, "batch_size": 8, "replay_ratio": 20.0},
    }


async def ended(daemon, *numbers: signal.Signals, when) -> int:
    """The exit code of a run that gets these signals at a moment."""
    task = asyncio.create_task(daemon.run())
    async with asyncio.timeout(PATIENCE):
        while not when():  # noqa: ASYNC110 - threads bring it about
            await asyncio.sleep(0.005)
        for number in numbers:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0)
        return await task


@pytest.mark.timeout(300)
def test_five_signals_while_a_checkpoint_is_written_end_it_with_a_valid_one(tmp_path, monkeypatch):
    """The learner owes updates at that moment, which no thread goes on to wait for; a checkpoint follows in order."""
    writing, write = threading.Event(), checkpoint.write

    def slowly(*arguments: Any) -> Any:
        writing.set()
        time.sleep(0.5)
        return write(*arguments)

    monkeypatch.setattr(checkpoint, "write", slowly)
    daemon, before = make(tmp_path, quick(tmp_path)), set(threading.enumerate())
    saving = threading.Event()

    def asked() -> bool:
        if daemon._learner.owed > 3 and not saving.is_set():
            saving.set()  # asked for once: each one takes its time to be written
            daemon._learner.save()
        return writing.is_set() and daemon._learner.owed > 3

    assert asyncio.run(ended(daemon, *[signal.SIGINT] * 3, signal.SIGTERM, signal.SIGINT, when=asked)) == 0
    left = [one for one in threading.enumerate() if one not in before and one.name.startswith("decide")]
    for thread in left:
        thread.join(10.0)  # its last instructions may have to wait for a core
    assert not any(thread.is_alive() for thread in left)
    kept, notes = checkpoint.read_newest(tmp_path / "data" / "checkpoint")
    assert kept is not None
    assert notes == ()
    (stopped,) = (line for line in events_of(tmp_path) if line["event"] == "stopped")
    assert (stopped["code"], stopped["why"]) == (0, "stopped by SIGINT")


@pytest.mark.timeout(300)
def test_a_hurried_stop_ends_all_turns(tmp_path):
    """The second signal does not wait for the machine, which has not heard of the stop then; no further turn begins."""
    level, begun = str(short_level(tmp_path)), []
    schedule = {"turns": [{"stage": level, "battles": 1}] * 2}
    config = parse({"mqtt": NO_BROKER, **quick(tmp_path), "schedule": schedule}, folder=tmp_path)
    log.set_up(config.directory / log.FILE, "info", None)

    def prepare(config: Config, battles: int, played: int) -> Prepared:
        begun.append(battles)
        return Prepared(build(config, battles=battles, fresh=False, tell=lambda _: None, played=played), {})

    run = Run(config, 0, prepare, EndingSignals())

    async def hurried() -> int:
        playing = asyncio.create_task(run.play(run.prepare()))
        async with asyncio.timeout(PATIENCE):
            while not any(line["event"] == "screen" for line in events_of(tmp_path)):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGTERM)
            return await playing

    assert asyncio.run(hurried()) == 0
    assert begun == [1]
    assert [line["code"] for line in events_of(tmp_path) if line["event"] == "stopped"] == [0]
    assert checkpoint.read_newest(tmp_path / "data" / "checkpoint")[0] is not None


@pytest.mark.timeout(300)
def test_a_hung_learner_is_given_up_on_and_told(tmp_path, monkeypatch):
    """The run ends within a bounded time, exit code 1; the last good checkpoint and the journal stay."""
    monkeypatch.setattr(daemon_module, "LAST_CHECKPOINT", 0.5)
    daemon, hanging, go_on = make(tmp_path, quick(tmp_path)), threading.Event(), threading.Event()

    def hang() -> bool:
        hanging.set()
        return not go_on.wait(60)

    monkeypatch.setattr(daemon._learner._agent, "learn", hang)
    try:
        assert asyncio.run(ended(daemon, signal.SIGTERM, when=hanging.is_set)) == 1
        told = [line["why"] for line in events_of(tmp_path) if line["event"] == "checkpoint" and "why" in line]
        assert "did not end within" in told[-1]
    finally:
        go_on.set()


@pytest.mark.timeout(300)
def test_a_closed_terminal_ends_a_run_in_order(tmp_path):
    """The dashboard's terminal is gone for good: a checkpoint and exit code 0 all the same."""
    file = configuration(tmp_path, 1, play={"stage": short_level(tmp_path, 9).name}, mqtt=NO_BROKER, practice=SMALL)
    command = [sys.executable, "-m", "bot", "run", "--config", str(file)]
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=in_terminal,  # noqa: PLW1509 - two system calls
    )  # fmt: skip
    os.close(theirs)
    try:
        deadline = time.monotonic() + PATIENCE
        while not any(line["event"] == "screen" for line in events_of(tmp_path)) and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                os.read(terminal, 1 << 16)
        os.close(terminal)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
    last = list(events_of(tmp_path))[-1]
    assert (last["event"], last["code"], last["why"]) == ("stopped", 0, "stopped by SIGHUP")
    assert checkpoint.read_newest(tmp_path / "data" / "checkpoint")[0] is not None
