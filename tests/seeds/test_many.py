"""Rows that are many go into a data file, which is swapped and taken back with the migrations; secrets are asked about."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.secrets import looks_secret, secret_columns
from tests import warm
from tests.seeds.rides import SeedRide, _environment, ride

FILE = "ward/migrations/reset_ward_growth.jsonl"
HASH = "pbkdf2_sha256$600000$mF5Yb7cQ0r8T$tH6o2Wn0bq4u9Yk3z1sL5vX8eR7aP0dJ2gM6iC4fK1E="


@pytest.mark.parametrize(
    ("column", "value", "secret"),
    [
        ("password", HASH, True),
        ("note", HASH, True),
        ("password", "!unusable8Fq2", False),
        ("password", "", False),
        ("api_token", "9f8a7b6c5d4e3f2a1b0c", True),
        ("token_type", "bearer", False),
        ("key", "colour", False),
        ("key", "k3Jq9vZx7Lm2Pw8Rt5Yb1Nc4", True),
        ("monkey", "k3Jq9vZx7Lm2Pw8Rt5Yb1Nc4", False),
        ("secret", "aaaaaaaaaaaaaaaa", False),
        ("name", "k3Jq9vZx7Lm2Pw8Rt5Yb1Nc4", False),
    ],
)
def test_secrets_are_known_by_their_columns_and_their_looks(column: str, value: str, secret: bool) -> None:
    assert looks_secret(column, repr(value)) is secret


@given(st.text(), st.text())
def test_no_text_is_too_odd_to_be_judged(column: str, value: str) -> None:
    assert looks_secret(column, value) in (True, False)
    assert secret_columns([(column, repr(value))]) in ((), (column,))


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and ".migwizard" not in path.parts and path.suffix in (".py", ".jsonl")
    }


def migwizard(found: SeedRide, *arguments: str) -> None:
    command = [sys.executable, "-m", "migwizard", *arguments, "-C", str(found.folder)]
    done = warm.run(command, Path.cwd(), _environment(found.folder))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.ride
@pytest.mark.xdist_group("seed-rides")
def test_a_data_file_comes_and_goes_with_the_migrations(tmp_path: Path) -> None:
    found = ride("seeds_many", tmp_path)
    before = hashes(found.folder)
    assert found.is_proved, found.report
    answers = {answer["question"]: answer["answer"] for answer in found.report["answers"]}
    assert answers == {"rows:ward_account": "migration", "rows:ward_growth": "file"}
    assert found.report["files_after"] == 2
    assert [event["text"] for event in found.events if event.get("event") == "warning"] == [
        "ward_account: password of the rows written look like secrets."
    ]
    migwizard(found, "run", "--yes", "--python", sys.executable)
    assert len((found.folder / FILE).read_text().strip().split("\n")) == 1200
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    warm.run(command, found.folder, _environment(found.folder)).check_returncode()
    with closing(sqlite3.connect(found.folder / "db.sqlite3")) as connection:
        rows = connection.execute("SELECT day, weight, before_id, note FROM ward_growth ORDER BY id").fetchall()
    assert (len(rows), rows[0]) == (1200, ("2019-02-03", None, None, '{"\\u00fc": [0, null]}'))
    assert [row[2] for row in rows[-5:]] == [1197, 1198, 1199, 1200, 1200]
    (found.folder / "db.sqlite3").unlink()
    migwizard(found, "undo", "--yes", "--python", sys.executable)
    assert hashes(found.folder) == before


@pytest.mark.ride
@pytest.mark.xdist_group("seed-rides")
def test_rows_with_secrets_can_be_left_out(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"rows:ward_account": "leave-out"}))
    found = ride("seeds_many", tmp_path, "--answers", str(answers))
    assert found.code != 0, "the proof tells what is missing, and waits for a word"
    assert "ward_account" in found.report["sentence"]
    assert "ward.0002_rows#1" in found.report["sentence"]
    assert HASH not in "".join(found.staged.values())
