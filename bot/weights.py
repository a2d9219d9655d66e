"""Which weights the eyes use: those of [vision] weights, else those taught by own frames, else the shipped ones."""

from __future__ import annotations

from pathlib import Path

from bot.config import SHIPPED_WEIGHTS, Config


def taught_weights(config: Config) -> Path:
    """Where `holdfast vision train` puts weights that see better: a file for each profile, which may not exist."""
    return config.directory / "weights" / f"{Path(config.screen.profile).stem}.onnx"


def weights_in_use(config: Config) -> Path:
    """The detector's weights for the configured screen."""
    own = Path(config.vision.weights)
    taught = taught_weights(config)
    return taught if own == SHIPPED_WEIGHTS and taught.is_file() else own
