"""What the verbs of the command line do. Each takes its parsed options and returns an exit code."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import asyncio
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from game.errors import BAD_INPUT, DONE, FAILED, InputError


class OutputError(InputError):
    """Something cannot be written where it was asked for. The message names the place, and what is wrong with it."""


def lay_tables_over(options: Namespace) -> None:
    """Use the tables that a verb was given, if any."""
    if getattr(options, "tables", None):
        from game.characters.catalogue import use_tables

        use_tables(options.tables)


def run(options: Namespace) -> int:
    """Play."""
    from bot.running import play

    return play(options.config, battles=options.battles, fresh=options.fresh, as_json=options.json)


def ask(options: Namespace) -> int:
    """Ask a running daemon, and print its answer."""
    from bot import config, control

    loaded = config.load(options.config)
    with asyncio.Runner(loop_factory=control.selector_loop()) as runner:
        answer = runner.run(control.ask(loaded.mqtt, options.verb, options.timeout))
    if options.json:
        _print(answer)
    elif options.verb == "status" and answer["ok"]:
        _table({key: value for key, value in answer.items() if key not in ("id", "verb", "ok", "what")})
    else:
        print(answer["what"])
    return DONE if answer["ok"] else FAILED


def logs(options: Namespace) -> int:
    """Show the JSON log, filtered."""
    from bot import config, log

    file = config.load(options.config).directory / log.FILE
    if not file.exists() and not options.follow:
        sys.stderr.write(f"{file} does not exist: nothing has been logged yet; play with: holdfast run\n")
        return BAD_INPUT
    pretty = sys.stdout.isatty() and not options.json
    state = None
    for line in log.read(file, follow=options.follow):
        state = line.get("state", state)
        if options.event in (None, line.get("event")) and options.state in (None, state):
            print(log.readable(line) if pretty else json.dumps(line, ensure_ascii=False), flush=options.follow)
    return DONE


def replay(options: Namespace) -> int:
    """Replay a trace; 0 when the machine does the same again."""
    from bot.trace import read_trace
    from bot.trace import replay as again

    recording = read_trace(options.trace)
    if recording.torn:
        sys.stderr.write(f"{recording.torn}\n")
    difference = again(recording)
    if options.json:
        _print(
            {"trace": str(options.trace), "identical": difference is None, "difference": difference and str(difference)}
        )
    else:
        print(f"{options.trace}: identical" if difference is None else difference)
    return DONE if difference is None else FAILED


def read(options: Namespace) -> int:
    """Read pictures; one line each."""
    from vision.reading import read_images

    broken = False
    for entry in read_images(options.images, options.profile):
        broken |= "error" in entry
        if "error" in entry:
            sys.stderr.write(f"{entry['error']}\n")
        if options.json:
            _print(entry)
        elif "error" not in entry:
            print(f"{entry.pop('file')}: " + " ".join(f"{key}={value}" for key, value in entry.items()))
    return BAD_INPUT if broken else DONE


def import_(options: Namespace) -> int:
    """Import public tables; what is missing goes into a file, a summary onto the screen."""
    from bot import config
    from game.gamedata.importing import import_tables, write_tables

    imported = import_tables(options.sources)
    folder = options.out or config.load(options.config).directory / "tables"
    files = write_tables(imported, folder)
    if options.json:
        _print({**imported.summary(), "files": files, "missing": imported.missing(), "unreadable": imported.broken})
    else:
        print("\n".join(_imported_lines(imported.summary(), folder, files)))
    return DONE


def _imported_lines(counts: Mapping[str, int], folder: Path, files: Sequence[Path]) -> Iterator[str]:
    """What became of public tables, for people."""
    if counts["operators"]:
        yield f"{counts['operators']} operators, {counts['operators_whole']} of them whole"
    if counts["enemies"]:
        yield f"{counts['enemies']} enemies, {counts['enemies_whole']} of them whole"
    if counts["devices"]:
        yield f"{counts['devices']} devices and summons, which no squad brings, left out"
    if counts["broken"]:
        yield f"{counts['broken']} entries that cannot be read, left out"
    yield f"written: {', '.join(map(str, files))}; the first says what is left out, one by one"
    yield (
        f'run uses them with tables = "{folder.as_posix()}" in [play] of bot.toml; '
        f"stage, simulate, train and evaluate with --tables {folder}"
    )


def stage(options: Namespace) -> int:
    """Load level files; one line each, the error for those that are broken."""
    from game.errors import StageError
    from game.levels.stage import describe, load_stage

    broken = False
    for file in options.files:
        try:
            entry = {"file": file, **describe(load_stage(file, challenge=options.challenge))}
        except StageError as error:
            broken = True
            entry = {"file": file, "error": str(error)}
        if options.json:
            _print(entry)
        else:
            print(_stage_line(entry))
    return BAD_INPUT if broken else DONE


def _stage_line(entry: Mapping[str, Any]) -> str:
    """What is in a level file, for people."""
    if "error" in entry:
        return str(entry["error"])
    given = entry["options"]
    enemies = ", ".join(f"{count} {kind}" for kind, count in entry["enemies"].items())
    return (
        f"{entry['file']}: {entry['code']} {entry['height']}x{entry['width']}; {entry['total']} enemies ({enemies}); "
        f"{len(entry['routes'])} routes; "
        + " ".join(f"{key}={value}" for key, value in given.items())
        + (f"; rules about operators: {len(entry['squad_rules'])}" if entry["squad_rules"] else "")
        + f"; without a rule: {', '.join(entry['unknown']) or 'nothing'}"
    )


def simulate(options: Namespace) -> int:
    """Play a plan in the simulator; 0 whether it wins or not, as long as it can be played."""
    import msgspec

    from game.characters.catalogue import Build, read_builds
    from game.levels.stage import load_stage
    from planning.assignment import assign_operators
    from planning.jobs import read_plan
    from planning.playing import play_plan

    stage = load_stage(options.stage, challenge=options.challenge)
    plan = read_plan(options.plan)
    builds = read_builds(options.squad) if options.squad else Build()
    played = play_plan(plan, stage, assign_operators(plan, builds), options.seed)
    if plan.stage not in ("", stage.code, stage.name):
        played = msgspec.structs.replace(played, notes=(f"the plan is for {plan.stage}", *played.notes))
    if options.json:
        killed = [end.seconds for end in played.ends if not end.leaked]
        _print({"stage": stage.code, "plan": str(options.plan), **msgspec.to_builtins(played), "kill_times": killed})
    else:
        print("\n".join(_played_lines(stage.code, played)))
    return DONE


def _played_lines(code: str, played: Any) -> list[str]:
    """What came of a plan, for people."""
    from planning.playing import LONGEST

    given_up = not played.won and played.seconds >= LONGEST
    stars = f"won with {played.stars} stars" if played.won else "given up" if given_up else "not won"
    went = f"{played.kills} of {played.total} enemies gone, {played.leaks} leaked, life {played.life}"
    lines = [f"{code}: {stars} after {played.seconds:.1f} s; {went}"]
    lines += [f"  leaked: {end.enemy} at {end.seconds:.1f} s" for end in played.ends if end.leaked]
    lines += [f"  never done: step {number} (from 0)" for number in played.undone]
    return lines + [f"  note: {note}" for note in played.notes]


def generate(options: Namespace) -> int:
    """Write a stage drawn by chance, and the plan that wins it."""
    from planning.generator import generate as drawn
    from planning.generator import written
    from planning.jobs import write_copilot

    for file in filter(None, (options.out, options.plan)):
        _try_file(file)
    if options.plan and options.plan.resolve() == options.out.resolve():
        raise OutputError(f"{options.plan}: is where the level file goes; name another file for the plan")
    made = drawn(options.seed, options.difficulty, lambda told: print(told, file=sys.stderr))
    _write(options.out, written(made.level))
    if options.plan:
        _write(options.plan, written(write_copilot(made.plan)))
    stage = made.stage
    facts = {"code": stage.code, "enemies": stage.total, "steps": len(made.plan.steps), "file": str(options.out)}
    if options.json:
        _print({**facts, "lesson": stage.lesson, "plan": options.plan})
    else:
        print(f"{stage.code}: {stage.total} enemies, won by a plan of {len(made.plan.steps)} steps. {stage.lesson}")
    return DONE


def _write(file: Path, text: str) -> None:
    """Write a text to a file."""
    with _told_in_a_line(file):
        file.write_text(f"{text}\n", encoding="utf-8")


def _try_file(file: Path) -> None:
    """Raise an OutputError where a file cannot be written, before the work; nothing is left there."""
    with _told_in_a_line(file):
        if not file.parent.is_dir():
            raise OutputError(f"{file}: there is no folder {file.parent}; make it first")
        if file.exists():
            file.open("a").close()
        else:
            TemporaryFile(dir=file.parent).close()


def _try_folder(folder: Path) -> None:
    """Raise an OutputError where nothing can be written to a folder, or it cannot be made; nothing is left there."""
    with _told_in_a_line(folder):
        TemporaryFile(dir=next(place for place in (folder, *folder.absolute().parents) if place.exists())).close()


@contextmanager
def _told_in_a_line(place: Path) -> Iterator[None]:
    """Make an OutputError of what the system says about a place."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror}") from None


