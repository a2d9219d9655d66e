"""Turns the sentences of the public tables into effects that our tables have.

A sentence is taken apart into clauses, numbers in a clause become "#", and `game.gamedata.phrases` holds the effects of
each clause that can be played. Every other clause has no effect and is returned, so that it is reported as not played.
Descriptions of enemies tell stories as well; clauses that only tell a story are dropped.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from game.gamedata.effect_phrases import read_effects
from game.gamedata.effect_reading import NO_BOARD, OWN_INTERVAL
from game.gamedata.phrases import ENEMY_PHRASES, FACTOR, FRACTIONS, PARTLY, PHRASES, STATS, Clause, OwnNumbers
from game.gamedata.strike_phrases import RADII, STRIKE_PHRASES


class Meaning(NamedTuple):
    """The effects of a text, and its clauses that are not played."""

    effects: dict[str, Any]
    rest: tuple[str, ...]


OTHERS = ("allies", "allies in range", "enemies", "enemies in range")
_PHRASES = tuple((re.compile(pattern), effects) for pattern, effects in PHRASES)
_STRIKE_PHRASES = tuple((re.compile(pattern), effects) for pattern, effects in STRIKE_PHRASES)
_ENEMY_PHRASES = tuple((re.compile(pattern), effects) for pattern, effects in ENEMY_PHRASES)
_JOINING = re.compile(r"^(但|并且|并|且|使?自身(与浮游单元)?的?|该|部署后|同时(?!攻击))+|^(and|but|also) ")
_CONDITION = re.compile(r"^(当|若|如果|每|第.次|[Ww]hen|[Ii]f|[Ww]hile|[Aa]fter|[Ee]very)|(时|后|中|(?<!战)场)$")
_OTHERS = re.compile("^(所有|全体)|召唤")
_PLACE = re.compile("四周|周围|附近|前方|远距离")
_SOMETIMES = re.compile("^(当(?!地)|若|如果|每)|(时|后|状态下)$|待命")
_STRESS = re.compile(r"<@eb\.\w+>")
_DEED = re.compile(
    "攻击|伤害|损伤|阻挡|阻止|治疗|恢复|回复|生命|防御|法抗|抗性|护盾|隐匿|闪避|爆炸|爆破|自爆|自毁|引爆|晕眩|眩晕|寒冷|冻结|抵抗"
    "|召唤|制造|生成|产生|分裂|重生|复活|变为|提升|提高|降低|下降|减少|增加|上升|削弱|强化|优先|免疫|失效|损失|流失|释放|发射|部署"
    "|弹药上限|携带弹药|充能|技力|费用|穿过|无敌|悬浮|无法移动|加速|速度|吸引|掩护|支援|撤回|撤退|击倒|切断|(?<!尽快)清除|装载|轰炸|点燃|灼烧|毒"
    "|获得|施法|施加|使用【|跳跃|反弹|激活|计入|持续|状态|出其不意|(?<![背最种])后|时(?!常)"
)
"""Words by which a clause of an enemy's description tells what it does, rather than a story."""
_STAT = "|".join(sorted(STATS, key=len, reverse=True))
_CHANGE = re.compile(rf"({_STAT})((?:和|、| and |, )(?:{_STAT}))*各? ?[+-]?#(?:秒| seconds)?")
_PLACEHOLDER = re.compile(r"\{-?([^:}]+)(?::[^}]*)?\}")
_CRITICAL = re.compile(r"攻击时，#几率当次攻击的攻击力提升至#。?")
_LITERAL = re.compile(r"\d+(?:\.\d+)?%?(?:（[+-][\d.]+%?）| ?\([+-][\d.]+%?\))?")


def meaning(text: str, board: Mapping[str, float], its_range: str | None, own: OwnNumbers) -> Meaning:
    """The effects of a skill's description, as fields of `Skill`.

    After a clause that is a condition, or that changes numbers of other units, the rest of the sentence has no effect:
    its numbers may depend on the condition, or belong to those units.
    """
    effects: dict[str, Any] = {}
    rest: list[str] = []
    for sentence in _sentences(text):
        counts = True
        scope: dict[str, Any] = {}
        clauses = _clauses(sentence)
        while clauses:
            written = clauses.pop(0)
            scope = {} if "自身" in written else scope
            found, taken = _longest([written, *clauses], board, its_range, own, scope) if counts else (None, 0)
            clause = Clause(*_read(written, board), board, its_range, own)
            clauses = clauses[max(taken - 1, 0) :]
            if found is None or found.pop(PARTLY, False):
                rest.append(_filled(written, board))
            if found is None:
                counts = counts and not _CONDITION.search(written) and not _is_about_others(clause.words)
            else:
                composed = found.pop("effects", [])
                scope = scope or _others(composed)
                if composed:
                    effects["effects"] = [*effects.get("effects", []), *composed]
                effects |= found
                if "strikes" in found and its_range is not None and _PLACE.search(written):
                    effects["range"] = its_range
    return Meaning(effects, tuple(rest))


