"""The array types of learning, each under one name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
AnyArray = npt.NDArray[Any]
Arrays = dict[str, AnyArray]
"""Arrays by name."""
