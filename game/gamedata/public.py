"""Converts operators and enemies of the game's public tables into entries of our tables.

Numbers are taken over by their keys. What a branch does comes from `game.gamedata.branches`, what skills and talents do
from their descriptions (`game.gamedata.descriptions`). `missing` of each operator and enemy lists what is not played.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from game.characters.catalogue import Catalogue, id_at
from game.characters.models import SKILL_LEVELS, UNLIMITED, Enemy
from game.errors import GameDataError, TableError
from game.gamedata import descriptions
from game.gamedata.branches import BRANCHES, ITS_SUMMONS, OWN_WORDS, Branch
from game.gamedata.enemy_forms import ENEMY_FORMS
from game.gamedata.enemy_kind_forms import KIND_FORMS
from game.gamedata.enemy_reading import HANDBOOK_DAMAGE, AbilityNumbers, AbilityText, read_abilities
from game.gamedata.phases import frames_of, phase_fields
from game.gamedata.phrases import RACES, OwnNumbers
from game.gamedata.strike_phrases import SKILL_SECONDS
from game.gamedata.summons import summon_of
from game.gamedata.talents import board_of, branch_effects, phase_number, short, talents_of
from game.levels.enemies import defined_fields
from game.levels.reader import JsonValue

PROFESSIONS = {
    "PIONEER": "vanguard", "WARRIOR": "guard", "TANK": "defender", "SNIPER": "sniper",
    "CASTER": "caster", "MEDIC": "medic", "SUPPORT": "supporter", "SPECIAL": "specialist",
}  # fmt: skip
"""Our role for each profession of the tables. Entries with any other profession are devices or summons."""
DAMAGES = {"caster": "arts", "supporter": "arts", "medic": "heal"}
"""The damage of a role, where it is not physical."""
MODIFIERS = ("max_health", "attack", "defense", "resistance", "cost", "block", "", "attack_speed")
MODIFIER_NAMES = {
    "MAX_HP": "max_health", "ATK": "attack", "DEF": "defense", "MAGIC_RESISTANCE": "resistance", "COST": "cost",
    "BLOCK_CNT": "block", "ATTACK_SPEED": "attack_speed", "RESPAWN_TIME": "redeploy_time",
}  # fmt: skip
"""The number that a potential changes, by the public tables' index (MODIFIERS; 21 is the redeploy time) or name."""
GAINS = {1: "second", 2: "attack", 4: "hit", 8: "deploy"}
GAIN_NAMES = {
    "INCREASE_WITH_TIME": "second", "INCREASE_WHEN_ATTACK": "attack", "INCREASE_WHEN_TAKEN_DAMAGE": "hit",
}  # fmt: skip
"""Our `gain` of a skill for its spType, as an index or a name."""
AT_ONCE = ("dp", "heal_self", "effects")
"""The effects that a skill which neither lasts nor strikes can have."""
FLIES = re.compile(r"飞行单位|无人机，|[Aa]erial")
"""Words of descriptions of flying enemies."""
HEAVY, FAST = 500.0, 1.4
"""Least defense of an enemy drawn as a heavy defender, least speed (tiles a second) of one drawn as a hound."""
UNSAID = ("damage", "block", "splash", "targets", "hides", "unblockable", "stun", "splits_into", "splits")
"""Fields that the public tables give only in words; an enemy in the catalogue keeps the catalogue's values."""
PLAIN = Enemy(name="", kind="", max_health=0.0, attack=0.0, speed=0.0, attack_interval=0.0)
"""An enemy with the default of every optional field."""


ENGLISH = {
    "char_376_therex": "THRM-EX", "char_4000_jnight": "'Justice Knight'", "char_115_headbr": "Zima",
    "char_195_glassb": "Istina", "char_197_poca": "Rosa", "char_194_leto": "Leto",
}  # fmt: skip
"""The English names of operators that the Chinese table spells differently, or in Russian."""


class Tables(NamedTuple):
    """The entries of the public tables by id, as they are."""

    characters: Mapping[str, Any]
    skills: Mapping[str, Any]
    ranges: Mapping[str, Any]
    enemies: Mapping[str, Any]
    handbook: Mapping[str, Any] = {}
    """What the handbook says of enemies, by id."""
    english: Mapping[str, str] = {}
    """The operators' English names by id, where a table in English gives them."""


