"""Every page stands where it should at every size and in both shapes of the window, and the eyes read it there."""

from __future__ import annotations

from importlib import resources
from itertools import combinations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, unflatten
from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.models import ROLES
from game.levels.stage import load_stage, shipped_stages
from game.practice import layout
from game.practice.app import ON_A_PAGE, PracticeGame, nodes_of, stages_on_map
from game.practice.art import PORTRAIT, pixels, portrait, portraits
from game.practice.draw import BattleScene, Painter
from game.practice.layout import Scale, Spot
from game.simulator.battle import Battle
from vision.cutter import Cutter
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise

STAGE = load_stage("two_roads", CATALOGUE)
SQUAD = default_squad(CATALOGUE)
SIZES = [(1280, 720), (1600, 900), (1920, 1080), (2560, 1440), (1280, 960), (1920, 1440)]
SPOTS = {name: spot for name, spot in vars(layout).items() if isinstance(spot, Spot)}
CODES = [f"H{chapter}-{number}" for chapter in (1, 2) for number in range(1, 10)]
PAGES = {
    "home": lambda painter: painter.home(),
    "terminal": lambda painter: painter.terminal(),
    "stage_map": lambda painter: painter.stage_map(CODES[:ON_A_PAGE], nodes_of(len(CODES), 0), 0, 2),
    "stage_panel": lambda painter: painter.stage_panel(STAGE),
    "squad": lambda painter: painter.squad_page(),
    "loading": lambda painter: painter.loading(0.5),
    "settle": lambda painter: painter.result(won=True, stars=3, code="HF-1"),
    "failed": lambda painter: painter.result(won=False, stars=0, code="HF-1"),
    "popup": lambda painter: (painter.home(), painter.popup()),
    "connection_lost": lambda painter: (painter.home(), painter.connection_lost()),
    "unknown": lambda painter: painter.foreign(),
}
ROSTER = (
    "Fang Kroos Myrtle Popukar Beagle Ansel Lava Melantha Catapult Steward Gravel Orchid Yato Noir Corne Rangers Durin "
    "Twelve Vanilla Plume Cardigan Adnachiel Hibiscus Midnight Spot Courier Scavenger Dobermann Estelle Mousse "
    "Frostleaf Matoimaru Cuora Gummy Matterhorn Jessica Meteor Shirayuki Haze Gitano Perfumer Vigna Earthspirit Rope "
    "Shaw Lancet-2 Castle-3 Texas Silence Exusiai Amiya Nearl Specter Manticore Deepcolor Conviction Click Jaye "
    "Podenco Sussurro Ambriel Purestream Ethan Utage Cutter Arene Myrrh Gavial Roberta Pinecone Beanstalk Bubble"
)
NAMES = ROSTER.split()


@pytest.fixture(scope="module")
def reader():
    """The eyes' own reader."""
    return Reader()


def named(size):
    """A name for a size."""
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", [*SIZES, (640, 360), (1600, 720)], ids=named)
@pytest.mark.parametrize("name", SPOTS)
def test_no_spot_hangs_over_the_edge(name, size):
    """Whatever a player has to see or touch is inside the window."""
    x, y, width, height = Scale(size).rectangle(SPOTS[name])
    assert x >= 0
    assert y >= 0
    assert x + width <= size[0] + 1
    assert y + height <= size[1] + 1


