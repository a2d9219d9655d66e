"""What is seen: capture, screens, numbers and cards, units on tiles, and the watcher that makes events of them."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""Before any module here imports ONNX Runtime, which reports its use to its makers otherwise (1.32 does on Linux)."""
