"""The hyper-parameters of learning: each with its default, its bounds, its sentence in bot.toml and its reason.

`bot.config` takes this model as the [learning] table, so every hyper-parameter is declared here and nowhere else.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The hyper-parameters of learning. Frozen, strict about types, and closed to names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)

    discount: float = Field(0.98, description="What a reward is worth one decision later.", gt=0, le=1)
    """A decision is one second: what comes 35 s later counts half. A battle has 60 to 70 decisions."""
    n_step: int = Field(3, description="Rewards summed before the target network values the rest.", ge=1, le=127)
    """3 won far more battles than 1. At most 127, because the buffer keeps the number in an int8."""
    learning_rate: float = Field(0.0005, description="Step size of the Adam optimiser.", gt=0)
    weight_decay: float = Field(
        0.0, description="Share of each weight, times learning_rate, that is taken off at each update.", ge=0
    )
    """As in AdamW (Loshchilov and Hutter 2019). For fine-tuning, 0.0001 to 0.01 is usual."""
    freeze: bool = Field(
        False, description="Whether the first layers stay as they are: those that read tiles and operators."
    )
    """Fine-tuning (`holdfast train --from`) then changes only what is made of these readings."""
    batch_size: int = Field(64, description="Experiences in one update.", ge=1)
    accumulation: int = Field(
        1, description="Parts of a batch that go through the network one after the other; saves memory.", ge=1
    )
    """Their gradients are summed: 2 parts of a batch of 64 give the update of 64 with the memory of 32."""
    device: Literal["auto", "cpu"] = Field(
        "auto", description='Where updates are made: "auto" is on an NVIDIA GPU where there is one, else on the CPU.'
    )
    """Decisions are always made on the CPU: of one observation that takes 2 ms. On a GPU the same seed gives nearly the
    same weights only, since sums are made there in any order.
    """
    mixed_precision: bool = Field(
        False, description="Whether updates on a GPU calculate in bfloat16 where that is exact enough."
    )
    replay_ratio: float = Field(1.0, description="Updates for each decision remembered.", gt=0)
    learning_starts: int = Field(300, description="Experiences to gather before the first update.", ge=0)
    """About five battles."""
    tau: float = Field(
        0.01, description="Share of the way that the target network moves to the online one at each update.", gt=0, le=1
    )
    buffer_size: int = Field(50_000, description="Experiences kept; the oldest are overwritten.", ge=1)
    recency: float = Field(10_000.0, description="Mean age in experiences of the recency-weighted draws.", gt=0)
    uniform_share: float = Field(0.25, description="Share of each batch that is drawn uniformly.", ge=0, le=1)
    """Keeps old experiences in use, so that what they taught is not forgotten."""
    epsilon_start: float = Field(1.0, description="Share of decisions that explore, at first.", ge=0, le=1)
    epsilon_end: float = Field(0.02, description="Share of decisions that explore, in the end.", ge=0, le=1)
    """About one decision of a battle: with five operators on the field, a badly placed one costs a fifth of them."""
    epsilon_taught: float = Field(
        0.05, description="Share of decisions that explore where a plan is shown; in play, the less the oftener "
        "battles end as well as the plan's, and none from 80 % of them on.", ge=0, le=1,
    )  # fmt: skip
    epsilon_decisions: int = Field(1500, description="Decisions from the first share to the last.", ge=1)
    """Epsilon falls linearly over them: about 40 battles, since lost ones are short. With 2600 the same win rate came
    30 battles later (measured with missed detections and delayed gestures): random play seldom sees a battle's end.
    """
    risk_last_life: bool = Field(
        True, description="Whether play on a screen explores while one life point is left; training without one does."
    )
    """Without it a battle at its last life point is decided by what was learned alone: no exploring decision can spend
    that point. A stage that begins with one is then never explored.
    """
    wait_share: float = Field(0.5, description="Share of the exploring decisions that wait.", ge=0, le=1)
    """Without it, exploration spends DP as soon as any card is affordable and never tries the expensive ones."""
    margin: float = Field(0.2, description="Lead that a demonstrated action is to have over all others.", ge=0)
    """A fifth of what a battle's kills earn; an operator placed badly costs about that."""
    margin_weight: float = Field(0.5, description="Weight of that lead beside the usual loss.", ge=0)
    battles: int = Field(64, description="Battles that training without a screen plays side by side.", ge=1)
    decisions_per_update: int = Field(32, description="Decisions of these battles for each update.", ge=1)
    demonstrated: float = Field(0.5, description="Share of each batch that is demonstrated, at first.", ge=0, lt=1)
    demonstrated_end: float = Field(
        0.125, description="Share of each batch that is demonstrated, in the end.", ge=0, lt=1
    )
    demonstrated_decisions: int = Field(
        20_000, description="Decisions from the first of these shares to the last.", ge=1
    )
    taught_updates: int = Field(200, description="Updates from demonstrations before the first decision.", ge=0)
    look_ahead: int = Field(
        0,
        description="Battles that a search for a better way to go on than the plan's may play, 0 for no such search.",
        ge=0,
    )
    """In play, where the network decides by a plan, and every ten seconds of a battle (bot.looking_ahead). A search of
    300 battles takes a fraction of a second of one core.
    """
    publish_every: int = Field(5, description="Updates from one snapshot for the policy to the next.", ge=1)
    max_grad_norm: float = Field(10.0, description="Gradients with a larger norm are scaled down to it.", gt=0)
    embedding: int = Field(16, description="Length of operator embeddings and direction keys.", ge=1)
    channels: int = Field(32, description="Features of a tile inside the network.", ge=1)
