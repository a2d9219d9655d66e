"""OCR: text and numbers from crops, with the models that the wheel of RapidOCR contains.

Its recognition network gives, column by column, how likely each of 6623 characters is. Numbers are read by looking only
at the characters a number may have (the decoding is constrained, not its result filtered): a slash cannot become a 1
and "MAX" cannot become digits. A crop is recognised once: numbers are remembered by the shape of their ink, so that a
background that shines through changes nothing.
"""

from __future__ import annotations

import importlib.util
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x, y, width and height in pixels."""

DIGITS = "0123456789"
COUNTER = DIGITS + "/"
SIGNED = "-" + DIGITS
INPUT_HEIGHT = 48
"""Rows of the recognition network's input."""
LEAST_CONTRAST = 40
"""Grey levels between ink and ground below which a crop counts as empty."""
LEAST_SCORE = 0.5
"""Mean probability of the characters below which a number counts as unreadable."""
LARGEST_SEARCH = (1280, 720)
"""Width and height in pixels to which an image is made smaller before lines are searched in it: in a client area of
1280x720, for which the profiles are made, every line is found, and more pixels only take longer."""
NARROW = 0.8
"""Share of its width to which a number that is not certain is made narrower."""
INK = 130
"""Grey level, after stretching the contrast to 0..255, from which a pixel is ink."""
LARGE = 0.5
"""Share of a line's height from which a letter counts as large."""
HOLE = 0.55
"""Share of a ring's width and height from which its hole is that of a zero and not of a six or a nine."""
REMEMBERED = 4096


class TextLine(NamedTuple):
    """A line of text and the rectangle it stands in, in pixels of the image searched."""

    text: str
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        """The middle of the line: where to tap it."""
        return self.x + self.width // 2, self.y + self.height // 2


