"""Plans are cast with whoever is there, and played as the protocol says."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL

from game.actions import RIGHT, UP
from game.characters.models import Build
from game.errors import PlanError
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.jobs import read_plan
from planning.plans import Choice, Part, Plan, Player, Step, cast, play


def deploy(who, row, col, direction=RIGHT, **more):
    """A Deploy."""
    return Step(kind="Deploy", who=who, tile=(row, col), direction=direction, **more)


def part(name, *choices):
    """A part that these operators can play, or the one of its name."""
    return Part(name=name, choices=tuple(Choice(name=one, skill=1) for one in choices or (name,)))


def plan_with(parts, *steps):
    """A plan with these parts."""
    return Plan(stage="made", parts=tuple(parts), steps=steps)


def plan_of(*steps, usage=0, times=1):
    """A plan with Fang and Kroos."""
    parts = tuple(
        Part(name=name, choices=(Choice(name=name, skill=1, usage=usage, times=times),)) for name in ("Fang", "Kroos")
    )
    return Plan(stage="made", parts=parts, steps=steps)


def played(make, plan, *fragments, **level):
    """A plan on the lane."""
    return play(plan, make.stage(make.level(*fragments, **level)), cast(plan, CATALOGUE, Build()))


def player_of(plan, stage):
    """A battle with a plan, before its first tick."""
    who = cast(plan, CATALOGUE, Build())
    return Player(plan, Battle(stage, who.squad), who)


def came(player, name):
    """The second in which somebody comes."""
    slot = [one.name for one in player.battle.squad].index(name)
    player.look()
    while all(one.slot != slot for one in player.battle.operators_on_field()):
        assert player.battle.seconds < 100, f"{name} never came"
        player.battle.step(1)
        player.look()
    return player.battle.seconds


# --- Casting ----------------------------------------------------------------------------------------------------------


def test_groups_are_played_by_the_first_who_is_there():
    """Nobody is unknown, so Ansel heals; with a squad of others nobody can."""
    plan = plan_with([part("芬"), part("Kroos"), part("奶", "Nobody", "安赛尔")], deploy("奶", 0, 3))
    who = cast(plan, CATALOGUE, Build())
    assert [one.name for one in who.squad] == ["Fang", "Kroos", "Ansel"]
    assert who.slots == {"芬": 0, "Kroos": 1, "奶": 2}
    with pytest.raises(PlanError, match="nobody can play '奶': 'Nobody' is in no table; 'Ansel' is not in the squad"):
        cast(plan, CATALOGUE, {"Fang": Build(), "Kroos": Build(), "Myrtle": Build()})


@pytest.mark.parametrize(
    ("groups", "squad"),
    [
        ({"A": "芬 香草", "B": "芬"}, ["Vanilla", "Fang"]),
        ({"A": "芬 香草", "B": "香草 翎羽", "C": "芬"}, ["Vanilla", "Plume", "Fang"]),
        ({"A": "芬 香草", "B": "芬 翎羽"}, ["Fang", "Plume"]),
    ],
)
def test_groups_are_shared_out_so_that_everybody_fits(groups, squad):
    """Whoever is free comes first; only where nobody is does an earlier part pass on its player."""
    parts = [part(name, *choices.split()) for name, choices in groups.items()]
    plan = plan_with(parts, *(deploy(name, 1, 1) for name in groups))
    assert [one.name for one in cast(plan, CATALOGUE).squad] == squad


def test_groups_that_cannot_all_be_played_are_told_in_one_line():
    """Two groups, and Fang is the only one who is left for both."""
    plan = plan_with([part("A", "芬"), part("B", "Nobody", "芬")], deploy("A", 1, 1), deploy("B", 1, 2))
    with pytest.raises(PlanError) as told:
        cast(plan, CATALOGUE)
    assert str(told.value) == "nobody can play 'B': 'Nobody' is in no table; everybody who could plays already"


def test_parts_that_no_step_needs_may_stay_empty():
    """Players list more than they use: it takes nobody from a part that is needed, and is noted."""
    plan = plan_with([part("芬"), part("Nobody"), part("A", "芬")], deploy("A", 1, 1))
    who = cast(plan, CATALOGUE)
    assert [one.name for one in who.squad] == ["Fang"]
    assert who.notes == (
        "nobody can play '芬': everybody who could plays already, and no step needs it",
        "nobody can play 'Nobody': 'Nobody' is in no table, and no step needs it",
    )


def test_whoever_is_listed_twice_comes_once():
    """It is one operator all the same."""
    plan = plan_with([part("芬"), part("芬")], deploy("芬", 1, 1))
    assert [one.name for one in cast(plan, CATALOGUE).squad] == ["Fang"]


def test_whom_only_the_steps_name_comes_too():
    """In any language; but an operator whom a given squad lacks is a reason to stop."""
    plan = plan_with([part("芬")], deploy("芬", 1, 1), deploy("克洛丝", 0, 1))
    assert [one.name for one in cast(plan, CATALOGUE).squad] == ["Fang", "Kroos"]
    with pytest.raises(PlanError, match="nobody can play '克洛丝': 'Kroos' is not in the squad"):
        cast(plan, CATALOGUE, {"Fang": Build()})


def test_a_member_of_a_group_means_its_player():
    """A step may name the operator instead of the group, and nobody else comes for that."""
    who = cast(plan_with([part("pack", "芬", "香草")], deploy("Fang", 1, 1)), CATALOGUE)
    assert [one.name for one in who.squad] == ["Fang"]
    assert who.slots == {"pack": 0, "Fang": 0}


def test_a_member_that_does_not_play_is_nobody(make):
    """Its group is played by Fang, so what is to be done with Vanilla is skipped, and said."""
    plan = plan_with([part("pack", "芬", "香草")], deploy("香草", 1, 1), deploy("pack", 1, 5))
    done = played(make, plan, [make.spawn(at=20)])
    assert done.undone == (0,)
    assert done.notes == ("'香草' plays no part; steps for it are skipped",)


def test_devices_and_summons_are_skipped_and_told_once(make):
    """What is in no table and only the steps name keeps nobody waiting, not even for its card."""
    steps = (
        deploy("障碍物", 1, 1, pre_delay=1.0), Step(kind="Skill", who="Mon3tr"), deploy("障碍物", 9, 9),
        Step(kind="SkillUsage", who="Mon3tr", usage=1), deploy("Fang", 1, 5),
    )  # fmt: skip
    plan = plan_with([part("Fang")], *steps)
    done = played(make, plan, [make.spawn(at=20)])
    assert done.undone == (0, 1, 2)
    assert done.notes == tuple(f"{name!r} is in no table; steps for it are skipped" for name in ("障碍物", "Mon3tr"))
    assert came(player_of(plan, make.stage(make.level([make.spawn(at=20)]))), "Fang") == pytest.approx(1.0, abs=0.1)


def test_bullet_time_needs_nobody():
    """Its name is whomever the author tapped to slow the battle down; there is always somebody to tap."""
    who = cast(plan_with([part("Fang")], Step(kind="BulletTime", who="障碍物"), deploy("Fang", 1, 5)), CATALOGUE)
    assert ([one.name for one in who.squad], who.notes) == (["Fang"], ())


def test_an_operator_that_is_listed_and_needed_must_be_known():
    """Without it the plan is another one; a device alone makes none either."""
    with pytest.raises(PlanError, match="nobody can play 'Mon3tr': 'Mon3tr' is in no table"):
        cast(plan_with([part("Fang"), part("Mon3tr")], Step(kind="Retreat", who="Mon3tr")), CATALOGUE)
    with pytest.raises(PlanError, match="nobody plays in this plan"):
        cast(plan_with([], deploy("障碍物", 1, 1)), CATALOGUE)


def test_what_reading_noted_is_told_with_the_battle(make):
    """Whoever plays a plan hears what of its file is not in it."""
    plan = msgspec.structs.replace(plan_of(deploy("Fang", 1, 5)), notes=("half of it is missing",))
    assert played(make, plan, [make.spawn()]).notes == ("half of it is missing",)


def test_skills_that_are_not_unlocked_fall_back():
    """Elite 0 has its first skill only, and the plan's player is told."""
    part = Part(name="Gravel", choices=(Choice(name="Gravel", skill=2),))
    plan = Plan(stage="", parts=(part,), steps=(deploy("Gravel", 1, 1),))
    assert cast(plan, CATALOGUE, Build()).squad[0].skill is not None
    assert all("not unlocked at elite 0" in note for note in cast(plan, CATALOGUE, Build()).notes)


