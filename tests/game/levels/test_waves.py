"""Waves: which enemies come, and in which tick."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.errors import StageError
from game.levels.stage import WAIT_WAVE, chosen, load_stage


def test_fragments_follow_one_another(reference):
    """Spawn times of 0-1: its delays in seconds, added up by hand, and the ticks that the queues add."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    delays = [5.0, 16.0, 18.0, 29.0, 29.7, 34.0, 45.0, 45.7, 52.0, 52.7, 63.7]
    late = [round((spawn.time - delay) * 30) for spawn, delay in zip(stage.spawns, delays, strict=True)]
    assert late == [5, 9, 10, 14, 15, 16, 20, 21, 22, 23, 28]


def test_hidden_groups_stay_hidden(make):
    """The counter leaves them out, and nothing is missing then; a rune of the mode that is played brings them."""
    data = make.level([make.spawn(), make.spawn(hiddenGroup="extra", count=2)])
    assert make.stage(data).total == 1
    assert make.stage(data).unknown == ()
    data["runes"] = [make.rune("level_hidden_group_enable", "FOUR_STAR", key="extra")]
    assert make.stage(data).total == 1
    assert make.stage(data, challenge=True).total == 3
    assert make.stage(data, challenge=True).unknown == ()


def test_of_a_random_group_one_pack_comes_by_weight(make):
    """The seed decides, packs come together, and another fragment's group of the same name is another group."""
    either = {"randomSpawnGroupKey": "either"}
    data = make.level([
        make.spawn(),
        make.spawn(**either, count=2, weight=1),
        make.spawn(**either, count=5, weight=3, randomSpawnGroupPackKey="many"),
        make.spawn(count=4, randomSpawnGroupPackKey="many"),
    ])  # fmt: skip
    stage = make.stage(data)
    counts = [sum(chosen(stage.spawns, seed)) for seed in range(400)]
    assert set(counts) == {1 + 2, 1 + 9}
    assert 0.68 < counts.count(10) / 400 < 0.82
    assert stage.total == counts[0]
    assert chosen(stage.spawns, 7) == chosen(stage.spawns, 7)
    assert stage.unknown == ()


def test_a_random_group_may_bring_no_enemy(make):
    """Levels write spawns without a key for that; 85 to 20 as in the last waves of many a level."""
    bonus = {"randomSpawnGroupKey": "g1"}
    data = make.level([make.spawn(), make.spawn("", weight=85, **bonus), make.spawn(weight=20, **bonus)])
    spawns = make.stage(data).spawns
    counts = [sum(chosen(spawns, seed)) for seed in range(400)]
    assert set(counts) == {1, 2}
    assert 0.13 < counts.count(2) / 400 < 0.25


def test_offspring_comes_with_its_parent(make):
    """A child of an enemy that does not come this time does not come either."""
    data = make.level([make.spawn(randomSpawnGroupKey="g", weight=1), make.spawn(randomSpawnGroupKey="g", count=2)])
    stage = make.stage(data)
    child = stage.spawns[1]._replace(parent=1)
    assert chosen((*stage.spawns, child), 0) == (True, False, False, False)


def test_a_battle_has_the_random_groups_of_its_seed(make):
    """The counter's right number counts the enemies that come, and the battle is won when they are gone."""
    either = {"randomSpawnGroupKey": "either", "isUnharmfulAndAlwaysCountAsKilled": True}
    data = make.level([make.spawn(**either), make.spawn(**either, count=3)], refs=(make.dummy(moveSpeed=9.0),))
    totals = set()
    for seed in range(12):
        battle = make.battle(data, seed=seed)
        totals.add(battle.view().total)
        battle.step(30 * 20)
        assert battle.outcome == "won"
        assert len(battle.gone()) == battle.view().total
    assert totals == {1, 3}


@pytest.mark.parametrize(
    ("said", "reported"),
    [({"managedByScheduler": False}, "managedByScheduler false"), ({"refreshType": "NEVER"}, "refreshType NEVER")],
)
def test_how_a_spawn_is_managed_is_reported_where_we_have_no_rule(make, said, reported):
    """The spawn comes nevertheless."""
    stage = make.stage(make.level([make.spawn(**said)]))
    assert stage.unknown == (reported,)
    assert stage.total == 1


