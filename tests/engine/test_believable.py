"""A journal that somebody else wrote is not carried out: it may name what a reset names, and nothing goes without a backup."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migwizard.engine.surviving import durable, halfway, journal
from migwizard.engine.surviving.acting import Acts
from migwizard.engine.surviving.checkpoint import Checkpoint
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.errors import ConflictError, MigwizardError
from migwizard.paths import Workplace
from tests.engine.support import Shop

RUN = "0123456789ab"
OLD, NEW = b"old\n", b"new\n"
FOLDER = "people/migrations"
GOES = Step(f"{FOLDER}/0001_initial.py", durable.sha256(OLD), None)
COMES = Step(f"{FOLDER}/0001_new.py", None, durable.sha256(NEW), "staging/people/0001_new.py")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A project before its swap, with everything backed up."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    place = Workplace(tmp_path / "shop")
    texts = {FOLDER + "/0001_initial.py": OLD, FOLDER + "/helper.py": b"help\n", "people/models.py": b"mine\n"}
    texts |= {".migwizard/backup/people/0001_initial.py": OLD, ".migwizard/staging/people/0001_new.py": NEW}
    texts |= {"manage.py": b"manage\n", ".migwizard/evil": b"evil\n"}
    for name, text in texts.items():
        durable.write_file(place.root / name, text)
    found = Checkpoint(RUN, "2024-05-17T11:28:00+00:00", {"name": "shop"})
    found.folders, found.files = {"people": FOLDER}, {"people/0001_new.py": durable.sha256(NEW)}
    found.save(place.checkpoint)
    return place


def tree(place: Workplace) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in place.root.rglob("*") if path.is_file()}


def step(place: Workplace, path: str, text: bytes | None = None, source: str | None = None) -> Step:
    """What is there now goes, or becomes another text."""
    return Step(path, durable.file_hash(place.root / path), None if text is None else durable.sha256(text), source)


def test_what_a_reset_begins_is_carried_out(place: Workplace) -> None:
    done = halfway.settle(place, Entry("apply", RUN, (GOES, COMES)), back=False)
    assert [path.name for path in sorted((place.root / FOLDER).iterdir())] == ["0001_new.py", "helper.py"]
    halfway.settle(place, done, back=True)
    assert [path.name for path in sorted((place.root / FOLDER).iterdir())] == ["0001_initial.py", "helper.py"]


@pytest.mark.parametrize("kind", ["apply", "undo"])
@pytest.mark.parametrize(
    ("path", "text", "source"),
    [
        ("people/models.py", None, None),
        (f"{FOLDER}/helper.py", None, None),
        ("manage.py", b"evil\n", "evil"),
        ("migwizard_switch.py", b"evil\n", "evil"),
        (f"{FOLDER}/0001_initial.py", b"evil\n", "staging/evil"),
        (f"{FOLDER}/__init__.py", b"evil\n", "staging/evil"),
    ],
)
def test_a_place_that_no_reset_names_is_left_alone(
    place: Workplace, kind: str, path: str, text: bytes | None, source: str | None
) -> None:
    durable.write_file(place.staging / "evil", b"evil\n")
    before = tree(place)
    ours = (GOES, COMES) if kind == "apply" else tuple(Step(one.path, one.after, one.before) for one in (GOES, COMES))
    with pytest.raises(MigwizardError) as refused:
        halfway.settle(place, Entry(kind, RUN, (*ours, step(place, path, text, source))), back=False)
    assert "Nothing was changed." in refused.value.sentence
    assert tree(place) == before


def test_what_no_backup_holds_does_not_go(place: Workplace) -> None:
    (place.backup / "people/0001_initial.py").write_bytes(b"another\n")
    before = tree(place)
    with pytest.raises(ConflictError, match=r"0001_initial\.py to be removed or replaced, which no backup holds"):
        halfway.settle(place, Entry("apply", RUN, (GOES, COMES)), back=False)
    assert tree(place) == before


@pytest.mark.parametrize("steps", [(), (GOES,)])
def test_a_change_that_names_not_every_file_is_none(place: Workplace, steps: tuple[Step, ...]) -> None:
    with pytest.raises(ConflictError, match=r"does not name people/migrations/0001_new\.py"):
        halfway.settle(place, Entry("apply", RUN, steps), back=True)


@pytest.mark.parametrize("run_id", ["ba9876543210", "../..", "x" * 5000])
def test_a_reset_of_which_nothing_tells_is_not_gone_on_with(place: Workplace, run_id: str) -> None:
    before = tree(place)
    with pytest.raises(ConflictError, match="its checkpoint and manifest are gone"):
        halfway.settle(place, Entry("undo", run_id, (step(place, "people/models.py"),)), back=False)
    assert tree(place) == before


@pytest.mark.ride
@pytest.mark.parametrize(("command", "ended"), [("run", False), ("fake", False), ("undo", False), ("undo", True)])
def test_a_line_that_somebody_added_is_refused_in_words(tiny_finished: Shop, command: str, ended: bool) -> None:
    place = Workplace(tiny_finished.root)
    run_id = json.loads(place.checkpoint.read_bytes())["run_id"]
    models = step(place, "people/models.py")
    swap = Entry("apply", run_id, (Step(models.path, None, models.before) if ended else models,))
    journal.begin(place.journal, swap)
    if ended:
        # Undo goes by the last swap: what that brought, it would remove.
        journal.end(place.journal, swap)
    before = tiny_finished.tree(), tiny_finished.dump()
    said = tiny_finished.migwizard(command, "--yes", expect=6).stderr
    assert "people/models.py" in said and "Nothing was changed." in said
    assert (tiny_finished.tree(), tiny_finished.dump()) == before


@pytest.mark.parametrize("kind", ["branch", "retired"])
@pytest.mark.parametrize(
    ("path", "text"), [("people/models.py", None), ("people/models.py", b"evil\n"), ("notes", None)]
)
def test_nothing_goes_that_a_change_apart_from_a_reset_does_not_keep(
    place: Workplace, kind: str, path: str, text: bytes | None
) -> None:
    acts = Acts(place, kind)
    durable.write_file(place.root / "notes", b"notes\n")
    one = step(place, path, text)
    for kept in [b"notes\n", *filter(None, [text])]:
        durable.write_file(acts.folder / durable.sha256(kept), kept)
    journal.begin(acts.journal, Entry("apply", RUN, (Step(one.path, one.before, one.after, one.after),)))
    before = tree(place)
    with pytest.raises(ConflictError, match="Nothing was changed"):
        acts.settle()
    with pytest.raises(ConflictError, match="Nothing was changed"):
        acts.undo(acts.written)
    assert tree(place) == before
