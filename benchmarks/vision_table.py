"""What `holdfast read` gets right on the reference screens, by client, size of the interface and shape.

python benchmarks/vision_table.py [--reference FOLDER] [--annotated FOLDER] [--around bars|video|window|desktop]

The truth lies beside the pictures (`more_screens/truth.json`, `battle_0-5/hud.csv`) and was read by eye. A picture is
right when everything that the truth states of it is. `--annotated` draws what was read into every picture that is not
named right, and into one of each kind that is. `--around` puts each picture, but for those of desktops and three of
four frames of battle_0-5, where a screenshot may have it: between bars, into a video of 16:9, into an emulator's window
with a column of icons, or onto a desktop.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from vision.ocr import Reader
from vision.reading import load_image, read_image

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"
TITLE_BAR = 54
"""Rows of the emulator's title bar in the frames of battle_0-5."""
Entry = dict[str, Any]


class Picture(NamedTuple):
    """A picture of the reference, and what is true of it."""

    file: Path
    client: str
    kind: str
    truth: Mapping[str, Any]


def pictures(reference: Path) -> Iterator[Picture]:
    """All pictures with a truth."""
    folder = reference / "more_screens"
    for one in json.loads((folder / "truth.json").read_text(encoding="utf-8")):
        yield Picture(folder / one["file"], one["client"], one["kind"], one["expect"])
    with (reference / "battle_0-5" / "hud.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            file = reference / "battle_0-5" / f"frame_{int(row['frame']):02d}.jpg"
            told = {"kills": "kills", "total": "total", "life": "life", "cost": "dp"}
            numbers = {name: int(row[column]) for column, name in told.items() if row[column]}
            yield Picture(file, "CN", "0-5", {"screen": "battle", **numbers})


def wrong(entry: Entry, truth: Mapping[str, Any]) -> list[str]:
    """What is not as the truth has it: a phrase each."""
    found = []
    for name, value in truth.items():
        read = entry.get(name)
        if name == "screen":
            is_right = read in value.split("|")
        elif name == "cards":
            cards = read or []
            is_right = len(cards) == value if isinstance(value, int) else cards == value
            read = len(cards)
        else:
            is_right = read == value
        if not is_right:
            found.append(f"{name} {read} for {value}")
    return found


def between_bars(image: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """The picture between four bars of one colour and different widths."""
    return cv2.copyMakeBorder(image, 31, 44, 83, 60, cv2.BORDER_CONSTANT, value=(70, 60, 90))


def in_a_video(image: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """The picture in black, so that all of it is 16:9; one that is 16:9 between two black bars at its sides."""
    height, width = image.shape[:2]
    above = max(round(width * 9 / 16) - height, 0) // 2
    beside = max(round(height * 16 / 9) - width, 0) // 2 or (0 if above else 70)
    return cv2.copyMakeBorder(image, above, above, beside, beside, cv2.BORDER_CONSTANT, value=(0, 0, 0))


def in_a_window(image: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """The picture in an emulator's window: its name above, a column of icons at the right."""
    window = cv2.copyMakeBorder(image, 36, 0, 0, 44, cv2.BORDER_CONSTANT, value=(52, 48, 45))
    for row in range(90, 600, 60):
        cv2.circle(window, (window.shape[1] - 22, row), 10, (190, 190, 190), 2)
    return cv2.putText(window, "Emulator 9 - Arknights", (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (220, 220, 220), 1)


def on_a_desktop(image: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """The picture in a window with a white title bar on a wallpaper, above a dark task bar."""
    height, width = image.shape[:2]
    desktop = np.random.default_rng(0).integers(
        (140, 110, 60), (160, 130, 80), (height + 260, width + 420, 3), np.uint8
    )
    desktop[-48:] = 30
    desktop[63:97, 163 : 163 + width] = 245
    desktop[97 : 97 + height, 163 : 163 + width] = image
    return desktop


AROUND = {"bars": between_bars, "video": in_a_video, "window": in_a_window, "desktop": on_a_desktop}


def surrounded(chosen: Iterator[Picture], around: str, folder: Path) -> Iterator[Picture]:
    """The pictures with something around them, compressed as JPEG into the folder."""
    for number, one in enumerate(picture for picture in chosen if picture.kind != "desktop"):
        if one.kind == "0-5" and number % 4:
            continue
        image = load_image(one.file)
        assert not isinstance(image, str), image
        file = folder / f"{one.file.stem}.jpg"
        cv2.imwrite(str(file), AROUND[around](image), [cv2.IMWRITE_JPEG_QUALITY, 85])
        yield one._replace(file=file)


def shape(image: cv2.typing.MatLike, kind: str) -> str:
    """The picture's shape: a whole desktop, 16:9, wider, or narrower."""
    height, width = image.shape[:2]
    if kind == "desktop":
        return "desktop"
    ratio = width / height * 9 / 16
    return "16:9" if abs(ratio - 1) < 0.1 else "wider" if ratio > 1 else "narrower"


def annotated(image: cv2.typing.MatLike, entry: Entry, faults: list[str]) -> cv2.typing.MatLike:
    """The picture, 960 pixels wide, with what was read below it and what is wrong of it in red."""
    small = cv2.resize(image, (960, round(image.shape[0] * 960 / image.shape[1])), interpolation=cv2.INTER_AREA)
    told = {
        name: value for name, value in entry.items() if value is not None and name not in ("file", "cards", "found")
    }
    lines = [" ".join(f"{name}={value}" for name, value in told.items())]
    lines.append(" ".join(f"{card['cost']}{card['state'][0]}" for card in entry.get("cards") or ()))
    lines.append(" ".join(f"{code}@{x},{y}" for code, (x, y) in entry["found"].items()))
    plate = np.zeros((18 * (len(lines) + 1), 960, 3), np.uint8)
    for row, (line, colour) in enumerate(
        [*((line, (220, 220, 220)) for line in lines), ("; ".join(faults), (60, 60, 255))]
    ):
        cv2.putText(plate, line, (4, 13 + 18 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
    return np.vstack([small, plate])


def read_all(chosen: Iterator[Picture], annotations: Path | None) -> None:
    """Read the pictures, print the table, and draw what was read into the folder if there is one."""
    reader, right, total = Reader(), Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    kinds: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    named = 0
    drawn: set[str] = set()
    for one in chosen:
        image = load_image(one.file)
        assert not isinstance(image, str), image
        entry = read_image(one.file, reader=reader)
        faults = wrong(entry, one.truth)
        scale = f"{entry['ui_scale']:.0%}" if entry["ui_scale"] else "-"
        key = one.client, shape(image, one.kind), scale
        total[key] += 1
        right[key] += not faults
        kinds[key][one.kind] += 1
        wrong_name = entry["screen"] not in ("unknown", *one.truth["screen"].split("|"))
        named += wrong_name
        if faults:
            sys.stderr.write(f"{one.file.name}: {'; '.join(faults)}\n")
        if annotations and (faults or one.kind not in drawn):
            drawn.add(one.kind)
            annotations.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(annotations / f"{one.file.stem}.png"), annotated(image, entry, faults))
    print("| client | shape | interface | pictures | right | kinds |\n| --- | --- | --- | --: | --: | --- |")
    for key in sorted(total):
        what = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds[key].items()))
        print(f"| {' | '.join(key)} | {total[key]} | {right[key]} | {what} |")
    print(f"\n{sum(right.values())} of {sum(total.values())} right; {named} with a wrong name.")


def main() -> None:
    """Read all pictures, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    parser.add_argument("--annotated", type=Path)
    parser.add_argument("--around", choices=AROUND)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = pictures(options.reference)
        read_all(surrounded(chosen, options.around, Path(folder)) if options.around else chosen, options.annotated)


if __name__ == "__main__":
    main()
