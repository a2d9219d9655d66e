"""The Q-network: a factored head that scores operator, tile and direction together for any map and any squad.

    Q(s, wait)                   = V + advantage of waiting
    Q(s, operator, tile, facing) = V + <operator's embedding, direction key of the tile>
                                     + the tile's bias + the operator's bias
                                     + <the operator's weights, what it would cover>
    Q(s, skill or retreat)       = V + the operator's advantage of it

Here <a, b> is the inner product. The mean of the advantages over the *legal* actions is subtracted, so V is the value
of the state (dueling, Wang et al. 2016). What an operator would cover from a place (see `cover_features`) is computed
from the observation.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from learning.arrays import Mask
from learning.encoding import (
    BLOCK,
    FIREPOWER,
    FLYING_STRENGTH,
    GLOBALS,
    GROUND_STRENGTH,
    HEALTH,
    SLOT_CHANNELS,
    TILE_CHANNELS,
    Observation,
    StageEncoding,
)
from learning.settings import Settings

COVER_FEATURES = 6
HIDDEN = 64


class Terrain(NamedTuple):
    """What does not change in the battles of a StageEncoding, as tensors."""

    height: int
    width: int
    tiles: Tensor
    """[features, tiles]"""
    slots: Tensor
    """[slots, features]"""
    path: Tensor
    """[tiles]: 1 where enemies walk."""
    reach: Tensor
    """[tiles, places * 4]"""
    cover: Tensor
    """[places * 4]: path tiles covered."""
    places: Tensor
    """[places * 4]: the index of each in [slots, tiles, 4]."""
    owners: Tensor
    """[slots, places]: 1 where the place is this operator's."""


def make_terrain(encoding: StageEncoding) -> Terrain:
    """The tensors of a StageEncoding."""
    reach = encoding.reach[encoding.place_slots, encoding.place_tiles].reshape(-1, encoding.tiles)
    path = (encoding.path > 0).astype(np.float32)
    places = ((encoding.place_slots * encoding.tiles + encoding.place_tiles)[:, None] * 4 + np.arange(4)).ravel()
    return Terrain(
        height=encoding.stage.height,
        width=encoding.stage.width,
        tiles=torch.from_numpy(encoding.tile_features.T.copy()),
        slots=torch.from_numpy(encoding.operator_features),
        path=torch.from_numpy(path),
        reach=torch.from_numpy(reach.T.astype(np.float32)),
        cover=torch.from_numpy(reach @ path / 4),
        places=torch.from_numpy(places),
        owners=functional.one_hot(torch.from_numpy(encoding.place_slots), encoding.slots).T.float(),
    )


class Inputs(NamedTuple):
    """A batch of observations as tensors of floats of about 0 to 1."""

    tiles: Tensor
    """[batch, channels, tiles]"""
    slots: Tensor
    """[batch, slots, channels]"""
    world: Tensor
    """[batch, GLOBALS]"""
    cover: Tensor
    """[batch, COVER_FEATURES, places, 4]"""


def input_tensors(observation: Observation, terrain: Terrain) -> Inputs:
    """The tensors of a batch of observations (arrays with a leading axis)."""
    tiles, slots, world = (torch.from_numpy(np.ascontiguousarray(part)).float() for part in observation)
    tiles /= 255
    return Inputs(tiles, slots / 255, world, cover_features(tiles, terrain))


