"""How a frame lies in the replay buffer: packed as far as nothing is lost, since a bot keeps fifty thousand of them.

- Of the legal actions, the four directions of a place are one bit: they are legal together (game.simulator.legality).
  To wait is always legal, and none.
- Enemies on a tile and what its operator blocks, of which there are few steps, share a byte.
- What is either 0 or 255 of an operator is a bit.

Packing and unpacking are compiled. What is unpacked is already in the form that the network reads.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from game.simulator.compiling import entry, often
from learning.arrays import AnyArray, Bytes, Floats, Integers, Mask
from learning.encoding import (
    ADVICES,
    BLOCK,
    BLOCK_STEP,
    COOLING,
    COST,
    ENEMIES,
    ENEMY_STEP,
    GLOBALS,
    IN_HAND,
    ON_FIELD,
    READY,
    SKILL_READY,
    SLOT_CHANNELS,
    SLOT_HEALTH,
    TILE_CHANNELS,
    Observation,
    StageEncoding,
)

Records: TypeAlias = npt.NDArray[np.void]
"""Frames as `frame_type` says."""
WHOLE = tuple(channel for channel in range(TILE_CHANNELS) if channel not in (ENEMIES, BLOCK))
"""Tile channels that need a byte each."""
SLOT_BYTES = 3
"""Of each operator: bits, cost, health."""
FULL = np.float32(255.0)
"""What a byte is divided by for the network."""
FOUR_EACH = np.repeat(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little"), 4, axis=1)
"""uint8[256, 32]: the bits of a byte, four times each."""


def frame_type(encoding: StageEncoding) -> np.dtype[np.void]:
    """The record of one frame and of the experience that starts at it."""
    places, units = len(encoding.place_slots), 2 * encoding.slots
    size = (TILE_CHANNELS - 1) * encoding.tiles + SLOT_BYTES * encoding.slots + (places + 7) // 8 + (units + 7) // 8
    return np.dtype(
        [
            ("packed", np.uint8, size),  # tiles, operators, legal places, legal skills and retreats
            ("steps", np.int8),  # rewards summed; 0: the battle ended
            ("posts", np.int16, encoding.slots),
            ("world", np.float16, GLOBALS),
            ("advice", np.int32, ADVICES),
            ("action", np.int32),
            ("ahead", np.int32),  # frames to the next state
            ("reward", np.float32),
        ],
        align=True,
    )


def pack(ring: Records, rows: Integers, seen: Observation, legal: Mask) -> None:
    """Write frames (arrays with a leading axis) to these rows of a ring. `legal` is bool[frames, actions]."""
    assert seen.tiles.dtype == seen.slots.dtype == np.uint8, "what was unpacked is not packed again"
    for name in ("posts", "world", "advice"):
        ring[name][rows] = getattr(seen, name)
    tiles, slots, mask = (np.ascontiguousarray(part).view(np.uint8) for part in (seen.tiles, seen.slots, legal))
    _pack(_bytes_of(ring), rows, tiles, slots, mask)


def unpack(records: Records, encoding: StageEncoding) -> tuple[Observation, Mask]:
    """The observations of frames as the network reads them: float32 and int64, tiles and slots as shares of 255. And
    which actions were legal, bool[frames, actions].
    """
    count, places = len(records), len(encoding.place_slots)
    tiles = np.empty((count, TILE_CHANNELS, encoding.tiles), np.float32)
    slots = np.empty((count, encoding.slots, SLOT_CHANNELS), np.float32)
    # The eighth byte of a row is to wait, so that the places, which follow, are written eight bytes at a time.
    mask = np.empty((count, 8 + -(-(4 * places + 2 * encoding.slots) // 32) * 32 + 32), np.uint8)
    legal = mask[:, 7 : 7 + len(encoding.flat_actions)]
    _unpack(_bytes_of(records), places, FOUR_EACH.view(np.uint64), tiles, slots, mask.view(np.uint64), legal)
    world, posts = records["world"].astype(np.float32), records["posts"].astype(np.int64)
    advice = records["advice"].astype(np.int64)
    return Observation(tiles, slots, world, posts, advice), legal.view(np.bool_)


def _bytes_of(records: Records) -> Bytes:
    """[records, bytes of each]"""
    return records.view(np.uint8).reshape(len(records), records.itemsize)


@entry
def _pack(ring: Bytes, rows: Integers, tiles: Bytes, slots: Bytes, legal: Bytes) -> None:
    """Fill `packed` of these rows of a ring."""
    size, operators = tiles.shape[2], slots.shape[1]
    units = legal.shape[1] - 2 * operators  # where skills and retreats begin
    for k in range(len(rows)):
        row, at = ring[rows[k]], size
        for tile in range(size):
            enemies, block = int(tiles[k, ENEMIES, tile]), int(tiles[k, BLOCK, tile])
            row[tile] = (enemies + 1) // ENEMY_STEP + 16 * ((block + 1) // BLOCK_STEP)
        for channel in WHOLE:
            for tile in range(size):
                row[at + tile] = tiles[k, channel, tile]
            at += size
        for slot in range(operators):
            one = slots[k, slot]
            bits = (one[IN_HAND] & 1) | (one[READY] & 2) | (one[COOLING] & 4) | (one[ON_FIELD] & 8)
            row[at], row[at + 1], row[at + 2] = bits | (one[SKILL_READY] & 16), one[COST], one[SLOT_HEALTH]
            at += SLOT_BYTES
        at = _pack_bits(row, at, legal[k, 1:units:4])
        _pack_bits(row, at, legal[k, units:])


@often
def _pack_bits(row: Bytes, at: int, flags: Bytes) -> int:
    """Write flags from a byte of a row on, eight to each. Returns where the next byte is."""
    for first in range(0, len(flags), 8):
        bits = 0
        for n in range(first, min(first + 8, len(flags))):
            bits |= int(flags[n]) << (n - first)
        row[at] = bits
        at += 1
    return at


@entry
def _unpack(
    records: Bytes, places: int, four_each: AnyArray, tiles: Floats, slots: Floats, mask: AnyArray, legal: Bytes
) -> None:
    """Fill tiles, slots and legal actions from `packed`; `mask` is `legal` with what lies before and behind it, eight
    bytes in one, and `four_each` is FOUR_EACH in such numbers.
    """
    size, operators = tiles.shape[2], slots.shape[1]
    for k in range(len(records)):
        row, at = records[k], size
        for tile in range(size):
            tiles[k, ENEMIES, tile] = np.float32(min((row[tile] & 15) * ENEMY_STEP, 255)) / FULL
            tiles[k, BLOCK, tile] = np.float32(min((row[tile] >> 4) * BLOCK_STEP, 255)) / FULL
        for channel in WHOLE:
            source, shares = row[at : at + size], tiles[k, channel]
            for tile in range(size):
                shares[tile] = np.float32(source[tile]) / FULL
            at += size
        for slot in range(operators):
            one, bits = slots[k, slot], row[at]
            one[IN_HAND], one[READY], one[COOLING] = bits & 1, (bits >> 1) & 1, (bits >> 2) & 1
            one[ON_FIELD], one[SKILL_READY] = (bits >> 3) & 1, (bits >> 4) & 1
            one[COST], one[SLOT_HEALTH] = np.float32(row[at + 1]) / FULL, np.float32(row[at + 2]) / FULL
            at += SLOT_BYTES
        for part in range((places + 7) // 8):
            for n in range(4):
                mask[k, 1 + 4 * part + n] = four_each[row[at], n]
            at += 1
        legal[k, 0] = 1
        for unit in range(2 * operators):
            legal[k, 1 + 4 * places + unit] = (row[at + unit // 8] >> (unit % 8)) & 1
