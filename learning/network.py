"""The Q-network: a factored head that scores operator, tile and direction together for any map and any squad.

    Q(s, wait)                   = V + advantage of waiting
    Q(s, operator, tile, facing) = V + <operator's embedding, direction key of the tile>
                                     + the tile's bias + the operator's bias
                                     + the sum, over the tiles covered, of <operator's weights, what is on the tile>
    Q(s, skill or retreat)       = V + the operator's advantage of it
                                     + the same sum over the tiles that it covers from where it stands
    each of them                   + trust in the plan, where the plan says so (see learning.advice)

Here <a, b> is the inner product, and V the value of the state. What is on a tile are the numbers of `cover_layers` and
what the convolutions have made of the tile and its surroundings. The sums are inner products with the 0s and 1s of the
ranges, which do not change in the battles of a stage.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from learning.arrays import Floats, Integers, Mask
from learning.encoding import (
    ADVICES,
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

COVER_LAYERS = 6
HIDDEN = 64
FADING = 0.8
"""How much what lies on a path counts one tile farther along it."""
TRUST = (1.0, 0.0)
"""Trust at first in what a plan says next, and in putting a fallen operator of the plan back. One is more than most
actions differ by, so that a fresh network follows the plan. With 0.3 it unlearned to before it knew anything better:
after 38,000 decisions on healers_reach 24 of 50 far battles instead of the plan's 29 (see docs/learning.md).
"""


class Terrain(NamedTuple):
    """What does not change in the battles of a StageEncoding, as tensors. P: the most places of an operator."""

    height: int
    width: int
    tiles: Tensor
    """[features, tiles]"""
    slots: Tensor
    """[slots, features]"""
    path: Tensor
    """[tiles]: 1 where enemies walk."""
    along: Tensor
    """[tiles, 2 * tiles]: how much each tile (first axis) counts for each other one (second), as enemies walk from it
    to that one; then the same where they walk the other way.
    """
    reach: Tensor
    """[slots, tiles, P * 4]: 1 where an operator covers the tile from its place in a direction."""
    covered: Tensor
    """[slots * P * 4 + 1, tiles]: the same, a row for each place and direction; the last row covers nothing."""
    places: Tensor
    """[places * 4]: the index in [slots, tiles, 4] of each place and direction in the order of the compact actions."""
    rows: Tensor
    """[places * 4]: the index of each in the rows of `covered`."""
    posts: Tensor
    """[slots, tiles * 4]: the row of `covered` for an operator that stands there; where it cannot stand the last."""

    def to(self, device: torch.device) -> Terrain:
        """The same on a device: itself where it is there already."""
        return Terrain._make(part.to(device) if isinstance(part, Tensor) else part for part in self)


def make_terrain(encoding: StageEncoding) -> Terrain:
    """The tensors of a StageEncoding."""
    slots, tiles = encoding.slots, encoding.tiles
    owner, tile = encoding.place_slots, encoding.place_tiles
    most = int(np.bincount(owner, minlength=slots).max())
    first = np.searchsorted(owner, np.arange(slots))
    number = np.arange(len(owner)) - first[owner]
    covered = np.zeros((slots, most, 4, tiles), np.float32)
    covered[owner, number] = encoding.reach[owner, tile]
    rows = ((owner * most + number)[:, None] * 4 + np.arange(4)).ravel()
    places = ((owner * tiles + tile)[:, None] * 4 + np.arange(4)).ravel()
    posts = np.full(slots * tiles * 4, covered.size // tiles)
    posts[places] = rows
    flat = torch.from_numpy(covered.reshape(slots, -1, tiles))
    return Terrain(
        height=encoding.stage.height,
        width=encoding.stage.width,
        tiles=torch.from_numpy(encoding.tile_features.T.copy()),
        slots=torch.from_numpy(encoding.operator_features),
        path=torch.from_numpy((encoding.path > 0).astype(np.float32)),
        along=torch.from_numpy(np.concatenate(_along(encoding), axis=1)),
        reach=flat.transpose(1, 2).contiguous(),
        covered=torch.cat([flat.flatten(0, 1), torch.zeros(1, tiles)]),
        places=torch.from_numpy(places),
        rows=torch.from_numpy(rows),
        posts=torch.from_numpy(posts.reshape(slots, tiles * 4)),
    )


def _along(encoding: StageEncoding) -> Floats:
    """`Terrain.along`: each path's share fades with the distance; columns of more than 1 in all are divided by that."""
    width, tiles = encoding.stage.width, encoding.tiles
    found = np.zeros((tiles, tiles), np.float32)
    for path in encoding.stage.paths:
        walked = np.array([row * width + col for row, col in path])
        apart = np.arange(len(walked)) - np.arange(len(walked))[:, None]
        share = np.where(apart > 0, FADING ** np.maximum(apart, 0), 0.0).astype(np.float32)
        np.maximum.at(found, (walked[:, None], walked[None]), share)
    both = np.stack([found, found.T])
    shares: Floats = both / np.maximum(both.sum(axis=1, keepdims=True), 1.0)
    return shares