class Network(nn.Module):
    """Scores of all compact actions. Its size depends on neither the map nor the squad."""

    def __init__(self, tile_features: int, operator_features: int, settings: Settings) -> None:
        super().__init__()
        channels, embedding = settings.channels, settings.embedding
        self.embedding = embedding
        self.near = nn.Conv2d(tile_features + TILE_CHANNELS, channels, 3, padding=1)
        self.wide = nn.Conv2d(channels, channels, 3, padding=1)
        self.squad = nn.Linear(operator_features + SLOT_CHANNELS, channels)
        self.whole = nn.Linear(GLOBALS + 3 * channels, HIDDEN)
        self.operator = nn.Linear(channels + HIDDEN, HIDDEN)
        self.embed = nn.Linear(HIDDEN, embedding + COVER_FEATURES + 3)
        self.keys = nn.Conv2d(channels, 4 * embedding + 1, 1)
        self.value = nn.Linear(HIDDEN, 2)
        for head in (self.embed, self.keys, self.value):
            nn.init.normal_(head.weight, std=0.05)
            nn.init.zeros_(cast("Tensor", head.bias))

    def forward(self, inputs: Inputs, legal: Tensor, terrain: Terrain) -> Tensor:
        """Q of every compact action, float[batch, actions]; only those of legal actions mean anything."""
        batch = len(inputs.tiles)
        grid = self._tiles(inputs, terrain)
        known = functional.relu(self.squad(torch.cat([terrain.slots.expand(batch, -1, -1), inputs.slots], dim=2)))
        pooled = [grid.amax(dim=(2, 3)), grid.mean(dim=(2, 3)), known.mean(dim=1)]
        whole = functional.relu(self.whole(torch.cat([inputs.world, *pooled], dim=1)))
        context = whole[:, None].expand(-1, known.shape[1], -1)
        outputs = self.embed(functional.relu(self.operator(torch.cat([known, context], dim=2))))
        deploy = self._deploy(outputs, self.keys(grid), inputs, terrain)
        value, wait = self.value(whole).split(1, dim=1)
        advantages = torch.cat([wait, deploy, outputs[..., -2], outputs[..., -1]], dim=1)
        return cast("Tensor", value + advantages - legal_mean(advantages, legal))

    def _tiles(self, inputs: Inputs, terrain: Terrain) -> Tensor:
        """[batch, channels, height, width]: features of each tile and its surroundings."""
        static = terrain.tiles.expand(len(inputs.tiles), -1, -1)
        grid = torch.cat([static, inputs.tiles], dim=1).reshape(len(inputs.tiles), -1, terrain.height, terrain.width)
        return functional.relu(self.wide(functional.relu(self.near(grid))))

    def _deploy(self, outputs: Tensor, keys: Tensor, inputs: Inputs, terrain: Terrain) -> Tensor:
        """[batch, places * 4]: the advantage of deploying to every place in every direction."""
        batch, slots = outputs.shape[:2]
        bias = keys[:, -1].flatten(1)
        directions = keys[:, :-1].reshape(batch, 4, self.embedding, -1).permute(0, 2, 3, 1).flatten(2)
        score = (outputs[..., : self.embedding] @ directions).reshape(batch, slots, -1, 4)
        score = score + bias[:, None, :, None] + outputs[..., -3, None, None]
        places = score.flatten(1).gather(1, terrain.places.expand(batch, -1))
        weights = outputs[..., self.embedding : -3].transpose(1, 2) @ terrain.owners
        return places + (weights[..., None] * inputs.cover).sum(dim=1).flatten(1)


def cover_features(tiles: Tensor, terrain: Terrain) -> Tensor:
    """[batch, COVER_FEATURES, places, 4]: what an operator would cover from a place in a direction.

    Path tiles; path tiles under no fire yet; path tiles without a blocker; strength of walkers, of fliers; allies.
    """
    bare = terrain.path * (tiles[:, FIREPOWER] == 0)
    free = terrain.path * (tiles[:, BLOCK] == 0)
    ally = (tiles[:, HEALTH] > 0).float()
    layers = torch.stack([bare / 4, free / 4, tiles[:, GROUND_STRENGTH], tiles[:, FLYING_STRENGTH], ally / 4], dim=1)
    found = (layers.flatten(0, 1) @ terrain.reach).reshape(len(tiles), -1, terrain.cover.numel())
    features = torch.cat([terrain.cover.expand(len(tiles), 1, -1), found], dim=1)
    return features.reshape(len(tiles), COVER_FEATURES, -1, 4)


def legal_mean(advantages: Tensor, legal: Tensor) -> Tensor:
    """[batch, 1]: the mean over the legal actions only."""
    weights = legal.float()
    mean: Tensor = (advantages * weights).sum(dim=1, keepdim=True) / weights.sum(dim=1, keepdim=True)
    return mean


def make_network(encoding: StageEncoding, settings: Settings, seed: int) -> Network:
    """A fresh network whose weights follow from the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(encoding.tile_features.shape[1], encoding.operator_features.shape[1], settings)


class Snapshot:
    """Frozen weights that score one observation at a time: what the policy decides with."""

    def __init__(self, network: Network, terrain: Terrain) -> None:
        self._network, self._terrain = network.eval().requires_grad_(requires_grad=False), terrain

    @torch.inference_mode()
    def scores(self, observation: Observation, legal: Mask) -> torch.Tensor:
        """Q of every compact action, -inf where it is not legal."""
        tiles, slots, world = observation
        inputs = input_tensors(Observation(tiles[None], slots[None], world[None]), self._terrain)
        mask = torch.from_numpy(legal)[None]
        scores: Tensor = self._network(inputs, mask, self._terrain).masked_fill(~mask, -torch.inf)[0]
        return scores
