"""Searches a plan for each shipped stage and stores it: python scripts/solve_stages.py [NAME...].

Plans are stored in planning/solved. The same stages, operators and rules give the same plans. All thirteen take about a
quarter of an hour on two shared cores.
"""

import json
import sys

from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from planning.jobs import write_copilot
from planning.solutions import solution_path, solve, stars_of

CATALOGUE = load_catalogue()

for name in sys.argv[1:] or shipped_stages():
    plan = solve(name, CATALOGUE)
    path = solution_path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(write_copilot(plan), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stars = stars_of(plan, load_stage(name, CATALOGUE), CATALOGUE)
    sys.stdout.write(f"{name}: {len(plan.steps)} steps, {stars} stars\n")
