"""Detects units in a frame: enemies by kind, operators, and the mark of a skill that is ready."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from game.errors import InputError
from vision.shrinking import shrunk_to

Image = NDArray[np.uint8]

SHIPPED = Path(__file__).parent / "weights" / "units.onnx"
"""The weights that come with the project; `units.json` beside them says what they are."""
PADDING = 114
"""The grey that fills what an image of another aspect leaves empty, as in training."""
NMS_IOU = 0.6
"""Intersection over union from which two boxes of one class count as the same unit, detected twice."""


class DetectorError(InputError):
    """The weights cannot be used. The message names the file and the command that makes it."""


class Detection(NamedTuple):
    """One detection: its class, its score (0 to 1), and its box in the image's own pixels."""

    name: str
    score: float
    x: float
    y: float
    width: float
    height: float


class Finder(Protocol):
    """What the watcher needs of a detector."""

    names: tuple[str, ...]

    def detect(self, image: Image) -> list[Detection]:
        """The detections in a BGR image, the highest score first."""


class Detector:
    """The shipped network on ONNX Runtime: an end-to-end YOLO, which detects a unit once; rare doubles are removed.

    `threshold` is the score below which a detection is dropped, `threads` how many cores it may use.
    Raises DetectorError when the weights are missing, are not the ones their `.json` describes, or do not load.
    """

    def __init__(self, weights: Path = SHIPPED, threshold: float = 0.2, threads: int = 1) -> None:
        verify(weights)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
            entry = self._session.get_inputs()[0]
            names = ast.literal_eval(self._session.get_modelmeta().custom_metadata_map["names"])
        except Exception as error:  # noqa: BLE001 - the runtime's own exceptions share no public type
            raise DetectorError(f"{weights}: {str(error).splitlines()[0]}; {_REMEDY}") from None
        self.names: tuple[str, ...] = tuple(names[index] for index in sorted(names))
        self.threshold = threshold
        self._entry = entry.name
        self._height, self._width = entry.shape[2:]

    def detect(self, image: Image) -> list[Detection]:
        """The detections in a BGR image with a score over the threshold, the highest first."""
        tensor, scale, left, top = letterbox(image, self._width, self._height)
        rows = self._session.run(None, {self._entry: tensor})[0][0]
        rows = rows[rows[:, 4] >= self.threshold]
        boxes = (rows[:, :4] - (left, top, left, top)) / scale
        found = (
            Detection(self.names[int(kind)], float(score), float(x), float(y), float(right - x), float(bottom - y))
            for (x, y, right, bottom), score, kind in zip(boxes, rows[:, 4], rows[:, 5], strict=True)
        )
        return nms(found)


class UltralyticsDetector:
    """The same weights through the pipeline of `ultralytics`: slower, and what `Detector` is tested against."""

    def __init__(self, weights: Path = SHIPPED, threshold: float = 0.2) -> None:
        verify(weights)
        self._model = quiet_ultralytics().YOLO(str(weights.resolve()), task="detect")
        self._options = {"imgsz": _described(weights)["image_size"][::-1], "conf": threshold, "verbose": False}
        self.names: tuple[str, ...] = tuple(_described(weights)["classes"])

    def detect(self, image: Image) -> list[Detection]:
        """The detections in a BGR image with a score over the threshold, the highest first."""
        boxes = self._model.predict(image, device="cpu", **self._options)[0].boxes
        return [
            Detection(self.names[int(kind)], float(score), float(x), float(y), float(right - x), float(bottom - y))
            for (x, y, right, bottom), score, kind in zip(boxes.xyxy, boxes.conf, boxes.cls, strict=True)
        ]


def nms(found: Iterable[Detection]) -> list[Detection]:
    """Non-maximum suppression: of boxes of one class that overlap by `NMS_IOU` or more only the highest score stays.

    `found` must have the highest score first.
    """
    kept: list[Detection] = []
    for one in found:
        if all(one.name != other.name or iou(one, other) < NMS_IOU for other in kept):
            kept.append(one)
    return kept


def iou(one: Detection, other: Detection) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, wide) * max(0.0, tall)
    return shared / (one.width * one.height + other.width * other.height - shared)


def letterbox(image: Image, width: int, height: int) -> tuple[NDArray[np.float32], float, float, float]:
    """The image as the network takes it: (1, 3, `height`, `width`), RGB, 0 to 1, aspect kept, padded with grey.

    Also the scale and the left and top padding, which map a box back to the image: (box - padding) / scale.
    """
    scale = min(width / image.shape[1], height / image.shape[0])
    inner = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    canvas = np.full((height, width, 3), PADDING, np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = shrunk_to(image, inner)
    tensor = cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)
    return tensor, scale, float(left), float(top)  # type: ignore[return-value]


def verify(weights: Path) -> None:
    """Check that the weights are the ones described in the `.json` beside them; raises DetectorError if not."""
    if not weights.is_file():
        raise DetectorError(f"{weights} does not exist; {_REMEDY}")
    expected = _described(weights).get("sha256")
    if sha256(weights) != expected:
        raise DetectorError(f"{weights} is not the file that {weights.with_suffix('.json').name} describes; {_REMEDY}")


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ultralytics_settings() -> Path:
    """The file in which `ultralytics` keeps its settings, whether reporting is one of them or not."""
    return Path(os.environ.get("YOLO_CONFIG_DIR") or _ULTRALYTICS) / "Ultralytics" / "settings.json"


def quiet_ultralytics() -> Any:
    """The `ultralytics` package, imported with settings that stop it from downloading, installing and reporting."""
    _ULTRALYTICS.mkdir(exist_ok=True)
    os.environ["YOLO_OFFLINE"] = "1"
    os.environ["YOLO_AUTOINSTALL"] = "False"
    os.environ["YOLO_VERBOSE"] = "False"
    os.environ["ULTRALYTICS_SAFE_LOAD"] = "1"
    os.environ.setdefault("YOLO_CONFIG_DIR", str(_ULTRALYTICS))
    import ultralytics

    ultralytics.settings.update({"sync": False})  # type: ignore[no-untyped-call]
    return ultralytics


def _described(weights: Path) -> dict[str, Any]:
    """What the `.json` beside the weights says about them."""
    description = weights.with_suffix(".json")
    try:
        found = json.loads(description.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DetectorError(f"{description} does not exist; {_REMEDY}") from None
    except (OSError, ValueError) as error:
        raise DetectorError(f"{description}: {error}; {_REMEDY}") from None
    if not isinstance(found, dict):
        raise DetectorError(f"{description} does not describe any weights; {_REMEDY}")
    return found


_ULTRALYTICS = Path(tempfile.gettempdir()) / "holdfast-ultralytics"
_REMEDY = "make it with: holdfast vision train"
