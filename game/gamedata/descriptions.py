"""What the sentences of the public tables mean in our effects.

The public tables give every number by a key, but what a skill does with it stands there only as prose. A sentence is
taken apart into clauses, a clause's numbers become "#", and `PHRASES` says of each clause we can play which effects it
has. A clause that is no phrase here has no effect and is handed back, so that nobody believes it is played.
`ENEMY_PHRASES` are those of enemies, whose descriptions tell stories as well: these are passed over.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from game.characters.catalogue import EVER

STATS = {
    "攻击力": ("attack", "atk"), "防御力": ("defense", "def"), "生命上限": ("max_health", "max_hp"),
    "最大生命值": ("max_health", "max_hp"), "攻击速度": ("attack_speed", "attack_speed"),
    "法术抗性": ("resistance", "magic_resistance"), "阻挡数": ("block", "block_cnt"),
    "部署费用": ("cost", "cost"), "再部署时间": ("redeploy_time", "respawn_time"),
    "ATK": ("attack", "atk"), "DEF": ("defense", "def"), "Max HP": ("max_health", "max_hp"),
    "ASPD": ("attack_speed", "attack_speed"), "Attack Speed": ("attack_speed", "attack_speed"),
    "RES": ("resistance", "magic_resistance"), "Block Count": ("block", "block_cnt"),
    "DP Cost": ("cost", "cost"), "Redeployment Time": ("redeploy_time", "respawn_time"),
}  # fmt: skip
"""The tables' words for a number: our field, and the key under which talents give it."""
SPLASH = 1.0
"""Tiles around the target within which a splash hits, where the tables only say that there is one."""
FRACTIONS = ("attack", "defense", "max_health")
"""Numbers that change by a fraction of themselves; the others by points."""
SLUGGISH = 0.8
"""Fraction of the speed that "slow" (停顿) takes, by the game's own list of terms."""
NUMERALS = {"两": 2, "二": 2, "三": 3, "四": 4}
PARTLY = "partly"
"""Among effects: the clause has them, and something else besides that is handed back."""
FACTOR = "factor"
"""Among effects: by what numbers are multiplied."""
OWN_TILE = "0-1"
"""The tables' range of nothing but the operator's own tile."""


class Own(NamedTuple):
    """What an operator has without its skill."""

    interval: float
    """Seconds between attacks."""
    block: int
    targets: int
    hits: int
    damage: str
    range: str


class Clause(NamedTuple):
    """A clause, and what stands around it that it may mean."""

    words: str
    """With # for each number."""
    numbers: tuple[float, ...]
    board: Mapping[str, float]
    """All numbers of the skill by their keys."""
    range: str | None
    """The range that the skill brings, if any."""
    own: Own


class Meaning(NamedTuple):
    """What a text does, and its clauses that have no effect here."""

    effects: dict[str, Any]
    rest: tuple[str, ...]


# What an effect's number is, where it stands in the clause or around it. LookupError: the clause lacks it.


def first(clause: Clause) -> float:
    """Its first number."""
    return clause.numbers[0]


def second(clause: Clause) -> float:
    """Its second number."""
    return clause.numbers[1]


def last(clause: Clause) -> float:
    """Its last number."""
    return clause.numbers[-1]


def kind(clause: Clause) -> str:
    """The kind of its damage."""
    return "arts" if "法术" in clause.words else "physical"


def how_many(words: str) -> int:
    """The number in an enemy's clause."""
    found = re.search("[1-9两二三四]", words)
    return _whole(found[0]) if found else 1


def blows(clause: Clause) -> int:
    """How many blows it is."""
    return 2 if "两次" in clause.words else 1


def lost(clause: Clause) -> float:
    """Its second number, which the tables write negative."""
    return -clause.numbers[1]


def count(clause: Clause) -> int:
    """Its first number, which is whole."""
    return int(clause.numbers[0])