def test_every_kind_of_action_is_read(make):
    """Actions that only show something are not reported, others are; each takes one tick of its own."""
    kinds = ("STORY", "TUTORIAL", "PLAY_BGM", "DISPLAY_ENEMY_INFO", "PLAY_OPERA", "DIALOG", "SHOW_ALL_HIDDEN_CARDS")
    shown = [{"actionType": kind, "key": "x", "preDelay": 2.0, "count": 9, "interval": 9.0} for kind in kinds]
    stage = make.stage(make.level([make.spawn(), *shown, {"actionType": "EMPTY", "preDelay": 2.0}], [make.spawn()]))
    assert stage.unknown == ()
    assert round(stage.fragments[0].length * 30) == 1 + 60 + 7
    changing = ("ACTIVATE_PREDEFINED", "TRIGGER_PREDEFINED", "BATTLE_EVENTS", "WITHDRAW_PREDEFINED")
    stage = make.stage(make.level([make.spawn(), *({"actionType": kind} for kind in changing)]))
    assert stage.unknown == tuple(f"action {kind}" for kind in changing)


def test_a_spawn_without_a_key_brings_no_enemy(make):
    """Levels write such actions to make a fragment last."""
    stage = make.stage(make.level([make.spawn(), make.spawn("", at=3.0)]))
    assert stage.total == 1
    assert round(stage.fragments[0].length * 30) == 91


def ticks_of(stage):
    """The ticks after their fragment's start at which the enemies of a stage come."""
    return [round(spawn.offset * 30) for spawn in stage.spawns]


def test_spawn_k_of_an_action_comes_k_intervals_later(make):
    """Fragment start + action.preDelay + k x interval, and a tick for each that came before."""
    assert ticks_of(make.stage(make.level([make.spawn(at=1.5, count=3, every=0.5)]))) == [45, 61, 77]


def test_entries_of_one_moment_happen_a_tick_apart(make):
    """As measured on CE-5, whose first three enemies come in the frames 0, 1 and 2."""
    assert ticks_of(make.stage(make.level([make.spawn(), make.spawn(), make.spawn()]))) == [0, 1, 2]


def test_previews_of_a_route_take_ticks_too(make):
    """Three seconds before the spawn, and once more 0.3 s later; so do enemy introductions."""
    plain = make.level([make.spawn(at=4.0)])
    assert ticks_of(make.stage(plain)) == [120]
    plain["waves"][0]["fragments"][0]["actions"] = [make.spawn(at=4.0, autoPreviewRoute=True)]
    assert ticks_of(make.stage(plain)) == [122]
    plain["waves"][0]["fragments"][0]["actions"] = [make.spawn(at=4.0), {"actionType": "PREVIEW_CURSOR"}]
    assert ticks_of(make.stage(plain)) == [122]


def test_the_first_enemies_of_9_11_come_a_tick_after_the_frames_measured(make):
    """Measured 271 and 512: a wave with a preDelay saves one tick somewhere; the reason is unknown."""
    data = make.level([make.spawn(at=3.0, autoPreviewRoute=True), make.spawn(at=11.0)])
    data["waves"][0]["preDelay"] = data["waves"][0]["fragments"][0]["preDelay"] = 3.0
    assert [round(spawn.time * 30) for spawn in make.stage(data).spawns] == [272, 513]