def stretch_contrast(crop: Image, tinted: bool = False) -> Image | None:
    """The crop as grey ink on black ground, contrast stretched to 0..255; None when there is nothing to see.

    White ink is bright in every channel, so the darkest channel counts and coloured flashes behind it vanish. `tinted`
    ink (the life points are red) is bright in one channel only, so the brightest counts.
    """
    if crop.size == 0:
        return None
    first, second, third = cv2.split(crop)
    merge = cv2.max if tinted else cv2.min
    grey = merge(merge(first, second), third)
    flat = np.sort(grey, axis=None)
    low, high = int(flat[flat.size // 5]), int(flat[-1 - flat.size // 200])
    if high - low < LEAST_CONTRAST:
        return None
    levels = np.clip((np.arange(256) - low) * (255 / (high - low)), 0, 255)
    return np.asarray(levels[grey], dtype=np.uint8)


def begins_with_minus(grey: Image) -> bool:
    """Whether a flat stroke stands before the characters of a crop with stretched contrast, at half their height."""
    count, _, boxes, _ = cv2.connectedComponentsWithStats((grey > INK).astype(np.uint8))
    tall = [box for box in boxes[1:count] if box[3] >= 0.28 * grey.shape[0]]
    if not tall:
        return False
    x, y, _, height = min(tall, key=lambda box: int(box[0]))[:4]
    return any(
        0 <= x - left - width <= 0.5 * height
        and 0.2 * height <= width <= 0.7 * height
        and high <= 0.3 * height
        and 0.3 * height <= top + high / 2 - y <= 0.75 * height
        for left, top, width, high, _ in boxes[1:count].tolist()
    )


def crop_to_ink(grey: Image) -> Image | None:
    """The characters of a crop with stretched contrast, with a margin of a third of their height around them.

    What touches the crop's left or right edge belongs to a neighbour and is painted over. None without a character.
    """
    rows, columns = grey.shape
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((grey > INK).astype(np.uint8))
    x, width = boxes[:, 0], boxes[:, 2]
    inside = (x > 0) & (x + width < columns)
    tall = [box for box in boxes[1:count][inside[1:]] if box[3] >= 0.28 * rows]
    if not tall:
        return None
    inside[0] = True
    clean = np.where(inside[labels], grey, 0).astype(np.uint8)
    left, top = min(box[0] for box in tall), min(box[1] for box in tall)
    right, bottom = max(box[0] + box[2] for box in tall), max(box[1] + box[3] for box in tall)
    margin = round((bottom - top) * 0.3)
    padded = cv2.copyMakeBorder(clean, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.ascontiguousarray(padded[top : bottom + 2 * margin, left : right + 2 * margin])


def is_ring(ink: Image) -> bool:
    """Whether characters on black ground are one ring: a lone zero, of which the network is seldom sure."""
    contours, tree = cv2.findContours((ink > INK).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if len(contours) != 2 or tree is None:
        return False
    outer, inner = sorted((cv2.boundingRect(contour) for contour in contours), key=lambda box: -box[2] * box[3])
    shares = inner[2] / outer[2], inner[3] / outer[3]
    return min(shares) >= HOLE and 0.5 <= outer[2] / outer[3] <= 1.1


def model_path(name: str) -> Path:
    """The path of a model in the wheel of RapidOCR, found without importing the package, which takes seconds.

    Raises ImportError when the package is not installed.
    """
    spec = importlib.util.find_spec("rapidocr_onnxruntime")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("rapidocr-onnxruntime is not installed; install it with: make install")
    return Path(spec.submodule_search_locations[0]) / "models" / name


class Reader:
    """Reads crops. The networks are loaded when first needed, one thread each: the learner needs the other cores."""

    def __init__(self) -> None:
        self._recognition: Any = None
        self._detection: Any = None
        self._characters: list[str] = []
        self._known: OrderedDict[tuple[str, tuple[int, ...], bytes], str] = OrderedDict()
        self._searched: Image | None = None
        """The image that was searched for lines last, and what was found: one page is asked about several times. Its
        pixels are never changed.
        """
        self._boxes: list[Box] = []
        self.readings = 0
        """How often the recognition network ran: crops that were not remembered."""

    def digits(self, crop: Image, tinted: bool = False, alphabet: str = DIGITS) -> str:
        """The number in a BGR crop, written with `alphabet` only; empty when there is none or it is unreadable.

        `tinted` says that the ink is not white; see `stretch_contrast`. A minus is found by its shape.
        """
        grey = stretch_contrast(crop, tinted)
        ink = None if grey is None else crop_to_ink(grey)
        if ink is None or grey is None:
            return ""
        if alphabet == SIGNED:
            number = self.digits(crop, tinted)
            return "-" + number if number and begins_with_minus(grey) else number
        key = (alphabet, ink.shape, np.packbits(ink > INK).tobytes())
        if key not in self._known:
            self._remember(key, self._number(ink, alphabet))
        return self._known[key]

    def _number(self, ink: Image, alphabet: str) -> str:
        """The number that characters on black ground are; empty where it is not certain.

        The network is seldom sure of a digit that stands alone, nor of some digits of some fonts: those are read again,
        narrower and blurred, and count where two readings agree and one is sure.
        """
        text, score = self._recognise(np.repeat(ink[:, :, None], 3, axis=2), alphabet)
        if score >= LEAST_SCORE or (text == "0" and is_ring(ink)):
            return text
        narrow = cv2.resize(ink, (max(round(NARROW * ink.shape[1]), 1), ink.shape[0]), interpolation=cv2.INTER_AREA)
        readings = [(text, score)]
        for other in (narrow, cv2.GaussianBlur(ink, (5, 5), 0)):
            again, sure = self._recognise(np.repeat(other[:, :, None], 3, axis=2), alphabet)
            best = max([sure, *(score for text, score in readings if text == again)])
            if best >= LEAST_SCORE and any(text == again for text, _ in readings):
                return again
            readings.append((again, sure))
        return ""

    def text(self, crop: Image) -> str:
        """The one line of text in a BGR crop, any characters; empty when there is none."""
        if crop.size == 0:
            return ""
        key = ("", crop.shape, np.packbits(crop > 127).tobytes())
        if key not in self._known:
            self._remember(key, self._recognise(crop)[0])
        return self._known[key]

    def lines(self, image: Image, area: Box | None = None) -> list[TextLine]:
        """The lines of upright text in a BGR image, or those whose middle lies in an `area` (x, y, width, height), with
        where they stand in the image, from top to bottom.

        An image is searched once, as a whole, so that a line at the edge of an area is not cut; only what is asked for
        is read.
        """
        if image is not self._searched and (self._searched is None or not np.array_equal(image, self._searched)):
            self._boxes = sorted(self._detect(image), key=lambda box: (box[1], box[0]))
        self._searched = image
        wanted = [box for box in self._boxes if area is None or _stands_in(box, area)]
        found = [TextLine(self.text(image[y : y + h, x : x + w]), x, y, w, h) for x, y, w, h in wanted]
        return [line for line in found if line.text]

    def _remember(self, key: tuple[str, tuple[int, ...], bytes], text: str) -> None:
        self._known[key] = text
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _recognise(self, crop: Image, alphabet: str = "") -> tuple[str, float]:
        """The most probable text over the alphabet (empty: all characters) and its characters' mean probability."""
        if self._recognition is None:
            self._recognition = open_network(model_path("ch_PP-OCRv4_rec_infer.onnx"))
            listed = self._recognition.get_modelmeta().custom_metadata_map["character"]
            self._characters = ["", *listed.splitlines(), " "]
        self.readings += 1
        width = max(INPUT_HEIGHT // 2, round(INPUT_HEIGHT * crop.shape[1] / crop.shape[0]))
        pixels = cv2.resize(crop, (width, INPUT_HEIGHT)).astype(np.float32) / 127.5 - 1
        probabilities = self._recognition.run(None, {"x": pixels.transpose(2, 0, 1)[None]})[0][0]
        if not alphabet:
            return ctc_decode(probabilities, self._characters)
        allowed = [0, *map(self._characters.index, alphabet)]
        return ctc_decode(probabilities[:, allowed], [self._characters[index] for index in allowed])

    def _detect(self, image: Image) -> list[Box]:
        """Rectangles of lines of text, from the detection network's map of the cores of lines."""
        if self._detection is None:
            self._detection = open_network(model_path("ch_PP-OCRv4_det_infer.onnx"))
        height, width = image.shape[:2]
        smaller = min(1.0, LARGEST_SEARCH[0] / width, LARGEST_SEARCH[1] / height)
        rows, columns = (max(32, round(size * smaller / 32) * 32) for size in (height, width))
        pixels = cv2.resize(image, (columns, rows)).astype(np.float32) / 127.5 - 1
        cores = self._detection.run(None, {"x": pixels.transpose(2, 0, 1)[None]})[0][0, 0] > 0.3
        count, _, boxes, _ = cv2.connectedComponentsWithStats(cores.astype(np.uint8))
        tall, wide = image.shape[0] / rows, image.shape[1] / columns
        return [unshrink(box, wide, tall, image.shape) for box in boxes[1:count] if box[2] >= 4 and box[3] >= 4]


def _stands_in(box: Box, area: Box) -> bool:
    """Whether the middle of a rectangle lies in another."""
    middle, centre = box[0] + box[2] / 2, box[1] + box[3] / 2
    return area[0] <= middle < area[0] + area[2] and area[1] <= centre < area[1] + area[3]


def large_letters(crop: Image) -> Image:
    """The part of a line of text, light on dark, in which its letters are as high as the line: a code stands beside a
    smaller word on the same line. The whole crop where there is no such part.
    """
    grey = stretch_contrast(crop)
    if grey is None:
        return crop
    count, _, boxes, _ = cv2.connectedComponentsWithStats((grey > INK).astype(np.uint8))
    high = [box for box in boxes[1:count].tolist() if LARGE * crop.shape[0] <= box[3] and box[2] < 2 * crop.shape[0]]
    if not high:
        return crop
    margin = crop.shape[0] // 6
    left = max(0, min(box[0] for box in high) - margin)
    return crop[:, left : max(box[0] + box[2] for box in high) + margin]


def unshrink(box: NDArray[np.int32], wide: float, tall: float, shape: tuple[int, ...]) -> Box:
    """A whole line's rectangle (x, y, width, height) in pixels of the image, from that of its core.

    The network finds lines shrunk on every side; 1.6 times the core's area / perimeter undoes that. `wide` and `tall`
    are pixels of the image for one of the network's, `shape` is the image's.
    """
    x, y, width, height = (int(value) for value in box[:4])
    extra = 1.6 * width * height / (2 * (width + height))
    left, top = max(0, round((x - extra) * wide)), max(0, round((y - extra) * tall))
    right = min(shape[1], round((x + width + extra) * wide))
    bottom = min(shape[0], round((y + height + extra) * tall))
    return left, top, right - left, bottom - top


def ctc_decode(probabilities: NDArray[np.float32], characters: list[str]) -> tuple[str, float]:
    """Text and mean probability from column-wise probabilities: repeats merged, blanks (index 0) left out."""
    best = probabilities.argmax(axis=1)
    new = (best != 0) & np.append(True, best[1:] != best[:-1])
    text = "".join(characters[index] for index in best[new])
    return text, float(probabilities.max(axis=1)[new].mean()) if text else 0.0


def open_network(path: Path) -> Any:
    """An ONNX Runtime session of one thread on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
