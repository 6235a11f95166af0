"""What screens are tested on and drawn from is what the engine asks on the demo today."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from migwizard.engine.refusals.table import CURES
from tests.tui.recording import DATA, as_json, file_of, recorded
from tests.tui.refusals import EXAMPLES
from tests.tui.refusing import refusal
from tests.tui.screenshots import MADE, PICTURES

KEPT = sorted(path.name for path in DATA.glob("*.json"))


@pytest.mark.parametrize("name", ["django", "pygments", "rich", "textual"])
def test_what_the_kept_questions_and_pictures_depend_on_is_pinned_and_installed(name: str) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {Requirement(line).name.lower(): Requirement(line) for line in project["optional-dependencies"]["dev"]}
    assert str(wanted[name].specifier).startswith("==")
    installed = version(name)
    assert wanted[name].specifier.contains(installed), f"{name} {installed} is installed: run pip install -e '.[dev]'"


@pytest.mark.ride
def test_a_fresh_recording_is_the_kept_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.tui.record", "--to", str(tmp_path)]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, timeout=300)
    assert sorted(path.name for path in tmp_path.iterdir()) == KEPT
    for name in KEPT:
        fresh, kept = ((folder / name).read_text(encoding="utf-8") for folder in (tmp_path, DATA))
        assert fresh.splitlines() == kept.splitlines(), (
            f"{name}: run python -m tests.tui.record, and look at what changed"
        )


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_question_is_read_as_it_was_written(name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    assert file_of(_id(text)).name == name
    assert as_json(recorded(_id(text))) == text


def _id(text: str) -> str:
    id = str(json.loads(text)["id"])
    return "undo" if id.startswith("undo:") else id


def test_every_picture_has_its_question() -> None:
    kept = [picture for picture in PICTURES if not picture.question.startswith(("refusal:", *MADE))]
    assert not [picture.name for picture in kept if not file_of(picture.question).is_file()]
    assert len({picture.name for picture in PICTURES}) == len(PICTURES)


def test_there_is_an_example_of_every_refusal_and_it_is_drawn() -> None:
    assert set(EXAMPLES) == set(CURES)
    assert {f"refusal:{code}" for code in CURES} <= {picture.question for picture in PICTURES}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_an_example_names_no_place_of_this_machine(code: str) -> None:
    assert not re.search(r"/(tmp|root|var|work)/", as_json(refusal(code)))


def test_the_folder_holds_the_pictures_that_are_drawn() -> None:
    folder = Path(__file__).parents[2] / "screenshots"
    drawn = {picture.file(size) for picture in PICTURES for size in picture.sizes}
    assert set(folder.glob("*.svg")) == drawn, "run: make screenshots"
