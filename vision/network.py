"""The detector's network made trainable again from its exported weights, so that those that ship are all it takes.

Exported convolutions have their normalisation folded in. It is taken out again by what the network computes for some
pictures: with the mean and the variance of each channel there, it gives the same as before, and can be trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from vision.capture import Image
from vision.detector import SHIPPED, Detector, DetectorError, letterbox, quiet_ultralytics

ONE_TO_ONE = "one2one_"
"""How the parts of the head are called that are exported; the others are for training only, and begin as they do."""
HEAD = "model.14."
"""How the names of its parts begin."""
CLASS_PART = "one2one_cv3"
"""The part of the head that tells the classes."""
MOST_PICTURES = 32
"""Pictures that the normalisation is taken from."""


def trainable(weights: Path, names: Sequence[str], pictures: Sequence[Image], size: tuple[int, int]) -> Any:
    """The network (`torch.nn.Module`) of an ONNX file, with the classes `names`, that gives the same on `pictures`.

    `size` is the width and height of its input. What it knows of a class of the same name it knows here; other classes
    are new to it. Raises DetectorError where the weights cannot be used.
    """
    known = Detector(weights).names
    quiet_ultralytics()
    import torch
    from ultralytics.nn.modules import Conv
    from ultralytics.nn.tasks import DetectionModel

    build: Any = DetectionModel
    network = build(str(SHIPPED.with_suffix(".yaml")), nc=len(names), verbose=False)
    values = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(weights)).graph.initializer}
    folded, rows = [], [(at, known.index(name)) for at, name in enumerate(names) if name in known]
    with torch.no_grad():
        for name, module in network.named_modules():
            if isinstance(module, Conv) and _fits(module.conv, values, f"{name}.conv"):
                module.conv.weight.copy_(_tensor(values[f"{name}.conv.weight"]))
                module.bn.bias.copy_(_tensor(values[f"{name}.conv.bias"]))
                folded.append(module)
            elif isinstance(module, Conv) and not name.startswith(HEAD):
                raise DetectorError(f"{weights}: not a network as it is taught here; begin with other weights: --start")
            elif f"{name}.bias" in values and module.bias is not None:  # the last of the head
                before = _tensor(values[f"{name}.weight"]), _tensor(values[f"{name}.bias"])
                per_class = CLASS_PART in name
                for into, value in zip((module.weight, module.bias), before, strict=True):
                    for at, old in rows if per_class else [(slice(None), slice(None))]:
                        if into.shape[1:] == value.shape[1:]:
                            into[at] = value[old]
        _unfold(network, folded, pictures, size)
        head = network.model[-1]
        for part in ("cv2", "cv3"):
            getattr(head, part).load_state_dict(getattr(head, ONE_TO_ONE + part).state_dict())
    network.names = dict(enumerate(names))
    return network


def _fits(convolution: Any, values: dict[str, NDArray[Any]], name: str) -> bool:
    """Whether there are values of a convolution's shape; those of the head differ where there are very many classes."""
    return f"{name}.bias" in values and tuple(convolution.weight.shape) == values[f"{name}.weight"].shape


def _tensor(values: NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(np.array(values))


def _unfold(network: Any, folded: Sequence[Any], pictures: Sequence[Image], size: tuple[int, int]) -> None:
    """Give the normalisations of these modules the statistics that the pictures have there."""
    import torch

    sums: dict[Any, list[Any]] = {module: [] for module in folded}
    hooks = []
    for module in folded:
        norm = module.bn
        norm.running_mean.zero_()
        norm.running_var.fill_(1.0 - norm.eps)
        norm.weight.fill_(1.0)

        def note(_: Any, __: Any, out: Any, into: list[Any] = sums[module]) -> None:
            into.append(torch.stack([out.mean(dim=(0, 2, 3)), out.square().mean(dim=(0, 2, 3))]))

        hooks.append(module.conv.register_forward_hook(note))
    network.eval()
    for picture in pictures:
        network(torch.from_numpy(letterbox(picture, *size)[0]))
    for hook in hooks:
        hook.remove()
    for module, noted in sums.items():
        if noted:
            mean, square = torch.stack(noted).mean(dim=0)
            norm, variance = module.bn, (square - mean.square()).clamp(min=1e-4)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.add_(mean)
    network.train()