def test_the_first_enemies_come_in_the_frames_measured_in_the_real_game(reference):
    """0-1: the introduction in frame 154 and the first slug in frame 155, fragments two ticks apart."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    start = sum(round(part.delay * 30) + round(part.length * 30) for part in stage.fragments[:1])
    start += round(stage.fragments[1].delay * 30)
    assert start + round(stage.spawns[0].offset * 30) == 155


def test_a_wave_waits_its_post_delay_and_then_for_an_empty_field(make):
    """In order: preDelay, fragments, postDelay, an empty field or maxTimeWaitingForNextWave, the next preDelay."""
    data = make.level([make.spawn()])
    first = {**data["waves"][0], "preDelay": 1.0, "postDelay": 4.0, "maxTimeWaitingForNextWave": 20.0}
    second = {**data["waves"][0], "preDelay": 2.0}
    data["waves"] = [first, second]
    one, other = make.stage(data).fragments
    assert (one.delay, one.length) == (1.0, 4.0)
    assert (other.wave, round(other.delay * 30), other.patience) == (1, 61, 20.0)


def test_the_wave_clock_runs_while_its_first_fragment_is_late(make):
    """WAIT_CURRENT_WAVE_TIME counts from the wave's preDelay on, WAIT_CURRENT_FRAGMENT_TIME from the fragment's."""
    wait = {"type": "WAIT_CURRENT_WAVE_TIME", "time": 9.0}
    data = make.level([make.spawn()], routes=(make.lane((wait,)),))
    data["waves"][0]["preDelay"] = 1.0
    data["waves"][0]["fragments"][0]["preDelay"] = 3.0
    stage = make.stage(data)
    assert [(one.delay, one.length) for one in stage.fragments] == [(1.0, 0.0), (3.0, 0.0)]
    assert stage.spawns[0].time == 4.0
    assert stage.routes[0].nodes[0][0::3] == (WAIT_WAVE, 9.0)


def test_flags_of_a_spawn_are_read(make):
    """They are blockFragment, dontBlockWave and isUnharmfulAndAlwaysCountAsKilled."""
    plain, marked = make.stage(
        make.level([
            make.spawn(),
            make.spawn(blockFragment=True, dontBlockWave=True, isUnharmfulAndAlwaysCountAsKilled=True),
        ])
    ).spawns  # fmt: skip
    assert (plain.holds_fragment, plain.holds_wave, plain.harmless) == (False, True, False)
    assert (marked.holds_fragment, marked.holds_wave, marked.harmless) == (True, False, True)


def test_a_wave_does_not_wait_for_an_enemy_that_does_not_block_it(make):
    """While an enemy with dontBlockWave stands still, the next wave comes nevertheless."""
    for free, comes in ((False, 1), (True, 2)):
        data = make.level([make.spawn(dontBlockWave=free)], refs=(make.dummy(moveSpeed=0.0),))
        data["waves"] = [*data["waves"], make.level([make.spawn()])["waves"][0]]
        battle = make.battle(data)
        battle.step(300)
        assert len(battle.enemies_on_field()) == comes


def test_negative_times_mean_0(make):
    """Real levels have them: -1 after a wave, -5 before a fragment, -1 between the spawns of an action."""
    usual, odd = (make.level([make.spawn(count=3, every=0.0)], [make.spawn()]) for _ in range(2))
    odd["waves"][0] |= {"preDelay": -1, "postDelay": -1}
    odd["waves"][0]["fragments"][1]["preDelay"] = -5
    odd["waves"][0]["fragments"][0]["actions"][0] |= {"preDelay": -2, "interval": -1}
    one, other = make.stage(usual), make.stage(odd)
    assert (one.spawns, one.fragments) == (other.spawns, other.fragments)


@pytest.mark.parametrize("interval", [-1, None, "never", 1e12])
def test_the_interval_of_a_single_spawn_means_nothing(make, interval):
    """There is no second one that it would be waited for."""
    assert make.stage(make.level([make.spawn(every=interval)])).spawns[0].time == 0.0


@pytest.mark.parametrize("name", ["lt01_01", "act33side_ex08", "memory_halo_1", "memory_quartz_1"])
def test_real_levels_with_negative_times_load(reference, name):
    """Four of those that were refused."""
    assert load_stage(reference / "levels" / f"level_{name}.json", CATALOGUE).total > 0


def test_a_level_without_spawns_says_where_its_enemies_come_from(make):
    """Of a mode that is not played: sandbox, duel, auto-chess."""
    with pytest.raises(StageError, match="waves: bring no enemy; in modes such as sandbox, duel and auto-chess"):
        make.stage(make.level([{"actionType": "STORY", "key": "x"}]))


def test_every_level_of_the_reference_loads_or_says_that_its_enemies_come_from_elsewhere(reference):
    """Nothing else is wrong with a real level."""
    for file in sorted((reference / "levels").rglob("level_*.json")):
        try:
            assert load_stage(file, CATALOGUE).spawns
        except StageError as error:
            assert "come from elsewhere" in str(error), error  # noqa: PT017 - either is right
