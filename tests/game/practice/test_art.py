"""Everybody looks like themselves and like nobody else."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pygame

from game.practice.art import enemy_token, portraits
from game.units import enemy_kinds, load_operators


def fingerprint(image):
    """A small grey picture as a vector of length one."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (24, 24), interpolation=cv2.INTER_AREA).astype(float)
    grey -= grey.mean()
    return (grey / np.linalg.norm(grey)).ravel()


def test_no_two_portraits_are_alike():
    """The eyes tell cards apart by them and take the best; the two most alike are at 0.91, with itself each is at 1."""
    prints = [fingerprint(image) for image in portraits(tuple(load_operators().values()))]
    assert max(float(one @ other) for one, other in combinations(prints, 2)) < 0.95


def test_every_enemy_has_a_shape_of_its_own():
    """Not only a colour: silhouettes differ."""
    shapes = {}
    for kind in enemy_kinds():
        token = enemy_token(kind, 60)
        assert token.get_width() > 10
        shapes[kind] = pygame.image.tobytes(token, "RGBA")
    assert len(set(shapes.values())) == len(shapes)
