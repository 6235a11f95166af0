"""Ways in which a reset could hurt, each once found by somebody who looked for one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.journal import Step
from tests.engine.support import Shop, begun, changed

pytestmark = pytest.mark.ride


def test_a_file_that_only_looks_like_ours_stays(tiny_proved: Shop) -> None:
    folder = tiny_proved.root / "clubs/migrations"
    strange = [folder / ".notes.migwizard-7", folder / ".0001_initial.py.migwizard-123"]
    for path in strange:
        path.write_text("mine\n")
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    assert all(path.read_text() == "mine\n" for path in strange)
    tiny_proved.migwizard("undo", "--yes")
    assert all(path.read_text() == "mine\n" for path in strange)


def test_what_a_kill_left_beside_a_file_goes_with_the_next_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".migwizard"
    durable.write_file(folder / "staging/new.py", b"new")
    (tmp_path / "old.py").write_bytes(b"old")
    new, old = durable.sha256(b"new"), durable.sha256(b"old")
    steps = [Step("new.py", None, new, "staging/new.py"), Step("old.py", old, None)]

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        patch.setattr(
            Path, "unlink", lambda path, missing_ok=False: None if missing_ok and not path.exists() else killed()
        )
        journal.carry_out(tmp_path, folder, steps)
    assert {path.name for path in tmp_path.iterdir()} == {".migwizard", "old.py", ".new.py.migwizard-swap"}
    # Taken back instead of finished: the file that was never there has only its leftover.
    journal.carry_out(tmp_path, folder, [Step("new.py", new, None)])
    assert {path.name for path in tmp_path.iterdir()} == {".migwizard", "old.py"}


def test_until_holds_after_apply(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    before = tiny_proved.dump()
    assert "fake" not in begun(tiny_proved.lines("run", "--yes", "--until", "proof"))
    assert tiny_proved.dump() == before


def test_fake_without_a_yes_switches_nothing(tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes", "--until", "apply")
    before = tiny_proved.dump()
    tiny_proved.migwizard("fake", expect=4)
    assert tiny_proved.dump() == before
    tiny_proved.migwizard("fake", "--yes")
    assert tiny_proved.lines("status")[-1]["databases"] == {"default": "NEW"}


def test_undo_works_after_our_folder_was_cleaned_away(migrated: Shop, tiny_proved: Shop) -> None:
    tiny_proved.migwizard("run", "--yes")
    run_id = tiny_proved.lines("status")[-1]["run_id"]
    shutil.rmtree(tiny_proved.root / ".migwizard")
    assert "Taken back: " in tiny_proved.migwizard("undo", "--yes", "--run", run_id).stderr
    assert changed(migrated.tree(), tiny_proved.tree()) == set()
    assert tiny_proved.dump() == migrated.dump()
    assert "Nothing to undo" in tiny_proved.migwizard("undo", "--yes").stderr


def test_a_changed_module_makes_the_old_run_stale(tiny: Shop) -> None:
    helper = tiny.root / "clubs" / "first.py"
    helper.write_text('NAME = "Chess"\n')
    tiny.edit("clubs/migrations/0002_first_clubs.py", "from django.db", "from clubs.first import NAME\nfrom django.db")
    tiny.migwizard("run", "--yes", "--until", "proof")
    assert tiny.lines("status")[-1]["stale"] == []
    helper.write_text('NAME = "Go"\n')
    assert tiny.lines("status")[-1]["stale"] == ["seeds", "proof"]
    assert begun(tiny.lines("run", "--yes", "--until", "proof")) == ["preflight", "seeds", "proof"]


def test_an_acceptance_holds_for_what_was_seen(tiny_proved: Shop) -> None:
    staged = next((tiny_proved.root / ".migwizard/staging/clubs").glob("*_initial.py"))
    text = staged.read_text()
    assert "max_length=" in text
    head, _, tail = text.partition("max_length=")
    length = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    staged.write_text(head + "max_length=77" + tail[len(length) :])
    error = tiny_proved.lines("run", "--yes", expect=1)[-1]
    accept = next(cure for cure in error["cures"] if "accept" in cure)
    answers = tiny_proved.root.parent / "answers.json"
    answers.write_text(accept[accept.index("{") : accept.index("}") + 1])
    key = next(iter(json.loads(answers.read_text())))
    staged.write_text(head + "max_length=78" + tail[len(length) :])
    again = tiny_proved.lines("run", "--yes", "--answers", str(answers), expect=1)[-1]
    assert key not in "".join(again["cures"])


def test_undo_sweeps_away_a_folder_that_a_kill_left_empty(tiny: Shop) -> None:
    """The checkpoint goes last, and then the folder: a kill may come between."""
    before = tiny.tree()
    (tiny.root / ".migwizard").mkdir()
    assert "Nothing to undo" in tiny.migwizard("undo", "--yes").stderr
    assert tiny.tree() == before and not (tiny.root / ".migwizard").exists()
