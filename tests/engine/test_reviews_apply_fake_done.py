"""Apply, Fake and Done with a person behind them: what is asked, what it shows, and what each answer does."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from migwizard.engine.previews import ApplyPreview, DatabaseLine, DonePreview, FakePreview
from migwizard.engine.talk import Question
from migwizard.errors import LeftError, MigwizardError
from tests.engine.persons import Person, sitting
from tests.engine.support import Shop, make_project

pytestmark = pytest.mark.ride

SWAP = {"apply": ["apply"]}


def apply_of(question: Question) -> ApplyPreview:
    assert isinstance(question.preview, ApplyPreview)
    return question.preview


def line_of(person: Person, question_id: str, alias: str = "default") -> DatabaseLine:
    preview = person.asked(question_id).preview
    assert isinstance(preview, FakePreview)
    return next(line for line in preview.databases if line.alias == alias)


def test_not_yet_is_the_default_and_keeps_everything(migrated: Shop, tiny_proved: Shop) -> None:
    person, end = sitting(tiny_proved, {})
    assert isinstance(end, LeftError)
    asked = person.asked("apply")
    assert asked.default == "later"
    assert tiny_proved.tree() == migrated.tree()
    again, _ = sitting(tiny_proved, {})
    assert again.ids[-1] == "apply", "nothing that was said before counts"
    done, _ = sitting(tiny_proved, SWAP)
    assert tiny_proved.tree() != migrated.tree()
    assert tiny_proved.dump() == migrated.dump(), "the default of every database is later, too"
    assert done.ids[-1] == "review:done"


def test_both_backups_are_read_back_before_the_question(migrated: Shop, tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, {})
    preview = apply_of(person.asked("apply"))
    assert not preview.applied
    for folder in (tiny_proved.root / ".migwizard/backup", Path(preview.second_backup)):
        for name, data in migrated.tree().items():
            app, _, file = name.partition("/migrations/")
            if file:
                assert (folder / app / file).read_bytes() == data
    assert "whole folders, " in preview.backup


def test_a_backup_that_does_not_read_back_stops_the_swap(
    migrated: Shop, tiny_proved: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migwizard.engine.surviving import durable

    copy = durable.copy_folder

    def damage(source: Path, target: Path) -> None:
        copy(source, target)
        (target / "0001_initial.py").write_bytes(b"# half a")

    monkeypatch.setattr(durable, "copy_folder", damage)
    person, end = sitting(tiny_proved, SWAP)
    assert isinstance(end, MigwizardError)
    assert end.code == "backup"
    assert "apply" not in person.ids
    assert tiny_proved.tree() == migrated.tree()


@pytest.mark.parametrize("place", ["first", "second"])
def test_a_backup_that_is_lost_after_the_question_stops_the_swap(migrated: Shop, tiny_proved: Shop, place: str) -> None:
    def lose(_: Question) -> str:
        found = tiny_proved.root / ".migwizard/backup"
        if place == "second":
            (found,) = (tiny_proved.root.parent / "state/migwizard").glob("*/*/")
        shutil.rmtree(found / "clubs")
        return "apply"

    _, end = sitting(tiny_proved, {"apply": [lose]})
    assert isinstance(end, MigwizardError)
    assert end.code == "backup"
    assert "clubs/migrations/0001_initial.py and 4 more files" in end.sentence
    assert "is not whole any more. Nothing was swapped." in end.sentence
    assert (".migwizard/backup" in end.sentence) == (place == "first")
    assert tiny_proved.tree() == migrated.tree()


def test_what_was_approved_is_what_is_swapped(tiny_proved: Shop) -> None:
    def meddle(_: Question) -> str:
        """Edits a migration while the question is open."""
        with (tiny_proved.root / "clubs/migrations/0001_initial.py").open("a") as stream:
            stream.write("# later\n")
        return "apply"

    person, end = sitting(tiny_proved, {"apply": [meddle]})
    assert isinstance(end, MigwizardError)
    assert end.code == "tree-changed"
    assert "Nothing was swapped" in end.sentence
    assert (tiny_proved.root / "people/migrations/0002_person_club.py").is_file()
    assert person.questions[-1].kind == "refusal"


def test_the_predicted_stat_is_what_git_says_afterwards(tiny_proved: Shop) -> None:
    git = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "old"]):
        subprocess.run([*git, *arguments], cwd=tiny_proved.root, check=True, env=tiny_proved.environment())
    index = (tiny_proved.root / ".git/index").read_bytes()
    person, _ = sitting(tiny_proved, SWAP)
    predicted, real = apply_of(person.asked("apply")).stat, apply_of(person.asked("review:apply")).stat
    assert predicted == real
    assert "11 files changed" in real
    assert (tiny_proved.root / ".git/index").read_bytes() == index
    removed = subprocess.run(
        ["git", "diff", "--numstat"], cwd=tiny_proved.root, capture_output=True, text=True, check=True
    ).stdout
    lines = sum(int(line.split("\t")[1]) for line in removed.splitlines())
    assert f"{lines} lines out (-)" in real


def test_the_swap_says_how_far_it_is_and_that_it_cannot_be_cut_off(tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP)
    told = [event for event in person.events if event.data.get("uncancellable")]
    assert [event.data.get("number") for event in told] == [None, *range(1, 14)]
    assert {event.data["total"] for event in told[1:]} == {13}
    after = person.events[person.events.index(told[-1]) + 1]
    assert after.data["uncancellable"] is False


def test_counts_and_choices_of_the_swap(tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP)
    before, after = person.asked("apply"), person.asked("review:apply")
    swap = before.choice("apply")
    assert swap is not None
    assert (swap.words, swap.writes) == ("Swap 7 files for 4", "7 files")
    assert (len(apply_of(before).apps), apply_of(before).approved) == (2, apply_of(after).approved)
    assert apply_of(before).apps == apply_of(after).apps
    assert after.headline == "Done: 7 files out, 4 in"
    back = after.choice("back")
    assert back is not None
    assert back.writes == "7 files"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(migrated: Shop, tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP | {"switch:default": ["dry", "later"]})
    first, second = [question for question in person.questions if question.id == "switch:default"]
    assert "Dry run" not in first.text
    assert "7 rows would go, 4 would come" in second.text
    assert tiny_proved.dump() == migrated.dump()


def test_switch_later_is_asked_anew_next_time(migrated: Shop, tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP)
    assert tiny_proved.dump() == migrated.dump()
    assert person.asked("review:done").headline == "Files are done, databases are not"
    again, _ = sitting(tiny_proved, {"switch:default": ["switch"]})
    assert "switch:default" in again.ids
    assert line_of(again, "review:fake").stands == "switched"
    assert "No planned migration operations" in tiny_proved.manage("migrate", "--plan").stdout


def test_later_holds_for_the_sitting(tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP | {"review:done": ["undo", "continue"], "undo:": ["keep"]})
    assert person.ids.count("switch:default") == 1


def test_what_was_put_off_can_be_asked_for_again(tiny_proved: Shop) -> None:
    person, _ = sitting(
        tiny_proved, SWAP | {"switch:default": ["later", "switch"], "review:fake": ["take:default", "continue"]}
    )
    assert person.ids.count("switch:default") == 2
    assert line_of(person, "review:fake").switched


def test_more_rows_than_files_are_explained_from_the_rows(tiny_proved: Shop) -> None:
    assert line_of(sitting(tiny_proved, SWAP)[0], "switch:default").why == ""
    tiny_proved.query(
        "INSERT INTO django_migrations (app, name, applied) SELECT app, name, applied FROM django_migrations "
        "WHERE app = 'people' AND name = '0001_initial'"
    )
    person, _ = sitting(tiny_proved, {})
    line = line_of(person, "switch:default")
    assert (line.rows_out, line.why) == (8, "8 rows go out for 7 files: 1 row recorded more than once.")
    assert line.why in person.asked("switch:default").text


def test_what_fake_shows_of_a_database(tiny_proved: Shop) -> None:
    person, _ = sitting(tiny_proved, SWAP | {"switch:default": ["switch"]})
    before, after = line_of(person, "switch:default"), line_of(person, "review:fake")
    assert (before.state, before.rows_out, before.rows_in, before.switched) == ("OLD_HEAD", 7, 4, False)
    assert (after.state, after.rows_out, after.rows_in, after.switched) == ("NEW", 7, 4, True)
    assert before.untouched == after.untouched == 0
    assert before.where == "db.sqlite3, local file"


def test_django_confirms_only_when_asked_and_its_answer_is_kept(tiny_proved: Shop) -> None:
    person, _ = sitting(
        tiny_proved, SWAP | {"switch:default": ["switch"], "review:fake": ["confirm:default", "continue"]}
    )
    first, second = [question for question in person.questions if question.id == "review:fake"]
    confirm = first.choice("confirm:default")
    assert confirm is not None
    assert confirm.writes
    assert isinstance(first.preview, FakePreview)
    assert isinstance(second.preview, FakePreview)
    assert not first.preview.databases[0].said
    assert "No migrations to apply" in second.preview.databases[0].said
    assert second.preview.databases[0].says.endswith("; confirmed by Django: nothing to apply")
    said = second.choice("said:default")
    assert said is not None
    assert said.shows == second.preview.databases[0].said and said.shows not in second.preview.databases[0].more


def test_back_from_fake_undoes_rows_then_files(migrated: Shop, tiny_proved: Shop) -> None:
    person, _ = sitting(
        tiny_proved,
        SWAP | {"switch:default": ["switch"], "review:fake": ["back"], "review:apply": ["continue", "back"]},
    )
    assert person.ids[-4:] == ["review:fake", "review:apply", "review:proof", "apply"]
    assert tiny_proved.tree() == migrated.tree()
    assert tiny_proved.dump() == migrated.dump()


def test_back_before_a_switch_writes_nothing(tiny_proved: Shop) -> None:
    person, end = sitting(tiny_proved, SWAP | {"switch:default": ["back"], "review:apply": ["continue", "quit"]})
    assert isinstance(end, LeftError)
    assert person.ids[-3:] == ["review:apply", "switch:default", "review:apply"]
    assert person.asked("switch:default").choice("back") is None
    tree = tiny_proved.tree()
    assert "clubs/migrations/0001_initial.py" not in tree


def _second_database(shop: Shop, path: Path, alias: str = "archive") -> None:
    settings = shop.root / "config/settings.py"
    settings.write_text(
        settings.read_text()
        + f'\nDATABASES["{alias}"] = {{"ENGINE": "django.db.backends.sqlite3", "NAME": r"{path}"}}\n'
    )


@pytest.fixture
def two(tmp_path: Path) -> tuple[Shop, Path]:
    """The tiny project with a second database outside of it, at the old head as well."""
    shop = make_project("tiny", tmp_path)
    outside = tmp_path / "archive.sqlite3"
    shutil.copy(shop.database, outside)
    _second_database(shop, outside)
    return shop, outside


def _rows(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM django_migrations")}


def test_a_database_outside_of_the_project_is_asked_with_its_name_typed(two: tuple[Shop, Path]) -> None:
    shop, outside = two
    person, _ = sitting(shop, SWAP | {"switch:default": ["switch"], "switch:archive": ["switch"]})
    local, remote = person.asked("switch:default").choice("switch"), person.asked("switch:archive").choice("switch")
    assert local is not None
    assert remote is not None
    assert (local.typed, remote.typed) == ("", "archive")
    assert "0001_reset_initial" in _rows(outside)
    shop.migwizard("undo", "--yes")
    assert "0001_initial" in _rows(outside)


def test_later_for_a_database_outside_does_not_name_it_for_a_run(two: tuple[Shop, Path]) -> None:
    shop, outside = two
    before = outside.read_bytes()
    sitting(shop, SWAP)
    shop.migwizard("run", "--yes")
    assert outside.read_bytes() == before
    assert "0001_reset_initial" in _rows(shop.database)


def test_one_word_for_all_local_databases_leaves_those_outside(two: tuple[Shop, Path], tmp_path: Path) -> None:
    shop, outside = two
    shutil.copy(shop.database, shop.root / "reports.sqlite3")
    _second_database(shop, shop.root / "reports.sqlite3", "reports")
    person, _ = sitting(shop, SWAP | {"switch:default": ["switch-all"]})
    assert [name for name in person.ids if name.startswith("switch:")] == ["switch:default", "switch:archive"]
    assert "0001_reset_initial" in _rows(shop.root / "reports.sqlite3")
    assert "0001_reset_initial" not in _rows(outside)
    assert person.asked("review:fake").headline == "2 of 3 databases are switched"


def test_a_local_database_that_is_behind_is_refused_with_its_name_and_can_be_skipped(tiny_proved: Shop) -> None:
    sitting(tiny_proved, SWAP | {"review:apply": ["quit"]})
    tiny_proved.query("DELETE FROM django_migrations WHERE name = '0004_roster'")
    person, end = sitting(tiny_proved, {})
    assert isinstance(end, MigwizardError)
    assert end.code == "MW-E12"
    assert end.details["alias"] == "default"
    assert end.details["missing"] == [["clubs", "0004_roster"]]
    refusal = person.questions[-1]
    assert (refusal.kind, refusal.headline) == ("refusal", "default is 1 migration behind")
    skipped, _ = sitting(tiny_proved, {refusal.id: ["skip:default"]})
    line = line_of(skipped, "review:fake")
    assert (line.stands, line.switched) == ("1 behind", False)
    done = skipped.asked("review:done").preview
    assert isinstance(done, DonePreview)
    assert [how for what, how in done.left if what == "default"]


def test_databases_that_cannot_be_switched_are_shown_and_not_asked(two: tuple[Shop, Path], tmp_path: Path) -> None:
    shop, outside = two
    outside.write_bytes(b"no database at all, " * 100)
    _second_database(shop, tmp_path / "none.sqlite3", "none")
    person, _ = sitting(shop, SWAP | {"switch:default": ["switch"]})
    assert [name for name in person.ids if name.startswith("switch:")] == ["switch:default"]
    assert line_of(person, "review:fake", "archive").stands == "unreachable"
    assert line_of(person, "review:fake", "none").stands == "no file"


def test_the_command_for_git_commits_the_whole_reset(tiny_proved: Shop) -> None:
    git = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "old"]):
        subprocess.run([*git, *arguments], cwd=tiny_proved.root, check=True, env=tiny_proved.environment())
    models = tiny_proved.root / "clubs/models.py"
    models.write_text(models.read_text() + "# nobody asked to commit this\n")
    person, _ = sitting(tiny_proved, SWAP | {"switch:default": ["switch"]})
    preview = person.asked("review:done").preview
    assert isinstance(preview, DonePreview)
    assert "With it" not in dict(preview.left), "the project loads it at its start"
    said = dict(preview.left)["Commit"]
    command = said[said.index("git add") :].replace("git commit", " ".join([*git, "commit", "-q"]))
    subprocess.run(command, shell=True, cwd=tiny_proved.root, check=True, env=tiny_proved.environment())
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    left = subprocess.run(status, cwd=tiny_proved.root, capture_output=True, text=True, check=True).stdout
    assert [line for line in left.splitlines() if "migrations/" in line] == []


def test_the_command_for_git_reaches_submodules_and_what_git_ignores(tiny_proved: Shop) -> None:
    git = ["git", "-c", "user.name=ada", "-c", "user.email=ada@example.org"]
    root, environment = tiny_proved.root, tiny_proved.environment()
    for top in (root / "clubs", root):
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "old"]):
            subprocess.run([*git, *arguments], cwd=top, check=True, env=environment, stderr=subprocess.DEVNULL)
        (top / ".git/info/exclude").write_text("*.json\n*_reset_*\n")
    lines = tiny_proved.lines("run", "--yes")
    warned = [line["text"] for line in lines if line.get("event") == "warning"]
    assert any(text.startswith("git ignores clubs/migrations/0001_reset_initial.py, ") for text in warned), warned
    command = lines[-1]["commit"].replace(" commit", " -c user.name=ada -c user.email=ada@example.org commit -q")
    subprocess.run(command, shell=True, cwd=root, check=True, env=environment)
    for top, brought in ((root / "clubs", "migrations/0001_reset_initial.py"), (root, "migwizard_manifest.json")):
        names = subprocess.run(["git", "ls-files"], cwd=top, capture_output=True, text=True, check=True).stdout
        assert brought in names.splitlines()
        status = subprocess.run(["git", "status", "--porcelain"], cwd=top, capture_output=True, text=True, check=True)
        assert status.stdout in ("", " M db.sqlite3\n")


def test_done_tells_figures_and_writes_message_and_summary(tiny_proved: Shop) -> None:
    person, report = sitting(tiny_proved, SWAP | {"switch:default": ["switch"]})
    assert isinstance(report, dict)
    asked = person.asked("review:done")
    assert asked.headline == "Same database, fewer files. You are done"
    preview = asked.preview
    assert isinstance(preview, DonePreview)
    rendered = report["rendered"]
    assert (preview.files_before, preview.files_after) == (7, 4)
    assert preview.made == "3 schema files, 1 seed file", "in the words of Levels"
    assert (preview.rendered_before, preview.rendered_after) == (rendered["old"], rendered["new"])
    assert preview.databases == (("default", "switched"),)
    assert preview.saved == (".migwizard/commit-message.txt", ".migwizard/summary.md", ".migwizard/runbook.md")
    texts = [(tiny_proved.root / name).read_text() for name in preview.saved[:2]]
    assert texts == [preview.commit_message, preview.summary]
    kept = "3 old data operations kept"
    assert preview.proof.startswith("equal: ") and preview.operations == kept
    assert f"{preview.proof}, {kept}." in asked.text
    assert f"they are equal. {kept}." in " ".join(preview.commit_message.split())
    assert preview.commit_message.startswith("Reset migrations: 7 -> 4, proven equal\n\n")
    assert (
        "- `clubs.club.captain` waits for `people` and returns in `clubs/0002_reset_links_to_people`" in preview.summary
    )
    assert str(tiny_proved.root) not in preview.summary


def test_a_run_writes_message_and_summary_too(tiny_finished: Shop) -> None:
    assert "7 -> 4" in (tiny_finished.root / ".migwizard/commit-message.txt").read_text()
    assert json.loads((tiny_finished.root / ".migwizard/checkpoint.json").read_text())["results"]["done"]["saved"]


def test_the_environment_is_put_back(tiny_proved: Shop) -> None:
    before = dict(os.environ)
    sitting(tiny_proved, {})
    assert dict(os.environ) == before
