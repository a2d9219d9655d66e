"""The tools for agents, as data. Each stands for a verb of the command line: what the verb does and says is the tool's.

Arguments are checked before the verb is run. Texts in them can be neither options nor paths: plans and traces are named
as their files in the data directory are.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# Patterns are such as grammars of llama.cpp know: no \\w, no \\d.
PLAIN = r"^[^/\\-][^/\\]*$"
"""No path, and no option."""
SAVED = r"^[^/\\.-][^/\\]*$"
"""The name of a file without its folder."""
BRIEF = 20.0
"""Seconds that a tool may take which only reads."""
PREPARING = 240.0
"""Further seconds for a tool that plays battles: before the first the rules may have to be compiled."""
MOST_OPERATORS = 40
"""Operators of a roster that are shown at once."""


def _no_level_file(text: str) -> str:
    """Raise ValueError for a stage that is named by a file."""
    if text.lower().endswith(".json"):
        raise ValueError("name the stage as players do, not by a file")
    return text


StageName = Annotated[
    str,
    Field(pattern=PLAIN, max_length=60, description="as players name it: 1-7, CE-6, '9-6 easy', or a shipped stage"),
    AfterValidator(_no_level_file),
]
OperatorName = Annotated[str, Field(pattern=PLAIN, max_length=60)]
TraceName = Annotated[str, Field(pattern=SAVED, max_length=120)]
PlanName = Annotated[
    str, Field(pattern=SAVED, max_length=120, description="a plan's file in the data directory, as make_plan names it")
]


class ToolArguments(BaseModel):
    """The arguments of a tool. Unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoArguments(ToolArguments):
    """None."""


class StageQuestion(ToolArguments):
    """Which stage."""

    stage: StageName
    challenge: bool = Field(False, description="challenge mode")


class RosterQuestion(ToolArguments):
    """Which operators of the roster."""

    names: list[OperatorName] = Field([], max_length=MOST_OPERATORS, description="only these; empty: the strongest")


class PlanWish(ToolArguments):
    """What plan is wanted."""

    stage: StageName
    challenge: bool = Field(False, description="challenge mode")
    avoid: list[OperatorName] = Field([], max_length=40, description="operators that must not be used")
    must: list[OperatorName] = Field([], max_length=12, description="operators that have to be deployed")
    operators: int = Field(12, ge=1, le=12, description="use at most so many operators")
    stars: Literal[2, 3] = Field(3, description="3: nothing leaks; 2: the stage is won")
    seconds: int = Field(20, ge=1, le=120, description="search for at most so many seconds")


class PlanQuestion(ToolArguments):
    """Which plan for which stage."""

    stage: StageName
    plan: PlanName


class PlanTrial(PlanQuestion):
    """Which plan is played on which stage, and how often."""

    battles: int = Field(50, ge=1, le=200, description="battles, each a little different")
    variation: Literal["near", "far"] = Field("near", description="how different they are")


class LossQuestion(ToolArguments):
    """Which battle of which recorded run."""

    trace: TraceName | None = Field(None, description="a trace of the data directory; without one the newest")
    battle: int | None = Field(None, ge=1, le=1_000_000, description="its number; without one the last that was lost")


class LogQuestion(ToolArguments):
    """Which lines of the log."""

    lines: int = Field(20, ge=1, le=100, description="the last so many that fit")
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="only of at least this level")
    event: str | None = Field(None, pattern=r"^[a-z_]{1,30}$", description="only this event: battle, part_failed, …")
    since: str | None = Field(None, pattern=r"^[0-9]{1,5}[smhd]$", description="only since so long ago: 30m, 12h, 3d")


class StageWish(ToolArguments):
    """Which stage the bot is to play, and without whom."""

    stage: StageName
    avoid: list[OperatorName] = Field([], max_length=40, description="operators that stay at home there")


class Desk(NamedTuple):
    """What tools work on, and what their caller may do."""

    config: Path | None
    """The configuration file; None for bot.toml of the working directory, if any."""
    directory: Path
    """The data directory."""
    may_act: bool = False
    """Whether tools that change what a running bot does are allowed."""
    by: str = "mcp"
    """Who calls, for the log: mcp or coach."""

    @property
    def roster(self) -> list[str]:
        """The option with which the player's own operators play, where a roster is kept."""
        return ["--roster"] if (self.directory / "roster.toml").is_file() else []


