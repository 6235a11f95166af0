"""What programs read: every line fits the documented schema, and the options do what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from migwizard.command_list import STATES
from migwizard.words.leaving import CURES_OF_COMMANDS
from tests.engine.support import Shop, begun

pytestmark = pytest.mark.ride

SCHEMA = Path(__file__).parents[2] / "docs" / "json.schema.json"


@cache
def validator(definition: str) -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]})


def check(lines: Iterable[dict[str, Any]], result: str = "run") -> None:
    """Each line by its own definition; a result by that of its command."""
    for line in lines:
        definition = result if line["type"] == "result" else line["type"]
        errors = [error.message for error in validator(definition).iter_errors(line)]
        assert not errors, (errors, line)


def test_the_schema_refuses_what_lacks_a_field() -> None:
    line = {"type": "error", "code": "x", "exit": 1, "sentence": "x.", "cures": []}
    assert not list(validator("error").iter_errors(line))
    for field in line:
        assert list(validator("error").iter_errors({key: value for key, value in line.items() if key != field}))


def test_until_each_state(migrated: Shop, finished: Shop, tiny: Shop) -> None:
    reached = {
        "graph": "model_levels",
        "levels": "batch_levels",
        "generate": "files_after",
        "seeds": "seeds",
        "proof": "proof",
    }
    missing = set(reached.values())
    for state in STATES:
        lines = tiny.lines("run", "--yes", "--until", state)
        check(lines)
        report = lines[-1]
        assert report["state"] == state
        assert begun(lines)[-1] == state
        missing.discard(reached.get(state, ""))
        assert {field for field in reached.values() if not report[field]} == missing
        swapped = STATES.index(state) >= STATES.index("apply")
        switched = STATES.index(state) >= STATES.index("fake")
        assert (tiny.tree() == migrated.tree()) is not swapped
        assert (tiny.dump() == migrated.dump()) is not switched
    assert tiny.tree() == finished.tree()


def test_every_answer_of_yes_is_listed(finished: Shop) -> None:
    lines = finished.copy(finished.root.parents[1] / "answers").lines("run", "--yes")
    assert lines[-1]["answers"] == [
        {"question": "apply", "answer": "apply", "by": "--yes"},
        {"question": "switch:default", "answer": "switch", "by": "--yes"},
    ]


def test_without_yes_and_terminal_a_person_must_decide(proved: Shop, tiny_proved: Shop) -> None:
    lines = tiny_proved.lines("run", expect=4)
    check(lines)
    assert (lines[-2]["type"], lines[-2]["id"], lines[-2]["safe"]) == ("question", "apply", "apply")
    assert (lines[-1]["type"], lines[-1]["code"], lines[-1]["exit"]) == ("error", "apply", 4)
    assert tiny_proved.tree() == proved.tree()
    told = tiny_proved.migwizard("run", "--no-input", expect=4)
    assert not told.stdout
    assert '{"apply": "apply"}' in told.stderr


def test_answers_from_a_file(tiny_proved: Shop, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"apply": "perhaps"}')
    error = tiny_proved.lines("run", "--answers", str(answers), expect=2)[-1]
    assert "'perhaps' is no answer to apply" in error["sentence"]
    old = tiny_proved.tree()
    answers.write_text('{"apply": "later"}')
    for _ in range(2):
        left = tiny_proved.lines("run", "--answers", str(answers), expect=130)[-1]
        assert (left["code"], left["cures"]) == ("left", list(CURES_OF_COMMANDS))
        assert tiny_proved.tree() == old, "the same answer means the same at the next start"
    answers.write_text('{"apply": "apply", "switch:default": "later"}')
    lines = tiny_proved.lines("run", "--answers", str(answers))
    check(lines)
    assert lines[-1]["databases"] == {"default": "OLD_HEAD"}
    assert [(item["question"], item["by"]) for item in lines[-1]["answers"]] == [
        ("apply", "answers file"),
        ("switch:default", "answers file"),
    ]
    answers.write_text("[]")
    check(tiny_proved.lines("run", "--answers", str(answers), expect=2))


def test_an_excluded_app_keeps_its_files_and_stays_excluded(migrated: Shop, tiny: Shop) -> None:
    lines = tiny.lines("run", "--yes", "--until", "levels", "--exclude", "clubs")
    check(lines)
    assert lines[-1]["files_before"] == 3
    lines = tiny.lines("run", "--yes")
    check(lines)
    assert lines[-1]["proof"]["rows_equal"]
    assert {seed["app"] for seed in lines[-1]["seeds"]} <= {"people"}
    files = {path: data for path, data in tiny.tree().items() if path.startswith("clubs/migrations/")}
    assert files == {path: data for path, data in migrated.tree().items() if path.startswith("clubs/migrations/")}
    assert "No planned migration operations" in tiny.manage("migrate", "--plan").stdout
    tiny.migwizard("undo", "--yes")
    assert (tiny.tree(), tiny.dump()) == (migrated.tree(), migrated.dump())


def test_an_unknown_app_cannot_be_excluded(tiny: Shop) -> None:
    lines = tiny.lines("run", "--yes", "--exclude", "clbus", expect=2)
    check(lines)
    assert "'clbus'" in lines[-1]["sentence"]
    assert not (tiny.root / ".migwizard").exists()


def test_the_results_of_the_other_commands(finished: Shop, tiny: Shop) -> None:
    check(tiny.lines("status"), "status")
    check(tiny.lines("plan"), "plan")
    check(tiny.lines("verify", expect=2), "verify")
    before = finished.tree(), finished.dump(), _folder(finished)
    check(finished.lines("status"), "status")
    check(finished.lines("verify"), "verify")
    check(finished.lines("doctor"), "doctor")
    check(finished.lines("fake", "--dry-run"), "fake")
    assert (finished.tree(), finished.dump(), _folder(finished)) == before
    assert not (tiny.root / ".migwizard").exists()


def _folder(shop: Shop) -> dict[str, bytes]:
    """Our own folder but the log and the lock, which tell of every start."""
    folder = shop.root / ".migwizard"
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("lock", "migwizard.log")}
