"""Every page is laid out correctly at every window size, and vision reads it there."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, unflatten
from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.effects import ROLES
from game.levels.stage import load_stage
from game.practice import layout
from game.practice.art import PORTRAIT, pixels, portrait, portraits
from game.practice.draw import BattleScene, Painter
from game.practice.layout import Scale, Spot
from game.practice.stage_map import ON_A_PAGE, nodes_of
from game.simulator.battle import Battle
from vision.cutter import Cutter
from vision.ocr import Reader
from vision.portraits import Portraits
from vision.profile import load_profile
from vision.screens import recognise

STAGE = load_stage("two_roads", CATALOGUE)
SQUAD = default_squad(CATALOGUE)
SIZES = [(1280, 720), (1920, 1080), (2560, 1440), (1280, 960)]
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
    """The reader that vision uses."""
    return Reader()


def named(size):
    """A test id for a size."""
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", [*SIZES, (640, 360), (1600, 720)], ids=named)
@pytest.mark.parametrize("name", SPOTS)
def test_no_spot_hangs_over_the_edge(name, size):
    """Everything that a player has to see or touch is inside the window."""
    x, y, width, height = Scale(size).rectangle(SPOTS[name])
    assert x >= 0
    assert y >= 0
    assert x + width <= size[0] + 1
    assert y + height <= size[1] + 1


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("page", PAGES)
def test_vision_recognises_every_page(page, size, reader):
    """By its true name, and on the map every stage at its node."""
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
def test_vision_reads_every_number_and_card_of_a_battle(size, reader):
    """Just begun, with units on the field, and paused."""
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
        deploy_any(battle, rng)
        battle.step(120)


def deploy_any(battle, rng):
    """Any legal deployment."""
    tiles = STAGE.height * STAGE.width
    actions = [unflatten(int(n), len(SQUAD), tiles) for n in np.flatnonzero(battle.legal_actions())]
    deploys = [action for action in actions if action.kind == DEPLOY]
    if deploys:
        battle.act(deploys[rng.integers(len(deploys))])


def test_each_of_many_portraits_is_recognised():
    """Over seventy names of all classes: bright, dark or cooling down, each is most similar to its own portrait."""
    faces = [portrait(name, ROLES[index % 8], *PORTRAIT) for index, name in enumerate(NAMES)]
    images = [pixels(face) for face in faces]
    known = Portraits(images)
    for slot, image in enumerate(images):
        red = np.clip(image * np.array([40, 40, 150]) / 255 + np.array([0, 0, 40]), 0, 255).astype(np.uint8)
        for look in (image, (image * (140 / 255)).astype(np.uint8), red):
            assert known.slot_of(look) == slot, NAMES[slot]


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 960), (2560, 1440)], ids=named)
def test_portraits_are_recognised_at_other_sizes_too(size):
    """Scaled as on the cards there."""
    factor = Scale(size).factor
    known = Portraits([pixels(portrait(name, ROLES[index % 8], *PORTRAIT)) for index, name in enumerate(NAMES)])
    for slot, name in enumerate(NAMES):
        large = portrait(name, ROLES[slot % 8], round(PORTRAIT[0] * factor), round(PORTRAIT[1] * factor))
        assert known.slot_of(pixels(large)) == slot, name


def test_every_operator_of_the_table_is_recognised():
    """By its portrait, including operators added later."""
    faces = portraits(tuple(CATALOGUE.operators.values()))
    known = Portraits(faces)
    assert [known.slot_of(face) for face in faces] == list(range(len(faces)))
