"""Ends with one clear line when this Python is too old for Holdfast."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # it is the older interpreters that must be told
    sys.exit("Holdfast needs Python 3.11 or newer; choose one with: make run PYTHON=python3.11")