class Inputs(NamedTuple):
    """A batch of observations as tensors; floats are about 0 to 1."""

    tiles: Tensor
    """[batch, channels, tiles]"""
    slots: Tensor
    """[batch, slots, channels]"""
    world: Tensor
    """[batch, GLOBALS]"""
    posts: Tensor
    """[batch, slots]: tile * 4 + direction of each operator on the field, else -1."""
    advice: Tensor
    """[batch, ADVICES]: compact actions, -1 for none."""


CPU = torch.device("cpu")


def input_tensors(observation: Observation, device: torch.device = CPU) -> Inputs:
    """The tensors of a batch of observations (arrays with a leading axis) on a device: of what was seen, or of what a
    replay buffer has unpacked.
    """
    tiles, slots, world, posts, advice = (torch.from_numpy(part).to(device) for part in observation)
    if tiles.dtype == torch.uint8:
        tiles, slots = tiles / 255, slots / 255
    return Inputs(tiles, slots, world.float(), posts.long(), advice.long())


class ScoreParts(NamedTuple):
    """What the scores of a batch are made of. E: length of embeddings. F: layers that are summed over tiles covered."""

    value: Tensor
    """[batch]"""
    wait: Tensor
    """[batch]"""
    embedding: Tensor
    """[batch, slots, E]"""
    weights: Tensor
    """[batch, slots, 3, F]: for deploying, its skill, and its retreat."""
    bias: Tensor
    """[batch, slots, 3]: the same."""
    keys: Tensor
    """[batch, E, tiles, 4]"""
    tile_bias: Tensor
    """[batch, tiles]"""
    layers: Tensor
    """[batch, F, tiles]"""
    trust: Tensor
    """[batch, ADVICES]"""


FIRST_LAYERS = ("near", "mix", "squad")
"""The layers of the network that read tiles and operators; all others work with what these make of them."""