def enemy_fields(id_: str, levels: Any, catalogue: Catalogue, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An enemy of the public tables as an entry of our table, with its stronger levels as variants (`id_at`).

    A level defines only what differs from the first level. `told` is the handbook's entry, if there is one. Raises
    TableError where the enemy cannot be read.
    """
    try:
        data = levels[0]["enemyData"]
        first = defined_fields(JsonValue("enemy_database", id_, data))
        told = told or {}
        found = _enemy(id_, data, dict(first), catalogue, told)
        variants = {}
        for entry in levels[1:]:
            changed = defined_fields(JsonValue("enemy_database", id_, entry["enemyData"]))
            own = {key: entry["enemyData"].get(key) or data.get(key) for key in ("talentBlackboard", "skills")}
            stronger = _enemy(id_, {**data, **own}, first | changed, catalogue, told)
            variants[id_at(id_, entry["level"])] = _changes(found, stronger)
        return _finite(found | ({"variants": variants} if variants else {}))
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError, GameDataError) as error:
        raise TableError(f"enemy_database: {id_}: cannot be read ({type(error).__name__}: {error})") from None


def _changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The fields in which the other enemy differs, with its values."""
    plain = msgspec.structs.asdict(PLAIN)
    both = {key: (one.get(key, plain[key]), other.get(key, plain[key])) for key in {**one, **other}}
    return {key: theirs for key, (ours, theirs) in both.items() if theirs != ours}


def _enemy(
    id_: str, data: Mapping[str, Any], fields: dict[str, Any], catalogue: Catalogue, told: Mapping[str, Any]
) -> dict[str, Any]:
    """An enemy with these numbers. The rest comes from the words of its abilities or, where these do not say it, from
    the catalogue; where not all of them are played, what the catalogue says of it comes first.
    """
    own = catalogue.enemies_by_id.get(id_)
    family = own or catalogue.enemies_by_id.get(re.sub(r"_\d+$", "", id_))
    name, words = (descriptions.plain(_value(data, key)) for key in ("name", "description"))
    numbers = AbilityNumbers(
        data.get("talentBlackboard") or (), data.get("skills") or (), max(fields.get("range", 0.0), 0.0)
    )
    read = read_abilities(_texts(data, told), numbers, (*KIND_FORMS, *ENEMY_FORMS))
    fields["races"] = _races(data, f"{name}{words}")
    fields["flying"] = _value(data, "motion") in ("FLY", 1) or bool(FLIES.search(words) or (family and family.flying))
    said = descriptions.enemy(_value(data, "description") or "").effects | _damage(told) | read.fields
    shipped = {key: getattr(own, key) for key in UNSAID} if own else {}
    fields |= {"damage": "physical", **(said | shipped if read.rest else shipped | {"stun": 0.0} | said)}
    interval = fields.pop("attack_interval", 1.0) * 100.0 / max(fields.pop("attack_speed", 100.0), 1.0)
    found = {
        "name": own.name if own else name or id_,
        "kind": family.kind if family else _look(fields),
        "ids": [id_],
        "max_health": fields.pop("max_health"),
        # An enemy without time between attacks does not attack.
        "attack": fields.pop("attack", 0.0) if interval > 0.0 else 0.0,
        "speed": fields.pop("speed", 0.0),
        "attack_interval": interval,
        **{key: value for key, value in fields.items() if value != getattr(PLAIN, key) and value != []},
        "missing": (list(own.missing) if own and read.rest else []) or list(read.rest),
    }
    return {key: short(value) for key, value in found.items() if value != []}


def _texts(data: Mapping[str, Any], told: Mapping[str, Any]) -> list[AbilityText]:
    """The words of an enemy's abilities: the handbook's list or, without one, those clauses of its description that
    tell what it does; of one without any words its name, if a form knows that.
    """
    listed = [AbilityText(one["text"], one.get("textFormat") or "") for one in told.get("abilityList") or ()]
    described = [AbilityText(words) for words in descriptions.enemy(_value(data, "description") or "").rest]
    name = descriptions.plain(_value(data, "name"))
    named = [AbilityText(name, "")] if any(pattern.fullmatch(name) for pattern, _ in KIND_FORMS) else []
    return listed or described or named


def _damage(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the handbook says of the damage of an enemy that deals one kind only."""
    kinds = list(told.get("damageType") or ())
    return HANDBOOK_DAMAGE.get(kinds[0], {}) if len(kinds) == 1 else {}


def _races(data: Mapping[str, Any], words: str) -> list[str]:
    """The races of an enemy by its tags, or where it has none those that its name or description names."""
    tags = _value(data, "enemyTags")
    return [str(tag) for tag in tags] if tags else [race for word, race in RACES.items() if word in words]


def _value(data: Mapping[str, Any], key: str) -> Any:
    """A value of an enemy outside its attributes."""
    return (data.get(key) or {}).get("m_value")


def _look(fields: Mapping[str, Any]) -> str:
    """The kind that an enemy without a look of its own is drawn as."""
    if fields["flying"]:
        return "drone"
    if fields.get("rank") == "boss":
        return "crusher"
    if fields.get("range", 0.0) > 0.0:
        return "caster" if fields["damage"] == "arts" else "crossbow"
    if fields.get("defense", 0.0) >= HEAVY:
        return "heavy_defender"
    return "hound" if fields.get("speed", 0.0) >= FAST else "soldier"


def operator_fields(id_: str, entry: Mapping[str, Any], tables: Tables, catalogue: Catalogue) -> dict[str, Any]:
    """An operator of the public tables as an entry of our table; TableError where it cannot be read."""
    try:
        return _finite(_operator(id_, entry, tables, catalogue))
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise TableError(f"character_table: {id_}: cannot be read ({type(error).__name__}: {error})") from None


def _operator(id_: str, entry: Mapping[str, Any], tables: Tables, catalogue: Catalogue) -> dict[str, Any]:
    """The fields of a `Character`, ranges by name."""
    role, branch = PROFESSIONS[entry["profession"]], _branch(entry)
    attributes = [frames_of(phase) for phase in entry["phases"]]
    first = attributes[0][0]
    if first["baseAttackTime"] <= 0:
        raise ValueError("baseAttackTime must be more than 0")
    fields: dict[str, Any] = {
        **_names(id_, entry, tables, catalogue),
        "role": role,
        "branch": branch.name,
        "rarity": _rarity(entry.get("rarity", -1)),
        "groups": [entry[key] for key in ("nationId", "groupId", "teamId") if entry.get(key)],
        "melee": entry["position"] == "MELEE",
        "damage": DAMAGES.get(role, "physical"),
        "attack_interval": first["baseAttackTime"],
        "redeploy_time": first["respawnTime"],
        **({"taunt": first["tauntLevel"]} if first.get("tauntLevel") else {}),
        **branch.traits,
        "phases": [phase_fields(phase) for phase in entry["phases"]],
        "trust": _trust(entry),
    }
    own = OwnNumbers(
        interval=fields["attack_interval"],
        block=first["blockCnt"],
        targets=fields.get("targets", 1),
        hits=fields.get("hits", 1),
        damage=fields["damage"],
        range=fields["phases"][0]["range"],
    )
    skills = [_skill(skill["skillId"], tables, own, branch) for skill in entry.get("skills") or ()]
    fields["skills"] = [skill for skill, _ in skills]
    fields["potentials"] = _potentials(entry)
    bonuses, talents, unread = talents_of(entry)
    summoning = summon_of(entry, tables.characters)
    fields["bonuses"] = [*_grown_targets(entry, branch, fields.get("targets", 1)), *bonuses]
    fields["effects"] = [*branch_effects(entry, branch), *talents]
    rest = [f"{skill['name']}: {words}" for skill, unread_here in skills for words in unread_here]
    fields["missing"] = [*branch.missing, *rest, *_without_talents(fields), *unread]
    if summoning is not None:
        fields["summon"] = summoning.summon
        played = (f"{summoning.talent}:", ITS_SUMMONS)
        fields["missing"] = [what for what in fields["missing"] if not what.startswith(played)]
    return {key: value for key, value in fields.items() if value not in ({}, [], "") and (key, value) != ("rarity", 0)}


def _without_talents(fields: Mapping[str, Any]) -> list[str]:
    """Skills that change a talent which is no effect, in words."""
    known = {one["name"] for one in fields["effects"]}
    found = []
    for skill in fields["skills"]:
        if any(key.startswith("talent_") for key in skill):
            number = skill.get("talent", 0) or 1
            if f"talent {number}" not in known:
                found.append(f"{skill['name']}: changes a talent that is not played as an effect")
    return found


def _rarity(given: Any) -> int:
    """A rarity, which the tables count from 0 or write as TIER_1 to TIER_6."""
    return int(given.rsplit("_", 1)[1]) if isinstance(given, str) else int(given) + 1


def _branch(entry: Mapping[str, Any]) -> Branch:
    """The branch, changed by the operator's own description and numbers.

    Of an unknown branch nothing is played: its description is what is missing.
    """
    said, name = descriptions.plain(entry.get("description")), entry.get("subProfessionId") or ""
    branch = BRANCHES.get(name) or Branch(name, missing=(said,))
    first, *later = (entry.get("trait") or {}).get("candidates") or [{}]
    numbers = _trait_numbers(first, branch)
    grown = [
        f"from elite {phase_number(one['unlockCondition']['phase'])} on: {field} {value}"
        for one in later
        for field, value in _trait_numbers(one, branch).items()
        if value != numbers.get(field) and field != "targets"
    ]
    words = {field: value for part, (field, value) in OWN_WORDS.items() if part in said}
    return branch._replace(traits={**branch.traits, **numbers, **words}, missing=(*branch.missing, *grown))


def _trait_numbers(candidate: Mapping[str, Any], branch: Branch) -> dict[str, Any]:
    """The numbers of a branch that the tables give with each of its operators."""
    board = board_of(candidate.get("blackboard"))
    found: dict[str, Any] = {}
    if "far_strength" in branch.traits and "atk_scale" in board:
        found["far_strength"] = board["atk_scale"]
    for key in ("sluggish", "attack@sluggish"):
        if "slow_time" in branch.traits and key in board:
            found["slow_time"] = board[key]
    if branch.name == "chain caster" and "attack@max_target" in board:
        found["targets"] = int(board["attack@max_target"])
    return found


def _grown_targets(entry: Mapping[str, Any], branch: Branch, targets: int) -> list[dict[str, Any]]:
    """More targets that a trait gives from an elite phase on, as bonuses."""
    found = []
    for one in ((entry.get("trait") or {}).get("candidates") or ())[1:]:
        more = _trait_numbers(one, branch).get("targets", targets)
        if more != targets:
            elite = phase_number(one["unlockCondition"]["phase"])
            found.append({"name": "trait", "elite": elite, "level": 1, "potential": 1, "targets": more})
    return found


def _names(id_: str, entry: Mapping[str, Any], tables: Tables, catalogue: Catalogue) -> dict[str, Any]:
    """An operator's names. Operators of the catalogue keep theirs; for others the English one counts, else the table's.

    Every other spelling is kept among the other names.
    """
    known, said, spelled = (
        catalogue.find_character(id_),
        entry["name"].strip(),
        (entry.get("appellation") or "").strip(),
    )
    english = tables.english.get(id_) or ENGLISH.get(id_) or (spelled if spelled.isascii() else "")
    name, chinese = (known.name, known.chinese) if known else (english or said, said)
    others = dict.fromkeys((*(known.other_names if known else ()), said, spelled, english))
    spellings = [other for other in others if other and other not in (name, chinese)]
    return {"name": name, "id": id_, "chinese": chinese, "other_names": spellings}


def _trust(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What full trust adds."""
    frames = entry.get("favorKeyFrames") or [{"data": {}}]
    names = {"max_health": "maxHp", "attack": "atk", "defense": "def", "resistance": "magicResistance"}
    last = frames[-1]["data"]
    return {field: short(last[name]) for field, name in names.items() if last.get(name)}


def _skill(id_: str, tables: Tables, own: OwnNumbers, branch: Branch) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A skill as fields of `Skill`, each a list where its levels differ, and what is not played of it, in words."""
    levels = (tables.skills.get(id_) or {}).get("levels") or []
    if not levels:
        idle = {"name": str(id_), "gain": "deploy", "by_hand": False, "cost": 0, "initial": 0, "duration": 0}
        return idle, ("is not in skill_table",)
    read = [_skill_level(level, own, branch) for level in levels[: SKILL_LEVELS[-1]]]
    instead = {field: getattr(own, field) for field in ("hits", "targets", "damage", "range")}
    without = {"effects": [], "strength": 1.0, "strikes": False, "holds_fire": False, **instead}
    columns = {
        key: [fields.get(key, without.get(key, 0)) for fields, _ in read]
        for key in dict.fromkeys(key for fields, _ in read for key in fields)
    }
    merged = {key: column[0] if all(one == column[0] for one in column) else column for key, column in columns.items()}
    return merged, _said_once([read[min(6, len(read) - 1)][1], *(rest for _, rest in read)])


def _said_once(rests: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All texts of all lists, each once; of those that differ only in their numbers, the first."""
    found: dict[str, str] = {}
    for words in (words for rest in rests for words in rest):
        found.setdefault(re.sub(r"[\d.]+", "#", words), words)
    return tuple(found.values())


def _skill_level(level: Mapping[str, Any], own: OwnNumbers, branch: Branch) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A skill at one level as fields of `Skill`, and what is not played of it, in words."""
    sp = level["spData"]
    gain = GAIN_NAMES.get(sp["spType"]) or GAINS.get(sp["spType"], "deploy")
    board = board_of(level.get("blackboard")) | {SKILL_SECONDS: max(level.get("duration") or 0.0, 0.0)}
    effects, rest = descriptions.meaning(level["description"], board, level.get("rangeId"), own)
    effects, lost = descriptions.in_own_range(effects, level.get("rangeId"), own)
    rest += lost
    strikes = "strikes" in effects
    seconds = 0.0 if strikes else effects.pop("duration", 0.0) or max(level.get("duration") or 0.0, 0.0)
    if gain == "deploy" and effects and not strikes and not seconds:
        seconds = UNLIMITED
    if effects.get("toggles") and not strikes:
        seconds = UNLIMITED
    if seconds:
        effects |= branch.skill
    if effects.pop("fades", False):
        # It fades evenly: an effect that grows over the same time takes it back.
        gone = [
            {"per": "skill time", "step": seconds, "scale": {key: -short(effects[key])}}
            for key in ("attack", "defense")
            if key in effects
        ]
        effects["effects"] = [*effects.get("effects", []), *gone]
    if effects.get("scatters") and "targets" not in effects:
        effects |= {"targets": effects.get("hits", own.hits), "hits": 1}
    effects, lost = _with_time(effects, seconds, strikes=strikes)
    rest += lost
    if not seconds and not strikes:
        idle = [key for key in effects if key not in AT_ONCE]
        rest += (f"has neither time nor attack for: {', '.join(idle)}",) if idle else ()
        effects = {key: value for key, value in effects.items() if key in AT_ONCE}
    if (charges := int(sp.get("maxChargeTime") or 1)) > 1:
        effects["charges"] = charges
    fields = {
        "name": level["name"].strip(),
        "gain": gain,
        # A strike at deployment is made then and never again, because the skill gains no SP.
        "by_hand": strikes if gain == "deploy" else level["skillType"] in (1, "MANUAL"),
        "cost": int(sp["spCost"]),
        "initial": int(sp["initSp"]),
        "duration": short(seconds),
    }
    return fields | {key: short(value) for key, value in effects.items()}, rest


def _with_time(effects: dict[str, Any], seconds: float, *, strikes: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A skill's fields without those effects for which it has no time or no attack, and a word on these."""
    found = effects.pop("effects", [])
    fits = {"attack", "skill begins"} if strikes else {"skill begins"}
    kept = [one for one in found if seconds or one.get("when", "always") in fits or one.get("at_place")]
    lost = ("has neither time nor attack for an effect",) if len(kept) < len(found) else ()
    return effects | ({"effects": kept} if kept else {}), lost


def _potentials(entry: Mapping[str, Any]) -> list[dict[str, float]]:
    """What the potentials from 2 on add to numbers; {} for one that improves a talent."""
    found = []
    for potential in entry.get("potentialRanks") or ():
        modifiers = (((potential.get("buff") or {}).get("attributes")) or {}).get("attributeModifiers") or ()
        add = {}
        for one in modifiers:
            kind = one["attributeType"]
            field = MODIFIER_NAMES.get(kind, "") if isinstance(kind, str) else _modifier(kind)
            if field and one.get("formulaItem") in (0, "ADDITION"):
                add[field] = short(one["value"])
        found.append(add)
    return found


def _modifier(kind: int) -> str:
    """The field that an index of the tables stands for; empty for one without a field."""
    if kind == 21:
        return "redeploy_time"
    return MODIFIERS[kind] if kind < len(MODIFIERS) else ""


def _finite(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields; ValueError where one of their numbers is NaN or infinite."""
    json.dumps(fields, allow_nan=False)
    return fields
