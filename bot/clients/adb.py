"""A game on an Android device, an emulator or a phone, over `adb`: the mouse stays the player's.

Screenshots come by the way that is measured to be the fastest; touches are lines to one shell that stays open.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from bot.clients.adb_link import AdbLink, DeviceError
from bot.clients.adb_pictures import PictureWay, measured, screenshot
from bot.clients.client import Client, MissedError, Pointer, PointerError, Threads
from bot.clients.coded_stage import check_code
from bot.config import Config
from game.characters.models import Operator
from game.levels.stage import Stage
from vision.capture import CaptureError, Frame

DENIED = "allow USB debugging's security settings (input) in the device's developer options"


def make_client(config: Config, stage: Stage, _squad: tuple[Operator, ...]) -> Client:
    """The device that the configuration names. Raises DeviceError where it cannot be reached or shows a picture of
    portrait size, ConfigError where no table gives the stage's code.
    """
    check_code(stage)
    link = AdbLink(config.screen.serial)
    fastest = measured(link)[0]
    _check_shape(fastest.size)
    return Client(
        screen=AdbScreen(link, fastest.way, fastest.size),
        pointer=touches(link),
        clock=time.monotonic,
        threads=Threads(ThreadPoolExecutor(1, "capture"), ThreadPoolExecutor(1, "pointer")),
        size=fastest.size,
    )


def check(config: Config) -> str:
    """Take screenshots in every way. Raises DeviceError when the device cannot be reached or gives none."""
    link = AdbLink(config.screen.serial)
    ways = measured(link)
    _check_shape(ways[0].size)
    model, android = (link.ask(f"getprop {name}") for name in ("ro.product.model", "ro.build.version.release"))
    times = ", ".join(f"{one.way.name} {one.seconds * 1000:.0f} ms" for one in ways)
    width, height = ways[0].size
    return f"{link.serial} ({model}, Android {android}) shows {width}x{height}; screenshots: {times}"


def _check_shape(size: tuple[int, int]) -> None:
    """Raise DeviceError for a picture that is higher than it is wide."""
    if size[1] > size[0]:
        shape = f"{size[0]}x{size[1]}"
        raise DeviceError(
            f"the device shows a picture of portrait size, {shape}; turn it, or open the game, which does"
        )


class AdbScreen:
    """What a device shows, in pictures of the `size` (width, height) that it had at first."""

    def __init__(self, link: AdbLink, way: PictureWay, size: tuple[int, int]) -> None:
        self._link = link
        self._way = way
        self._size = size

    def grab(self) -> Frame:
        """The picture, with the time of `time.monotonic` at which it was asked for.

        Raises CaptureError where the device cannot be reached, or its picture has another size; the next grab tries
        anew.
        """
        taken, t = time.perf_counter(), time.monotonic()
        try:
            image = screenshot(self._link, self._way)
            size = image.shape[1], image.shape[0]
            _check_shape(size)
        except DeviceError as error:
            raise CaptureError(str(error)) from None
        if size != self._size:
            shapes = "{}x{}, and was {}x{}".format(*size, *self._size)
            raise CaptureError(f"the device's picture is now {shapes}; give it that size again, or start anew")
        return Frame(image, t, taken)

    def hold(self, held: bool) -> None:
        """Do nothing: a game on a device keeps its own clock."""


class DeviceInput:
    """Runs a device's `input` in one shell that stays open: a call returns once the touch is made.

    A call that fails ends the shell, and the next opens another.
    """

    def __init__(self, link: AdbLink) -> None:
        self._link = link
        self._shell: socket.socket | None = None
        self._numbers = itertools.count(1)

    def make(self, touch: str) -> None:
        """Make a touch, such as "tap 10 20". Raises MissedError where it cannot be, or perhaps was not, made, and
        PointerError where the device does not allow it.
        """
        status, told = self._run(f"input {touch}")
        if "INJECT_EVENTS" in told:
            raise PointerError(f"the device refuses touches over adb; {DENIED}")
        if status:
            lines = told.strip().splitlines() or [f"exit status {status}"]
            raise MissedError(f"the device cannot make the touch {touch}: {lines[0]}")

    def usage(self) -> str:
        """What `input` says about itself. Raises MissedError."""
        return self._run("input")[1]

    def _run(self, command: str) -> tuple[int, str]:
        """The exit status of a command, and what it printed."""
        mark = f"holdfast-{next(self._numbers)}:"
        try:
            self._shell = self._shell or self._link.open("exec:sh")
            self._shell.sendall(f"{command} </dev/null 2>&1; echo {mark}$?\n".encode())
            told = _read_to(self._shell, mark.encode())
        except (DeviceError, OSError) as error:
            self._close()
            raise MissedError(f"the touch may be lost: {error or type(error).__name__}") from None
        text, _, status = told.decode(errors="replace").rpartition(mark)
        return int(status), text

    def _close(self) -> None:
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()


def _read_to(shell: socket.socket, mark: bytes) -> bytes:
    """What a shell says up to the line with the mark. Raises DeviceError or OSError where that does not come."""
    told = b""
    while not (told.endswith(b"\n") and mark in told):
        piece = shell.recv(4096)
        if not piece:
            raise DeviceError("the device has closed its shell")
        told += piece
    return told


class AdbPointer:
    """The finger on a device, from Android 10 on: each press, movement and release is a touch of its own."""

    def __init__(self, touch: DeviceInput) -> None:
        self._touch = touch
        self._down: tuple[int, int] | None = None
        """Where the finger is, as far as is known; None while it is up."""

    def press(self, x: int, y: int) -> None:
        """Put the finger down."""
        self.release()  # one that could not be lifted while the device was gone
        self._down = (x, y)
        self._touch.make(f"motionevent DOWN {x} {y}")

    def move(self, x: int, y: int) -> None:
        """Move the finger; while it is up there is nothing to move."""
        if self._down:
            self._down = (x, y)
            self._touch.make(f"motionevent MOVE {x} {y}")

    def release(self) -> None:
        """Lift the finger where it is; later, if the device is gone now."""
        if self._down:
            with contextlib.suppress(PointerError):
                self._touch.make("motionevent UP {} {}".format(*self._down))
                self._down = None

    def check(self) -> None:
        """No person can take this pointer."""


class SwipingPointer:
    """The finger on a device before Android 10: a tap or a straight swipe is made as a whole when the finger goes up.

    A drag that comes back to where it began is none: nothing has been touched yet, so nothing has to be taken back.
    """

    def __init__(self, touch: DeviceInput) -> None:
        self._touch = touch
        self._path: list[tuple[int, int]] = []
        self._pressed = 0.0
        """When the finger went down, on `time.monotonic`."""
        self._failed: PointerError | None = None
        """Why the last touch failed, until a press tells it."""

    def press(self, x: int, y: int) -> None:
        """Begin a tap or a swipe. Raises what the touch before it failed with, once."""
        failed, self._failed = self._failed, None
        if failed:
            raise failed
        self._path, self._pressed = [(x, y)], time.monotonic()

    def move(self, x: int, y: int) -> None:
        """Go on to a pixel."""
        if self._path:
            self._path.append((x, y))

    def release(self) -> None:
        """Make the tap, or the swipe in the time that it took. Where that fails, the next press tells it."""
        path, self._path = self._path, []
        if not path or (len(path) > 1 and path[-1] == path[0]):
            return
        lasted = round((time.monotonic() - self._pressed) * 1000)
        (x, y), (to_x, to_y) = path[0], path[-1]
        try:
            self._touch.make(f"tap {x} {y}" if len(path) == 1 else f"swipe {x} {y} {to_x} {to_y} {lasted}")
        except PointerError as error:
            self._failed = error

    def check(self) -> None:
        """No person can take this pointer."""


def touches(link: AdbLink) -> Pointer:
    """The finger on a device, as its version of Android allows. Raises DeviceError where it cannot be asked."""
    touch = DeviceInput(link)
    try:
        usage = touch.usage()
    except MissedError as error:
        raise DeviceError(str(error)) from None
    return AdbPointer(touch) if "motionevent" in usage else SwipingPointer(touch)
