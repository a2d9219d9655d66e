"""The practice game as an Android device: the device's side of adb's protocol over TCP, for the real `adb connect`.

Messages have a header of six little-endian words (command, two arguments, length, checksum, magic) and data. A stream
is opened by the host for a service, here a command line of a small shell; each write on it waits for its OKAY. Source:
AOSP, packages/modules/adb, protocol.txt. No authentication is asked for, so it listens on loopback only.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from game.errors import InputError
from game.practice.adb_shell import DeviceShell
from game.practice.app import PracticeGame
from game.practice.window import FRAMES, LONGEST_FRAME, play_in_window
from game.simulator.battle import Battle

HEADER = struct.Struct("<4sIIIII")
VERSION = 0x01000001
"""Of the protocol: from this one on, checksums are not looked at."""
MOST_DATA = 1 << 20
"""Bytes of data in one message at most, adb's own limit."""
BANNER = (
    b"device::ro.product.name=holdfast;ro.product.model=Holdfast_practice;ro.product.device=practice;features=cmd\0"
)
LOOPBACK = "127.0.0.1"
SHELLS = ("", "sh")
"""Command lines that open a shell, which reads further lines until its input ends."""


class PortTakenError(InputError):
    """The port of the practice device cannot be listened on."""


class AdbMessage(NamedTuple):
    """One message of adb's protocol; what the two numbers mean depends on the command."""

    command: bytes
    first: int
    second: int
    data: bytes = b""

    def encoded(self) -> bytes:
        """The message as it is sent."""
        magic = int.from_bytes(self.command, "little") ^ 0xFFFFFFFF
        total = sum(self.data) & 0xFFFFFFFF if self.command == b"CNXN" else 0
        return HEADER.pack(self.command, self.first, self.second, len(self.data), total, magic) + self.data


async def read_message(reader: asyncio.StreamReader) -> AdbMessage:
    """The next message. Raises ConnectionError where what comes is no message, IncompleteReadError at the end."""
    command, first, second, length, _, magic = HEADER.unpack(await reader.readexactly(HEADER.size))
    if magic != int.from_bytes(command, "little") ^ 0xFFFFFFFF or length > MOST_DATA:
        raise ConnectionError("what came is no message of adb")
    return AdbMessage(command, first, second, await reader.readexactly(length))


class AdbStream:
    """One service that the host has opened."""

    def __init__(self, host: AdbHost, number: int, theirs: int) -> None:
        self._host = host
        self._number = number
        self._theirs = theirs
        self.written = asyncio.Event()
        """Set when the host has said OKAY to what was written last."""
        self.incoming: asyncio.Queue[bytes] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def say(self, command: bytes, data: bytes = b"") -> None:
        """Send a message about this stream."""
        self._host.send(AdbMessage(command, self._number, self._theirs, data))

    async def write(self, data: bytes) -> None:
        """Send data, in as many messages as it needs."""
        for start in range(0, len(data), self._host.most_data):
            self.written.clear()
            self.say(b"WRTE", data[start : start + self._host.most_data])
            await self.written.wait()

    async def lines(self) -> AsyncIterator[str]:
        """The lines that the host writes, until the stream ends."""
        rest = b""
        while True:
            *whole, rest = (rest + await self.incoming.get()).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")


class AdbHost:
    """One connection of an adb server, with the streams that it has open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shell: DeviceShell) -> None:
        self._reader = reader
        self._writer = writer
        self._shell = shell
        self._streams: dict[int, AdbStream] = {}
        self._opened = 0
        self.most_data = MOST_DATA

    async def obey(self) -> None:
        """Answer messages until the connection ends."""
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    self._answer(await read_message(self._reader))
                    await self._writer.drain()
        finally:
            for number in list(self._streams):
                self._close(number)
            self._writer.close()

    def send(self, message: AdbMessage) -> None:
        """Send a message."""
        self._writer.write(message.encoded())

    def _answer(self, message: AdbMessage) -> None:
        """Answer one message; one about a stream that has ended needs no answer."""
        stream = self._streams.get(message.second)
        match message.command:
            case b"CNXN":
                self.most_data = min(message.second, MOST_DATA)
                self.send(AdbMessage(b"CNXN", VERSION, MOST_DATA, BANNER))
            case b"OPEN":
                self._open(message.first, message.data.rstrip(b"\0").decode(errors="replace"))
            case b"OKAY" if stream:
                stream.written.set()
            case b"WRTE" if stream:
                stream.incoming.put_nowait(message.data)
                stream.say(b"OKAY")
            case b"CLSE" if stream:
                self._close(message.second)

    def _open(self, theirs: int, service: str) -> None:
        """Open a stream, or refuse a service that this device has not."""
        kind, _, command = service.partition(":")
        if kind not in ("shell", "exec"):
            self.send(AdbMessage(b"CLSE", 0, theirs))
            return
        self._opened += 1
        stream = self._streams[self._opened] = AdbStream(self, self._opened, theirs)
        stream.say(b"OKAY")
        stream.task = asyncio.create_task(self._serve(stream, self._opened, command.strip()))

    async def _serve(self, stream: AdbStream, number: int, command: str) -> None:
        """Run a command, or every line that comes, and end the stream."""
        if command in SHELLS:
            async for line in stream.lines():
                await stream.write(await self._shell.run(line))
        else:
            await stream.write(await self._shell.run(command))
        self._streams.pop(number, None)
        stream.say(b"CLSE")

    def _close(self, number: int) -> None:
        """End a stream from the host's side."""
        stream = self._streams.pop(number)
        if stream.task is not None:
            stream.task.cancel()


def listening(port: int) -> socket.socket:
    """A socket that listens on a port of loopback. Raises PortTakenError."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise PortTakenError(
            f"--adb: cannot listen on {LOOPBACK}:{port}: {error.strerror}; name another port"
        ) from None


async def serve_adb(shell: DeviceShell, door: socket.socket) -> None:
    """Be a device for every adb server that connects, until cancelled."""

    async def host(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # asyncio does it for its own sockets only; small messages would wait 40 ms for one another.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await AdbHost(reader, writer, shell).obey()

    async with await asyncio.start_server(host, sock=door) as server:
        await server.serve_forever()


def play_as_device(
    game: PracticeGame, port: int, *, in_window: bool = False, say: Callable[[str], None] | None = None
) -> None:
    """Play in real time, seen and touched over adb, until the window is closed or the process interrupted.

    `say` is called with every new screen's name. Raises PortTakenError, and NoDisplayError where a window is asked for.
    """
    lock, door = threading.Lock(), listening(port)
    serving = serve_adb(DeviceShell(game, lock), door)
    threading.Thread(target=asyncio.run, args=(serving,), name="adb device", daemon=True).start()
    if in_window:
        play_in_window(game, say, lock)
    else:
        _play_off_screen(game, lock, say)


def _play_off_screen(game: PracticeGame, lock: threading.Lock, say: Callable[[str], None] | None) -> None:
    """Let the game's clock go on in real time."""
    Battle(game.stages[0], game.squad).step(1)  # compiles the rules before the first battle
    before, shown = time.monotonic(), ""
    while True:
        now = time.monotonic()
        with lock:
            game.advance(min(now - before, LONGEST_FRAME))
        before = now
        if say and game.screen != shown:
            shown = game.screen
            say(shown)
        time.sleep(1 / FRAMES)
