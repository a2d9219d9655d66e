# make run    install what is needed and play          make run ARGS="--battles 20"
# make practice   play the practice game yourself, with the mouse
# make test   install, check and test                  make check   ruff, mypy, the import rule
# make bench-vision how fast the eyes read a screen and a battle
# make bench  how well the eyes find units in battles  make bench-game  how fast the game is
# make bench-plan   how fast plans are found for real levels, and how often they hold: ARGS="FOLDER" of the game's data
# make bench-learning  our agent beside other libraries': ten minutes of it; call again to go on, or ARGS="run --help"
# make bench-online   what learning costs the play, and the replay buffer beside other libraries': ARGS="--minutes 1"
# make bench-daemon faults, pauses, kills, damaged input and overhead, one after the other: hours (docs/reliability.md)
# make bench-chaos  how long the bot takes to recover from a thousand faults: ARGS="--faults 200"
# make bench-kills  whether SIGKILL at random moments loses anything: ARGS="--kills 30"
# make soak   whether anything grows in a day of the game: ARGS="--wall-hours 1" for an hour in a real window
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run practice test check bench bench-vision bench-game bench-plan bench-learning bench-online bench-daemon bench-chaos bench-kills soak install install-dev system

run: install
	$(BIN)/holdfast run $(ARGS)

practice: install
	$(BIN)/holdfast practice --window $(ARGS)

# The rules are compiled on one core while the sources are checked on the other.
test: install-dev system
	$(BIN)/python scripts/compile_rules.py & $(MAKE) check && wait $$!
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 3 --dist loadfile $(ARGS)  # two cores: many tests wait

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -p no:cacheprovider tests/test_imports.py

bench: install
	$(BIN)/python benchmarks/eyes.py $(ARGS)

bench-vision: install
	$(BIN)/python benchmarks/vision_speed.py $(ARGS)

bench-game: install
	$(BIN)/python benchmarks/game_speed.py $(ARGS)

bench-plan: install
	$(BIN)/python benchmarks/plan_search.py $(ARGS)

bench-learning: $(VENV)/bench
	$(BIN)/python benchmarks/learning_peers.py $(or $(ARGS),run)

bench-online: $(VENV)/bench system
	$(BIN)/python benchmarks/online.py $(ARGS)

bench-daemon: bench-chaos bench-kills
	$(BIN)/python benchmarks/learning_kills.py
	$(BIN)/python benchmarks/pauses.py
	$(BIN)/python benchmarks/fuzz.py
	$(BIN)/python benchmarks/fuzz_mqtt.py
	$(BIN)/python benchmarks/overhead.py

soak: install
	$(BIN)/python benchmarks/soak.py --plot soak.png $(ARGS)

bench-chaos: install
	$(BIN)/python benchmarks/chaos.py $(ARGS)

bench-kills: install
	$(BIN)/python benchmarks/kills.py $(ARGS)

install: $(VENV)/runtime
install-dev: $(VENV)/dev

# A stamp a kind of install: nothing is done again until the pins or the project's own list change.
$(VENV)/runtime: constraints.txt pyproject.toml
	$(PYTHON) scripts/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	sh scripts/system-packages.sh libgl1 libglib2.0-0
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/dev: $(VENV)/runtime
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

$(VENV)/bench: $(VENV)/runtime
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[bench]"
	touch $@

# What the desktop, broker, adb and page tests need; without it those tests skip and say so.
system:
	sh scripts/system-packages.sh xvfb mosquitto mosquitto-clients adb chromium chromium-driver
