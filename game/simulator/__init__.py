"""The rules of a battle as compiled code, and one battle played with them.

`NUMBA_DISABLE_JIT=1` runs the same code as Python, with the same result to the last bit. `World` holds what a stage and
a squad fix, `Battles` what a batch of battles changes; a `Field` is one battle of it. Nothing is allocated in a tick.

The modules. Each imports only those above it; the last ones prepare the compiled rules and wrap them for Python:

    rows            how a table of records is declared and filled
    memory          the records that a battle changes
    options         the rules that are a number or a choice, with how sure each is
    linking         compiled functions are put together and optimised once
    compiling       how numba compiles, and where it keeps the result
    plain           tables for the rules without numba
    effect_records  the records of effects, and the numbers that stand for their words
    records         every table's fields, declared once; World, Battles, Field
    field           one battle of a batch, and small facts about it
    damage          how much an attack takes
    effect_events   notes what happens to those that have effects
    modifiers       numbers as effects have changed them
    blocking        which operator blocks which enemy
    ways            around barriers
    afflictions     cold, freezing and elemental injury add up and break out
    choosing        whom an effect chooses, and whether its conditions hold
    presence        entering and leaving the field: appear, die (and split), leak, remove
    shifting        enemies are pushed and pulled
    movement        enemies walk along their routes
    waves           enemies come, fragment after fragment
    targeting       priorities and ranges: who is attacked next
    arrivals        enemies that others summon, and what fallen devices leave behind
    effect_deeds    what an effect does to a fighter, and what losing health leads to
    effect_changes  which numbers effects change while they last
    effects         effects happen: to whom, and what
    combat          what one attack or heal does
    skills          skills fill, begin, last and end; an operator enters the field
    friends         operators of the level come and go
    companions      escorts, and devices that operators attack: units with an enemy's body
    attacks         enemies and operators attack when their time has come
    tick            plays one tick, or many
    actions         deploy, use a skill, retreat
    display         what a player sees of the battles of a batch, as arrays
    effect_tables   effects as rows
    route_tables    routes and ways as tables
    enemy_tables    enemies as rows
    tables          a stage and a squad become a World; battles are started
    legality        which actions are legal, from what a player sees alone
    battle          Battle: one battle for Python

A tick (tick.py) goes in this order: DP are gained; operators of the level come and go; enemies appear; escorts go where
their bodies are; every third tick targets are chosen; each enemy, in the order of appearance, is blocked or moves,
attacks, regenerates; each operator, by slot, attacks or heals, regenerates, and its skill goes on; effects happen;
enemies that are gone leave the list; the battle may be decided.

To add an ability of an enemy: a field of `EnemyStats` (records) and its value in `enemy_tables`; if it must remember
something, a field of `FoeState` (memory); then the line where it acts: movement for how it walks, targeting for how it
is chosen, blocking for how it is held, attacks for what its attack does, presence for what its appearance or death
does. The enemy's model and table are in game/characters. To add an effect of a skill: a field of `Stance` if it changes
figures while the skill is active, or of `Deployable` if it happens once; its value in `tables._stance` or
`tables._deployable`; and the line in combat or skills. Sizes follow from the records; a forgotten value raises an error
that names the field. Nothing outside game/ changes.
"""