class Tool(NamedTuple):
    """A tool: what it is called, what it does, and the verb that it stands for."""

    name: str
    sentence: str
    arguments: type[ToolArguments]
    command: Callable[[Any, Desk], list[str]]
    """The verb and its options, without --json and --config."""
    keep: tuple[str, ...] = ()
    """The fields of the answer that are told; empty for all."""
    finish: Callable[[Any, Any, Desk], Any] = lambda answer, _arguments, _desk: answer
    """What is told of an answer, given the arguments."""
    seconds: Callable[[Any], float] = lambda _: BRIEF
    """The most that it may take."""
    acts: bool = False
    """Whether it changes what a running bot does."""
    partial: bool = False
    """Whether an answer counts although the verb ends with an exit code above 0."""

    def schema(self, *, patterns: bool = True) -> dict[str, Any]:
        """Its arguments as JSON schema, without the titles that pydantic adds.

        Grammars that hold a model to a schema are better off without `patterns`: in llama.cpp's a pattern such as [^/]*
        takes the quotation mark that ends the text too.
        """
        dropped = ("title",) if patterns else ("title", "pattern")
        schema: dict[str, Any] = _without(dropped, self.arguments.model_json_schema())
        return schema


def _without(keywords: tuple[str, ...], schema: Any) -> Any:
    """A JSON schema without some keywords, and without the descriptions of whole objects."""
    if isinstance(schema, list):
        return [_without(keywords, one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in keywords or not isinstance(value, str)}
    if "properties" in kept:
        kept.pop("description", None)
        kept["properties"] = {name: _without(keywords, one) for name, one in kept["properties"].items()}
        return kept
    return {key: _without(keywords, value) for key, value in kept.items()}


def _plan_command(wish: PlanWish, desk: Desk) -> list[str]:
    """`holdfast plan`."""
    names = [f"--{option}={name}" for option in ("avoid", "must") for name in getattr(wish, option)]
    limits = [f"--operators={wish.operators}", f"--stars={wish.stars}", f"--seconds={wish.seconds}"]
    challenge = ["--challenge"] if wish.challenge else []
    return ["plan", f"--stage={wish.stage}", *names, *limits, *challenge, *desk.roster]


def _plan_kept(answer: Mapping[str, Any], wish: PlanWish, desk: Desk) -> dict[str, Any]:
    """Keep the job of a plan in the data directory; what is told names its file instead."""
    text = json.dumps(answer["job"], ensure_ascii=False, indent=1) + "\n"
    code = re.sub(r"[^\w-]+", "_", str(answer["stage"]))
    name = f"{code}-asked-{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
    folder = desk.directory / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{name}.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / name)
    return {"plan": name, **{key: value for key, value in answer.items() if key != "job"}, "avoided": list(wish.avoid)}


def _plan_played(question: PlanQuestion, desk: Desk) -> list[str]:
    """`holdfast simulate`."""
    file = desk.directory / "plans" / question.plan
    return ["simulate", f"--stage={question.stage}", f"--plan={file}", *desk.roster]


def _plan_tried(question: PlanTrial, desk: Desk) -> list[str]:
    """`holdfast simulate`, with varied battles besides."""
    return [*_plan_played(question, desk), f"--battles={question.battles}", f"--variation={question.variation}"]


def _told_trial(answer: dict[str, Any], _question: Any, _desk: Desk) -> dict[str, Any]:
    """The battles of a trial, with its failures counted by the enemies that leaked."""
    holds = {}
    for name, one in answer["holds"].items():
        leaked: dict[str, int] = {}
        for enemy in {(number, end["enemy"]) for number, battle in enumerate(one["failures"]) for end in battle}:
            leaked[enemy[1]] = leaked.get(enemy[1], 0) + 1
        holds[name] = {**one, "failures": len(one["failures"]), "battles_in_which_leaked": dict(sorted(leaked.items()))}
    return {**answer, "plan": Path(answer["plan"]).name, "holds": holds}


def _told_plan(answer: dict[str, Any], _question: PlanQuestion, _desk: Desk) -> dict[str, Any]:
    """A plan in words."""
    return {**answer, "plan": Path(answer["plan"]).name}


