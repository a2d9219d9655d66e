"""The command line: quick to start, one line for what is wrong, exit codes as documented."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import game
from bot.cli import main, parser
from game.characters.catalogue import load_catalogue

VERBS = (
    "run", "pause", "resume", "status", "stop", "logs", "replay", "read", "train", "evaluate", "stage", "import",
    "practice", "simulate", "generate", "graph", "doctor", "picture", "vision train",
)  # fmt: skip
HEAVY = {
    "torch",
    "cv2",
    "numba",
    "onnxruntime",
    "ultralytics",
    "pygame",
    "pyautogui",
    "pydantic",
    "aiomqtt",
    "gymnasium",
}


@pytest.fixture
def config(tmp_path, port):
    """A configuration of our own, with a port nobody listens on."""
    file = tmp_path / "bot.toml"
    file.write_text(f"[mqtt]\nport = {port}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(capsys, verb):
    """`holdfast VERB --help` says what it does."""
    with pytest.raises(SystemExit) as ended:
        main([*verb.split(), "--help"])
    assert ended.value.code == 0
    assert "usage: holdfast" in capsys.readouterr().out


def test_help_does_not_load_what_it_does_not_need():
    """Start-up stays quick: heavy libraries are imported by the verbs that need them."""
    code = "import sys, bot.cli; bot.cli.parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


@pytest.mark.parametrize("verb", ["pause", "resume", "status", "stop"])
def test_without_a_daemon_the_exit_code_is_three(capsys, config, verb):
    """One line on standard error; scripts tell it apart from a daemon that refuses."""
    assert main([verb, "--config", str(config), "--timeout", "2"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("no daemon")
    assert told.err.count("\n") == 1


def test_bad_configuration_is_told_without_a_traceback(tmp_path):
    """All three problems in one message on standard error, exit code 2."""
    file = tmp_path / "bot.toml"
    file.write_text('[mqqt]\nx = 1\n[play]\nspeed = "fast"\n[vision]\nweights = "none.onnx"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run", "--config", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("bot.toml: 3 problems\n")
    for word in ("mqqt", "did you mean [mqtt]", "play.speed", "none.onnx", "holdfast vision train"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_level_files_are_told_one_a_line(capsys, tmp_path):
    """A broken file among good ones gives one line of its own, and exit code 2."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"mapData": {"map": [[0]]', encoding="utf-8")
    assert main(["stage", "first_watch", str(broken), "two_roads", "--json"]) == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == ["first_watch", str(broken), "two_roads"]
    assert [("error" in line) for line in lines] == [False, True, False]
    assert {"height", "width", "options", "enemies", "routes", "unknown"} <= set(lines[0])
    assert main(["stage", "first_watch"]) == 0


def test_challenge_mode_of_a_level_is_told(capsys, tmp_path):
    """The same file says other things with the runes of that mode."""
    data = json.loads(
        (Path(game.__file__).parent / "levels" / "stages" / "first_watch.json").read_text(encoding="utf-8")
    )
    cost = {"difficultyMask": "FOUR_STAR", "key": "cbuff_char_cost", "blackboard": [{"key": "scale", "value": 3.0}]}
    file = tmp_path / "hard.json"
    file.write_text(json.dumps({**data, "runes": [cost]}), encoding="utf-8")
    assert main(["stage", str(file)]) == 0
    assert "rules about operators" not in capsys.readouterr().out
    assert main(["stage", "--challenge", str(file)]) == 0
    assert "rules about operators: 1" in capsys.readouterr().out


def test_an_unknown_stage_names_those_there_are(capsys):
    """A slip in a name is answered with the names."""
    assert main(["evaluate", "--stage", "first_wach", "--policy", "random", "--battles", "1"]) == 2
    assert "first_watch" in capsys.readouterr().err


def test_evaluate_prints_one_object(capsys):
    """Programs read the figures."""
    assert (
        main(["evaluate", "--stage", "first_watch", "--policy", "random", "--battles", "2", "--seed", "1", "--json"])
        == 0
    )
    figures = json.loads(capsys.readouterr().out)
    assert figures["battles"] == 2
    assert 0 <= figures["win_rate"] <= 1