def few(clause: Clause) -> int:
    """How many, as a number of the table or as a word."""
    words = re.search(r"[#2-9两二三四](?=[个名次连])", clause.words)
    if words is None:
        raise LookupError("how many")
    return count(clause) if words[0] == "#" else _whole(words[0])


def extra(clause: Clause) -> int:
    """So many targets more than without the skill; one where no number is said."""
    more = re.search("[1-9两二三四]", clause.words)
    return clause.own.targets + (_whole(more[0]) if more else 1)


def _whole(word: str) -> int:
    """A digit or a numeral."""
    return NUMERALS.get(word) or int(word)


def no_block(clause: Clause) -> int:
    """As much block as it has, away."""
    return -clause.own.block


def taunt(clause: Clause) -> int:
    """By how much it is struck first."""
    return int(clause.board["taunt_level"])


def interval(clause: Clause) -> float:
    """Seconds added. Negative values are seconds, positive ones factors: of what is added, or of what remains."""
    value = clause.board["base_attack_time"]
    if value < 0.0:
        return value
    return clause.own.interval * (value - 1.0 if re.search("缩短|减小|reduce", clause.words) else value)


def longer(clause: Clause) -> float:
    """Seconds by which healing takes longer than attacking; no word says so, only the key."""
    return clause.own.interval * clause.board.get("base_attack_time", 0.0)


def drip(clause: Clause) -> float:
    """Seconds between DP that come one by one."""
    found = [value for key, value in clause.board.items() if key.endswith("interval")]
    return found[0]


def its_range(clause: Clause) -> str:
    """The skill's range."""
    if clause.range is None:
        raise LookupError("rangeId")
    return clause.range


def all_held(clause: Clause) -> int:
    """Everybody it holds: the same as everybody in range where that is its own tile."""
    if (clause.range or clause.own.range) != OWN_TILE:
        raise LookupError("rangeId")
    return 0