def _told_roster(answer: Mapping[str, Any], question: RosterQuestion, _desk: Desk) -> dict[str, Any]:
    """The operators that were asked for, the strongest first."""
    wanted = {name.casefold() for name in question.names}
    owned = [
        one
        for one in answer["operators"]
        if not wanted or wanted & {str(one[key]).casefold() for key in ("name", "chinese", "id")}
    ]
    kept = ("name", "role", "elite", "level", "skill_level", "potential")
    shown = [{key: one[key] for key in kept if key in one} for one in owned[:MOST_OPERATORS]]
    return {"operators_owned": len(answer["operators"]), "shown": len(shown), "operators": shown}


def _loss_command(question: LossQuestion, desk: Desk) -> list[str]:
    """`holdfast trace why`."""
    trace = [str(desk.directory / "traces" / question.trace)] if question.trace else []
    battle = [f"--battle={question.battle}"] if question.battle else []
    return ["trace", "why", *battle, *(["--", *trace] if trace else [])]


def _log_command(question: LogQuestion, _desk: Desk) -> list[str]:
    """`holdfast logs`."""
    given = {"lines": question.lines, "level": question.level, "event": question.event, "since": question.since}
    return ["logs", *(f"--{option}={value}" for option, value in given.items() if value is not None)]


TOOLS = (
    Tool(
        "find_stage",
        "Find a stage by a name that players use, and say what is in it: size, enemies, routes, limits.",
        StageQuestion,
        lambda one, _: ["stage", *(["--challenge"] if one.challenge else []), "--", one.stage],
        keep=("code", "title", "lesson", "height", "width", "options", "enemies", "total", "last_spawn", "unknown"),
    ),
    Tool(
        "show_roster",
        "Show the operators that the player owns and how far they are trained.",
        RosterQuestion,
        lambda _one, _: ["roster", "show"],
        finish=_told_roster,
    ),
    Tool(
        "make_plan",
        "Search for a plan that wins a stage with the player's operators; it is played 100 times in two variations.",
        PlanWish,
        _plan_command,
        keep=("stage", "challenge", "won", "stars", "leaks", "life", "grade", "holds", "steps", "operators", "dp",
              "battles", "seconds", "job"),
        finish=_plan_kept,
        seconds=lambda one: one.seconds + PREPARING,
        partial=True,
    ),
    Tool(
        "try_plan",
        "Play a plan in many battles that differ a little: how often it holds, and what leaks where it does not.",
        PlanTrial,
        _plan_tried,
        keep=("stage", "plan", "won", "stars", "leaks", "life", "kills", "total", "seconds", "grade", "holds", "notes"),
        finish=_told_trial,
        seconds=lambda _: 60.0 + PREPARING,
    ),
    Tool(
        "explain_plan",
        "Explain a plan step by step: who is deployed where and when, and what the screen shows then.",
        PlanQuestion,
        _plan_played,
        keep=("stage", "plan", "won", "stars", "leaks", "life", "grade", "grade_reasons", "steps", "undone", "notes"),
        finish=_told_plan,
        seconds=lambda _: PREPARING,
    ),
    Tool(
        "why_lost",
        "Say from its recording why a battle was lost: when life was lost and to what, who fell, what failed.",
        LossQuestion,
        _loss_command,
    ),
    Tool("bot_status", "Say what the running bot is doing.", NoArguments, lambda _one, _: ["status"]),
    Tool("read_log", "Read the last lines of the bot's log.", LogQuestion, _log_command),
    Tool("pause_bot", "Pause the running bot: nothing is tapped.", NoArguments, lambda _one, _: ["pause"], acts=True),
    Tool("resume_bot", "Have the paused bot go on.", NoArguments, lambda _one, _: ["resume"], acts=True),
    Tool(
        "set_stage",
        "Have the running bot play another stage, after the battle under way, with its own squad and plan.",
        StageWish,
        lambda one, _: ["switch", f"--stage={one.stage}", *([f"--avoid={','.join(one.avoid)}"] if one.avoid else [])],
        acts=True,
    ),
)  # fmt: skip
"""Every tool, in the order in which they are told."""


def tools_for(desk: Desk) -> tuple[Tool, ...]:
    """The tools that the caller of a desk may use."""
    return tuple(tool for tool in TOOLS if desk.may_act or not tool.acts)
