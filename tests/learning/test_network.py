"""The factored head scores every action of any map, and legality never touches the numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.actions import DEPLOY
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.encoding import FIREPOWER, GROUND_STRENGTH, Observation, make_encoding
from learning.network import Snapshot, cover_features, input_tensors, legal_mean, make_network, make_terrain
from learning.observation import look
from learning.settings import Settings


def batch_of(encoding, views):
    """Observations and masks of views, side by side."""
    seen = [look(view, encoding).observation for view in views]
    parts = (np.stack([getattr(one, name) for one in seen]) for name in ("tiles", "slots", "world"))
    return Observation(*parts), torch.from_numpy(np.stack([encoding.legal(view) for view in views]))


def test_one_set_of_weights_plays_every_map_with_every_squad(squad):
    """The size of the network depends neither on the stage nor on the number of operators."""
    weights = None
    for name in shipped_stages():
        for size in (12, 5):
            encoding = make_encoding(load_stage(name, CATALOGUE), squad[:size])
            views = [Battle(encoding.stage, encoding.squad, seed=seed).view() for seed in range(2)]
            network = make_network(encoding, Settings(), 0)
            if weights:
                network.load_state_dict(weights)
            weights = network.state_dict()
            terrain = make_terrain(encoding)
            observation, legal = batch_of(encoding, views)
            assert network(input_tensors(observation, terrain), legal, terrain).shape == (2, len(encoding.flat_actions))


def test_the_mean_runs_over_legal_actions_only():
    """The advantage of an illegal action does not count, however large it is."""
    advantages = torch.tensor([[1.0, 3.0, 1e9]])
    assert legal_mean(advantages, torch.tensor([[True, True, False]])).item() == 2.0


def test_q_s_legal_mean_is_the_value(encoding, views):
    """Dueling: the scores of the legal actions average to V, in every state."""
    terrain, network = make_terrain(encoding), make_network(encoding, Settings(), 3)
    observation, legal = batch_of(encoding, views[5:9])
    seen = input_tensors(observation, terrain)
    scores = network(seen, legal, terrain)
    other = network(seen, torch.ones_like(legal), terrain)
    assert legal_mean(scores, legal)[:, 0].tolist() == pytest.approx(
        legal_mean(other, torch.ones_like(legal))[:, 0].tolist(), abs=1e-5
    )


def test_a_decision_s_scores_are_the_batch_s_and_illegal_ones_are_never_best(encoding, views):
    """Deciding alone and learning in batches see the same numbers; the maximum is the exact joint maximum."""
    terrain, network = make_terrain(encoding), make_network(encoding, Settings(), 1)
    observation, legal = batch_of(encoding, views[:6])
    together = network(input_tensors(observation, terrain), legal, terrain).detach()
    snapshot = Snapshot(network, terrain)
    for index, view in enumerate(views[:6]):
        mask = encoding.legal(view)
        alone = snapshot.scores(look(view, encoding).observation, mask)
        assert alone[torch.from_numpy(mask)].tolist() == pytest.approx(together[index][legal[index]].tolist(), abs=1e-5)
        assert torch.isneginf(alone[torch.from_numpy(~mask)]).all()
        assert mask[int(alone.argmax())]


def test_cover_features_are_as_by_hand(encoding):
    """Strength in reach is the sum over the tiles in reach; a path tile under fire is no longer bare."""
    tiles = torch.zeros(1, 6, encoding.tiles)
    terrain = make_terrain(encoding)
    place, direction = 7, 2
    reach = encoding.reach[encoding.place_slots[place], encoding.place_tiles[place], direction]
    covered = np.flatnonzero(reach)
    tiles[0, GROUND_STRENGTH, covered[0]] = 0.5
    tiles[0, GROUND_STRENGTH, np.flatnonzero(~reach)] = 9.0
    assert cover_features(tiles, terrain)[0, 3, place, direction].item() == 0.5
    path = reach & (encoding.path > 0)
    bare = cover_features(tiles, terrain)[0, 1, place, direction].item()
    assert bare == path.sum() / 4
    tiles[0, FIREPOWER] = 0.1
    assert cover_features(tiles, terrain)[0, 1, place, direction].item() == 0.0


def test_the_head_tells_operators_tiles_and_directions_apart(encoding, views):
    """Directions of a place, operators of a tile and tiles of an operator get different scores."""
    terrain, network = make_terrain(encoding), make_network(encoding, Settings(), 2)
    observation, legal = batch_of(encoding, views[:1])
    scores = network(input_tensors(observation, terrain), legal, terrain)[0]
    assert encoding.action(1).kind == DEPLOY
    places = scores[1 : 1 + 4 * len(encoding.place_slots)].reshape(-1, 4)
    assert (places.std(dim=1) > 0).all()
    for numbers in (encoding.place_slots, encoding.place_tiles):
        for number in np.unique(numbers):
            column = places[torch.from_numpy(numbers == number), 0]
            assert len(column) == 1 or column.std() > 0


def test_weights_depend_on_the_seed_alone(encoding):
    """The global generator is neither read nor moved."""
    torch.manual_seed(1)
    first, drawn = make_network(encoding, Settings(), 7), torch.rand(1)
    torch.manual_seed(1)
    assert torch.rand(1) == drawn
    second, third = make_network(encoding, Settings(), 7), make_network(encoding, Settings(), 8)
    same = [torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True)]
    assert all(same)
    assert not torch.equal(first.near.weight, third.near.weight)
