"""A checkpoint that somebody else wrote, cut off or made up is read whole or refused with a sentence, and nothing is touched."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migwizard.engine.states import State
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.surviving.treestate import tree_of
from migwizard.engine.talk import Answer
from migwizard.errors import ConflictError, MigwizardError
from migwizard.paths import Workplace

steady = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

HOSTILE_PATHS = [
    "..", "../x", "a/../../x", "/etc", "//etc", "a\x00b", "\ud800", "C:\\x", "C:/x", "c:x", "\\\\host\\share", "..\\x", "a\\..\\..\\x",
    "", ".", "./.", "~", "~root", "\u2025/x", "．．/x", "a/" * 5000, "x" * 5000, "link/x", "link", "a\nb", "CON", "\u202e",
]  # fmt: skip


def whole() -> dict[str, Any]:
    """A checkpoint that uses every field."""
    return {
        "format": 3, "run_id": "0123456789ab", "timestamp": "2024-01-01T00:00:00+00:00",
        "project": {"name": "shop", "settings": "s", "labels": ["clubs"]}, "state": "apply", "tag": "reset",
        "decisions": {"drift": {"choice": "leave", "by": "person", "about": ""}}, "fingerprints": {"graph": "x"},
        "results": {"preflight": {"labels": ["clubs"]}}, "files": {"clubs/0001_reset_initial.py": "ab"},
        "folders": {"clubs": "clubs/migrations"}, "applied": False, "databases": {"default": "OLD_HEAD"},
        "identities": {"default": "db.sqlite3"}, "approvals": {"graph": "x"}, "seconds": {"graph": 1.5},
    }  # fmt: skip


def place_at(root: Path) -> Workplace:
    """A project with a folder of ours, beside something that nobody may touch."""
    project = root / "project"
    (project / "clubs/migrations").mkdir(parents=True, exist_ok=True)
    place = Workplace(project)
    place.create()
    (root / "outside").mkdir(exist_ok=True)
    (root / "outside/x").write_text("mine")
    if not (project / "link").is_symlink():
        (project / "link").symlink_to(root / "outside")
    return place


def tree(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.is_symlink()}


def read(place: Workplace, data: bytes) -> Checkpoint | None:
    """What becomes of it: a whole checkpoint, or None where it was refused as it should be."""
    place.checkpoint.write_bytes(data)
    before = tree(place.root.parent)
    try:
        found = load_checkpoint(place.checkpoint, place.root)
    except MigwizardError as error:
        assert error.code.startswith("checkpoint-"), error
        assert error.sentence.endswith(".") and "Nothing was" in error.sentence
        assert error.cures
        error.sentence.encode()
        found = None
    assert tree(place.root.parent) == before
    if found is not None:
        _use(found, place)
    return found


def _use(found: Checkpoint, place: Workplace) -> None:
    """Whatever is done with a checkpoint that counts as whole."""
    assert isinstance(found.state, State)
    assert all(isinstance(answer, Answer) for answer in found.decisions.values())
    named = [(place.staging, found.files), (place.backup, found.folders), (place.root, found.folders.values())]
    for base, name in [(base, name) for base, names in named for name in names]:
        assert (base / name).resolve().is_relative_to(place.root.resolve())
        assert ".." not in Path(name).parts
    copy = place.folder / "copy.json"
    found.save(copy)
    assert load_checkpoint(copy, place.root) == found
    copy.unlink()
    copy.with_name("checkpoint.previous.json").unlink(missing_ok=True)
    assert tree_of(place, found) in ("old", "new")


def test_the_whole_one_is_read(tmp_path: Path) -> None:
    found = read(place_at(tmp_path), json.dumps(whole()).encode())
    assert found is not None and found.state is State.APPLY


def test_every_cut_is_refused(tmp_path: Path) -> None:
    place, data = place_at(tmp_path), json.dumps(whole()).encode()
    assert {read(place, data[:length]) for length in range(0, len(data), 3)} == {None}


@steady
@given(st.data())
def test_flipped_bits(tmp_path: Path, data: st.DataObject) -> None:
    text = bytearray(json.dumps(whole()).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    read(place_at(tmp_path), bytes(text))


texts = st.one_of(st.sampled_from(HOSTILE_PATHS), st.text(max_size=10))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@steady
@given(field=st.sampled_from(sorted(whole())), value=values)
def test_anything_in_any_field(tmp_path: Path, field: str, value: Any) -> None:
    read(place_at(tmp_path), json.dumps(whole() | {field: value}).encode())


@steady
@given(
    field=st.sampled_from([name for name, value in whole().items() if isinstance(value, dict)]), key=texts, value=values
)
def test_anything_in_any_part_of_a_field(tmp_path: Path, field: str, key: str, value: Any) -> None:
    read(place_at(tmp_path), json.dumps(whole() | {field: whole()[field] | {key: value}}).encode())


@pytest.mark.parametrize("field", sorted(whole()))
def test_a_field_that_is_missing(tmp_path: Path, field: str) -> None:
    data = {name: value for name, value in whole().items() if name != field}
    read(place_at(tmp_path), json.dumps(data).encode())


@pytest.mark.parametrize("path", HOSTILE_PATHS)
@pytest.mark.parametrize("field", ["files", "folders", "values"])
def test_a_place_that_is_none_of_the_project(tmp_path: Path, path: str, field: str) -> None:
    changes = {"files": {path: "ab"}, "folders": {path: "clubs"}, "values": {"clubs": path}}[field]
    read(place_at(tmp_path), json.dumps(whole() | {"folders" if field == "values" else field: changes}).encode())


HUGE: dict[str, Callable[[], bytes]] = {
    "deep lists": lambda: b"[" * 1_000_000,
    "deep objects": lambda: b'{"a":' * 1_000_000,
    "deep in a field": lambda: (
        json.dumps(whole()).encode().replace(b'{"labels": ["clubs"]}', b"[" * 200_000 + b"]" * 200_000)
    ),
    "digits": lambda: b'{"format": ' + b"9" * 1_000_000 + b"}",
    "a long text": lambda: json.dumps(whole() | {"tag": "x" * 100_000_000}).encode(),
    "many entries": lambda: json.dumps(whole() | {"databases": {str(n): "NEW" for n in range(200_000)}}).encode(),
    "nothing but zeros": lambda: b"\x00" * 70_000_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_huge(tmp_path: Path, name: str) -> None:
    place = place_at(tmp_path)
    place.checkpoint.write_bytes(HUGE[name]())
    began = time.process_time()
    try:
        load_checkpoint(place.checkpoint, place.root)
    except ConflictError as error:
        assert error.code == "checkpoint-corrupt"
    # Far more than it takes; without bounds it would be minutes.
    assert time.process_time() - began < 20


@pytest.mark.parametrize("kind", ["fifo", "folder", "link to nothing", "link to itself", "device"])
def test_something_that_is_no_file(tmp_path: Path, kind: str) -> None:
    place = place_at(tmp_path)
    if kind == "fifo":
        os.mkfifo(place.checkpoint)
    elif kind == "folder":
        place.checkpoint.mkdir()
    else:
        targets = {"link to nothing": "nowhere", "link to itself": place.checkpoint.name, "device": "/dev/zero"}
        place.checkpoint.symlink_to(targets[kind])
    try:
        assert load_checkpoint(place.checkpoint, place.root) is None
    except ConflictError as error:
        assert error.code == "checkpoint-corrupt"


def lines(*events: Any) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


BEGIN = {
    "event": "begin",
    "kind": "apply",
    "run_id": "0123456789ab",
    "at": "x",
    "steps": [{"path": "a", "before": None, "after": "b", "source": "staging/a"}],
}


@steady
@given(
    event=st.fixed_dictionaries(
        {},
        optional={
            "event": st.sampled_from(["begin", "end", "act"]) | values, "kind": st.sampled_from(["apply", "undo", "switch"]) | values,
            "run_id": values, "at": values, "alias": values, "identity": values,
            "steps": st.lists(st.fixed_dictionaries({}, optional={"path": values, "before": values, "after": values, "source": values})) | values,
        },
    )
    | values,
    cut=st.integers(0, 200),
)  # fmt: skip
def test_any_journal(tmp_path: Path, event: Any, cut: int) -> None:
    place = place_at(tmp_path)
    place.journal.write_bytes((lines(BEGIN) + lines(event))[: -cut or None])
    before = tree(tmp_path)
    for ask in (
        journal.unfinished, journal.swaps, journal.stands, journal.switches, journal.acts, lambda path: journal.swap_of(path, "x"),
    ):  # fmt: skip
        try:
            ask(place.journal)
        except MigwizardError as error:
            assert error.code == "journal-corrupt"
    try:
        for entry in journal.swaps(place.journal):
            journal.check(place.root, entry.steps)
    except MigwizardError as error:
        assert error.code in ("journal-corrupt", "journal-outside", "file-changed")
    assert tree_of(place, None) in ("old", "half", "unknown")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("path", HOSTILE_PATHS)
@pytest.mark.parametrize("field", ["path", "source"])
def test_a_step_that_leads_elsewhere(tmp_path: Path, path: str, field: str) -> None:
    """Neither what is written nor where it comes from lies outside, whatever a journal says."""
    place = place_at(tmp_path)
    (place.root / "link2").symlink_to(tmp_path / "outside/x")
    step = {"path": "clubs/migrations/n.py", "before": None, "after": None, "source": "staging/n.py"} | {field: path}
    place.journal.write_bytes(lines(BEGIN | {"steps": [step]}))
    before = tree(tmp_path)
    try:
        (entry,) = journal.swaps(place.journal)
        journal.check(place.root, entry.steps)
    except MigwizardError as error:
        assert error.code in ("journal-corrupt", "journal-outside", "file-changed")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "folders", [{}, {"people": "people/migrations"}, {"clubs": ""}, {"clubs": "."}, {"": "clubs/migrations"}]
)
def test_new_files_of_which_nothing_says_where_they_lie(tmp_path: Path, folders: dict[str, str]) -> None:
    place = place_at(tmp_path)
    data = json.dumps(whole() | {"folders": folders, "applied": True}).encode()
    place.journal.write_bytes(lines(BEGIN, BEGIN | {"event": "end"}))
    assert read(place, data) is None
