"""Every number that shapes how the mind learns, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of learning. bot.toml's [learning] holds the same names and defaults."""

    gamma: float = 0.98
    """Discount a decision (one second): what comes 35 s later counts half. A battle has 60 to 70 decisions."""
    n_step: int = 3
    """Rewards summed before the network is asked for the rest; 3 beat 1 by far, see LEARNING.md."""
    learning_rate: float = 5e-4
    batch_size: int = 64
    replay_ratio: float = 1.0
    """Updates for each decision remembered."""
    warm_up: int = 300
    """Experiences in the buffer before the first update: about five battles."""
    target_rate: float = 0.01
    """How far the target network moves towards the online one at each update."""
    buffer_size: int = 50_000
    recency: float = 10_000.0
    """Mean age, in experiences, of the recency-weighted draws."""
    uniform_share: float = 0.25
    """Share of each batch drawn uniformly, so that nothing is forgotten."""
    epsilon_start: float = 1.0
    epsilon_end: float = 0.02
    """About one decision of a battle: with five operators on the field, a badly placed one costs a fifth of them."""
    epsilon_decisions: int = 1500
    """Decisions over which epsilon falls in a straight line: about 40 battles, since lost ones are short. With 2600 the
    same win rate came 30 battles later (eyes that miss, hands that lag): random play sees little of a battle's end."""
    wait_share: float = 0.5
    """Share of the exploratory actions that wait: who deploys at once whatever he can never saves for the better."""
    publish_every: int = 5
    """Updates between two snapshots of the weights for the policy."""
    max_gradient: float = 10.0
    """Gradients longer than this are shortened to it."""
    embedding: int = 16
    """Length of operator embeddings and direction keys."""
    channels: int = 32
    """Features of a tile inside the network."""
