"""Compiles the rules before they are used: python scripts/compile_rules.py

Everything compiles what it needs on its first use, and keeps it. But programs that begin at the same time, as tests do,
would each compile all of it. This plays a moment of everything that is compiled; where it is kept already, that takes a
few seconds.
"""

import numpy as np

from game.actions import NOTHING
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run_all
from learning.measuring import evaluate
from learning.training_task import Task
from learning.vector import ArknightVectorEnv
from planning.search import search
from planning.solutions import solution, stars_of

NAME = "first_watch"
CATALOGUE = load_catalogue()

stage, squad, plan = load_stage(NAME, CATALOGUE), default_squad(CATALOGUE), solution(NAME)
stars_of(plan, stage, CATALOGUE)
search(stage, squad, goes_on=lambda _: False)
evaluate(Task(stage, squad, plan), "plan", battles=1, seed=0)
environment = ArknightVectorEnv(1, NAME)
environment.reset(seed=0)
environment.step(np.zeros(environment.action_space.shape, np.int64))
battle = Battle(stage, squad)
battle.act(NOTHING)
battle.view()
world = world_of(stage, squad)
run_all(world, new_battles(world, stage, [0]), 1)