def test_a_policy_that_is_not_there_is_one_line(capsys, tmp_path):
    """A folder without a checkpoint is named."""
    assert main(["evaluate", "--stage", "first_watch", "--policy", str(tmp_path), "--battles", "1"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_training_leaves_what_evaluate_takes(capsys, tmp_path):
    """The folder that train writes is a policy."""
    out = tmp_path / "learned"
    assert main(["train", "--stage", "first_watch", "--steps", "150", "--seed", "1", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["decisions"] >= 150
    assert main(["evaluate", "--stage", "first_watch", "--policy", str(out), "--battles", "1", "--json"]) == 0


def test_a_picture_that_is_none_is_one_line(capsys, tmp_path):
    """A text file is not a frame."""
    file = tmp_path / "frame.png"
    file.write_text("hello", encoding="utf-8")
    assert main(["read", str(file), "--profile", "arknights-cn", "--json"]) == 2
    told = capsys.readouterr()
    assert "error" in json.loads(told.out)
    assert told.err.count("\n") == 1


def test_a_torn_or_missing_trace_is_one_line(capsys, tmp_path):
    """What is no trace is not replayed."""
    missing = tmp_path / "none.jsonl"
    assert main(["replay", str(missing)]) == 2
    garbage = tmp_path / "garbage.jsonl"
    garbage.write_text("hello\n", encoding="utf-8")
    assert main(["replay", str(garbage)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_the_diagram_is_mermaid(capsys):
    """README's picture of the machine comes from its table."""
    assert main(["graph"]) == 0
    assert "stateDiagram" in capsys.readouterr().out


def test_the_log_is_filtered_by_event_and_by_state(capsys, tmp_path, config):
    """A line belongs to the state that was reported last before it."""
    from bot import log

    log.set_up(tmp_path / "data" / log.FILE, "info", None)
    for state, screen in (("menu", "home"), ("battle", "battle"), ("menu", "home")):
        log.logger().info("state", state=state, why="test")
        log.logger().info("screen", screen=screen)
    log.close()
    assert main(["logs", "--config", str(config), "--event", "screen", "--state", "menu"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], line["screen"]) for line in lines] == [("screen", "home")] * 2


def test_without_a_log_there_is_a_remedy(capsys, config):
    """Nothing was played yet."""
    assert main(["logs", "--config", str(config)]) == 2
    assert "holdfast run" in capsys.readouterr().err


def test_the_doctor_names_a_remedy_for_what_is_missing(capsys, tmp_path):
    """Every finding is one object; what fails says what to do, and the exit code tells."""
    file = tmp_path / "bot.toml"
    file.write_text('[mqtt]\nhost = "127.0.0.1"\nport = 1\n', encoding="utf-8")
    assert main(["doctor", "--config", str(file), "--json"]) == 1
    findings = {line["what"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(findings) == {"python", "packages", "display", "weights", "text", "broker", "disk"}
    assert findings["python"]["ok"]
    assert not findings["broker"]["ok"]
    assert "start it" in findings["broker"]["told"]


def test_the_parser_knows_the_verbs_of_the_documentation():
    """No verb is added without a line in VERBS, and none is lost."""
    (table,) = (action for action in parser()._actions if action.dest == "==SUPPRESS==" or action.metavar == "VERB")
    assert set(table.choices) == {verb.split()[0] for verb in VERBS}


def test_both_ways_to_call_it_are_the_same():
    """`holdfast` and `python -m bot.cli` are one program."""
    installed = Path(sys.executable).with_name("holdfast")
    if not installed.exists():
        pytest.skip("holdfast is not installed beside this Python")
    ours = subprocess.run([installed, "--help"], capture_output=True, text=True, check=True).stdout
    assert ours == subprocess.run(
        [sys.executable, "-m", "bot.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout.replace("cli.py", "holdfast")


@pytest.fixture
def job(tmp_path):
    """A copilot job for first_watch, and a squad for it."""
    actions = [
        {"name": "Fang", "location": [5, 2], "direction": "Left"},
        {"name": "Kroos", "location": [4, 1], "direction": "Left", "kills": 1},
    ]
    plan = tmp_path / "job.json"
    plan.write_text(json.dumps({"stage_name": "HF-1", "minimum_required": "v4.0.0", "actions": actions}))
    squad = tmp_path / "squad.toml"
    squad.write_text('[[operator]]\nname = "Fang"\nelite = 1\n\n[[operator]]\nname = "Kroos"\nlevel = 20\n')
    return plan, squad


def test_simulate_says_what_comes_of_a_plan(job, capsys):
    """For programs one object, for people a line and each leak."""
    plan, squad = job
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan), "--squad", str(squad)]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stage"] == "HF-1"
    assert {"won", "stars", "life", "leaks", "kills", "total", "seconds", "ends", "undone", "notes"} <= set(told)
    assert len(told["ends"]) == told["kills"] > 0
    assert told["kill_times"] == [end["seconds"] for end in told["ends"] if not end["leaked"]] != []
    assert main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{told['kills']} of {told['total']} enemies gone" in lines[0]
    assert sum("leaked:" in line for line in lines) == sum(end["leaked"] for end in told["ends"])


def test_simulate_says_which_steps_were_never_done(job, capsys):
    """By their numbers from 0, as in the JSON and in messages."""
    plan, _ = job
    written = json.loads(plan.read_text())
    written["actions"][1]["kills"] = 99
    plan.write_text(json.dumps(written))
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan)]) == 0
    assert "  never done: step 1 (from 0)" in capsys.readouterr().out.splitlines()


def test_simulate_says_that_a_battle_was_given_up(job, capsys, monkeypatch):
    """Which is no defeat."""
    monkeypatch.setattr("planning.plans.LONGEST", 5)
    plan, _ = job
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan)]) == 0
    assert capsys.readouterr().out.startswith("HF-1: given up after 5.0 s; ")


@pytest.mark.parametrize(
    ("named", "notes"),
    [("OF-1", ["the plan is for OF-1"]), ("", []), ("HF-1", []), ("first_watch", [])],
)
def test_simulate_says_that_a_plan_is_for_another_stage(job, capsys, named, notes):
    """A plan that names none, or this one by its code or name, goes without saying."""
    plan, _ = job
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "stage_name": named}))
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == notes


