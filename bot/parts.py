"""Builds everything the loop consists of from the configuration. Each slow step is announced before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import log
from bot.clients.client import Client, open_client
from bot.config import Config
from bot.hands import Geometry, Timing
from bot.looking_ahead import LookingAhead
from bot.sources import Sources, open_stage, play_stage, sources
from bot.squads import configured_squad
from bot.stage_checkpoints import PRESENT, change_to, set_others_aside
from bot.weights import weights_in_use
from game.camera import Camera
from game.characters.catalogue import Catalogue
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.battle import Battle
from learning.advice import Adviser
from learning.learner import Learner
from learning.plan_policy import PlanPolicy, brought
from planning.plans import Plan
from states.machine import Machine, Setup
from vision.watcher import Watcher

if TYPE_CHECKING:
    from vision.detector import Detector
    from vision.hand import Member
    from vision.portraits import Portraits
    from vision.profile import Profile

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Parts:
    """The parts of a running bot, not yet connected."""

    stage: Stage
    squad: tuple[Operator, ...]
    client: Client
    watcher: Watcher
    geometry: Geometry
    learner: Learner
    machine: Machine
    known: Sources
    """The tables and stages by which stages are found."""
    plan: Plan | None = None
    """The plan for the stage and squad, if there is one."""


def build(
    config: Config,
    squad: tuple[Operator, ...] | None = None,
    plan: Plan | None = None,
    *,
    battles: int,
    fresh: bool,
    tell: Tell,
    played: int = 0,
    known: Sources | None = None,
) -> Parts:
    """All parts, warmed up; without a squad, that of [play] squad plays, without `known` the configuration's sources.

    The learner is given battles that the plan wins. `battles` is the number of the last battle to
    play, 0 for no end, and `played` that of the last one before; `tell` is called with a line before a slow step.

    Raises the errors of the parts: GameDataError, ConfigError, ProfileError, DetectorError.
    """
    known = known or sources(config)
    stage = open_stage(play_stage(config), known)
    squad = configured_squad(config, stage, known.catalogue) if squad is None else squad
    client = open_client(config, stage, squad)
    tell("compiling the rules of the game (once; the result is kept)")
    warm_up(stage, squad)
    tell("loading the detector and the models that read text")
    geometry = _geometry(config, stage, client.size)
    watcher = _watcher(config, squad, known.catalogue, geometry, client.clock)
    tell("loading what was learned so far")
    learner = _learner(config, stage, squad, fresh=fresh)
    if plan is not None:
        tell("playing the plan in varied battles, to give the learner examples")
        _teach(learner, plan)
        if config.play.policy == "plan":
            learner.leave_decisions()
    machine = Machine(_setup(config, stage, squad, battles, played))
    return Parts(stage, squad, client, watcher, geometry, learner, machine, known, plan)


def plan_policy(config: Config, parts: Parts, seconds: Callable[[], float]) -> PlanPolicy | None:
    """The policy that follows the plan, where [play] policy is "plan" and there is a plan; else None.

    `seconds` is its clock (see PlanPolicy).
    """
    if config.play.policy != "plan":
        return None
    if parts.plan is None:
        log.logger().warning("plan", why="there is none for this stage and squad; the DQN decides")
        return None
    return PlanPolicy(parts.plan, parts.stage, brought(parts.plan, parts.squad), seconds)


def look_ahead(config: Config, parts: Parts, seconds: Callable[[], float]) -> LookingAhead | None:
    """The network that looks ahead, where [learning] look_ahead says so and it has a plan; else None.

    `seconds` is its clock (see PlanPolicy).
    """
    budget = config.learning.look_ahead
    if not budget or parts.plan is None or config.play.policy == "plan":
        return None
    return LookingAhead(parts.learner.policy, seconds, budget, lock_step=parts.client.lock_step)


def warm_up(stage: Stage, squad: tuple[Operator, ...]) -> None:
    """Have the rules compiled before the first battle needs them."""
    battle = Battle(stage, squad, seed=0)
    battle.step(1)
    battle.view()


def _geometry(config: Config, stage: Stage, size: tuple[int, int]) -> Geometry:
    """Where things are in a client area of (width, height) pixels."""
    from vision.profile import load_profile

    timing = Timing(config.hands.hold, config.hands.drag, config.hands.rest)
    camera = Camera(stage.height, stage.width, stage.view, size)
    return Geometry(load_profile(config.screen.profile, size), camera, stage, timing)


def _watcher(
    config: Config, squad: tuple[Operator, ...], catalogue: Catalogue, geometry: Geometry, clock: Callable[[], float]
) -> Watcher:
    """The watcher, with the models that it needs to read a frame."""
    from vision.cutter import Cutter
    from vision.ocr import Reader

    profile, camera, stage, _ = geometry
    reader = Reader()
    members = [_member(operator, catalogue) for operator in squad] if _learns_portraits(config) else ()
    cutter = Cutter(profile, reader, _portraits(config, squad), members)
    return Watcher(profile, cutter, _detector(config, profile), reader, camera, stage, clock=clock)


def _detector(config: Config, profile: Profile) -> Detector | None:
    """The detector; none for a real client without weights of its own: those that ship know the practice game only."""
    from vision.detector import SHIPPED, Detector

    weights = weights_in_use(config)
    return None if profile.operators is not None and weights == SHIPPED else Detector(weights)


def _learns_portraits(config: Config) -> bool:
    """Whether cards are known by what the bot learns of them: everywhere but in the practice game's own look."""
    return config.screen.kind != "practice" or bool(config.screen.portraits or config.practice.skin)


