"""What is packed comes back unchanged, in the form that the network reads."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from legal_choices import worlds

from learning.collector import Collector
from learning.encoding import BLOCK, BLOCK_STEP, ENEMIES, ENEMY_STEP, NO_ADVICE, Observation
from learning.packing import frame_type, pack, unpack
from learning.policy import Explorer
from learning.replay import ReplayBuffer
from planning.variation import FAR, NEAR


def packed_and_unpacked(encoding, seen, legal):
    """The frames after they have been in a ring, in another order than there."""
    rows = np.random.default_rng(0).permutation(len(legal))
    ring = np.zeros(len(rows), frame_type(encoding))
    ring["packed"] = 0xFF  # of frames that are overwritten
    pack(ring, rows, seen, legal)
    return unpack(ring[rows], encoding)


def same(found, seen):
    """Whether an unpacked observation says what was seen."""
    shares = seen._replace(tiles=seen.tiles / np.float32(255), slots=seen.slots / np.float32(255))
    return all(np.array_equal(one, other) for one, other in zip(found, shares, strict=True))


def test_what_play_sees_comes_back_unchanged():
    """On all shipped stages, with squads of twelve, seven, three and one: what is seen, advised and legal."""
    rng = np.random.default_rng(0)
    for encoding in islice(worlds(rng), 26):
        collector, explorer = (
            Collector(encoding.stage, encoding.squad, None, 8, (NEAR, FAR), 7),
            Explorer(encoding, 0.2),
        )
        for _ in range(30):
            played = collector.play(
                lambda _, legal, one=explorer: np.array([one.explore(mask, rng) for mask in legal]), 1.0
            )
            advice = rng.integers(-1, played.legal.shape[1], played.observation.advice.shape)
            seen = played.observation._replace(advice=advice)
            found, legal = packed_and_unpacked(encoding, seen, played.legal)
            assert same(found, seen)
            assert np.array_equal(legal, played.legal)


def test_crowds_and_strong_operators_come_back_as_they_are_seen(encoding):
    """Every number of enemies on a tile with everything that an operator on it may block, cut off at a full byte."""
    cases = [(enemies, block) for enemies in range(12) for block in range(7)]
    tiles = np.zeros((len(cases), 6, encoding.tiles), np.uint8)
    tiles[:, ENEMIES] = [[min(enemies * ENEMY_STEP, 255)] for enemies, _ in cases]
    tiles[:, BLOCK] = [[min(block * BLOCK_STEP, 255)] for _, block in cases]
    count, slots = len(cases), encoding.slots
    seen = Observation(
        tiles=tiles, slots=np.zeros((count, slots, 7), np.uint8), world=np.ones((count, 13), np.float16),
        posts=np.full((count, slots), -1, np.int16), advice=np.array([NO_ADVICE] * count),
    )  # fmt: skip
    legal = np.zeros((count, len(encoding.flat_actions)), np.bool_)
    legal[:, 0] = True
    assert same(packed_and_unpacked(encoding, seen, legal)[0], seen)


def test_what_was_unpacked_is_not_packed_again(encoding):
    """Its numbers are shares, and would be read as bytes."""
    ring = np.zeros(1, frame_type(encoding))
    with pytest.raises(AssertionError, match="packed again"):
        pack(ring, np.array([0]), *unpack(ring, encoding))


def test_a_frame_is_an_eighth_of_what_two_states_of_numbers_need():
    """Stable-Baselines3 keeps 475 numbers before and after each decision of two_roads, 3,820 bytes in all."""
    encoding = next(one for one in worlds(np.random.default_rng(0)) if one.stage.code == "HF-3")
    assert ReplayBuffer(encoding, 10, 3, 0.98).bytes_each * 8 <= 3820