def test_a_build_for_all_goes_as_far_as_each_can():
    """Elite 2 of an operator with three stars is the end of elite 1."""
    plan = plan_of(deploy("Fang", 1, 1))
    assert cast(plan, CATALOGUE, Build(elite=2, level=5)).squad == cast(plan, CATALOGUE, Build(elite=1)).squad


# --- Playing ----------------------------------------------------------------------------------------------------------


def test_a_step_waits_until_it_can_be_done(make):
    """Kroos is paid for when the DP are there, and no later step overtakes her."""
    plan = plan_of(deploy("Kroos", 0, 2), deploy("Fang", 1, 3))
    done = played(make, plan, [make.spawn(at=30)], initialCost=0)
    assert done.won
    assert done.undone == ()


def test_conditions_hold_a_step_back(make):
    """Kills, DP, a change of DP, cooling cards and the stopwatch: each alone decides when Fang comes."""
    slugs = [make.spawn(at=1), make.spawn(at=40)]
    for condition, expected in (
        ({}, 0.0),
        ({"costs": 99}, 9.0),
        ({"cost_changes": 5}, 5.0),
        ({"time_elapsed": 7.0}, 7.0),
        ({"pre_delay": 2.0}, 2.0),
        ({"time_elapsed": 7.0, "pre_delay": 2.0}, 9.0),
        ({"kills": 1}, 0.1 + 1 + 14),
    ):
        plan = plan_of(deploy("Kroos", 0, 0, UP), deploy("Fang", 1, 5, **condition))
        done = played(make, plan, slugs, initialCost=99, maxLifePoint=9)
        assert done.undone == ()
        assert _when_fang_came(make, plan, slugs) == pytest.approx(expected, abs=0.2)


