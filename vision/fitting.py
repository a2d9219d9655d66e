"""Training the detector's network on a data set, with `ultralytics`, and exporting it to ONNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vision.dataset import DESCRIPTION, TRAIN, Dataset, read_labelled
from vision.detector import SHIPPED, quiet_ultralytics
from vision.network import MOST_PICTURES, trainable

Tell = Callable[[str], None]
"""Takes one line about the progress."""

THREADS = 2
"""Cores used for training: what a small machine has to spare."""
ANEW: Mapping[str, Any] = {
    "lr0": 1.5e-3, "lrf": 0.02, "warmup_epochs": 1, "fliplr": 0.5, "scale": 0.15, "translate": 0.05, "hsv_h": 0.01,
    "hsv_s": 0.3, "hsv_v": 0.3, "cache": "ram",
}  # fmt: skip
"""How a network is trained from nothing on drawn frames."""
FURTHER: Mapping[str, Any] = {
    **ANEW, "lr0": 1e-3, "lrf": 0.1, "freeze": 3, "weight_decay": 5e-4, "nbs": 16, "hsv_h": 0.005, "hsv_s": 0.15,
    "hsv_v": 0.15, "cache": False,
}  # fmt: skip
"""How one that knows something is trained on: slowly, its first layers as they are, with weight decay, and with the
gradients of 16 frames (`nbs`) for each step.
"""


class Fitted(NamedTuple):
    """A network that was trained."""

    weights: Path
    """Its ONNX file."""
    map50: float
    map50_95: float
    """Its scores on the frames that were kept apart."""


def fit(
    data: Dataset, start: Path | None, epochs: int, seed: int, size: tuple[int, int], into: Path, tell: Tell
) -> Fitted:
    """Train on a data set, from the weights `start` (ONNX) or from nothing. `size` is the width and height of the
    network's input, `into` a folder for what is made.

    From nothing the best epoch is taken, else the last: so the frames that judge it have not chosen it.

    Frames keep their aspect (`rect`), so the mosaics that `ultralytics` makes of square images are off. On a GPU
    numbers are of 16 bits where that is enough. `nms=False` is the end-to-end head.
    """
    library = quiet_ultralytics()
    import torch
    from ultralytics.models.yolo.detect import DetectionTrainer

    torch.set_num_threads(THREADS)
    pictures = data.pictures[TRAIN]
    network = None
    if start is not None:
        some = pictures[:: max(1, len(pictures) // MOST_PICTURES)]
        network = trainable(start, data.names, [read_labelled(one, data.names)[0] for one in some], size)

    class Trainer(DetectionTrainer):
        """Trains the network that was made ready."""

        def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> Any:
            """The network; a new one where training begins from nothing."""
            return super().get_model(cfg, weights, verbose) if network is None else network

    gpu = torch.cuda.is_available()
    model = library.YOLO(str(SHIPPED.with_suffix(".yaml")), task="detect")
    model.add_callback("on_fit_epoch_end", lambda trainer: _tell_epoch(trainer, tell))
    model.train(
        trainer=Trainer, data=str(data.folder / DESCRIPTION), imgsz=size[0], rect=True, epochs=epochs, batch=4,
        seed=seed, device=0 if gpu else "cpu", amp="bf16" if gpu else False, workers=0, optimizer="AdamW",
        cos_lr=True, patience=0, mosaic=0.0, erasing=0.0, plots=False, verbose=False, nms=False, project=str(into),
        name="run", exist_ok=True, **(ANEW if start is None else FURTHER),
    )  # fmt: skip
    trained = library.YOLO(str(model.trainer.best if start is None else model.trainer.last))
    judged = trained.val(
        data=str(data.folder / DESCRIPTION), imgsz=size[0], rect=True, batch=8, device="cpu", workers=0, nms=False,
        plots=False, verbose=False, project=str(into), name="validated",
    ).box  # fmt: skip
    exported = trained.export(format="onnx", imgsz=size[::-1], nms=False, device="cpu", verbose=False)
    return Fitted(Path(exported), round(float(judged.map50), 4), round(float(judged.map), 4))


def _tell_epoch(trainer: Any, tell: Tell) -> None:
    """Tell of the epoch that has just ended; the library also calls this for a last validation after all epochs."""
    if trainer.epoch < trainer.epochs:
        score = trainer.metrics.get("metrics/mAP50(B)", 0.0)
        tell(f"epoch {trainer.epoch + 1} of {trainer.epochs}: mAP50 {score:.3f}, {trainer.epoch_time:.0f} s")
