"""Adam as torch.optim.adam.adam has it, without the compiler of torch that the class torch.optim.Adam loads."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim.adam import adam

BETAS = (0.9, 0.999)
"""How much of each mean is kept at every step: of the gradients, and of their squares (Kingma and Ba, 2015)."""
EPSILON = 1e-8
MEMORY = ("step", "exp_avg", "exp_avg_sq")
"""What is remembered of a parameter, named as torch does: steps so far, mean gradient, mean squared gradient."""


class Adam:
    """Gradient descent by Adam, with the numbers of torch.optim.AdamW(fused=True).

    Parameters that need no gradient stay as they are; `decay` times `rate` is the share taken off the others.

    That class imports torch's compiler (torch._dynamo) as soon as an optimiser is made, which costs several seconds at
    every start, although nothing is compiled here. The function `adam`, which does the work, does not import it.
    """

    def __init__(self, parameters: Iterable[Parameter], rate: float, decay: float = 0.0) -> None:
        self._parameters: list[Tensor] = list(parameters)
        self._rate, self._decay = rate, decay
        self._learned = [index for index, one in enumerate(self._parameters) if one.requires_grad]
        self._steps = [torch.zeros((), device=parameter.device) for parameter in self._parameters]
        self._means = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self._parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Move the parameters against their gradients; every parameter that needs one must have one."""
        parameters, means, squares, steps = (
            [values[index] for index in self._learned]
            for values in (self._parameters, self._means, self._squares, self._steps)
        )
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        adam(
            parameters, gradients, means, squares, [], steps, fused=True, lr=self._rate,
            beta1=BETAS[0], beta2=BETAS[1], weight_decay=self._decay, decoupled_weight_decay=True, eps=EPSILON,
            amsgrad=False, maximize=False,
        )  # fmt: skip

    def memory(self) -> dict[str, Tensor]:
        """What is remembered, by "<number of the parameter>.<name in MEMORY>"."""
        remembered = zip(self._steps, self._means, self._squares, strict=True)
        return {
            f"{index}.{name}": value
            for index, values in enumerate(remembered)
            for name, value in zip(MEMORY, values, strict=True)
        }

    def restore(self, memory: dict[str, Tensor]) -> None:
        """Take over what `memory` gave. An empty one, as torch.optim.Adam had before its first step, changes nothing.

        Raises KeyError for a name that is not known, RuntimeError where a shape differs.
        """
        own = self.memory()
        for name, value in memory.items():
            own[name].copy_(value.reshape(own[name].shape))  # a file has a number as a list of one