@pytest.mark.parametrize(
    ("squad", "said"),
    [
        ('[[operator]]\nname = "Fang"\n', "'Kroos' is not in the squad"),
        ('[[operator]]\nname = "Fangg"\n', "did you mean 'Fang'"),
        ('[[operator]]\nname = "Fang"\nelite = 2\n', "elite phase 2"),
        ('squad = ["Fang"]\n', r"write one [[operator]] table"),
        ("[[", "is not TOML"),
    ],
)
def test_simulate_tells_a_broken_squad_in_one_line(job, capsys, squad, said):
    """What is wrong, and where; exit code 2."""
    plan, file = job
    file.write_text(squad)
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan), "--squad", str(file)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_import_needs_tables_and_says_so(capsys, tmp_path):
    """One line for a folder without any."""
    assert main(["import", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"{tmp_path}: holds none of character_table.json, skill_table.json, range_table.json, enemy_database.json\n"
    )


def test_own_tables_are_imported_and_played_with(capsys, tmp_path):
    """What import writes is what --tables reads; the summary names the files."""
    attributes = {"maxHp": {"m_defined": True, "m_value": 77}, "moveSpeed": {"m_defined": True, "m_value": 1.0}}
    entry = {"Key": "enemy_1000_gopro", "Value": [{"level": 0, "enemyData": {"attributes": attributes}}]}
    (tmp_path / "enemy_database.json").write_text(json.dumps({"enemies": [entry]}), encoding="utf-8")
    out = tmp_path / "mine"
    assert main(["import", str(tmp_path), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "1 enemies, 1 of them whole" in told
    assert told.splitlines()[-1] == (
        f'run uses them with tables = "{out.as_posix()}" in [play] of bot.toml; '
        f"stage, simulate, train and evaluate with --tables {out}"
    )
    assert main(["stage", "first_watch", "--tables", str(out)]) == 0
    assert load_catalogue(out).enemies_by_id["enemy_1000_gopro"].max_health == 77
    assert main(["stage", "first_watch", "--tables", str(tmp_path)]) == 2
    assert "holds neither" in capsys.readouterr().err
    assert main(["import", str(tmp_path), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["enemies"], told["operators"], told["broken"]) == (1, 0, 0)


def test_generate_writes_a_stage_and_the_plan_that_wins_it(capsys, tmp_path):
    """Both files are what the other verbs read."""
    level, plan = tmp_path / "level.json", tmp_path / "plan.json"
    assert (
        main(["generate", "--seed", "4", "--difficulty", "1", "--out", str(level), "--plan", str(plan), "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["code"] == "G1-4"
    assert main(["simulate", "--stage", str(level), "--plan", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == told["enemies"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--difficulty", "9", "--out", "level.json"],
        ["generate", "--out", "nowhere/level.json"],
        ["generate", "--out", "."],
        ["generate", "--out", "/proc/level.json"],
        ["generate", "--out", "level.json", "--plan", "/proc/plan.json"],
        ["generate", "--out", "level.json", "--plan", "./level.json"],
        ["practice", "--sheet", "sheet.jpg"],
        ["practice", "--sheet", "nowhere/sheet.png"],
        ["practice", "--sheet", "/proc/sheet.PNG"],
        ["train", "--stage", "first_watch", "--out", "/proc/learned"],
        ["train", "--stage", "first_watch", "--out", "/proc"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_written_is_said_before_the_work(capsys, tmp_path, monkeypatch, arguments):
    """In one line; and nothing is written, and no search or training begun."""
    for work in ("planning.generator.search", "game.practice.sheet.write_sheet", "learning.training.train"):
        monkeypatch.setattr(work, None)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_harmed_before_there_is_another(tmp_path):
    """Trying whether it can be written leaves it as it is."""
    level = tmp_path / "level.json"
    level.write_text("mine", encoding="utf-8")
    assert main(["generate", "--difficulty", "9", "--out", str(level)]) == 2
    assert level.read_text(encoding="utf-8") == "mine"


def test_the_sheet_takes_an_ending_in_any_letters(tmp_path, monkeypatch):
    """X.PNG is as good a name as x.png."""
    drawn = []
    monkeypatch.setattr("game.practice.sheet.write_sheet", lambda file, *_: drawn.append(file) or 1)
    assert main(["practice", "--sheet", str(tmp_path / "X.PNG")]) == 0
    assert drawn == [tmp_path / "X.PNG"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["simulate", "--stage", "first_watch", "--plan", "p.json", "--seed", "-1"], "must be 0 or more, is -1"),
        (["evaluate", "--stage", "first_watch", "--policy", "greedy", "--seed", "-1"], "must be 0 or more, is -1"),
        (["train", "--stage", "first_watch", "--out", "out", "--seed", "-1"], "must be 0 or more, is -1"),
        (["practice", "--seed", "-1"], "must be 0 or more, is -1"),
        (["generate", "--out", "level.json", "--seed", "-1"], "must be 0 or more, is -1"),
        (["practice", "--position", "5"], "write X,Y, for example 100,50"),
        (["practice", "--position", "1,2,3"], "write X,Y, for example 100,50"),
    ],
)
def test_an_argument_of_another_shape_says_what_to_write(capsys, arguments, said):
    """Exit code 2, before anything is read."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"{said}\n")


@pytest.mark.parametrize(
    ("options", "arguments", "seed", "popups"),
    [
        ("", [], 0, True),
        ("seed = 5\npopups = false", [], 5, False),
        ("seed = 5\npopups = true", ["--seed", "0", "--no-popups"], 0, False),
    ],
)
def test_practice_goes_by_its_configuration(tmp_path, monkeypatch, options, arguments, seed, popups):
    """As [practice] says, unless the command line says otherwise; faults come by the same seed."""
    made = {}
    monkeypatch.setattr("game.practice.app.PracticeGame", lambda *_, **given: made.update(given))
    monkeypatch.setattr("game.practice.faults.Faults", lambda _, seed, __: seed)
    monkeypatch.setattr("game.practice.window.play_in_window", lambda *_, **__: None)
    file = tmp_path / "bot.toml"
    file.write_text(f"[practice]\n{options}\n", encoding="utf-8")
    assert main(["practice", "--config", str(file), *arguments]) == 0
    assert (made["seed"], made["faults"], made["popups"]) == (seed, seed, popups)