def train(options: Namespace) -> int:
    """Learn without a screen."""
    _try_folder(options.out)
    from learning.training import train as learn

    result = learn(options.stage, options.steps, options.seed, options.out, lambda told: print(told, file=sys.stderr))
    _told(result, as_json=options.json)
    return DONE


def evaluate(options: Namespace) -> int:
    """Measure a policy."""
    from learning.training import evaluate as measure

    _told(measure(options.stage, options.policy, options.battles, options.seed), as_json=options.json)
    return DONE


def vision_train(options: Namespace) -> int:
    """Teach the detector."""
    from vision import detector
    from vision import detector_training as teaching

    out = options.out or detector.SHIPPED.parent
    try:
        facts = teaching.train(
            options.frames,
            options.epochs,
            options.seed,
            out,
            lambda told: print(told, file=sys.stderr),
            start=options.start,
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    _told(facts, as_json=options.json)
    return DONE


def graph(options: Namespace) -> int:
    """Print the machine's diagram."""
    from states.machine import mermaid

    print(json.dumps({"mermaid": mermaid()}) if options.json else mermaid())
    return DONE


def practice(options: Namespace) -> int:
    """Open the practice game in a window, or draw all its pages."""
    if options.sheet:
        return _sheet(options.sheet)
    from bot import config
    from game.characters.catalogue import squad_of, use_tables
    from game.levels.stage import load_stage
    from game.practice.app import PracticeGame
    from game.practice.faults import Faults
    from game.practice.stage_map import stages_on_map
    from game.practice.window import play_in_window

    if options.position:
        os.environ["SDL_VIDEO_WINDOW_POS"] = "{},{}".format(*options.position)  # what SDL places its windows by
    loaded = config.load(options.config)
    use_tables(loaded.tables)
    size = (loaded.practice.width, loaded.practice.height)
    stages = stages_on_map(load_stage(options.stage or loaded.play.stage))
    seed = loaded.practice.seed if options.seed is None else options.seed
    faults = Faults(loaded.practice.faults, seed, loaded.practice.fault_rate)
    popups = loaded.practice.popups and options.popups
    game = PracticeGame(stages, squad_of(loaded.play.squad), size=size, seed=seed, popups=popups, faults=faults)
    play_in_window(game, say=_say if options.say else None)
    return DONE


def _sheet(file: Path) -> int:
    """Write the practice game's contact sheet."""
    if file.suffix.lower() != ".png":
        raise OutputError(f"{file}: is no picture by its name; name a .png file")
    _try_file(file)
    from game.characters.catalogue import load_operators
    from game.levels.stage import load_stage, shipped_stages
    from game.practice.sheet import write_sheet

    stages = [load_stage(name) for name in shipped_stages()]
    count = write_sheet(file, stages, tuple(load_operators().values())[:12])
    print(f"{file}: {count} pictures")
    return DONE


def _say(screen: str) -> None:
    """Print a screen's name at once."""
    print(screen, flush=True)


def picture(options: Namespace) -> int:
    """Write an annotated frame of the bot playing."""
    from bot import config
    from bot.pictures import write_picture

    print(write_picture(config.load(options.config), options.out))
    return DONE


def doctor(options: Namespace) -> int:
    """Check the surroundings."""
    from bot import config
    from bot.doctor import examine

    findings = examine(config.load(options.config))
    for finding in findings:
        if options.json:
            _print(finding._asdict())
        else:
            print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what:<12} {finding.told}")
    return DONE if all(finding.ok for finding in findings) else FAILED


def _told(facts: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print(facts)
    else:
        _table(facts)


def _table(facts: Mapping[str, Any]) -> None:
    """Names and values, one a line."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{name:<{width}}  {value}")


def _print(value: Any) -> None:
    """One line of JSON, at once."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: object) -> object:
    """What JSON has no word for."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value) if isinstance(value, Path) else repr(value)
