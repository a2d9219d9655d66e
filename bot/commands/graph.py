"""`holdfast graph`: the machine's diagram."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
from argparse import Namespace

from bot.commands.arguments import Verbs, add_json, add_verb
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    add_json(add_verb(verbs, "graph", graph, "Print the machine's states and transitions as a mermaid diagram."))


def graph(options: Namespace) -> int:
    """Print the diagram."""
    from states.machine import mermaid

    print(json.dumps({"mermaid": mermaid()}) if options.json else mermaid())
    return DONE
