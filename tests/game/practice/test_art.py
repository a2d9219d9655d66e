"""Everybody looks like themselves and like nobody else."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pygame
import pytest
from levels import CATALOGUE

from game.practice.art import portraits
from game.practice.enemies import ENEMY_SIZE, SHAPES, enemy_token

LEARNED = {
    "slug": (54, 51, 193, 114, 52),
    "hound": (57, 51, 108, 50, 50),
    "soldier": (48, 59, 143, 138, 142),
    "crossbow": (48, 59, 87, 96, 64),
    "heavy_defender": (47, 59, 97, 87, 73),
    "drone": (60, 37, 89, 106, 137),
    "caster": (46, 59, 107, 64, 123),
    "crusher": (54, 60, 115, 57, 54),
}
"""Width and height at 60 pixels, and the mean red, green and blue, of the looks of the first detector."""


def fingerprint(image):
    """A small grey picture as a vector of length one."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (24, 24), interpolation=cv2.INTER_AREA).astype(float)
    grey -= grey.mean()
    return (grey / np.linalg.norm(grey)).ravel()


def test_no_two_portraits_are_alike():
    """The eyes tell cards apart by them and take the best; the two most alike are at 0.91, with itself each is at 1."""
    prints = [fingerprint(image) for image in portraits(tuple(CATALOGUE.operators.values()))]
    assert max(float(one @ other) for one, other in combinations(prints, 2)) < 0.95


def silhouette(kind):
    """Where an enemy's picture is not empty, in 60 x 60."""
    token = enemy_token(kind, 60)
    alpha = np.zeros((60, 60), np.uint8)
    alpha[: token.get_height(), : token.get_width()] = pygame.surfarray.array_alpha(token).T
    return alpha > 60


def test_every_enemy_has_a_shape_of_its_own():
    """Not only a colour: of any two silhouettes a tenth of what either covers belongs to one of them alone."""
    shapes = {kind: silhouette(kind) for kind in SHAPES}
    for one, other in combinations(shapes, 2):
        apart = (shapes[one] ^ shapes[other]).sum() / (shapes[one] | shapes[other]).sum()
        assert apart > 0.1, (one, other)


def test_every_look_of_the_table_has_a_shape_and_nothing_stands_in_for_one():
    """Whoever adds a look draws it, or hears of it here."""
    assert set(CATALOGUE.kinds) <= set(SHAPES)
    assert set(ENEMY_SIZE) <= set(SHAPES)
    with pytest.raises(KeyError, match="griffin"):
        enemy_token("griffin", 40)


def test_the_shadow_lets_the_ground_through():
    """Half-transparent, as the assassin it shows; everybody else is solid."""
    middles = {kind: np.median(pygame.surfarray.array_alpha(enemy_token(kind, 80))) for kind in ("shadow", "warlord")}
    assert middles["shadow"] < 200 < middles["warlord"]


@pytest.mark.parametrize("kind", LEARNED)
def test_the_looks_that_the_eyes_have_learned_stay_as_they_were(kind):
    """The shipped detector was taught with these pictures."""
    token = enemy_token(kind, 60)
    solid = pygame.surfarray.array_alpha(token) > 200
    colour = pygame.surfarray.array3d(token)[solid].mean(axis=0)
    assert (*token.get_size(), *colour) == pytest.approx(LEARNED[kind], abs=1)
