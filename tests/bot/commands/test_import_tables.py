"""`holdfast import`: public tables become the user's own tables of operators and enemies."""

from __future__ import annotations

import json

from bot.cli import main
from game.characters.catalogue import load_catalogue


def test_import_needs_tables_and_says_so(capsys, tmp_path):
    """One line for a folder without any."""
    assert main(["import", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"{tmp_path}: holds none of character_table.json, skill_table.json, range_table.json, enemy_database.json, "
        "enemy_handbook_table.json\n"
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
        f'they are used with tables = "{out.as_posix()}" in [play] of bot.toml, or by one verb with --tables {out}'
    )
    assert main(["stage", "first_watch", "--tables", str(out)]) == 0
    assert load_catalogue(out).enemies_by_id["enemy_1000_gopro"].max_health == 77
    assert main(["stage", "first_watch", "--tables", str(tmp_path)]) == 2
    assert "holds neither" in capsys.readouterr().err
    assert main(["import", str(tmp_path), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["enemies"], told["operators"], told["broken"]) == (1, 0, 0)
