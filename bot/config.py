"""The one configuration file: `bot.toml`, read into frozen models that refuse what they do not know.

Every option is defined here once, with its default and a sentence about it; `bot.toml` as shipped is written from these
models (`holdfast config`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from bot.config_problems import listed, place, sentence, shown, unknown
from game.characters.builds import SQUAD_SIZE
from game.errors import InputError
from game.fault_kinds import KINDS, Kind
from learning.settings import Settings

DEFAULT_FILE = Path("bot.toml")
SHIPPED_WEIGHTS = Path(__file__).parent.parent / "vision" / "weights" / "units.onnx"
SQUAD = (
    "Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle",
    "Kroos", "Catapult", "Steward", "Lava", "Ansel", "Orchid",
)  # fmt: skip


class ConfigError(InputError):
    """The configuration cannot be used. The message lists everything that is wrong with it, one line a problem."""


class Table(BaseModel):
    """A table of the file: frozen, strict about types; unknown options are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class PlayOptions(Table):
    """What is played, and how."""

    stage: str = Field(
        "first_watch",
        description="The stage as players name it (1-7, CE-6, 9-6 easy; see `holdfast gamedata`), a shipped stage's "
        "name, or the path of a level file.",
    )
    squad: tuple[Any, ...] | Literal["roster"] = Field(
        SQUAD,
        description="The operators to take along: their names, or tables of a name and what differs from a build at "
        'elite 0, its last level, skill 1 at level 4: {name = "Fang", elite = 1, level = 20, skill = 1, '
        'skill_level = 4, trust = 100, potential = 6}. Or "roster": the strongest of your own, as holdfast roster '
        "import keeps them.",
    )
    avoid: Annotated[tuple[str, ...], Strict(False)] = Field(
        (), description="Operators of the squad or roster to leave at home: names in any language, or ids."
    )
    tables: str = Field(
        "",
        description="A folder of your own tables of operators and enemies, as `holdfast import` writes it, to lay over "
        "those that come with Holdfast; empty for those of `holdfast gamedata`, if any.",
    )
    battles: int = Field(0, description="How many battles to play; 0 plays until it is stopped.", ge=0)
    speed: Literal[1, 2] = Field(2, description="The game's own speed button: 1 or 2.")
    decision_interval: float = Field(1.0, description="Seconds of game time between two decisions.", gt=0)
    policy: Literal["dqn", "plan"] = Field(
        "dqn",
        description='Who decides: "dqn" is the learned policy, "plan" follows the plan for the stage and squad; the '
        "DQN learns from what happens either way.",
    )
    planning_seconds: float = Field(
        60.0,
        description="Seconds for which `holdfast run` searches at most for a plan for a stage and squad that are new "
        "to it; 0 for never.",
        ge=0,
    )

    @field_validator("squad", mode="plain")
    @classmethod
    def _members(cls, value: Any) -> tuple[str | dict[str, Any], ...] | Literal["roster"]:
        """Accept "roster", or 1 to 12 names and tables. Whether they exist is checked when the tables are loaded."""
        if value == "roster":
            return "roster"
        if not isinstance(value, list | tuple):
            raise PydanticCustomError("no_squad", 'must be a list, or "roster"')
        if not value:
            raise PydanticCustomError("too_short", "", {"min_length": 1})
        if len(value) > SQUAD_SIZE:
            raise PydanticCustomError("too_long", "", {"max_length": SQUAD_SIZE})
        if not all(isinstance(one, str | dict) for one in value):
            raise PydanticCustomError("no_member", "must be names in quotes, or tables of a name and its build")
        return tuple(value)


class TurnOptions(Table):
    """One of several stages that are played in turn."""

    stage: str = Field(description="As [play] stage.")
    battles: int = Field(description="How many battles of it are played before the next stage.", ge=1)


