"""The rules that are a single number or a single choice, and how sure each is.

"settled" means that public sources agree, "measured" and "read" that one source says so, "unverified" that this is our
choice until the real game has been measured. docs/rules.md has the sources. A choice is changed here and nowhere else:
every other module reads it as `options.NAME`, or, where a battle may be played with another choice (`unsettled`), from
`World.rules`.
"""

from __future__ import annotations

SEARCH_TICKS = 3
"""Operators look for a new target, and for enemies to block, once in this many ticks (settled); enemies look at the
same ticks (unverified)."""
SHOOTING_PAUSE = 20
"""Ticks for which an enemy that shoots without being blocked stands still (unverified)."""
ENEMY_WIND_UP = 15
"""Ticks from the moment an idle enemy sees an operator to its attack. That there is a delay is settled; its length is
unverified, and is taken to be an operator's (`WIND_UP`). A shooter stands still meanwhile."""
BLOCK_DISTANCE_SQUARED = 0.5
"""Square of the distance in tiles within which an operator blocks enemies (settled)."""
BODY = 0.25
"""Tiles by which an operator's body extends the range of an enemy that aims at it (read)."""
SLOWEST, FASTEST = 20.0, 600.0
"""Bounds of the attack speed in points, whatever is added to it or taken from it (read)."""
DEPLOYMENT = 45
"""Ticks from an operator's deployment to its first attack, at the earliest (measured once: 1.2 to 2.3 s)."""
WIND_UP = 15
"""Ticks from the moment an idle operator sees an enemy to its attack (measured once: 0.4 to 0.6 s). Consecutive attacks
are separated by the attack interval alone (measured)."""
LEAST_DAMAGE = 0.05
"""Share of the attack that is always dealt, however high the defense or resistance (settled)."""
REFUND = 0.5
"""Share of the price paid that a retreat gives back, rounded down (settled)."""
MAX_PRICE = 99
"""No redeployment costs more (settled)."""
SECOND_PRICE, LATER_PRICE = 1.5, 2.0
"""Factor on the cost of the first redeployment, and of later ones (settled); rounded down (unverified)."""
SP_WHILE_ACTIVE = False
"""Whether a skill gathers SP while it is active (unverified)."""
SPLASH_HITS_AIR = True
"""Whether splash damage reaches fliers beside a target on the ground, and the other way round (unverified)."""
HEALS_LOWEST_FRACTION = True
"""Whether a heal goes to the lowest fraction of health; if not, to the fewest health points (unverified)."""
FRIENDS_TRIGGER_SKILLS = True
"""Whether an operator that the level puts on the field uses a skill that a player would have to trigger, as soon as it
is ready; if not, it never does (unverified)."""
SPLIT_PAUSE = 8
"""Ticks between the first steps of the enemies into which one enemy splits (unverified)."""
COLD_SPEED = 30.0
"""Points of attack speed that cold takes (settled)."""
FROZEN_RESISTANCE = 15.0
"""Points of resistance that a frozen enemy lacks (settled)."""
BURST = 1000.0
"""Points of one element's injury at which it bursts on an operator (settled)."""
BURST_SECONDS, ROT_SECONDS = 10, 15
"""Seconds for which a burst works and no further injury is added; the second of necrosis (read)."""
NEURAL_DAMAGE, CORROSION_DAMAGE, BURNING_DAMAGE = 1000.0, 800.0, 1200.0
"""What a burst deals to an operator: true, physical and arts damage (read)."""
CORRODED, SINGED = 100.0, 20.0
"""Points of defense that a burst of corrosion takes until the operator leaves; points of resistance that one of burning
takes for its time (read)."""
ROT_DAMAGE = 100.0
"""Arts damage a second of a burst of necrosis (read)."""
BARRIER_COST = 1000.0
"""Tiles that a step onto a barrier counts for when walkers look for the shortest way: they go through one only where it
closes all ways (read)."""
CLOSING_REFUSED = True
"""Whether a barrier that closes all ways of a route cannot be deployed. One wiki quotes the game's own message, another
says that enemies then break it (shared)."""
NEVER = 99999.0
"""A level's costIncreaseTime of this value or more means that DP do not come by themselves (read)."""


def unsettled() -> dict[str, float]:
    """The unsettled choices that may differ from battle to battle, by the names of the fields of `records.Rules`."""
    return {
        "shooting_pause": SHOOTING_PAUSE,
        "enemy_wind_up": ENEMY_WIND_UP,
        "deployment": DEPLOYMENT,
        "wind_up": WIND_UP,
        "split_pause": SPLIT_PAUSE,
        "sp_while_active": SP_WHILE_ACTIVE,
        "splash_hits_air": SPLASH_HITS_AIR,
        "heals_lowest_fraction": HEALS_LOWEST_FRACTION,
    }