def test_delays_are_seconds_before_the_screen(make):
    """At double speed four of them hold eight of the game; in bullet time a fifth, until somebody is deployed."""
    wait = {"who": "Fang", "tile": (1, 5)}
    fast, slow = Step(kind="SpeedUp"), Step(kind="BulletTime", who="Kroos")
    for before, seconds in (((), 4.0), ((fast,), 8.0), ((fast, fast), 4.0), ((slow,), 0.8), ((fast, slow), 0.8)):
        plan = plan_of(*before, Step(kind="Deploy", pre_delay=4.0, **wait))
        assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(seconds, abs=0.05)
    plan = plan_of(slow, deploy("Kroos", 0, 0, UP), Step(kind="Deploy", pre_delay=4.0, **wait))
    assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(4.0, abs=0.05)


def test_a_delay_begins_when_the_card_can_be_played(make):
    """As MAA does it: Fang costs 9, which are there after nine seconds, and two seconds later she comes."""
    plan = plan_of(deploy("Fang", 1, 5, pre_delay=2.0))
    player = player_of(plan, make.stage(make.level([make.spawn(at=40)], initialCost=0)))
    assert came(player, "Fang") == pytest.approx(11.0, abs=0.1)


def _when_fang_came(make, plan, slugs):
    """The second in which Fang was deployed."""
    return came(player_of(plan, make.stage(make.level(slugs, initialCost=99, maxLifePoint=9))), "Fang")


def test_post_delays_and_cooling_cards(make):
    """The retreat comes three seconds after the deployment, and the next step when a card cools."""
    plan = plan_of(
        deploy("Fang", 1, 5, post_delay=3.0), Step(kind="Retreat", who="Fang"), deploy("Kroos", 0, 0, cooling=1)
    )
    assert played(make, plan, [make.spawn(at=20)]).undone == ()


