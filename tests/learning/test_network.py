"""The factored head scores every action of any map, and legality never touches the numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.encoding import BLOCK, FIREPOWER, GROUND_STRENGTH, HEALTH, Observation, make_encoding
from learning.network import FADING, Snapshot, cover_layers, input_tensors, make_network, make_terrain
from learning.observation import look
from learning.settings import Settings

TOLERANCE = 1e-5
"""Sums of the same numbers in another order differ by so much."""


def batch_of(encoding, views, advice=(-1, -1)):
    """Observations and masks of views, side by side."""
    seen = [look(view, encoding, advice) for view in views]
    return Observation(*map(np.stack, zip(*(one.observation for one in seen), strict=True))), np.stack(
        [one.legal for one in seen]
    )


@cache
def world(name, size):
    """Encoding and terrain of a stage, and views of a random battle with many operators on the field."""
    encoding = make_encoding(load_stage(name, CATALOGUE), default_squad(CATALOGUE)[:size])
    battle, rng, views = Battle(encoding.stage, encoding.squad, seed=1), np.random.default_rng(2), []
    while battle.outcome is None and len(views) < 40:
        views.append(battle.view())
        legal = np.flatnonzero(encoding.legal(views[-1])[: -encoding.slots])
        battle.act(encoding.action(int(rng.choice(legal))))
        battle.step(90)
    return encoding, make_terrain(encoding), views


def shaken(encoding, seed):
    """A network all of whose weights are random and of some size, those of the heads too."""
    network, generator = make_network(encoding, Settings(), seed), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.1 * torch.randn(weights.shape, generator=generator))
    return network.requires_grad_(requires_grad=False)


def test_one_set_of_weights_plays_every_map_with_every_squad():
    """The size of the network depends neither on the stage nor on the number of operators."""
    weights = None
    for name in shipped_stages():
        for size in (12, 5):
            encoding, terrain, views = world(name, size)
            network = make_network(encoding, Settings(), 0)
            if weights:
                network.load_state_dict(weights)
            weights = network.state_dict()
            observation, _ = batch_of(encoding, views[:2])
            assert network(input_tensors(observation), terrain).shape == (2, len(encoding.flat_actions))


@pytest.mark.parametrize("size", [12, 5])
@pytest.mark.parametrize("name", shipped_stages())
def test_the_score_of_one_action_is_that_among_all(name, size):
    """Waiting, every third deployment, every skill and retreat: `taken` says what `forward` says, advised or not."""
    encoding, terrain, views = world(name, size)
    network, view = shaken(encoding, 3), max(views, key=lambda one: len(one.operators))
    actions = np.arange(len(encoding.flat_actions))
    chosen = torch.from_numpy(np.unique(np.concatenate([actions[::3], actions[-2 * encoding.slots :]])))
    for advice in ((-1, -1), (int(chosen[7]), int(chosen[-1]))):
        one = input_tensors(batch_of(encoding, [view], advice)[0])
        whole = network(one, terrain)[0]
        for part in chosen.split(300):
            repeated = type(one)(*(values.expand(len(part), *values.shape[1:]) for values in one))
            assert torch.allclose(network.taken(repeated, part, terrain), whole[part], atol=1e-4, rtol=1e-4)


def test_the_scores_of_many_states_are_those_of_each_action_taken_there():
    """Each state of a batch with its own action."""
    encoding, terrain, views = world("two_roads", 12)
    network, inputs = shaken(encoding, 4), input_tensors(batch_of(encoding, views)[0])
    whole, rng = network(inputs, terrain), np.random.default_rng(0)
    for _ in range(20):
        actions = torch.from_numpy(rng.integers(0, len(encoding.flat_actions), len(views)))
        expected = whole.gather(1, actions[:, None])[:, 0]
        assert torch.allclose(network.taken(inputs, actions, terrain), expected, atol=1e-4, rtol=1e-4)


def test_advice_raises_the_score_of_what_is_advised_and_of_nothing_else(encoding, views):
    """Both kinds of advice, each by its own trust; no advice changes nothing."""
    network, terrain = shaken(encoding, 5), make_terrain(encoding)
    network.value.bias[2:] = torch.tensor([1.5, 0.75])
    network.value.weight[2:] = 0.0
    without = network(input_tensors(batch_of(encoding, views[9:13])[0]), terrain)
    for advice in ((0, -1), (17, 30), (-1, 30), (len(encoding.flat_actions) - 1, 4)):
        raised = network(input_tensors(batch_of(encoding, views[9:13], advice)[0]), terrain) - without
        expected = torch.zeros_like(raised)
        for number, trust in zip(advice, (1.5, 0.75), strict=True):
            if number >= 0:
                expected[:, number] += trust
        assert torch.allclose(raised, expected, atol=TOLERANCE)


def test_a_decision_s_scores_are_the_batch_s_and_illegal_ones_are_never_best(encoding, views):
    """Deciding alone and learning in batches see the same numbers; the maximum is the exact joint maximum."""
    terrain, network = make_terrain(encoding), shaken(encoding, 1)
    observation, legal = batch_of(encoding, views[:40])
    together = network(input_tensors(observation), terrain)
    snapshot = Snapshot(network, terrain)
    best, values = snapshot.best(observation, legal)
    for index, view in enumerate(views[:40]):
        mask = legal[index]
        alone = snapshot.scores(look(view, encoding).observation, mask)
        assert alone[torch.from_numpy(mask)].tolist() == pytest.approx(together[index][mask].tolist(), abs=1e-4)
        assert torch.isneginf(alone[torch.from_numpy(~mask)]).all()
        assert mask[best[index]]
        assert alone[best[index]].item() == pytest.approx(alone.max().item(), abs=1e-4)
        assert values[index] == pytest.approx(alone.max().item(), abs=1e-4)


def test_scores_are_made_as_the_module_says(encoding, views):
    """Value, inner products, biases, and the sum over the tiles covered, for each kind of action, in plain numbers."""
    network, terrain = shaken(encoding, 6), make_terrain(encoding)
    view = max(views, key=lambda one: len(one.operators))
    inputs = input_tensors(batch_of(encoding, [view])[0])
    parts = type(network.parts(inputs, terrain))(*(one[0].double().numpy() for one in network.parts(inputs, terrain)))
    scores = network(inputs, terrain)[0].numpy()

    def covered(slot, tile, direction, kind):
        """The sum over the tiles that the operator covers from there."""
        layers = parts.layers[:, encoding.reach[slot, tile, direction]]
        return sum(float(parts.weights[slot, kind] @ layer) for layer in layers.T)

    assert scores[0] == pytest.approx(parts.value + parts.wait, abs=1e-4)
    for number in range(1, len(scores), 5):
        action = encoding.action(number)
        if action.kind == DEPLOY:
            key = parts.embedding[action.slot] @ parts.keys[:, action.tile, action.direction]
            expected = key + parts.tile_bias[action.tile] + parts.bias[action.slot, 0]
            expected += covered(*action[1:], 0)
            assert scores[number] == pytest.approx(parts.value + expected, abs=1e-3)
    for kind in (SKILL, RETREAT):
        for slot in range(encoding.slots):
            expected = parts.value + parts.bias[slot, kind - 1]
            for one in view.operators:
                if one.slot == slot:
                    expected += covered(slot, one.row * encoding.stage.width + one.col, one.direction, kind - 1)
            assert scores[encoding.index(Action(kind, slot))] == pytest.approx(expected, abs=1e-3)


def test_what_counts_of_a_tile_is_as_by_hand(encoding):
    """A path, one under no fire, one without a blocker, the strengths, and an ally."""
    tiles, terrain = torch.zeros(1, 6, encoding.tiles), make_terrain(encoding)
    path = np.flatnonzero(encoding.path > 0)
    tiles[0, FIREPOWER, path[0]], tiles[0, BLOCK, path[1]], tiles[0, GROUND_STRENGTH, path[2]] = 0.1, 0.5, 0.3
    tiles[0, HEALTH, path[3]] = 0.9
    found = cover_layers(tiles, terrain)[0]
    columns = {number: found[:, number].tolist() for number in path[:4]}
    assert columns[path[0]] == [0.25, 0, 0.25, 0, 0, 0]
    assert columns[path[1]] == [0.25, 0.25, 0, 0, 0, 0]
    assert columns[path[2]] == pytest.approx([0.25, 0.25, 0.25, 0.3, 0, 0])
    assert columns[path[3]] == [0.25, 0.25, 0.25, 0, 0, 0.25]
    assert not found[:, encoding.path == 0].any()


@pytest.mark.parametrize("name", shipped_stages())
def test_what_lies_on_a_path_counts_for_the_tiles_after_it(name):
    """The more the nearer, never for itself alone; no tile gets more than the whole of what lies before it."""
    encoding, terrain, _ = world(name, 12)
    along, size = terrain.along.numpy(), encoding.tiles
    before, after = along[:, :size], along[:, size:]
    assert (along >= 0).all()
    assert (along.sum(axis=0) <= 1 + TOLERANCE).all()
    walked = encoding.stage.paths[0]
    first, then, *_ = (row * encoding.stage.width + col for row, col in walked)
    assert before[first, then] > 0
    assert after[then, first] > 0
    last = walked[-1][0] * encoding.stage.width + walked[-1][1]
    if len(walked) > 3 and len(set(walked)) == len(walked) and len(encoding.stage.paths) == 1:
        shares = before[[row * encoding.stage.width + col for row, col in walked[:-1]], last]
        assert shares[1:] * FADING == pytest.approx(shares[:-1], abs=TOLERANCE)


def test_the_head_tells_operators_tiles_and_directions_apart(encoding, views):
    """Directions of a place, operators of a tile and tiles of an operator get different scores."""
    terrain, network = make_terrain(encoding), make_network(encoding, Settings(), 2).requires_grad_(requires_grad=False)
    scores = network(input_tensors(batch_of(encoding, views[:1])[0]), terrain)[0]
    assert encoding.action(1).kind == DEPLOY
    places = scores[1 : 1 + 4 * len(encoding.place_slots)].reshape(-1, 4)
    assert (places.std(dim=1) > 0).all()
    for numbers in (encoding.place_slots, encoding.place_tiles):
        for number in np.unique(numbers):
            column = places[torch.from_numpy(numbers == number), 0]
            assert len(column) == 1 or column.std() > 0


def test_operators_that_are_not_on_the_field_cover_nothing(encoding, views):
    """Their skill and retreat have their own score only, wherever others stand."""
    network, terrain = shaken(encoding, 8), make_terrain(encoding)
    inputs = input_tensors(batch_of(encoding, views[:1])[0])
    assert not views[0].operators
    parts, scores = network.parts(inputs, terrain), network(inputs, terrain)
    own = torch.cat([parts.bias[..., 1], parts.bias[..., 2]], dim=1) + parts.value[:, None]
    assert torch.allclose(scores[:, -2 * encoding.slots :], own, atol=TOLERANCE)


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
