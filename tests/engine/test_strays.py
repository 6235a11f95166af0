"""What somebody put into staging that is none of the generated files: kept, said, and never in the way of a proof."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from migwizard.engine.ride import Ride
from migwizard.engine.staging import packages, strays
from migwizard.engine.surviving import durable
from migwizard.paths import Workplace
from tests.engine.persons import sitting
from tests.engine.support import Shop, begun, dying_at, kept

HELPER, NOTES, MINE = "clubs/__init__.py", "clubs/notes.txt", "clubs/0009_mine.py"
NEW = "clubs/0001_reset_initial.py"


class Desk:
    """A ride without a project: one app with a helper and a folder of data beside its migration."""

    def __init__(self, root: Path) -> None:
        self.folder, self.told = root / "clubs" / "migrations", list[str]()
        self.staged, self.edits = root / ".migwizard" / "staging", root / ".migwizard" / "edits"
        self.write(self.folder.parent.parent / "clubs/migrations", "__init__.py", "# ours\n")
        self.write(self.folder, "0001_initial.py", "old\n")
        self.write(self.folder, "data/names.json", "[]\n")
        self.ride = cast(
            Ride,
            SimpleNamespace(
                project=SimpleNamespace(root=root), workplace=Workplace(root), facts={}, tell=self._tell,
                apps=SimpleNamespace(labels=("clubs",), folders={"clubs": self.folder}),
                checkpoint=SimpleNamespace(applied=False), old_folders=lambda: None,
                whole_history=lambda: {"disk": [("clubs", "0001_initial", "")]},
            ),
        )  # fmt: skip

    def _tell(self, kind: str, text: str = "", **data: Any) -> None:
        self.told.append(text)

    def write(self, folder: Path, name: str, text: str) -> None:
        durable.write_file(folder / name, text.encode())

    def prepare(self) -> None:
        packages.prepare(self.ride, ["clubs/0001_reset_initial.py"])

    def found(self) -> dict[str, str]:
        """Everything that was kept, by its name."""
        return {
            path.relative_to(self.edits).as_posix(): path.read_text()
            for path in self.edits.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.prepare()
    return made


def test_what_was_copied_and_what_is_written_is_no_stray(desk: Desk) -> None:
    desk.write(desk.staged, NEW, "half of")
    desk.write(desk.staged, "clubs/__pycache__/x.cpython-311.pyc", "")
    # The project's own copy changed since, which is nobody's change in staging.
    desk.write(desk.folder, "data/names.json", '["a"]\n')
    desk.prepare()
    assert (desk.found(), desk.told) == ({}, [])
    assert (desk.staged / "clubs/data/names.json").read_text() == '["a"]\n'


def test_strays_are_kept_under_their_names_and_said(desk: Desk) -> None:
    for name in (HELPER, NOTES, MINE, "clubs/data/names.json", "clubs/new/more.csv", "loose.txt", "elsewhere/x.py"):
        desk.write(desk.staged, name, f"mine: {name}\n")
    desk.prepare()
    assert desk.found() == {
        "clubs/__init__.previous.py": f"mine: {HELPER}\n",
        "clubs/notes.previous.txt": f"mine: {NOTES}\n",
        "clubs/0009_mine.previous.py": f"mine: {MINE}\n",
        "clubs/data/names.previous.json": "mine: clubs/data/names.json\n",
        "clubs/new/more.previous.csv": "mine: clubs/new/more.csv\n",
        "loose.previous.txt": "mine: loose.txt\n",
        "elsewhere/x.previous.py": "mine: elsewhere/x.py\n",
    }
    assert len(desk.told) == 7
    assert any(".migwizard/edits/clubs/notes.previous.txt" in text and NOTES in text for text in desk.told)


def test_a_second_text_of_one_name_takes_nothing_from_the_first(desk: Desk) -> None:
    for text in ("one", "two", "one"):
        desk.write(desk.staged, NOTES, text)
        strays.set_aside(desk.ride)
    assert desk.found() == {"clubs/notes.previous.txt": "one", "clubs/notes.previous-2.txt": "two"}


def test_staging_gets_back_what_it_had(desk: Desk) -> None:
    (desk.folder / "__init__.py").unlink()
    desk.prepare()
    desk.write(desk.staged, HELPER, "mine")
    desk.write(desk.staged, "clubs/data/names.json", "mine")
    desk.write(desk.staged, MINE, "mine")
    strays.set_aside(desk.ride)
    assert (desk.staged / HELPER).read_bytes() == b""
    assert (desk.staged / "clubs/data/names.json").read_text() == "[]\n"
    assert not (desk.staged / MINE).exists()


@pytest.mark.parametrize("kill_at", range(1, 5))
def test_a_kill_on_the_way_loses_nothing(desk: Desk, kill_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(desk.staged, NOTES, "notes")
    desk.write(desk.staged, HELPER, "helper")
    real, died = durable.write_file, dying_at(kill_at, monkeypatch)
    try:
        desk.prepare()
    except KeyboardInterrupt:
        monkeypatch.setattr(durable, "write_file", real)
        desk.prepare()
    assert died
    assert desk.found() == {"clubs/notes.previous.txt": "notes", "clubs/__init__.previous.py": "helper"}


def test_nothing_is_written_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    desk = Desk(tmp_path / "shop")
    desk.prepare()
    desk.edits.mkdir()
    (desk.edits / "clubs").symlink_to(tmp_path / "elsewhere")
    desk.write(desk.staged, NOTES, "mine")
    strays.set_aside(desk.ride)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def put(shop: Shop) -> None:
    """What an editor does in staging."""
    (shop.staging / NOTES).write_text("notes\n")
    (shop.staging / MINE).write_text((shop.staging / "clubs/0001_reset_initial.py").read_text() + "# mine\n")
    with (shop.staging / HELPER).open("a") as stream:
        stream.write("# helped\n")


@pytest.mark.ride
@pytest.mark.parametrize("change", ["nothing", "an old migration"])
def test_a_run_keeps_them_and_proves_what_is_applied(tiny_proved: Shop, change: str) -> None:
    put(tiny_proved)
    if change != "nothing":
        with (tiny_proved.root / "clubs/migrations/0002_first_clubs.py").open("a") as stream:
            stream.write("# touched\n")
    events = tiny_proved.lines("run", "--yes", "--until", "proof")
    edits = tiny_proved.root / ".migwizard/edits/clubs"
    assert (edits / "notes.previous.txt").read_text() == "notes\n"
    assert (edits / "0009_mine.previous.py").read_text().endswith("# mine\n")
    assert (edits / "__init__.previous.py").read_text().endswith("# helped\n")
    notes = [event["text"] for event in events if event.get("event") == "note"]
    assert sum(".migwizard/edits/clubs/" in text for text in notes) == 3
    assert not (tiny_proved.staging / MINE).exists()
    assert ("proof" in kept(events)) == (change == "nothing")
    assert ("seeds" in begun(events)) == (change != "nothing")


@pytest.mark.ride
def test_undo_takes_even_a_single_one_along(tiny_proved: Shop) -> None:
    (tiny_proved.staging / NOTES).write_text("notes\n")
    said = tiny_proved.migwizard("undo", "--yes").stderr
    assert not (tiny_proved.root / ".migwizard").exists()
    (found,) = (tiny_proved.root.parent / "state").rglob("notes.previous.txt")
    assert found.read_text() == "notes\n"
    assert str(found.parent.parent) in said


@pytest.mark.ride
def test_the_question_before_undo_names_them(tiny_proved: Shop) -> None:
    (tiny_proved.staging / NOTES).write_text("notes\n")
    person, report = sitting(tiny_proved, {"resume": ["undo"], "undo:": ["remove"]})
    remove = person.asked("undo:").choice("remove")
    assert isinstance(report, dict) and remove is not None
    assert f"What you wrote in {NOTES} is kept in {report['edits']}" in remove.effect