@pytest.mark.parametrize("count", [1, 5, 6, 12, 13, 30, 60])
def test_all_nodes_of_the_map_are_in_sight_and_apart(count):
    """On every page; together the pages hold every stage once."""
    total = 0
    for page in range(-(-count // ON_A_PAGE)):
        nodes = nodes_of(count, page)
        total += len(nodes)
        assert all(node.x - 30 > 180 and node.x + node.width < 1280 for node in nodes)
        assert all(node.y > 80 and node.y + node.height < 610 for node in nodes)
        for one, other in combinations(nodes, 2):
            assert abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= one.height
    assert total == count


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("page", PAGES)
def test_the_eyes_know_every_page(page, size, reader):
    """By its true name, and on the map every stage where its node stands."""
    painter, profile = Painter(size, SQUAD), load_profile("practice", size)
    PAGES[page](painter)
    seen = recognise(painter.frame(), profile, reader)
    assert seen.screen == page
    if page == "stage_map":
        assert set(seen.found) == set(CODES[:ON_A_PAGE])
        for code, node in zip(CODES, nodes_of(len(CODES), 0), strict=False):
            assert painter.scale.hits(node, *seen.found[code])
    if page == "stage_panel":
        assert set(seen.found) == {STAGE.code}


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_the_eyes_read_every_number_and_card_of_a_battle(size, reader):
    """Just begun, with units on the field, and paused: nothing is misread."""
    painter, profile = Painter(size, SQUAD), load_profile("practice", size)
    battle, camera = Battle(STAGE, SQUAD, 0), Camera(STAGE.height, STAGE.width, STAGE.view, size)
    cutter, rng = Cutter(profile, reader, portraits(SQUAD)), np.random.default_rng(0)
    for moment in range(8):
        view = battle.view()
        painter.battle(BattleScene(battle, view.cards, paused=moment == 5, speed=1 + moment % 2), camera)
        frame = painter.frame()
        assert recognise(frame, profile, reader).screen == "battle"
        read = cutter.read(frame)
        assert (read.kills, read.total, read.life, read.dp) == (view.kills, view.total, view.life, view.dp)
        assert (read.slots_left, read.paused, read.cards) == (view.slots_left, moment == 5, view.cards)
        deploy_anybody(battle, rng)
        battle.step(120)


def deploy_anybody(battle, rng):
    """Any legal deployment."""
    tiles = STAGE.height * STAGE.width
    actions = [unflatten(int(n), len(SQUAD), tiles) for n in np.flatnonzero(battle.legal_actions())]
    deploys = [action for action in actions if action.kind == DEPLOY]
    if deploys:
        battle.act(deploys[rng.integers(len(deploys))])


def test_every_one_of_many_portraits_is_recognised_as_itself(reader):
    """Over seventy names, of whatever class: bright, dark and cooling down, the best likeness is one's own."""
    faces = [portrait(name, ROLES[index % 8], *PORTRAIT) for index, name in enumerate(NAMES)]
    images = [pixels(face) for face in faces]
    cutter = Cutter(load_profile("practice"), reader, images)
    for slot, image in enumerate(images):
        red = np.clip(image * np.array([40, 40, 150]) / 255 + np.array([0, 0, 40]), 0, 255).astype(np.uint8)
        for look in (image, (image * (140 / 255)).astype(np.uint8), red):
            assert cutter._slot(look) == slot, NAMES[slot]


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 960), (2560, 1440)], ids=named)
def test_portraits_are_recognised_at_other_sizes_too(size, reader):
    """As a card shows them there."""
    factor = Scale(size).factor
    cutter = Cutter(
        load_profile("practice"),
        reader,
        [pixels(portrait(name, ROLES[index % 8], *PORTRAIT)) for index, name in enumerate(NAMES)],
    )
    for slot, name in enumerate(NAMES):
        large = portrait(name, ROLES[slot % 8], round(PORTRAIT[0] * factor), round(PORTRAIT[1] * factor))
        assert cutter._slot(pixels(large)) == slot, name


def test_every_operator_of_the_table_is_recognised_as_itself(reader):
    """Whoever joins the table."""
    faces = portraits(tuple(CATALOGUE.operators.values()))
    cutter = Cutter(load_profile("practice"), reader, faces)
    assert [cutter._slot(face) for face in faces] == list(range(len(faces)))


def test_the_map_turns_its_pages_and_opens_what_is_tapped():
    """A swipe to the left shows the next page, one to the right the one before; the ends hold."""
    stages = [load_stage(name, CATALOGUE) for name in ("first_watch", "two_roads", "ridge_line")] * 9
    game = PracticeGame(stages, SQUAD, popups=False)
    for spot in (layout.TERMINAL, layout.LAST_STAGE):
        swipe(game, game._scale.middle(spot), game._scale.middle(spot))
    points = load_profile("practice").points
    left, right = points["map_left"], points["map_right"]
    for start, end, page in ((left, right, 0), (right, left, 1), (right, left, 2), (right, left, 2), (left, right, 1)):
        swipe(game, start, end)
        assert game.screen == "stage_map"
        assert game._map_page == page
    node = game._scale.middle(game._nodes()[1])
    swipe(game, node, node)
    assert game.screen == "stage_panel"
    assert game._stage is stages[ON_A_PAGE + 1]


def test_whoever_plays_finds_every_shipped_stage_on_the_map(tmp_path):
    """In the order of their codes; a level of one's own comes first, or instead of the one with its code."""
    shipped = [stage.code for stage in stages_on_map(load_stage("two_roads", CATALOGUE), CATALOGUE)]
    assert sorted(shipped) == sorted(load_stage(name, CATALOGUE).code for name in shipped_stages())
    assert [int(code.split("-")[1]) for code in shipped] == sorted(int(code.split("-")[1]) for code in shipped)
    own = tmp_path / "my_level.json"
    own.write_text((resources.files("game.levels.stages") / "two_roads.json").read_text("utf-8"), "utf-8")
    level = load_stage(own, CATALOGUE)
    codes = [stage.code for stage in stages_on_map(level, CATALOGUE)]
    assert codes == (shipped if level.code in shipped else [level.code, *shipped])
    assert level in stages_on_map(level, CATALOGUE)


def test_the_last_stage_is_on_the_page_that_opens():
    """Whoever comes back by way of the terminal need not look for it."""
    stages = [load_stage("first_watch", CATALOGUE)] * 14 + [load_stage("two_roads", CATALOGUE)]
    game = PracticeGame(stages, SQUAD, popups=False)
    game._page, game._stage = "terminal", stages[14]
    swipe(game, game._scale.middle(layout.LAST_STAGE), game._scale.middle(layout.LAST_STAGE))
    assert game._map_page == 1


def swipe(game, start, end):
    """Down here, up there."""
    game.pointer_down(*start)
    game.pointer_move(*end)
    game.pointer_up(*end)
