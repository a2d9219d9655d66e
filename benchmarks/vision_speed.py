"""How fast the eyes are: a cold start, a page that is none of the game's, a battle's numbers, and a whole BattleView.

python benchmarks/vision_speed.py [--frames N]

All pictures are the practice game's, so that it can be measured anywhere; beside ours stands the straightforward way
in the same run: a whole picture searched for text at its own size, and every number of every frame read by the network.

Ours is given by the clock and by the time of the processor. It all runs in one thread, so on an idle machine the two
are the same, and the second one holds on a busy machine too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from game.practice.art import portraits
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.simulator.battle import Battle
from learning.policy import Greedy
from vision import ocr
from vision.capture import Frame, Image
from vision.cutter import Cutter
from vision.detector import Detector
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise
from vision.watcher import Watcher

CATALOGUE = load_catalogue()
SQUAD = default_squad(CATALOGUE)
STAGE = load_stage(shipped_stages()[0], CATALOGUE)
SIZES = ((1280, 720), (1920, 1080))
PAGES = (*SIZES, (2560, 1440), (3840, 2160))
BETWEEN = 8
"""Ticks between two frames."""
COLD = """
import sys, time
import numpy as np
pixels = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(720, 1280, 3)
started = time.perf_counter(), time.process_time()
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise
screen = recognise(pixels, load_profile("practice"), Reader()).screen
print(screen, time.perf_counter() - started[0], time.process_time() - started[1])
"""
"""A program that is handed a page and says what it shows, and how long it took with everything loaded on the way."""


class Spent(NamedTuple):
    """Milliseconds that something took, and of them those of the processor."""

    clock: float
    processor: float


class Figure(NamedTuple):
    """One measurement: milliseconds of ours, and of the straightforward way where there is one."""

    what: str
    ours: Spent
    plain: float | None
    limit: float


def frames(size: tuple[int, int], count: int) -> list[Image]:
    """Frames of a battle that the greedy script plays."""
    painter, battle, greedy = Painter(size, SQUAD), Battle(STAGE, SQUAD, seed=1), Greedy(STAGE, SQUAD)
    camera, drawn = Camera(STAGE.height, STAGE.width, STAGE.view, size), []
    for number in range(count):
        if number % 4 == 0:
            battle.act(greedy.decide(battle.view()).action)
        battle.step(BETWEEN)
        painter.battle(BattleScene(battle, battle.view().cards), camera)
        drawn.append(painter.frame())
    return drawn


def page(size: tuple[int, int]) -> Image:
    """A page that is none of the game's, with some text on it."""
    painter = Painter(size, SQUAD)
    painter.foreign()
    return painter.frame()


def spent(work: Callable[[], object]) -> Spent:
    """How long something takes once."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor))


def middle(every: list[Spent]) -> Spent:
    """The median of many times."""
    return Spent(*(float(np.median(column)) for column in zip(*every, strict=True)))


def cold_start() -> Figure:
    """From the first import to the name of the first screen, in a process of its own; the best of three."""
    painter = Painter((1280, 720), SQUAD)
    painter.home()
    picture = painter.frame().tobytes()
    runs = [subprocess.run([sys.executable, "-c", COLD], input=picture, capture_output=True, check=True) for _ in "abc"]
    clock, processor = (1000 * min(float(run.stdout.split()[column]) for run in runs) for column in (1, 2))
    return Figure("first screen of a cold start", Spent(clock, processor), None, 1000)


def unknown(size: tuple[int, int], reader: Reader) -> Figure:
    """A page that fits no entry of a real client's profile; straightforward is to search it at its own size."""
    profile, picture, usual = load_profile("arknights-cn", size), page(size), ocr.LARGEST_SEARCH
    ours = spent(lambda: recognise(picture, profile, reader))
    try:
        ocr.LARGEST_SEARCH = size
        plain = spent(lambda: reader.lines(picture[::-1])).clock
    finally:
        ocr.LARGEST_SEARCH = usual
    return Figure(f"unknown page {size[0]}x{size[1]}", ours, plain, 300)


def numbers(size: tuple[int, int], drawn: list[Image], reader: Reader) -> Figure:
    """The HUD's numbers without the cards: the median of frames. The straightforward way reads each of them anew."""
    profile = load_profile("practice", size)
    cutter, plain_reader = Cutter(profile, reader), Reader()
    names = ("kills", "life", "dp", "slots_left")

    def plainly(image: Image) -> None:
        for name in names:
            crop = np.ascontiguousarray(profile.crop(image, name))
            crop[0, 0] = np.random.default_rng().integers(256, size=3)  # so that it is not one that is remembered
            plain_reader.text(crop)

    ours = middle([spent(lambda image=image: cutter.read_numbers(image)) for image in drawn])
    plain = middle([spent(lambda image=image: plainly(image)) for image in drawn[:30]]).clock
    return Figure(f"HUD numbers {size[0]}x{size[1]}", ours, plain, 2)


def view(size: tuple[int, int], drawn: list[Image], reader: Reader) -> Figure:
    """From a frame to its BattleView, the screen's name and the detector included: the median."""
    profile, camera = load_profile("practice", size), Camera(STAGE.height, STAGE.width, STAGE.view, size)
    cutter = Cutter(profile, reader, portraits(SQUAD))
    watcher = Watcher(profile, cutter, Detector(), reader, camera, STAGE)
    looks = [spent(lambda n=n, image=image: watcher.look(Frame(image, n / 8))) for n, image in enumerate(drawn)]
    return Figure(f"whole BattleView {size[0]}x{size[1]}", middle(looks), None, 12 if size[1] <= 720 else 18)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    reader = Reader()
    cv2.setNumThreads(1)  # so that waiting threads of OpenCV are not counted as work
    for picture in (page((640, 360)), page((1280, 720))[::-1].copy()):  # its networks are loaded
        reader.lines(picture)
    figures = [cold_start(), *(unknown(size, reader) for size in PAGES)]
    for size in SIZES:
        drawn = frames(size, options.frames)
        figures += [numbers(size, drawn, reader), view(size, drawn, reader)]
    print("| what | ms | of the processor, ms | straightforward, ms | asked for, ms |\n| --- | --: | --: | --: | --: |")
    for one in figures:
        plain = "" if one.plain is None else f"{one.plain:.1f}"
        print(f"| {one.what} | {one.ours.clock:.1f} | {one.ours.processor:.1f} | {plain} | {one.limit} |")


if __name__ == "__main__":
    main()