def test_skills_are_used_as_their_usage_says(make):
    """By hand never, whenever ready for ever, or so often: each time Myrtle gains 14 DP."""
    for usage, times, expected in ((0, 1, 0), (1, 1, 3), (2, 1, 1), (2, 2, 2)):
        vanguard = Part(name="Myrtle", choices=(Choice(name="Myrtle", skill=1, usage=usage, times=times),))
        plan = Plan(stage="", parts=(vanguard,), steps=(deploy("Myrtle", 1, 2),))
        stage = make.stage(make.level([make.spawn(at=110)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(plan, stage) == 20 - 8 + 14 * expected


def test_a_usage_may_be_changed_where_somebody_stands(make):
    """By the tile instead of the name; where nobody stands nothing happens."""
    vanguard = Part(name="Myrtle", choices=(Choice(name="Myrtle", skill=1),))
    for tile, expected in (((1, 2), 14), ((1, 3), 0)):
        steps = (deploy("Myrtle", 1, 2), Step(kind="SkillUsage", tile=tile, usage=2, times=1))
        stage = make.stage(make.level([make.spawn(at=100)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(Plan(stage="", parts=(vanguard,), steps=steps), stage) == 20 - 8 + expected


def _dp_after(plan, stage):
    """The DP after a hundred seconds."""
    player = player_of(plan, stage)
    while player.battle.seconds < 100:
        player.look()
        player.battle.step(1)
    return player.battle.dp


def test_a_skill_is_waited_for_while_its_operator_stands(make):
    """Myrtle's is ready after 19 seconds; with a timeout of two it is left out, and if she falls it is given up."""
    for timeout, attack, expected, undone in ((-1.0, 0.0, 19.0, ()), (2.0, 0.0, 2.0, (1,)), (-1.0, 1e6, 3.0, (1,))):
        steps = (deploy("Myrtle", 1, 2), Step(kind="Skill", who="Myrtle", timeout=timeout), deploy("Fang", 1, 5))
        level = make.level([make.spawn()], refs=(make.dummy(atk=attack, **IMMORTAL),))
        player = player_of(plan_with([part("Myrtle"), part("Fang")], *steps), make.stage(level))
        assert came(player, "Fang") == pytest.approx(expected, abs=1.0)
        assert tuple(player.undone()) == undone


@pytest.mark.parametrize("whom", [{"who": "Fang"}, {"tile": (1, 3)}])
def test_what_is_to_be_done_to_nobody_is_skipped_at_once(make, whom):
    """By name or by tile: a plan goes on when its author's operator has fallen, or never came."""
    plan = plan_of(Step(kind="Skill", **whom), Step(kind="Retreat", **whom), deploy("Fang", 1, 5))
    player = player_of(plan, make.stage(make.level([make.spawn(at=20)])))
    assert came(player, "Fang") == 0
    assert player.undone() == [0, 1]


def test_a_tile_means_whoever_stands_there(make):
    """Fang is called back from where she stands, and her card cools down."""
    plan = plan_of(deploy("Fang", 1, 5), Step(kind="Retreat", tile=(1, 5)), deploy("Kroos", 0, 2, cooling=1))
    assert played(make, plan, [make.spawn(at=20)]).undone == ()


def test_what_can_never_be_done_is_told_before_the_battle(make):
    """Kroos cannot stand on the road, and nobody outside of the map."""
    for row, col in ((1, 3), (7, 3)):
        with pytest.raises(PlanError, match=f"step 0: Kroos cannot stand on column {col}, row {row}"):
            played(make, plan_of(deploy("Kroos", row, col)), [make.spawn()])


def test_who_may_not_be_brought_is_told_so(make):
    """Not as a place where she cannot stand: no other place would do."""
    level = make.level([make.spawn()])
    level["runes"] = [make.rune("char_exclude", "FOUR_STAR", char="char_123_fang")]
    plan = plan_of(deploy("Fang", 1, 3))
    assert play(plan, make.stage(level), cast(plan, CATALOGUE)).undone == ()
    stage = make.stage(level, challenge=True)
    with pytest.raises(PlanError, match=f"^Fang may not be brought to {stage.code} in this mode$"):
        play(plan, stage, cast(plan, CATALOGUE))


def test_what_came_of_it_is_told(make):
    """Leaks with their seconds, the steps that never came, and neither victory nor stars for the lost."""
    late = deploy("Kroos", 0, 2, kills=99)
    done = played(make, plan_of(late), [make.spawn(count=4, every=2.0)], refs=(make.dummy(**IMMORTAL),))
    assert (done.won, done.stars, done.life, done.leaks, done.undone) == (False, 0, 0, 3, (0,))
    assert [(end.enemy, end.leaked) for end in done.ends] == [("slug", True)] * 3
    assert msgspec.json.decode(msgspec.json.encode(done), type=type(done)) == done


def test_the_same_plan_gives_the_same_battle(make):
    """Nothing is left to chance."""
    plan = plan_of(deploy("Fang", 1, 3), deploy("Kroos", 0, 2), usage=1)
    assert played(make, plan, [make.spawn(count=5)]) == played(make, plan, [make.spawn(count=5)])


@pytest.mark.parametrize(
    "plan", ["community_0-1.json", "community_0-5.json", "community_1-1.json", "community_1-4.json", "AAH_1-4.toml"]
)
def test_plans_that_many_players_won_with_win_here(reference, plan):
    """At elite 1, level 1 with its skills, without a leak: what a faithful simulator must let win."""
    what = read_plan(reference / "copilot" / plan)
    chapter, number = (int(part) for part in what.stage.split("-"))
    stage = load_stage(reference / "levels" / f"level_main_{chapter:02}-{number:02}.json", CATALOGUE)
    done = play(what, stage, cast(what, CATALOGUE, Build(elite=1, level=1)))
    assert (done.won, done.leaks, done.undone) == (True, 0, ())