class ScheduleOptions(Table):
    """When it plays, what in turn, and how much."""

    hours: Annotated[tuple[str, ...], Strict(False)] = Field(
        (),
        description='Local times between which it plays, such as ["22:00-07:30"]; empty for any time. A battle that is '
        "under way when they end is finished first.",
    )
    outside: Literal["wait", "stop"] = Field(
        "wait", description='Outside the hours: "wait" pauses until they begin again, "stop" ends it.'
    )
    turns: Annotated[tuple[TurnOptions, ...], Strict(False)] = Field(
        (),
        description='Stages to play in turn, over and over, instead of [play] stage: [{stage = "1-7", battles = 10}, '
        '{stage = "CE-6", battles = 3}].',
    )
    sanity: int = Field(0, description="Sanity to spend at most, then it stops; 0 for no limit.", ge=0)
    sanity_per_battle: int = Field(0, description="What one battle of the stage costs.", ge=0)

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Hours that can be read."""
        from bot.schedule import parse_hours

        for text in value:
            try:
                parse_hours(text)
            except ValueError as error:
                raise PydanticCustomError("no_hours", "{why}", {"why": str(error)}) from None
        return value

    @field_validator("sanity_per_battle")
    @classmethod
    def _costs(cls, value: int, info: ValidationInfo) -> int:
        """A limit on sanity needs the cost of a battle."""
        if info.data.get("sanity") and not value:
            raise PydanticCustomError("no_cost", "must be set, because sanity is limited")
        return value


class ScreenOptions(Table):
    """Where the game is to be seen and touched."""

    kind: Literal["practice", "window", "adb"] = Field(
        "practice",
        description='"practice" is the embedded game, off-screen; "window" is a window or a rectangle of the desktop; '
        '"adb" is an Android emulator or phone, seen and touched over adb.',
    )
    title: str = Field(
        "",
        description="For a window on X11: its title, or a part of it that no other window has; it is followed when it "
        "moves. Empty for the region.",
    )
    region: Annotated[tuple[int, int, int, int], Strict(False)] = Field(
        (0, 0, 1280, 720),
        description="For a window without a title: its client area (no title bar) as x, y, width, height in pixels of "
        "the desktop.",
    )
    serial: str = Field(
        "",
        description='For adb: the device as `adb devices` lists it, or an address such as "127.0.0.1:5555", which is '
        "connected to; empty for the only device.",
    )
    profile: str = Field("practice", description="Whose screens these are: a shipped profile's name, or a path.")
    portraits: str = Field(
        "",
        description="Where the pictures on operators' cards are kept (Kroos.png and so on); those that are missing are "
        "learned by asking the game. Empty for portraits/<profile> in the data directory; the practice game then shows "
        "its own, which are known.",
    )
    fps: float = Field(
        8.0, description="For a window or a device: how many frames a second are looked at, at most.", gt=0, le=60
    )


class PracticeOptions(Table):
    """The embedded practice game."""

    width: int = Field(1280, description="Width of its frames in pixels.", ge=640, le=3840)
    height: int = Field(720, description="Height of its frames in pixels.", ge=360, le=2160)
    frame_step: float = Field(0.25, description="Seconds that pass in the game from one frame to the next.", gt=0, le=1)
    popups: bool = Field(True, description="Whether a pop-up covers the home page at first; later ones are faults.")
    seed: int = Field(0, description="Seed of everything in it that is left to chance.", ge=0)
    faults: Annotated[tuple[Kind, ...], Strict(False)] = Field(
        (),
        description=f"What goes wrong in it on purpose, at moments that follow from the seed: {', '.join(KINDS)}.",
    )
    skin: str = Field(
        "",
        description="A folder with another look of it (docs/skins.md), relative to this file; [screen] profile must be "
        'that of a real client then, such as "arknights-en". Empty for its own look.',
    )
    fault_rate: float = Field(1.0, description="How often faults come: 2 is twice as often as 1.", gt=0, le=100)


class HandsOptions(Table):
    """How gestures are made; all in seconds."""

    hold: float = Field(0.1, description="How long a press rests before it moves or lets go.", gt=0, le=2)
    drag: float = Field(0.3, description="How long a drag or a swipe is on its way.", gt=0, le=5)
    rest: float = Field(0.3, description="How long to wait for the game after a tap or a drag.", gt=0, le=5)


class ControlOptions(Table):
    """How it gives way to a person."""

    pause_game: bool = Field(
        True,
        description="Whether a pause in a battle presses the game's own pause button too, so that nothing is lost.",
    )
    yield_to_mouse: bool = Field(
        False,
        description="For a window: whether a person who moves the mouse pauses the bot. One who pushes it into a "
        "corner of the screen always does.",
    )


class VisionOptions(Table):
    """How units are recognised in frames."""

    weights: str = Field(
        "",
        description="The detector's weights (ONNX); empty for those that `holdfast vision train` has taught by your "
        "own frames, if any, else for those that come with Holdfast, which know the practice game only.",
    )

    @field_validator("weights")
    @classmethod
    def _exist(cls, value: str, info: ValidationInfo) -> str:
        """The absolute path of the weights, which must exist. Shipped weights are checked by the detector."""
        if not value:
            return str(SHIPPED_WEIGHTS)
        path = (Path((info.context or {}).get("folder", ".")) / value).absolute()
        if not path.is_file():
            raise PydanticCustomError(
                "no_weights", "{path} does not exist; make it with: holdfast vision train", {"path": value}
            )
        return str(path)


class Learning(Settings, Table):
    """How the bot learns: the DQN's hyper-parameters, its seed, and how often a checkpoint is written."""

    seed: int = Field(0, description="Seed of the network's first weights and of exploration.", ge=0)
    checkpoint_every: int = Field(5, description="Battles from one checkpoint to the next.", ge=1)


