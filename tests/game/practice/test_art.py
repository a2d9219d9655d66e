"""Every operator and every enemy has a picture of its own."""

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
"""Width and height at 60 pixels, and mean red, green and blue, of the looks in the first detector's training."""


def fingerprint(image):
    """A small grey picture as a vector of length one."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (24, 24), interpolation=cv2.INTER_AREA).astype(float)
    grey -= grey.mean()
    return (grey / np.linalg.norm(grey)).ravel()


def test_no_two_portraits_are_alike():
    """Vision tells cards apart by similarity: 1 for a portrait with itself, 0.91 for the most similar pair."""
    prints = [fingerprint(image) for image in portraits(tuple(CATALOGUE.operators.values()))]
    assert max(float(one @ other) for one, other in combinations(prints, 2)) < 0.95


def silhouette(kind):
    """Where an enemy's picture is not empty, in 60 x 60."""
    token = enemy_token(kind, 60)
    alpha = np.zeros((60, 60), np.uint8)
    alpha[: token.get_height(), : token.get_width()] = pygame.surfarray.array_alpha(token).T
    return alpha > 60


def test_every_enemy_has_a_shape_of_its_own():
    """Not only a colour: at least a tenth of the union of any two silhouettes belongs to one of them alone."""
    shapes = {kind: silhouette(kind) for kind in SHAPES}
    for one, other in combinations(shapes, 2):
        apart = (shapes[one] ^ shapes[other]).sum() / (shapes[one] | shapes[other]).sum()
        assert apart > 0.1, (one, other)


def test_every_look_of_the_table_has_a_shape_and_there_is_no_substitute():
    """A look that was added without a shape fails here."""
    assert set(CATALOGUE.kinds) <= set(SHAPES)
    assert set(ENEMY_SIZE) <= set(SHAPES)
    with pytest.raises(KeyError, match="griffin"):
        enemy_token("griffin", 40)


def test_the_shadow_lets_the_ground_through():
    """It is half-transparent; other enemies are solid."""
    middles = {kind: np.median(pygame.surfarray.array_alpha(enemy_token(kind, 80))) for kind in ("shadow", "warlord")}
    assert middles["shadow"] < 200 < middles["warlord"]


@pytest.mark.parametrize("kind", LEARNED)
def test_the_looks_that_the_detector_was_trained_with_stay_as_they_were(kind):
    """The shipped detector was trained with these pictures."""
    token = enemy_token(kind, 60)
    solid = pygame.surfarray.array_alpha(token) > 200
    colour = pygame.surfarray.array3d(token)[solid].mean(axis=0)
    assert (*token.get_size(), *colour) == pytest.approx(LEARNED[kind], abs=1)
