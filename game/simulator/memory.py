"""The records that a battle changes: its figures, its operators, its enemies. Units and indices: see records."""

from __future__ import annotations

from game.simulator.rows import Record


class BattleFigures(Record):
    """The figures of one battle as a whole."""

    clock: int
    """Ticks since the start."""
    outcome: int
    """RUNNING, WON or LOST."""
    dp: int
    dp_clock: int
    """Ticks since the last DP that came by itself."""
    life: int
    counter: int
    """Enemies that are dead or leaked, as the HUD counts them."""
    total: int
    """What the counter says when all enemies are gone."""
    leaks: int
    """Leaks that cost life."""
    deployed: int
    """Operators on the field."""
    slots_taken: int
    """How many of these count against the limit."""
    deployments: int
    """Deployments so far."""
    blocks: int
    """How often an enemy was blocked so far."""
    fragment: int
    """The fragment that is running."""
    fragment_clock: int
    """Ticks since its start; negative during its delay."""
    spawned: int
    """How many enemies have come, or were left out of this battle by its seed."""
    friend_orders: int
    """How many of the orders to the friends have been carried out."""
    holding_wave: int
    """Enemies on the field for which the next wave waits."""
    holding_fragment: int
    """Enemies on the field for which the next fragment waits."""
    listed: int
    """How many enemies `Field.present` lists."""
    list_outdated: bool
    """Some of the listed enemies are gone."""
    seed: int
    """Of the chances of effects; 0 in a battle without effects."""
    draws: int
    """How many of these chances have been drawn."""
    changed: bool
    """`Battles.modifier` has to be made anew before the next search."""
    raised: bool
    """Some of `Battles.pending` may be above 0."""
    next_due: int
    """Clock before which no effect at an interval happens."""
    dealt: float
    """Damage that the last attack of an operator has done to one enemy, for its effects."""
    barriers: int
    """Barriers on the field."""
    leaps: int
    """Attacks of enemies that leap so far."""


class UnitState(Record):
    """An operator in a battle, deployed or in the hand."""

    tile: int
    """-1 while it is in the hand."""
    row: float
    col: float
    direction: int
    """Quarter turns clockwise from facing right."""
    health: float
    shield: float
    """Damage that its shield still absorbs."""
    block_taken: int
    """How much block the enemies that it blocks take up."""
    target: int
    """The enemy it attacks next; -1 for none."""
    next_attack: float
    """Clock at which it can attack again; between two attacks it may lie between two ticks."""
    stunned_until: int
    frozen_until: int
    sp: int
    skill_ticks: int
    """Ticks for which the skill stays active; 0 when it is not."""
    skill_dp_ticks: float
    """Ticks since the last DP that the active skill brought."""
    ready_at: int
    """Clock at which its card can be played again."""
    price_paid: int
    """DP of the last deployment."""
    times_deployed: int
    sp_part: float
    """Part of a tick of SP that effects have given beyond whole ones."""
    uses: int
    """Uses of its skill since its deployment, and in the battle. These and the next ones are for effects."""
    uses_in_battle: int
    kills: int
    """Since its deployment."""
    last_attack: int
    """Clock of its last attack or, before, of its deployment."""
    streak: int
    """Attacks in a row on the enemy `streak_on`, the last one not counted."""
    streak_on: int
    wards: int
    """Layers, each of which takes one blow."""
    shield_until: int
    """Clock at which a shield of an effect ends; 0 for none."""
    leaves_at: int
    """Clock at which it has to leave the field; 0 for never."""
    attacks: int
    """Attacks since its deployment, before the one that is made now."""
    cold_until: int
    worn: float
    """Points of defense that it has lost until it leaves the field."""
    neural: float
    """Elemental injury of each kind; at a thousand it bursts."""
    corrosion: float
    burning: float
    necrosis: float
    uninjured_until: int
    """Clock until which no injury is added, after a burst; `singed_until` that until which its resistance is lower."""
    singed_until: int
    rots_until: int
    """Clock until which a burst of necrosis goes on."""
    lot: float
    """What it has drawn at its deployment, from 0 to below 1."""
    full_health: float
    """Its full health as effects had changed it last."""
    altered: bool
    """Its `Battles.modifier` may be other than at the start."""
    deployment_number: int
    """Which deployment of the battle its last one was, counted from 1."""
    skill_lot: float
    """As `lot`, drawn at the last use of its skill."""
    struck: int
    """How many its present attack has struck or healed so far."""
    place: int
    """The tile that an effect of it has laid, and until when."""
    place_until: int
    leapt: int
    """The last attack that leapt to it, counted by `BattleFigures.leaps`."""


class FoeState(Record):
    """An enemy in a battle. What most ticks need comes first, so that it lies together in memory."""

    phase: int
    """ABSENT, PRESENT or GONE."""
    tile: int
    """The tile whose centre is nearest."""
    row: float
    col: float
    distance_to_node: float
    distance_to_exit: float
    heading_down: float
    """With heading_right the direction to the node to which it goes, of length 1."""
    heading_right: float
    blocker: int
    """The slot that blocks it; -1 for none."""
    block_number: int
    """Which of the battle's blocks the one by this slot was: `BattleFigures.blocks` then."""
    aim: int
    """The slot that it shoots at next; -1 for none."""
    next_attack: float
    """As in UnitState."""
    stunned_until: int
    paused_until: int
    """It stands still to shoot, or because it has just split off."""
    slowed_until: int
    slow: float
    """Fraction of its speed that it loses."""
    hidden: bool
    """Off the map on its route; it can neither be seen nor hit."""
    health: float
    node: int
    """The node of its route to which it goes, or at which it waits."""
    wait_until: int
    cold_until: int
    frozen_until: int
    """It is stunned until then as well."""
    attacks: int
    """Attacks since it appeared, before the one that is made now."""
    lying_until: int
    """Clock at which it rises after its first death; 0 otherwise."""
    form: int
    """0, and 1 after it has risen or turned."""
    shifted_until: int
    """Until then it is shifted, in each tick by `shift_down` and `shift_right` tiles; it is stunned meanwhile."""
    shift_down: float
    shift_right: float
    link: int
    """The slot of the operator to whom it is linked, until `link_until`; -1 for none."""
    link_until: int
    place: int
    """The tile that an effect of it has laid, until `place_until`."""
    place_until: int
    faded: float
    """The part of its attack that is lost by the leaps of the attack that it makes now."""
    leapt_at: int
    """One more than the clock at which a leaping attack struck it last."""
    tally: int
    """What its effects have counted."""
    altered: bool
    """As UnitState.altered."""
    gone_at: int
    """Clock at which it died or leaked; -1 before."""
    leaked: bool
    way_tile: int
    """On a detour around barriers: the tile to which it goes next. -1 while it goes along the nodes of its route."""
    way_row: float
    """With way_col the place on that tile."""
    way_col: float