def _portraits(config: Config, squad: tuple[Operator, ...]) -> Portraits:
    """The pictures by which the cards are told apart, as far as there are any yet."""
    from vision.portraits import Portraits, read_portraits

    if not _learns_portraits(config):
        from game.practice.art import portraits

        return Portraits(portraits(squad))
    own = config.screen.portraits
    kept = config.directory / "portraits" / Path(config.screen.profile).stem
    folder = Path(config.folder) / own if own else kept
    names = [operator.name for operator in squad]
    return Portraits(read_portraits(folder, names), names, folder)


def _member(operator: Operator, catalogue: Catalogue) -> Member:
    """An operator as its card and its panel show it, with its names in all languages that the tables know."""
    from vision.hand import Member

    one = catalogue.find_character(operator.name)
    names = (operator.name, one.chinese, *one.other_names) if one else (operator.name,)
    return Member(tuple(filter(None, names)), operator.cost, operator.role)


def _learner(config: Config, stage: Stage, squad: tuple[Operator, ...], *, fresh: bool) -> Learner:
    """The learner, going on from its last checkpoint unless `fresh`."""
    settings = config.learning
    if fresh:
        set_others_aside(config.directory)
    names = [operator.name for operator in squad]
    notes = () if fresh else change_to(config.directory, stage.name, names)
    learner = Learner(stage, squad, settings, settings.seed, config.directory / PRESENT, fresh=fresh)
    for note in (*notes, *learner.notes):
        log.logger().warning("checkpoint", note=note)
    if not learner.knows_nothing:
        known = learner.status()
        log.logger().info(
            "checkpoint", known_battles=known["battles"], buffer=known["buffer"], from_journal=learner.replayed
        )
    return learner


def _teach(learner: Learner, plan: Plan) -> None:
    """Give the learner the battles that a plan wins, and say how many decisions they have."""
    shown = learner.teach(plan)
    log.logger().info("plan", demonstrations=len(shown.buffer), battles=shown.battles)


def advise(parts: Parts, seconds: Callable[[], float]) -> None:
    """Have the DQN see what the plan advises, where there is one. `seconds` is its clock (see PlanPolicy)."""
    if parts.plan is not None:
        policy = parts.learner.policy
        policy.adviser = Adviser(parts.plan, policy.encoding, seconds)


def _setup(config: Config, stage: Stage, squad: tuple[Operator, ...], battles: int, played: int) -> Setup:
    return Setup(
        stage_code=stage.code,
        width=stage.width,
        squad_size=len(squad),
        battles=battles or None,
        played=played,
        speed=config.play.speed,
        decision_interval=config.play.decision_interval,
        pause_game=config.control.pause_game,
        ask_cards=_learns_portraits(config),
    )
