"""What the practice device can do in its shell: screenshots, touches, and a few questions about itself.

As much of a command line as adb clients write: commands one after the other (`;`), a pipe into `gzip`, `$?`, and
redirections, which are ignored: what the commands here say goes to standard output.
"""

from __future__ import annotations

import asyncio
import gzip
import shlex
import struct
from threading import Lock

import cv2

from game.practice.app import PracticeGame

ANDROID = 12
"""The version that the device says it has; touches in parts (`input motionevent`) came with 10."""
FIRST_WITH_MOTION = 10
RGBA_8888, SRGB = 1, 1
"""Numbers in the header of a raw screenshot: the pixels' format and the colour space. Source: AOSP, screencap.cpp."""
SWIPE_SECONDS = 0.3
"""How long a swipe takes where nothing is said. Source: AOSP, InputShellCommand.java."""
SWIPE_STEP = 0.01
"""Seconds between two moves of a swipe."""
NOT_FOUND = 127
REDIRECTIONS = {"<", ">", ">&"}

Answer = tuple[int, bytes]
"""A command's exit status and what it printed."""


class DeviceShell:
    """The shell of a practice game; `lock` is held while the game is touched or drawn."""

    def __init__(self, game: PracticeGame, lock: Lock, android: int = ANDROID) -> None:
        self._game = game
        self._lock = lock
        self._has_motion = android >= FIRST_WITH_MOTION
        self._properties = {
            "ro.product.manufacturer": "Holdfast",
            "ro.product.model": "Holdfast practice",
            "ro.build.version.release": str(android),
            "ro.build.version.sdk": str(android + 19),
        }
        self._at = (0.0, 0.0)
        """Where the finger was last."""

    async def run(self, line: str) -> bytes:
        """What the commands of a line print."""
        status, printed = 0, b""
        for pipeline in _commands(line):
            names = [word.replace("$?", str(status)) for word in pipeline[0]]
            status, told = await self._command(names)
            if len(pipeline) > 1:
                status, told = await _piped(pipeline[1], told)
            printed += told
        return printed

    async def _command(self, words: list[str]) -> Answer:
        match words:
            case []:
                return 0, b""
            case ["screencap", *options]:
                return 0, await asyncio.to_thread(self._screenshot, "-p" in options)
            case ["input", "touchscreen", *rest] | ["input", *rest]:
                return await self._input(rest)
        told = self._told(words)
        return (0, f"{told}\n".encode()) if told is not None else _unknown(words[0])

    def _told(self, words: list[str]) -> str | None:
        """What the device says about itself; None where it does not know the command."""
        match words:
            case ["wm", "size"]:
                return "Physical size: {}x{}".format(*self._game.size)
            case ["getprop", name]:
                return self._properties.get(name, "")
            case ["getprop"]:
                return "\n".join(f"[{name}]: [{value}]" for name, value in self._properties.items())
            case ["echo", *rest]:
                return " ".join(rest)
        return None

    def _screenshot(self, as_png: bool) -> bytes:
        """The picture as PNG, or as a header and rows of RGBA."""
        with self._lock:
            picture = self._game.draw()
        if as_png:
            return cv2.imencode(".png", picture)[1].tobytes()
        height, width, _ = picture.shape
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA)
        return struct.pack("<4I", width, height, RGBA_8888, SRGB) + pixels.tobytes()

    async def _input(self, words: list[str]) -> Answer:
        """Touch the game, or say how that is done."""
        try:
            match words:
                case ["tap", x, y]:
                    self._touch("DOWN", float(x), float(y))
                    self._touch("UP", *self._at)
                    return 0, b""
                case ["swipe", x, y, to_x, to_y, *seconds]:
                    lasting = float(seconds[0]) / 1000 if seconds else SWIPE_SECONDS
                    await self._swipe((float(x), float(y)), (float(to_x), float(to_y)), lasting)
                    return 0, b""
                case ["motionevent", action, x, y] if self._has_motion and action in ("DOWN", "MOVE", "UP"):
                    self._touch(action, float(x), float(y))
                    return 0, b""
        except ValueError:
            return 255, b"Error: Invalid arguments for command\n"
        return 255, self._usage()

    def _usage(self) -> bytes:
        """What `input` says when it is not understood."""
        motion = "      motionevent <DOWN|UP|MOVE> <x> <y> (Default: touchscreen)\n" if self._has_motion else ""
        return (
            "Usage: input [<source>] <command> [<arg>...]\n\nThe commands and default sources are:\n"
            "      tap <x> <y> (Default: touchscreen)\n"
            "      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)\n" + motion
        ).encode()

    async def _swipe(self, start: tuple[float, float], end: tuple[float, float], seconds: float) -> None:
        """Go from one pixel to another in a straight line."""
        self._touch("DOWN", *start)
        steps = max(1, round(seconds / SWIPE_STEP))
        for step in range(1, steps + 1):
            share = step / steps
            self._touch("MOVE", *(one + (other - one) * share for one, other in zip(start, end, strict=True)))
            await asyncio.sleep(seconds / steps)
        self._touch("UP", *end)

    def _touch(self, action: str, x: float, y: float) -> None:
        """The finger goes down, moves or goes up at a pixel."""
        self._at = (x, y)
        with self._lock:
            match action:
                case "DOWN":
                    self._game.pointer_down(x, y)
                case "MOVE":
                    self._game.pointer_move(x, y)
                case "UP":
                    self._game.pointer_up(x, y)


async def _piped(words: list[str], data: bytes) -> Answer:
    """What a command makes of another's output."""
    if words[:1] != ["gzip"]:
        return _unknown(words[0] if words else "")
    level = next((int(word[1:]) for word in words[1:] if word[1:].isdecimal()), 6)
    return 0, await asyncio.to_thread(gzip.compress, data, level)


def _unknown(name: str) -> Answer:
    return NOT_FOUND, f"/system/bin/sh: {name}: inaccessible or not found\n".encode()


def _commands(line: str) -> list[list[list[str]]]:
    """The commands of a line, each with those that its output is piped into; without redirections."""
    words = _words(line)
    commands: list[list[list[str]]] = [[[]]]
    for word, before in zip(words, ["", *words], strict=False):
        last = commands[-1][-1]
        if word == ";":
            commands.append([[]])
        elif word == "|":
            commands[-1].append([])
        elif word in REDIRECTIONS:
            if last[-1:] == ["2"]:  # the number of the stream that is redirected
                last.pop()
        elif before not in REDIRECTIONS:
            last.append(word)
    return commands


def _words(line: str) -> list[str]:
    """The words of a line, and the signs between them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|<>&")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:  # a quotation that does not end
        return line.split()