def in_own_range(
    effects: dict[str, Any], its_range: str | None, own: OwnNumbers
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A skill's fields with its effects for all in range where its own range has them, of which the words say only
    "around" (周围, 附近) while the attack keeps the operator's range; and what cannot be played of it, in words.

    An operator that does not attack meanwhile takes the skill's range as a whole; else a range that is a circle becomes
    its radius.
    """
    composed = effects.get("effects", [])
    if its_range in (None, own.range) or "range" in effects or "reach" in effects or not any(map(_in_range, composed)):
        return effects, ()
    if effects.get("holds_fire") or any("disarmed" in one.get("add", {}) for one in composed):
        return effects | {"range": its_range}, ()
    if its_range not in RADII:
        return effects, ("has a range of its own for effects, which is no circle",)
    around = {"radius": RADII[its_range]}
    there = [one | around | {"who": one["who"].split()[0]} if _in_range(one) else one for one in composed]
    return effects | {"effects": there}, ()


def _in_range(effect: Mapping[str, Any]) -> bool:
    """Whether an effect is for allies or enemies in its owner's range."""
    return str(effect.get("who", "")).endswith(" in range")


def _longest(
    clauses: list[str], board: Mapping[str, float], its_range: str | None, own: OwnNumbers, scope: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, int]:
    """The effects of the first clause or, where it has none by itself, of the fewest that have some together; how many
    clauses these are.
    """
    for count in range(1, len(clauses) + 1):
        clause = Clause(*_read("，".join(clauses[:count]), board), board, its_range, own)
        found = _effects_or_composed(clause, scope)
        if found is not None:
            return found, count
    return None, 1


def bonus(text: str, board: Mapping[str, float]) -> Meaning:
    """The numbers that a talent changes, up to the first clause that says anything else.

    Attacks that are stronger by chance count as all attacks stronger by the average: a factor on the whole.
    """
    if _CRITICAL.fullmatch(_LITERAL.sub("#", plain(text))):
        return Meaning({FACTOR: {"attack": 1.0 + board["prob"] * (board["atk_scale"] - 1.0)}}, ())
    effects: dict[str, Any] = {}
    rest: list[str] = []
    for sentence in _sentences(text):
        for written in _clauses(sentence):
            found = None if rest else _stats(_JOINING.sub("", _LITERAL.sub("#", written)), board)
            if found is None:
                rest.append(written)
            else:
                effects |= found
    return Meaning(effects, tuple(rest))


def talent_effects(text: str, board: Mapping[str, float] = NO_BOARD) -> list[dict[str, Any]] | None:
    """The effects of a talent's description; None unless all of it is understood."""
    whole = _read_talent("，".join(_sentences(text)), board)
    if whole is not None:
        return whole
    found: list[dict[str, Any]] = []
    for sentence in _sentences(text):
        read = _read_talent(sentence, board)
        if read is None:
            return None
        found += read
    return found


def _read_talent(words: str, board: Mapping[str, float]) -> list[dict[str, Any]] | None:
    """The effects of words that show their numbers; None unless all of them are understood."""
    numbers = [_value_of(one) for one in _LITERAL.findall(words)]
    read = read_effects(_LITERAL.sub("#", words), numbers, board=board)
    return None if read is None else read[0]


def _value_of(literal: str) -> float:
    """A number as a text writes it, 0.25 for 25%; what potentials have added, which follows in brackets, is in it."""
    shown = re.split("[（( ]", literal)[0]
    return round(float(shown.removesuffix("%")) / (100.0 if shown.endswith("%") else 1.0), 6)


def enemy(text: str) -> Meaning:
    """The fields of `Enemy` that an enemy's description sets, and the clauses about what it does that set none.

    After a clause that is a condition, the rest of the sentence has no effect.
    """
    effects: dict[str, Any] = {}
    rest: list[str] = []
    for sentence in _sentences(_STRESS.sub("*", re.sub("<@[^>]*>【飞行单位】</>", "", text))):
        counts = True
        for written in re.split("，|,|并且|(?<!并)且", sentence):
            words = written.replace("*", "").strip(" .\n")
            found = enemy_clause(words) if counts else None
            if found is None:
                sometimes = bool(_SOMETIMES.search(words))
                told = sometimes or not counts or "*" in written or bool(_DEED.search(words))
                counts = counts and not sometimes
            else:
                told = found.pop(PARTLY, False)
                effects |= found
            rest += [words] if told and words else []
    return Meaning(effects, tuple(rest))


def enemy_clause(words: str) -> dict[str, Any] | None:
    """The fields of `Enemy` that a clause sets; None where it is not among `ENEMY_PHRASES`."""
    for pattern, effects in _ENEMY_PHRASES:
        if pattern.fullmatch(words):
            return {field: value(words) if callable(value) else value for field, value in effects.items()}
    return None


def _is_about_others(words: str) -> bool:
    """Whether a clause is about other units, or changes numbers that are not the operator's own."""
    return bool(_OTHERS.search(words) or re.search("[+-]#", words)) and not _CHANGE.fullmatch(words)


def is_fraction(field: str, value: float) -> bool:
    """Whether a change of a number is a fraction of it, rather than points."""
    return abs(value) <= {"resistance": 1.0, **dict.fromkeys(FRACTIONS, 10.0)}.get(field, 0.0)


def plain(text: str | None) -> str:
    """A text without its mark-up; names in angle brackets stay."""
    return re.sub("<[@$/a-z][^>]*>", "", text or "").replace("\\n", "\n").strip()


def _stats(words: str, board: Mapping[str, float]) -> dict[str, Any] | None:
    """The changes of a clause that does nothing but change numbers; None for any other."""
    if not _CHANGE.fullmatch(words):
        return None
    pairs = [STATS[word] for word in re.findall(_STAT, words)]
    return {field: board[key] for field, key in pairs} if all(key in board for _, key in pairs) else None


def _effects(clause: Clause) -> dict[str, Any] | None:
    """The effects of a clause; None where it is not among `PHRASES` or lacks a number."""
    if _CHANGE.fullmatch(clause.words):
        return _changes(clause)
    return _among(_PHRASES, clause)


def _among(phrases: Sequence[tuple[re.Pattern[str], dict[str, Any]]], clause: Clause) -> dict[str, Any] | None:
    """The effects of a clause by the first of some phrases that fits and finds its numbers; None for no such phrase."""
    for pattern, effects in phrases:
        if pattern.fullmatch(clause.words):
            with suppress(LookupError):  # another pattern may fit
                return {field: value(clause) if callable(value) else value for field, value in effects.items()}
    return None


def _effects_or_composed(clause: Clause, scope: Mapping[str, Any]) -> dict[str, Any] | None:
    """The effects of a clause that `STRIKE_PHRASES` or `PHRASES` hold, else of one made of the forms of effects.

    With a scope the clause is about others, which `PHRASES` never are.
    """
    found = _among(_STRIKE_PHRASES, clause)
    if found is None and not scope:
        found = _effects(clause)
    return _composed(clause, scope) if found is None else found


def _others(composed: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """For whom effects are if they are for others than their owner: what follows in the sentence is for them too."""
    fields = ("who", "roles", "groups", "radius", "others", "melee")
    return next(
        ({key: one[key] for key in fields if key in one} for one in composed if one.get("who", "self") in OTHERS), {}
    )


def _composed(clause: Clause, scope: Mapping[str, Any]) -> dict[str, Any] | None:
    """The effects (`game.characters.effects`) of a clause; None where it is not made of their forms."""
    if len(clause.numbers) != clause.words.count("#"):
        return None
    read = read_effects(clause.words, clause.numbers, scope, {**clause.board, OWN_INTERVAL: clause.own.interval})
    return {"effects": read[0]} if read else None


def _changes(clause: Clause) -> dict[str, Any] | None:
    """The numbers that a clause changes; None if it gives points for a number that takes fractions, or the reverse."""
    fields = [STATS[word][0] for word in re.findall(_STAT, clause.words)]
    if not clause.numbers or any(is_fraction(field, clause.numbers[0]) != (field in FRACTIONS) for field in fields):
        return None
    return dict.fromkeys(fields, clause.numbers[0])


def _sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text."""
    joined = plain(text).replace("以下状态：\n", "以下状态：")
    return (part for part in re.split(r"[。；\n]|\. |; ", joined) if part.strip())


def _clauses(sentence: str) -> list[str]:
    """The clauses of a sentence: the parts between its commas."""
    return [part.strip(" .") for part in re.split(r"，|, ", sentence) if part.strip(" .")]


def _read(written: str, board: Mapping[str, float]) -> tuple[str, tuple[float, ...]]:
    """A clause without a leading conjunction, with # for its numbers, and the numbers; none if any is not given."""
    values = {key.lower(): value for key, value in board.items()}
    keys = [key.lower() for key in _PLACEHOLDER.findall(written)]
    words = _JOINING.sub("", _PLACEHOLDER.sub("#", written))
    return words, tuple(values[key] for key in keys) if all(key in values for key in keys) else ()


def _filled(written: str, board: Mapping[str, float]) -> str:
    """A clause with its numbers filled in, as a player reads it."""
    values = {key.lower(): value for key, value in board.items()}

    def number(found: re.Match[str]) -> str:
        if found[1].lower() not in values:
            return "?"
        value = abs(values[found[1].lower()])
        return f"{value:.0%}" if "%" in found[0] else f"{value:g}"

    return _PLACEHOLDER.sub(number, written)
