"""Exits with one line if this Python is too old for Holdfast."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # this file has to run on older versions
    sys.exit("Holdfast needs Python 3.11 or newer; choose one with: make run PYTHON=python3.11")
