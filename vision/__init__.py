"""The eyes: capture, detector, Cutter, which screen is this, watcher."""
