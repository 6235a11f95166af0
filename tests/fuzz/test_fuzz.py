"""The generator makes the same project of the same seed, of the shapes it is for; and some projects, reset whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from migwizard.project import process
from tests.fuzz import kept
from tests.fuzz.__main__ import prepare
from tests.fuzz.evolve import random_story
from tests.fuzz.history import Worker
from tests.fuzz.judge import judge, project, shape
from tests.fuzz.schema import AddField, AddModel, RenameModel
from tests.fuzz.shrink import smallest
from tests.fuzz.story import HandWritten, MakeObject, Story, tell
from tests.fuzz.text import model_files
from tests.fuzz.zygote import HASH_SEEDS, Zygote, install
from tests.subjects import ROOT

MANY = [str(seed) for seed in range(100)]
TELLS = (
    "import sys; from tests.fuzz.evolve import random_story; print([repr(random_story(seed)) for seed in sys.argv[1:]])"
)


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    return [random_story(seed) for seed in MANY]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    prepare()
    started = {seed: Zygote(seed) for seed in HASH_SEEDS}
    with pytest.MonkeyPatch.context() as patch:
        # `install` is for a process that does nothing else; here it has to go again.
        patch.setitem(vars(process), "subprocess", subprocess)
        install(started)
        with Worker() as one:
            yield one
    for zygote in started.values():
        zygote.close()


def test_guests_come_from_where_django_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spawn(*_: object) -> object:
        raise OSError("a fork was asked for")

    monkeypatch.setitem(vars(process), "subprocess", subprocess)
    monkeypatch.setattr(Zygote, "spawn", spawn)
    install({"0": object.__new__(Zygote)})
    with pytest.raises(OSError, match="a fork was asked for"):
        process.Process([sys.executable], tmp_path, {"PYTHONHASHSEED": "0"}, named="", log=None, hide=str)


def test_shares_of_shapes(stories: list[Story]) -> None:
    """Two in five with a cycle of each kind; a rename, a seed and an SQL object in every one."""
    found = [shape(story, tell(story)[0].world) for story in stories]
    assert sum(one["app cycle"] for one in found) >= 40
    assert sum(one["model cycle"] for one in found) >= 40
    assert all(one["renames"] and one["seeds"] and one["alive"] for one in found)
    assert sum(not one["app cycle"] for one in found) >= 15


def test_every_kind_of_step_is_taken(stories: list[Story]) -> None:
    """Nothing that was written for the generator lies idle in it."""
    from tests.fuzz import changes, evolve, objects

    taken = {name for story in stories for name in shape(story, tell(story)[0].world)["steps"]}
    wanted = {f"data: {name.strip('_')}" for name in changes.KINDS} | {
        f"object: {name}" for name in objects.KINDS["sqlite"]
    }
    assert wanted <= taken | {"data: typed"}
    assert len(evolve.ACTIONS) > 15


def test_same_seed_same_story() -> None:
    """Also under another seed of Python's hashes, on which the order of sets depends."""
    told = {
        subprocess.run(
            [sys.executable, "-c", TELLS, *MANY[:12]],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_every_part_of_a_story_is_a_story(stories: list[Story]) -> None:
    """Steps that lost what they were made for are left out, and what is left fits together."""
    left_out = 0
    for story in stories[:20]:
        half = Story(story.seed, story.apps, story.contrib, story.user, story.steps[::2])
        state, events, fitted = tell(half)
        left_out += len(half.steps) - len(fitted)
        labels = {app.label for app in half.apps}
        assert all(event.app in labels for event in events if isinstance(event, HandWritten))
        relations = [
            one for model in state.world.models.values() for one in model.fields if one.to.split(".")[0] in labels
        ]
        assert all(one.to in state.world.models for one in relations)
    assert left_out


def test_shrinking_keeps_what_fails_and_no_more(stories: list[Story]) -> None:
    """Here a story "fails" while it has a renamed model and an SQL object; what they need stays, nothing else."""

    def fails(story: Story) -> bool:
        kinds = {type(step) for step in story.steps}
        return {RenameModel, MakeObject} <= kinds

    story = next(story for story in stories if fails(story))
    small = smallest(story, fails)
    assert fails(small)
    assert len(tell(small)[2]) == len(small.steps) <= 6 < len(story.steps)


def test_stories_are_kept_as_text(stories: list[Story]) -> None:
    assert all(kept.from_text(kept.as_text(story)) == story for story in stories[:20])


def test_models_are_python(stories: list[Story]) -> None:
    for story in stories:
        for path, text in model_files(tell(story)[0].world).items():
            compile(text, path, "exec")


def test_steps_say_what_they_are_about(stories: list[Story]) -> None:
    """A kept failure is read by people: each model is made before something is added to it."""
    for story in stories[:20]:
        made = {step.model.label for step in story.steps if isinstance(step, AddModel)}
        added = {step.label for step in story.steps if isinstance(step, AddField)}
        assert len(made) >= 3
        assert added


@pytest.mark.ride
@pytest.mark.parametrize("seed", ["1", "3", "6"])
def test_reset_of_a_random_project(seed: str, tmp_path: Path, worker: Worker) -> None:
    """The same as `make fuzz` does, on some small projects that stay the same."""
    _, verdict = project(seed, tmp_path / seed, worker)
    assert not verdict.dishonest
    assert not verdict.failures
    assert verdict.figures["files after"] < verdict.figures["files before"]


@pytest.mark.ride
@pytest.mark.parametrize("name", sorted(kept.stories("sqlite")))
def test_what_failed_once(name: str, tmp_path: Path, worker: Worker) -> None:
    """Random projects that showed a defect, made small; the defect is mended."""
    verdict = judge(kept.stories("sqlite")[name], tmp_path, worker)
    assert not verdict.dishonest
    assert not verdict.failures
    assert not verdict.exceptions
