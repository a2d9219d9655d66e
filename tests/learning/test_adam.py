"""The optimiser is Adam."""

from __future__ import annotations

import pytest
import torch

from learning.adam import Adam


def a_parameter():
    """The same 20 numbers each time."""
    return torch.nn.Parameter(torch.linspace(-1, 1, 20).reshape(4, 5))


def steps(adam, parameter, targets):
    """One step towards each target."""
    for target in targets:
        parameter.grad = None
        (parameter - target).pow(2).sum().backward()
        adam.step()


def by_the_book(parameter, targets, rate):
    """Where the algorithm of Kingma and Ba's paper gets, in double precision."""
    place = parameter.detach().double()
    mean, square = torch.zeros_like(place), torch.zeros_like(place)
    for number, target in enumerate(targets.double(), 1):
        gradient = 2 * (place - target)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        place = place - rate * (mean / (1 - 0.9**number)) / ((square / (1 - 0.999**number)).sqrt() + 1e-8)
    return place


def test_its_steps_are_those_of_the_paper():
    """Thirty steps towards a target that moves."""
    parameter, targets = a_parameter(), torch.linspace(0, 3, 30)
    expected = by_the_book(parameter, targets, 0.01)
    adam = Adam([parameter], 0.01)
    steps(adam, parameter, targets)
    assert not torch.allclose(parameter, a_parameter(), atol=0.1)
    torch.testing.assert_close(parameter.detach().double(), expected, rtol=0, atol=1e-5)


def test_it_goes_on_from_what_it_remembered():
    """Ten steps, and ten more by another that took over, are twenty steps."""
    whole, halves = a_parameter(), a_parameter()
    adam, first, second = Adam([whole], 0.01), Adam([halves], 0.01), Adam([halves], 0.01)
    targets = torch.linspace(0, 3, 20)
    steps(adam, whole, targets)
    steps(first, halves, targets[:10])
    second.restore(first.memory())
    steps(second, halves, targets[10:])
    assert torch.equal(whole, halves)


def test_what_fits_no_parameter_is_refused():
    """An unknown name, or another shape."""
    adam = Adam([a_parameter()], 0.01)
    with pytest.raises(KeyError):
        adam.restore({"1.exp_avg": torch.zeros(4, 5)})
    with pytest.raises(RuntimeError):
        adam.restore({"0.exp_avg": torch.zeros(3, 3)})


def test_weights_decay_beside_the_gradient():
    """AdamW: the share that is taken off does not pass through the means of the gradient."""
    plain, decaying, targets = a_parameter(), a_parameter(), torch.linspace(0, 3, 5)
    steps(Adam([plain], 0.01), plain, targets[:1])
    steps(Adam([decaying], 0.01, 0.5), decaying, targets[:1])
    torch.testing.assert_close(decaying, plain - 0.01 * 0.5 * a_parameter())


def test_what_needs_no_gradient_stays():
    """Whatever the decay, and the others are moved; the memory still has a place for each."""
    frozen, learned = a_parameter().requires_grad_(requires_grad=False), a_parameter()
    adam = Adam([frozen, learned], 0.01, 0.5)
    steps(adam, learned, torch.linspace(0, 3, 5))
    assert torch.equal(frozen, a_parameter())
    assert not torch.equal(learned, a_parameter())
    assert adam.memory().keys() == {f"{index}.{name}" for index in (0, 1) for name in ("step", "exp_avg", "exp_avg_sq")}