class MqttOptions(Table):
    """The MQTT broker through which people pause, resume and watch the bot."""

    host: str = Field("", description="The broker's host; empty for a broker inside the bot, for this machine only.")
    port: int = Field(1883, description="The broker's port.", ge=1, le=65535)
    name: str = Field(
        "holdfast", description="What this bot is called in topics (holdfast/<name>/…).", pattern="^[^/+#\\s]+$"
    )
    username: str = Field(
        "", description="The broker's user, where it wants one; the environment's HOLDFAST_MQTT_USERNAME goes first."
    )
    password: str = Field(
        "", description="That user's password; the environment's HOLDFAST_MQTT_PASSWORD goes first.", repr=False
    )
    password_file: str = Field("", description="A file whose first line is the password.")
    tls: bool = Field(False, description="Whether the connection is encrypted; brokers mostly use port 8883 for that.")
    ca_file: str = Field(
        "", description="The certificate (PEM) of who signed the broker's; empty for those that this machine trusts."
    )
    cert_file: str = Field("", description="The bot's own certificate (PEM), where the broker wants one.")
    key_file: str = Field("", description="The key (PEM) of that certificate.")
    home_assistant: bool = Field(True, description="Whether Home Assistant finds the bot by itself.")

    @field_validator("password_file", "ca_file", "cert_file", "key_file")
    @classmethod
    def _exist(cls, value: str, info: ValidationInfo) -> str:
        """The absolute path of a file, which must exist; empty for none."""
        path = (Path((info.context or {}).get("folder", ".")) / value).absolute()
        if value and not path.is_file():
            raise PydanticCustomError("no_file", "{path} does not exist", {"path": value})
        return str(path) if value else ""

    @field_validator("ca_file", "cert_file", "key_file")
    @classmethod
    def _used(cls, value: str, info: ValidationInfo) -> str:
        """Refuse a certificate without TLS: its user believes the connection to be encrypted."""
        if value and not info.data.get("tls"):
            raise PydanticCustomError("no_file", "is for tls = true only", {})
        return value


class WebOptions(Table):
    """The page for browsers, on which people watch the bot and ask it for things; an extra: holdfast[web]."""

    enabled: bool = Field(False, description="Whether `holdfast run` serves it; `holdfast web` does without a bot.")
    host: str = Field(
        "127.0.0.1", description="The address it listens on; one that other machines can reach needs the password."
    )
    port: int = Field(8765, description="The port it listens on.", ge=1, le=65535)
    password: str = Field(
        "", description="What a browser has to say first; the environment's HOLDFAST_WEB_PASSWORD goes first.",
        repr=False,
    )  # fmt: skip


