"""`holdfast plan --stages FILE`: a plan for each stage of a list, on this machine or by the workers of a cluster.

A stage whose job is already in the folder is left out, so the same command goes on where it was ended or killed.
"""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from bot.commands.arguments import check_cluster
from bot.commands.output import check_folder, print_json, print_progress, write_text
from bot.commands.plan import Company, company_of, facts_of, find, is_as_wanted, job_of
from game.errors import DONE, FAILED, HoldfastError, InputError

if TYPE_CHECKING:
    from game.characters.catalogue import Catalogue
    from game.levels.stage import Stage

NOTE = "#"
"""Begins what is no name in a line of the list."""
_UNSAFE = re.compile(r"[^\w.-]+")
"""What stands in a stage's name, but not in that of its file."""


class Listed(NamedTuple):
    """A stage of the list."""

    name: str
    """As the list has it."""
    stage: Stage
    file: Path
    """Where its job goes."""


Facts: TypeAlias = dict[str, Any] | None
"""What is known of the plan for a stage; None where nothing stops anything there."""
Each: TypeAlias = Callable[[Callable[[Listed], Facts], Iterable[Listed]], Iterator[tuple[Listed, Facts]]]
"""What a function gives for each stage, as it is done."""


def plan_list(options: Namespace) -> int:
    """Plan all stages of the list; DONE if each has a plan as it was asked for, FAILED if one has none.

    Raises InputError where the list names no stage, or one that is not there: before anything is planned.
    """
    if options.out is None or options.picture is not None or options.out.suffix:
        raise InputError("--stages: give a folder for the jobs with --out DIR (pictures are drawn of one stage only)")
    check_folder(options.out)
    check_cluster(options)
    from bot import config
    from bot.sources import sources

    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    company = company_of(options, loaded, known.catalogue)
    listed = _listed(options, known)
    todo = [one for one in listed if not one.file.exists()]
    if len(todo) < len(listed):
        print_progress(f"{len(listed) - len(todo)} of {len(listed)} stages have a job in {options.out} already")
    found = list(_planned(options, company, known.catalogue, todo))
    wanted = sum(_is_wanted(facts) for facts in found)
    if options.json:
        print_json(
            {"stages": len(listed), "had": len(listed) - len(todo), "planned": wanted, "missed": len(todo) - wanted}
        )
    else:
        print(f"{wanted} of {len(todo)} stages planned; the jobs are in {options.out}")
    return DONE if wanted == len(todo) else FAILED


def _listed(options: Namespace, known: Any) -> list[Listed]:
    """The stages of the list. Raises InputError where there is none, or one is not known."""
    from bot.sources import open_stage

    try:
        lines = options.stages.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{options.stages}: cannot be read ({error}); give a text file with a stage on each line"
        ) from None
    names = dict.fromkeys(name for line in lines if (name := line.partition(NOTE)[0].strip()))
    if not names:
        raise InputError(f"{options.stages}: names no stage; write one on each line")
    found: dict[Path, Listed] = {}
    for name in names:
        try:
            stage = open_stage(name, known, challenge=options.challenge)
        except InputError as error:
            raise InputError(f"{options.stages}: {error}") from None
        file = options.out / f"{_UNSAFE.sub('_', Path(name).stem if '/' in name else name)}.json"
        if file in found:
            raise InputError(f"{options.stages}: {found[file].name} and {name} would both be written to {file.name}")
        found[file] = Listed(name, stage, file)
    return list(found.values())


def _planned(options: Namespace, company: Company, catalogue: Catalogue, todo: Sequence[Listed]) -> Iterator[Facts]:
    """Plan and write each, and say so; nothing is planned after Ctrl-C."""
    with _each(options) as each:
        options.out.mkdir(parents=True, exist_ok=True)
        for number, (one, facts) in enumerate(each(partial(_plan, options, company, catalogue), todo), 1):
            if _is_wanted(facts):
                assert facts is not None
                write_text(one.file, json.dumps(facts["job"], ensure_ascii=False, indent=1) + "\n")
            if options.json:
                print_json(
                    {"name": one.name, **(facts or {"won": False}), "files": [one.file] if _is_wanted(facts) else []}
                )
            print_progress(f"{number} of {len(todo)}  {_told(one, facts)}")
            yield facts
            if facts and facts["stopped"]:
                return


def _plan(options: Namespace, company: Company, catalogue: Catalogue, one: Listed) -> Facts:
    """What is known of the plan for a stage; this may run on another machine."""
    try:
        if one.stage.own_squad:
            company = company_of(options, None, catalogue, one.stage)
        found = find(options, one.stage, company, catalogue)
    except HoldfastError as error:
        print_progress(error)
        return None
    if found is None:
        return None
    job = job_of(options, found, one.stage, company, catalogue)
    return facts_of(options, found, one.stage, job, ()) | {"wanted": is_as_wanted(options, found)}


def _is_wanted(facts: Facts) -> bool:
    """Whether a stage has a plan that wins the stars that were asked for, with the operators that were."""
    return facts is not None and bool(facts["wanted"])


def _told(one: Listed, facts: Facts) -> str:
    """A line about a stage that was planned."""
    if facts is None:
        return f"{one.name}: no plan stops anything"
    held = ", ".join(f"{value['held']} of {value['battles']} ({name})" for name, value in facts["holds"].items())
    outcome = f"won with {facts['stars']} stars" if facts["won"] else "not won"
    written = f"-> {one.file.name}" if _is_wanted(facts) else "not as it was asked for, and not written"
    return f"{one.name}: {outcome} in the simulator, holds in {held}; {facts['seconds']:.0f} s  {written}"


@contextmanager
def _each(options: Namespace) -> Iterator[Each]:
    """Does something for each stage: here, one after the other, or by the workers of the cluster of --cluster."""
    if options.cluster is None:
        yield lambda function, stages: ((one, function(one)) for one in stages)
        return
    from bot.cluster import connected

    with connected(options.cluster) as cluster:
        print_progress(f"cluster {options.cluster}: {cluster.processors} processors")
        yield cluster.each