PHRASES: tuple[tuple[str, dict[str, Any]], ...] = (
    # how long, and how it starts
    ("持续时间无限|[Ii]nfinite duration|[Uu]nlimited duration", {"duration": EVER}),
    ("(技能)?会?自动开启", {}),
    ("护盾会在#秒内持续衰减", {"duration": first}),
    ("在#秒内持续衰减", {"duration": first, "fades": True, PARTLY: True}),
    ("在?#秒内攻击力[+]#", {"duration": first, "attack": second}),
    # at once
    ("(立即)?获得#点(部署)?费用|[Ii]mmediately gains? # DP", {"dp": count}),
    ("立即恢复最大生命的#|[Ii]mmediately (recovers|restores) # (of )?[Mm]ax HP", {"heal_self": first}),
    ("获得可吸收相当于自己最大生命#的护盾", {"shield": first}),
    # DP one by one
    ("(技能)?持续(期间|时间)内(逐渐获得|回复总共)#点部署费用|逐渐回复总共#点部署费用", {"dp_each": drip}),
    # the attack that spends it
    ("下一?次攻击[的时]?攻击力(提高|提升)至#", {"strikes": True, "strength": first}),
    ("下次攻击的攻击力(提高|提升)至#（.*）", {"strikes": True, "strength": first, PARTLY: True}),
    ("下次攻击(时|的)攻击力[+]#", {"strikes": True, "attack": first}),
    ("下一?次攻击造成(相当于)?攻击力#的(物理|法术)?伤害", {"strikes": True, "strength": first}),
    ("下次攻击(时连续射击[#2-9]次|变为#连射)", {"strikes": True, "hits": few}),
    ("连续攻击两次", {"hits": few}),
    ("下次攻击会[把将](目标|敌人).*", {"strikes": True, PARTLY: True}),
    ("对其造成相当于攻击力#的物理伤害", {"strength": first, "damage": "physical"}),
    ("对其造成相当于自己攻击力#的真实的伤害", {"strength": first, "damage": "true"}),
    ("对其造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("下次攻击额外攻击一个目标", {"strikes": True, "targets": 2}),
    ("下次治疗可以恢复相当于攻击力#的生命", {"strikes": True, "strength": first}),
    ("额外治疗一名单位|每次可额外治疗一名单位", {"targets": extra}),
    # one attack at once
    ("立即以#的攻击力进行一次攻击", {"strikes": True, "strength": first}),
    ("(立即)?对(周围|攻击范围内|前方.*)(最多|至多)[#2-9][个名]敌人造成相当于攻击力#的(物理|法术)伤害",
     {"strikes": True, "targets": few, "strength": last, "damage": kind, "hits": blows}),
    ("(立即)?对周围所有敌人造成(两次)?相当于攻击力#的(物理|法术)伤害",
     {"strikes": True, "targets": 0, "strength": last, "damage": kind, "hits": blows}),
    ("立即投掷#把飞刀.*", {"strikes": True, "hits": count, PARTLY: True}),
    ("每把造成相当于攻击力#的物理伤害", {"strength": first}),
    ("(立即)?将.*所有敌人.*推开", {"strikes": True, "targets": 0, PARTLY: True}),
    ("(立即)?将.*(两|#)个(敌人|目标).*拖拽至面前", {"strikes": True, "targets": few, PARTLY: True}),
    ("(立即)?恢复攻击范围内所有友方单位相当于攻击力#的生命",
     {"strikes": True, "damage": "heal", "targets": 0, "strength": first}),
    ("治疗附近一定范围内的所有友军相当于.*攻击力#的生命",
     {"strikes": True, "damage": "heal", "targets": 0, "strength": first}),
    ("下次攻击会恢复附近一名友方.*相当于.*攻击力#的生命值", {"strikes": True, "damage": "heal", "strength": first}),
    ("下一次攻击会为.*一半的一名友方.*相当于攻击力#的生命",
     {"strikes": True, "damage": "heal", "strength": first, PARTLY: True}),
    # attacks
    ("攻击间隔.*(增大|缩短|减小)|.*[Aa]ttack interval.*", {"interval": interval}),
    ("(普通)?攻击变为[#2-9两二三四]连[射击]", {"hits": few}),
    ("每次射击造成相当于攻击力#的(物理|法术)?伤害", {"strength": first}),
    ("每次攻击造成相当于攻击力#的物理伤害", {"strength": first, "damage": "physical"}),
    ("(每次)?攻击造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("造成相当于攻击力#的物理伤害", {"strength": first}),
    ("(每次攻击的|攻击时)?攻击力(提高|提升)至#", {"strength": first}),
    ("每次攻击只能造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("每次随机回复.*相当于攻击力#的生命值", {"strength": first, PARTLY: True}),
    ("普通攻击造成法术伤害", {"damage": "arts"}),
    ("普通攻击造成法术伤害并使击中的敌人停顿#秒", {"damage": "arts", "slow": SLUGGISH, "slow_time": first}),
    ("(普通攻击的)?伤害类型变为法术", {"damage": "arts"}),
    ("(普通攻击的)?伤害类型变为真实", {"damage": "true"}),
    ("同时攻击阻挡的所有敌人", {"targets": all_held}),
    ("同时攻击(攻击范围内)的?所有敌人", {"targets": 0}),
    ("每次攻击对主目标额外射击一次", {PARTLY: True}),
    ("(每次攻击)?额外攻击(1个|一个|一名|2个|两个)目标|攻击目标数[+][1-9]", {"targets": extra}),
    ("(最多)?(可以)?(同时)?攻击(至多|最多)?[#2-9两三][个名](敌人|目标)", {"targets": few}),
    ("同时攻击至多#个目标（视为近距离攻击）", {"targets": few, PARTLY: True}),
    ("普通攻击的爆炸范围提升至#", {"splash": first}),
    ("停止攻击(敌人)?|[Ss]tops attacking( enemies)?", {"holds_fire": True}),
    ("普通攻击改为治疗友方单位", {"damage": "heal"}),
    ("停止攻击并专心对周围的?友方角色进行治疗", {"damage": "heal", "interval": longer, "range": its_range}),
    # range, block, being hit
    ("攻击(范围|距离)(更加)?(扩大|改变|缩短|增大|缩小|加长)", {"range": its_range}),
    ("攻击范围向前延伸一格", {"reach": 1}),
    ("攻击(范围|距离)[+]#格?|Attack [Rr]ange [+]# tiles?", {"reach": count}),
    ("阻挡数变为0", {"block": no_block}),
    ("防御力降至0", {"defense": -1.0}),
    ("每秒恢复最大生命的#|每秒恢复#的最大生命值", {"regeneration": first}),
    ("更易受敌人攻击", {"taunt": taunt}),
    # what a hit does
    ("(攻击会)?(击中目标时)?使(其|目标)停顿#秒|(每次攻击)?对目标造成#秒停顿", {"slow": SLUGGISH, "slow_time": first}),
    ("(击中目标时)?[使令](其|目标|命中目标|击中目标)晕眩#秒", {"stun": first}),
    ("(令命中目标在|每次攻击会在)#秒内(令命中目标)?移动速度-#", {"slow": lost, "slow_time": first}),
)  # fmt: skip
"""Clauses in full, without a joining word before them, and the effects of each: numbers, or where these are found."""

_PLAINLY = (
    "(?!.*([时后只每]|周围|周期|额外|附带|死亡|击倒|爆炸|受到|免疫|吸收|减少|数次|持续|一次|使(?!用)|寻找|无视|优先|变为|切换"
    "|提升|降低|下降|增加|削减|友好|[Ww]hen|[Aa]fter))"
)
"""Before a pattern of `ENEMY_PHRASES`: nothing in the clause makes it true only now and then, or for others."""
ENEMY_PHRASES: tuple[tuple[str, dict[str, Any]], ...] = (
    # what it is to us
    ("(.*使其|.*行动能力)?(无法|不会|不能|不可)被?阻挡", {"unblockable": True}),
    ("在?被阻挡前无法被攻击|隐匿", {"hides": True}),
    (
        "阻挡他相当于阻挡[2-9两三四]名敌人|.*阻挡(能力|数)大于等于[2-9]的.*(阻止|阻挡).*|占用[2-9]阻挡数",
        {"block": how_many},
    ),
    # its attack
    ("能同时治疗.*敌人", {"attack": 0, PARTLY: True}),
    ("不会?(进行)?攻击", {"attack": 0}),
    ("对[2-9两三四]个目标造成远程法术伤害", {"targets": how_many, "damage": "arts"}),
    ("(能够)?同时攻击[2-9两三四][个名]?(目标|敌人)", {"targets": how_many}),
    (_PLAINLY + ".*群体法术攻击", {"damage": "arts", "splash": SPLASH}),
    (_PLAINLY + ".*溅射攻击|其攻击会伤害目标周围的单位", {"splash": SPLASH}),
    (_PLAINLY + ".*(法术作战(人员|单位)|术师((组|队)长)?)", {"damage": "arts"}),
    (_PLAINLY + ".*(造成|使用|进行|擅长).*法术(攻击|伤害)", {"damage": "arts"}),
    ("攻击造成法术伤害[与和].*", {"damage": "arts", PARTLY: True}),
    (_PLAINLY + ".*Arts (damage|attacks?).*", {"damage": "arts"}),
    (_PLAINLY + ".*((远距离|远程|近身|近战).*(攻击|射击)|进行攻击)", {}),
    # its numbers say it
    (_PLAINLY + "(?!.*造成).*(攻击力|攻击能力|攻击欲望|防御|防护|法术抗性|耐久|速度|攻速|射程).*", {}),
    (".*护甲(使他拥有一定防御|能够抵抗法术伤害)|(能|会)?(快速|逐渐)?自然?恢复生命值?", {}),
    (".*威胁(很|极)大|难以被(消灭|击溃)|但是重量并没有想像的大", {}),
)
"""Clauses of enemies' descriptions in full, and the fields of Enemy that they set."""

_PHRASES = tuple((re.compile(pattern), effects) for pattern, effects in PHRASES)
_ENEMY_PHRASES = tuple((re.compile(pattern), effects) for pattern, effects in ENEMY_PHRASES)
_JOINING = re.compile(r"^(但|并且|并|且|使?自身(与浮游单元)?的?|该|部署后|同时(?!攻击))+|^(and|but|also) ")
_CONDITION = re.compile(r"^(当|若|如果|每|第.次|[Ww]hen|[Ii]f|[Ww]hile|[Aa]fter|[Ee]very)|(时|后|中|(?<!战)场)$")
_OTHERS = re.compile("^(所有|全体)|召唤")
_PLACE = re.compile("周围|附近|前方|远距离")
_SOMETIMES = re.compile("^(当(?!地)|若|如果|每)|(时|后|状态下)$|待命")
_STRESS = re.compile(r"<@eb\.\w+>")
_DEED = re.compile(
    "攻击|伤害|损伤|阻挡|阻止|治疗|恢复|回复|生命|防御|法抗|抗性|护盾|隐匿|闪避|爆炸|爆破|自爆|自毁|引爆|晕眩|眩晕|寒冷|冻结|抵抗"
    "|召唤|制造|生成|产生|分裂|重生|复活|变为|提升|提高|降低|下降|减少|增加|上升|削弱|强化|优先|免疫|失效|损失|流失|释放|发射|部署"
    "|弹药上限|携带弹药|充能|技力|费用|穿过|无敌|悬浮|无法移动|加速|速度|吸引|掩护|支援|撤回|撤退|击倒|切断|(?<!尽快)清除|装载|轰炸|点燃|灼烧|毒"
    "|获得|施法|施加|使用【|跳跃|反弹|激活|计入|持续|状态|出其不意|(?<![背最种])后|时(?!常)"
)
"""Words by which a clause of an enemy's description tells what it does, and not a story."""
_STAT = "|".join(sorted(STATS, key=len, reverse=True))
_CHANGE = re.compile(rf"({_STAT})((?:和|、| and |, )(?:{_STAT}))*各? ?[+-]?#(?:秒| seconds)?")
_PLACEHOLDER = re.compile(r"\{-?([^:}]+)(?::[^}]*)?\}")
_CRITICAL = re.compile(r"攻击时，#几率当次攻击的攻击力提升至#。?")
_LITERAL = re.compile(r"\d+(?:\.\d+)?%?(?:（[+-][\d.]+%?）| ?\([+-][\d.]+%?\))?")


def meaning(text: str, board: Mapping[str, float], its_range: str | None, own: Own) -> Meaning:
    """What a skill's description does.

    Nothing counts behind a clause that is a condition, nor behind one that changes a number of somebody else's: until
    the end of its sentence all numbers may be theirs.
    """
    effects: dict[str, Any] = {}
    rest: list[str] = []
    for sentence in _sentences(text):
        heard = True
        for written in _clauses(sentence):
            clause = Clause(*_read(written, board), board, its_range, own)
            found = _effects(clause) if heard else None
            if found is None or found.pop(PARTLY, False):
                rest.append(_filled(written, board))
            if found is None:
                heard = heard and not _CONDITION.search(written) and not _is_about_others(clause.words)
            else:
                effects |= found
                if "strikes" in found and its_range is not None and _PLACE.search(written):
                    effects["range"] = its_range
    return Meaning(effects, tuple(rest))


def bonus(text: str, board: Mapping[str, float]) -> Meaning:
    """What a talent does: `effects` are the numbers that it changes, as far as it says nothing else before them.

    An attack that is stronger by chance counts as every attack stronger by the average: a factor on the whole.
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


def enemy(text: str) -> Meaning:
    """What an enemy's description says of it: fields of Enemy, and the clauses about what it does that have none.

    Nothing counts behind a clause that is a condition, until the end of its sentence.
    """
    effects: dict[str, Any] = {}
    rest: list[str] = []
    for sentence in _sentences(_STRESS.sub("*", re.sub("<@[^>]*>【飞行单位】</>", "", text))):
        heard = True
        for written in re.split("，|,|并且|(?<!并)且", sentence):
            words = written.replace("*", "").strip(" .\n")
            found = _enemy_effects(words) if heard else None
            if found is None:
                sometimes = bool(_SOMETIMES.search(words))
                told = sometimes or not heard or "*" in written or bool(_DEED.search(words))
                heard = heard and not sometimes
            else:
                told = found.pop(PARTLY, False)
                effects |= found
            rest += [words] if told and words else []
    return Meaning(effects, tuple(rest))


def _enemy_effects(words: str) -> dict[str, Any] | None:
    """The fields that a clause sets of an enemy; None where it is no phrase."""
    for pattern, effects in _ENEMY_PHRASES:
        if pattern.fullmatch(words):
            return {field: value(words) if callable(value) else value for field, value in effects.items()}
    return None


def _is_about_others(words: str) -> bool:
    """Whether a clause is about somebody else, or changes numbers that are not the operator's own."""
    return bool(_OTHERS.search(words) or re.search("[+-]#", words)) and not _CHANGE.fullmatch(words)


def is_fraction(field: str, value: float) -> bool:
    """Whether a change of a number is a fraction of it, and not points."""
    return abs(value) <= {"resistance": 1.0, **dict.fromkeys(FRACTIONS, 10.0)}.get(field, 0.0)


def plain(text: str | None) -> str:
    """A text without its mark-up; what stands in angles as a name stays."""
    return re.sub("<[@$/a-z][^>]*>", "", text or "").replace("\\n", "\n").strip()


def _stats(words: str, board: Mapping[str, float]) -> dict[str, Any] | None:
    """The changes of a clause that names numbers only; None for any other."""
    if not _CHANGE.fullmatch(words):
        return None
    pairs = [STATS[word] for word in re.findall(_STAT, words)]
    return {field: board[key] for field, key in pairs} if all(key in board for _, key in pairs) else None


def _effects(clause: Clause) -> dict[str, Any] | None:
    """The effects of a clause; None where it is no phrase."""
    if _CHANGE.fullmatch(clause.words):
        return _changes(clause)
    for pattern, effects in _PHRASES:
        if pattern.fullmatch(clause.words):
            try:
                return {field: value(clause) if callable(value) else value for field, value in effects.items()}
            except LookupError:
                return None
    return None


def _changes(clause: Clause) -> dict[str, Any] | None:
    """The numbers that a clause changes; None where it gives points for what we take fractions of, or the reverse."""
    fields = [STATS[word][0] for word in re.findall(_STAT, clause.words)]
    if not clause.numbers or any(is_fraction(field, clause.numbers[0]) != (field in FRACTIONS) for field in fields):
        return None
    return dict.fromkeys(fields, clause.numbers[0])


def _sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text."""
    return (part for part in re.split(r"[。；\n]|\. |; ", plain(text)) if part.strip())


def _clauses(sentence: str) -> list[str]:
    """What stands between its commas."""
    return [part.strip(" .") for part in re.split(r"，|, ", sentence) if part.strip(" .")]


def _read(written: str, board: Mapping[str, float]) -> tuple[str, tuple[float, ...]]:
    """A clause with # for its numbers, without a joining word before it, and these; none where one is not given."""
    values = {key.lower(): value for key, value in board.items()}
    keys = [key.lower() for key in _PLACEHOLDER.findall(written)]
    words = _JOINING.sub("", _PLACEHOLDER.sub("#", written))
    return words, tuple(values[key] for key in keys) if all(key in values for key in keys) else ()


def _filled(written: str, board: Mapping[str, float]) -> str:
    """A clause with its numbers, as a player reads it."""
    values = {key.lower(): value for key, value in board.items()}

    def number(found: re.Match[str]) -> str:
        if found[1].lower() not in values:
            return "?"
        value = abs(values[found[1].lower()])
        return f"{value:.0%}" if "%" in found[0] else f"{value:g}"

    return _PLACEHOLDER.sub(number, written)