class TraceOptions(Table):
    """The record of everything that happened, which `holdfast replay` plays again."""

    enabled: bool = Field(True, description="Whether to write it, to traces/ in the data directory.")
    keep: int = Field(10, description="How many files of it are kept.", ge=1)
    megabytes: int = Field(
        100,
        description="Size from which the next one is begun, between two battles; it is then compressed.",
        ge=1,
    )
    total_megabytes: int = Field(
        500,
        description="Size of all kept files from which the oldest are deleted; those that faults/ keeps do not count.",
        ge=1,
    )


class LogOptions(Table):
    """What happens, one line each, in log.jsonl of the data directory and, without a terminal, on standard output."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least important lines kept.")
    megabytes: int = Field(10, description="Size at which the file is put aside as log.jsonl.1 and so on.", ge=1)
    keep: int = Field(3, description="How many files put aside are kept.", ge=0)


class DataOptions(Table):
    """Where the bot keeps what it learns and records."""

    directory: str = Field("data", description="A folder, made when needed; relative to this file.")


class Config(Table):
    """The whole file."""

    play: PlayOptions = PlayOptions()
    schedule: ScheduleOptions = ScheduleOptions()
    screen: ScreenOptions = ScreenOptions()
    practice: PracticeOptions = PracticeOptions()
    hands: HandsOptions = HandsOptions()
    control: ControlOptions = ControlOptions()
    vision: VisionOptions = VisionOptions()
    learning: Learning = Learning()
    mqtt: MqttOptions = MqttOptions()
    web: WebOptions = WebOptions()
    trace: TraceOptions = TraceOptions()
    log: LogOptions = LogOptions()
    data: DataOptions = DataOptions()

    folder: str = Field(".", exclude=True)
    """The file's folder, where relative paths start. Not an option of the file: `load` sets it."""
    _file: str = PrivateAttr("")

    @property
    def file(self) -> str:
        """The path of the file that was loaded; empty where there was none."""
        return self._file

    @property
    def directory(self) -> Path:
        """The data directory."""
        return Path(self.folder) / self.data.directory

    @property
    def tables(self) -> Path | None:
        """The folder of the user's own tables, if any."""
        return Path(self.folder) / self.play.tables if self.play.tables else None


def playing(config: Config, stage: str, avoid: Sequence[str] = ()) -> Config:
    """The configuration with another [play] stage, and more operators to leave at home."""
    changed = {"stage": stage, "avoid": (*config.play.avoid, *avoid)}
    return config.model_copy(update={"play": config.play.model_copy(update=changed)})


def load(path: Path | None = None) -> Config:
    """The configuration in a file; without one, `bot.toml` of the working directory; without that, all defaults.

    Raises ConfigError with every problem at once.
    """
    file = path or DEFAULT_FILE
    if path is None and not file.exists():
        return Config()
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8-sig"))  # editors may put a byte order mark first
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such file; write a fresh one with: holdfast config {file}") from None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # Python also refuses a number of 5,000 digits
        raise ConfigError(f"{file}: not TOML: {error}") from None
    config = parse(written, file.name, file.parent)
    config._file = str(file)  # noqa: SLF001 - only this function knows it
    return config


def parse(written: Mapping[str, Any], name: str = "bot.toml", folder: Path = Path()) -> Config:
    """The configuration in a mapping as TOML gives it; `name` is for messages, relative paths start at `folder`.

    Raises ConfigError with every problem at once.
    """
    problems = [("folder", unknown("folder", Config, "table"))] if "folder" in written else []
    asked = {key: value for key, value in written.items() if key != "folder"} | {"folder": str(folder)}
    try:
        config = Config.model_validate(asked, context={"folder": folder})
    except ValidationError as error:
        problems += [(place(detail["loc"]), sentence(detail, Config)) for detail in error.errors()]
    if problems:
        raise ConfigError(listed(name, problems))
    return config


def as_toml() -> str:
    """`bot.toml` as shipped: every option with its default, under its sentence."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Holdfast's configuration: every option, with its default. Written by: holdfast config"
    for name, field in Config.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, Table)):
            continue
        yield ""
        yield f"# {model.__doc__}"
        yield f"[{name}]"
        for key, option in model.model_fields.items():
            yield f"# {option.description}"
            yield f"{key} = {shown(option.default)}"