class Network(nn.Module):
    """Scores of all compact actions. Its size depends on neither the map nor the squad."""

    def __init__(self, tile_features: int, operator_features: int, settings: Settings) -> None:
        super().__init__()
        channels, embedding = settings.channels, settings.embedding
        self.embedding, self.layers = embedding, COVER_LAYERS + channels
        self.near = nn.Conv2d(tile_features + TILE_CHANNELS, channels, 3, padding=1)
        self.mix = nn.Conv2d(3 * channels, channels, 1)
        self.squad = nn.Linear(operator_features + SLOT_CHANNELS, channels)
        self.whole = nn.Linear(GLOBALS + 3 * channels, HIDDEN)
        self.operator = nn.Linear(channels + HIDDEN, HIDDEN)
        self.embed = nn.Linear(HIDDEN, embedding + 3 * self.layers + 3)
        self.keys = nn.Conv2d(channels, 4 * embedding + 1, 1)
        self.value = nn.Linear(HIDDEN, 2 + ADVICES)
        for head in (self.embed, self.keys, self.value):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(cast("Tensor", head.bias))
        with torch.no_grad():
            self.value.bias[2:] = torch.tensor(TRUST)

    def forward(self, inputs: Inputs, terrain: Terrain) -> Tensor:
        """Q of every compact action, float[batch, actions]; only those of legal actions mean anything."""
        parts = self.parts(inputs, terrain)
        scores = torch.cat(
            [
                parts.wait[:, None],
                self._deployments(parts, terrain),
                parts.bias[..., 1] + self._covered(parts, inputs, terrain, 1),
                parts.bias[..., 2] + self._covered(parts, inputs, terrain, 2),
            ],
            dim=1,
        )
        return _advised(scores + parts.value[:, None], inputs.advice, parts.trust)

    def taken(self, inputs: Inputs, actions: Tensor, terrain: Terrain) -> Tensor:
        """Q of one compact action each, float[batch]: what `forward` says of it, without the others."""
        parts = self.parts(inputs, terrain)
        batch, (slots, tiles) = (
            torch.arange(len(actions), device=actions.device),
            (len(terrain.slots), len(terrain.path)),
        )
        places = len(terrain.places)
        is_deployment = (actions > 0) & (actions <= places)
        place = terrain.places[(actions - 1).clamp(0, max(places - 1, 0))]
        rest = (actions - 1 - places).clamp(min=0)
        kind = torch.where(is_deployment, 0, 1 + rest // slots)
        slot = torch.where(is_deployment, place // (4 * tiles), rest % slots)
        tile, direction = place // 4 % tiles, place % 4
        post = torch.where(is_deployment, place % (4 * tiles), inputs.posts[batch, slot])
        row = torch.where(post >= 0, terrain.posts[slot, post.clamp(min=0)], len(terrain.covered) - 1)
        on_tiles = (parts.weights[batch, slot, kind.clamp(max=2)][:, None] @ parts.layers)[:, 0]
        advantage = parts.bias[batch, slot, kind.clamp(max=2)] + (on_tiles * terrain.covered[row]).sum(dim=1)
        key = (parts.embedding[batch, slot] * parts.keys[batch, :, tile, direction]).sum(dim=1)
        advantage = advantage + torch.where(is_deployment, key + parts.tile_bias[batch, tile], 0.0)
        trusted = ((inputs.advice == actions[:, None]) * parts.trust).sum(dim=1)
        return parts.value + torch.where(actions == 0, parts.wait, advantage) + trusted

    def parts(self, inputs: Inputs, terrain: Terrain) -> ScoreParts:
        """What the scores are made of."""
        batch = len(inputs.tiles)
        grid = self._tiles(inputs, terrain)
        known = functional.relu(self.squad(torch.cat([terrain.slots.expand(batch, -1, -1), inputs.slots], dim=2)))
        pooled = [grid.amax(dim=(2, 3)), grid.mean(dim=(2, 3)), known.mean(dim=1)]
        whole = functional.relu(self.whole(torch.cat([inputs.world, *pooled], dim=1)))
        context = whole[:, None].expand(-1, known.shape[1], -1)
        outputs = self.embed(functional.relu(self.operator(torch.cat([known, context], dim=2))))
        keys, heads = self.keys(grid).flatten(2), self.value(whole)
        return ScoreParts(
            value=heads[:, 0],
            wait=heads[:, 1],
            embedding=outputs[..., : self.embedding],
            weights=outputs[..., self.embedding : -3].unflatten(2, (3, self.layers)),
            bias=outputs[..., -3:],
            keys=keys[:, :-1].unflatten(1, (4, self.embedding)).permute(0, 2, 3, 1),
            tile_bias=keys[:, -1],
            layers=torch.cat([cover_layers(inputs.tiles, terrain), grid.flatten(2)], dim=1),
            trust=heads[:, 2:],
        )

    def _tiles(self, inputs: Inputs, terrain: Terrain) -> Tensor:
        """[batch, channels, height, width]: features of each tile, of its surroundings, and of what lies before and
        after it on the paths of the enemies.
        """
        static = terrain.tiles.expand(len(inputs.tiles), -1, -1)
        grid = torch.cat([static, inputs.tiles], dim=1).reshape(len(inputs.tiles), -1, terrain.height, terrain.width)
        grid = functional.relu(self.near(grid))
        before, after = (grid.flatten(2) @ terrain.along).reshape(*grid.shape[:2], 2, *grid.shape[2:]).unbind(2)
        return grid + functional.relu(self.mix(torch.cat([grid, before, after], dim=1)))

    def _deployments(self, parts: ScoreParts, terrain: Terrain) -> Tensor:
        """[batch, places * 4]: the advantage of deploying to every place in every direction."""
        score = parts.embedding @ parts.keys.flatten(2) + parts.tile_bias.repeat_interleave(4, dim=1)[:, None]
        on_tiles = (parts.weights[:, :, 0] @ parts.layers).transpose(0, 1)
        covered = torch.bmm(on_tiles, terrain.reach).transpose(0, 1) + parts.bias[..., 0, None]
        return score.flatten(1).index_select(1, terrain.places) + covered.flatten(1).index_select(1, terrain.rows)

    def _covered(self, parts: ScoreParts, inputs: Inputs, terrain: Terrain, kind: int) -> Tensor:
        """[batch, slots]: the sum over the tiles that each operator on the field covers, 0 for the others."""
        rows = terrain.posts.expand(len(inputs.posts), -1, -1).gather(2, inputs.posts.clamp(min=0)[..., None])[..., 0]
        rows = torch.where(inputs.posts >= 0, rows, len(terrain.covered) - 1)
        return ((parts.weights[:, :, kind] @ parts.layers) * terrain.covered[rows]).sum(dim=2)


def _advised(scores: Tensor, advice: Tensor, trust: Tensor) -> Tensor:
    """The scores with the trust added where the plan says so; an advice of -1 adds nothing."""
    return scores.scatter_add(1, advice.clamp(min=0), (trust * (advice >= 0)).to(scores.dtype))


def cover_layers(tiles: Tensor, terrain: Terrain) -> Tensor:
    """[batch, COVER_LAYERS, tiles]: what counts of a tile that an operator would cover.

    A path; a path under no fire yet; a path without a blocker; the strength of walkers, of fliers; an ally. The path's
    numbers and the ally's are divided by 4, because a range has several such tiles.
    """
    path = terrain.path.expand(len(tiles), -1)
    bare, free = path * (tiles[:, FIREPOWER] == 0), path * (tiles[:, BLOCK] == 0)
    ally = (tiles[:, HEALTH] > 0).float()
    layers = [path / 4, bare / 4, free / 4, tiles[:, GROUND_STRENGTH], tiles[:, FLYING_STRENGTH], ally / 4]
    return torch.stack(layers, dim=1)


def make_network(encoding: StageEncoding, settings: Settings, seed: int) -> Network:
    """A fresh network whose weights follow from the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(encoding.tile_features.shape[1], encoding.operator_features.shape[1], settings)


class Snapshot:
    """Frozen weights that score observations: what the policy decides with."""

    def __init__(self, network: Network, terrain: Terrain) -> None:
        self._network, self._terrain = network.eval().requires_grad_(requires_grad=False), terrain

    @torch.inference_mode()
    def scores(self, observation: Observation, legal: Mask) -> Tensor:
        """Q of every compact action of one observation, -inf where it is not legal."""
        one = Observation._make(part[None] for part in observation)
        scores: Tensor = self._network(input_tensors(one), self._terrain)
        return scores[0].masked_fill(~torch.from_numpy(legal), -torch.inf)

    @torch.inference_mode()
    def best(self, observations: Observation, legal: Mask) -> tuple[Integers, Floats]:
        """The legal action with the highest Q, and that Q, of each of a batch of observations."""
        scores = self._network(input_tensors(observations), self._terrain)
        best = scores.masked_fill(~torch.from_numpy(legal), -torch.inf).max(dim=1)
        return best.indices.numpy(), best.values.numpy()
