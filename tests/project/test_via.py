"""A guest that runs elsewhere: its first words, paths told as it knows them, files that come and go, and what is refused."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migwizard.errors import MigwizardError, ProjectError, UsageError
from migwizard.paths import Workplace
from migwizard.project import process, via
from migwizard.project.crossing import Elsewhere
from migwizard.project.discovery import Interpreter, Project
from migwizard.project.guest import Guest, GuestError
from migwizard.project.via import shown_text, split_via
from tests.project.elsewhere import Place, gone, image_of, wait_until
from tests.project.support import project_at

PTY = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"


@pytest.fixture
def place(tiny: Path, tmp_path: Path) -> Place:
    return image_of(tiny, tmp_path)


def _through(root: Path, *command: str, there: str = "") -> Project:
    return replace(project_at(root), interpreter=Interpreter(None, "the test says so", command, there))


@pytest.fixture
def guest(tiny: Path, place: Place) -> Iterator[Guest]:
    with Guest(_through(tiny, place.command)) as started:
        yield started
    assert place.is_clean


def _migrate(guest: Guest, path: Path, **more: Any) -> None:
    guest.call("migrate", alias="default", path=path, labels=["stock", "sales"], **more)


def test_paths_are_those_of_this_machine(tiny: Path, guest: Guest) -> None:
    assert guest.facts["settings_file"] == str(tiny / "config/settings.py")
    assert guest.facts["databases"][0]["path"] == str(tiny / "db.sqlite3")
    apps = {app["label"]: app for app in guest.call("registry")["apps"]}
    assert apps["stock"]["path"] == str(tiny / "stock")
    assert apps["stock"]["migrations_folder"] == str(tiny / "stock/migrations")
    assert "site-packages" in apps["contenttypes"]["path"]
    files = [file for app, _, file in guest.call("history", labels=["stock"])["disk"] if app == "stock"]
    assert files[0] == str(tiny / "stock/migrations/0001_initial.py")


def test_a_scratch_database_comes_back_and_goes_there_again(tiny: Path, place: Place, guest: Guest) -> None:
    scratch = Workplace(tiny).scratch
    _migrate(guest, scratch / "old.sqlite3")
    guest.call("copy_scratch", alias="default", source=scratch / "old.sqlite3", path=scratch / "copy.sqlite3")
    for name in ("old", "copy"):
        with closing(sqlite3.connect(scratch / f"{name}.sqlite3")) as connection:
            assert connection.execute("SELECT name FROM stock_item").fetchall() == [("hammer",)]
    assert sorted(path.name for path in scratch.iterdir()) == ["copy.sqlite3", "old.sqlite3"]
    (folder,) = place.temporary.iterdir()
    wait_until(
        "the end of the requests' folders", lambda: {path.name for path in folder.iterdir()} == {"agent", "lock"}
    )


def test_a_history_of_this_machine_is_sent_and_blamed_here(tiny: Path, guest: Guest) -> None:
    place = Workplace(tiny)
    shutil.copytree(tiny / "stock/migrations", place.staging / "stock")
    staged = place.staging / "stock/0003_seed.py"
    staged.write_text(staged.read_text().replace("apps.get_model", "1 / 0; apps.get_model"))
    with pytest.raises(GuestError, match="ZeroDivisionError") as caught:
        _migrate(guest, place.scratch / "new.sqlite3", folders={"stock": place.staging / "stock"})
    assert caught.value.sentence.startswith(f"{staged}, line 5: stock.0003_seed")
    assert not place.scratch.exists(), "nothing comes back from what failed"
    # Without a folder it is the history there that counts, unless this machine knows better.
    _migrate(guest, place.scratch / "there.sqlite3")
    guest.histories = {"stock": place.staging / "stock"}
    with pytest.raises(GuestError, match="ZeroDivisionError"):
        _migrate(guest, place.scratch / "usual.sqlite3")


def test_a_path_is_never_told_as_text(tiny: Path, guest: Guest) -> None:
    with pytest.raises(AssertionError, match="told as text"):
        guest.call("history", labels=["stock"], folders={"stock": str(Workplace(tiny).staging / "stock")})


def test_a_project_with_threads_gets_a_process_for_each_request(tiny: Path, place: Place) -> None:
    with (place.root / "config/settings.py").open("a") as settings:
        settings.write("import threading\nthreading.Thread(target=threading.Event().wait).start()\n")
    scratch = Workplace(tiny).scratch
    with Guest(_through(tiny, place.command)) as guest:
        assert guest.facts["fork"] is False
        _migrate(guest, scratch / "old.sqlite3")
        guest.call("copy_scratch", alias="default", source=scratch / "old.sqlite3", path=scratch / "copy.sqlite3")
    assert (scratch / "copy.sqlite3").stat().st_size == (scratch / "old.sqlite3").stat().st_size
    assert place.is_clean


def test_the_guest_elsewhere_has_the_hash_seed_and_the_variables(tiny: Path, place: Place) -> None:
    seen = place.temporary.parent / "seen"
    with (place.root / "config/settings.py").open("a") as settings:
        settings.write(
            f"import os, sys\nopen({str(seen)!r}, 'a').write("
            "str((hash('x'), os.environ['GIVEN'], 'HOME' in os.environ, sys.dont_write_bytecode)) + '\\n')\n"
        )
    project = replace(_through(tiny, place.command), environ={"GIVEN": "for you alone"})
    for seed in (0, 0, 4711):
        with Guest(project, hash_seed=seed):
            pass
    first, second, third = seen.read_text().splitlines()
    assert first == second != third
    assert first.endswith(", 'for you alone', False, True)")
    assert "GIVEN" not in os.environ


def test_a_guest_that_hangs_elsewhere_is_ended_and_leaves_nothing(
    tiny: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = place.temporary.parent / "pid"
    with (place.root / "config/settings.py").open("a") as settings:
        settings.write(
            f"import os, signal\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\nos.kill(os.getpid(), signal.SIGSTOP)\n"
        )
    monkeypatch.setattr(process, "SILENCE_SECONDS", 2.0)
    with pytest.raises(GuestError, match="gave no sign of life for 2 seconds while loading the settings"):
        Guest(_through(tiny, place.command)).start()
    wait_until("the end of the guest", lambda: gone(int(pid.read_text())))
    assert place.is_clean


def test_settings_that_end_the_process_leave_nothing(tiny: Path, place: Place) -> None:
    with (place.root / "config/settings.py").open("a") as settings:
        settings.write("import os, sys; print('last words', file=sys.stderr, flush=True); os._exit(9)\n")
    with pytest.raises(GuestError, match=r"ended with exit code 9 while loading the settings.*last words"):
        Guest(_through(tiny, place.command)).start()
    assert place.is_clean


def test_a_host_that_is_gone_before_the_agent_lives_leaves_nothing(place: Place) -> None:
    archive = via.archive()
    header = {"environ": {}, "root": "", "manage": "manage.py", "size": len(archive)}
    with subprocess.Popen(
        [place.command, "-c", via.BOOT.read_text()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as boot:
        assert boot.stdin is not None
        assert boot.stdout is not None
        assert boot.stdout.readline()
        boot.stdout.close()
        boot.stdin.write(json.dumps(header).encode() + b"\n" + archive)
        boot.stdin.flush()
        assert boot.wait(timeout=20) != 0
    assert place.is_clean


def test_what_killed_guests_left_is_removed_by_the_next_one(tiny: Path, place: Place) -> None:
    left, held, fresh = (place.temporary / f"migwizard-guest-{name}" for name in ("left", "held", "fresh"))
    for folder in (left, held, fresh):
        folder.mkdir()
        (folder / "agent").mkdir()
    with (held / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for folder in (left, held):
            os.utime(folder, (time.time() - 100, time.time() - 100))
        with Guest(_through(tiny, place.command)):
            pass
    assert {path.name for path in place.temporary.iterdir()} >= {held.name, fresh.name}
    assert not left.exists()


def _script(folder: Path, text: str) -> str:
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def _refusals(folder: Path, python: str) -> dict[str, tuple[tuple[str, ...], str]]:
    return {
        "not found": ((str(folder / "nowhere"),), "cannot be started: No such file or directory"),
        "banner": (("sh", "-c", 'echo Welcome; exec "$0" "$@"', python), "said 'Welcome' instead"),
        "no Python": (("cat",), "leads to no Python"),
        "silent": (
            ("true",),
            "leads to no Python. Nothing was changed. The project's process (true) ended with exit code 0",
        ),
        "JSON, but not ours": (("echo", "{}"), "said '{}"),
        "a terminal": ((python, "-c", PTY, python), "runs in a terminal of its own"),
        "no Django": ((python, "-I", "-S"), "has no Django"),
    }


@pytest.mark.parametrize("what", list(_refusals(Path(), "")))
def test_a_command_that_cannot_be_used_is_refused(tiny: Path, tmp_path: Path, what: str) -> None:
    command, says = _refusals(tmp_path, sys.executable)[what]
    with pytest.raises(MigwizardError) as caught:
        Guest(_through(tiny, *command)).start()
    assert says in caught.value.sentence
    assert caught.value.code in ("via", "project")
    assert caught.value.exit_code == 3


def test_an_old_python_is_refused(tiny: Path, tmp_path: Path) -> None:
    # What an old one says; none is needed here.
    said = '{"id": 0, "result": {"python": [3, 6, 15], "terminal": false}}'
    with pytest.raises(ProjectError, match=r"is Python 3\.6\.15; a project needs 3\.8 or newer"):
        Guest(_through(tiny, _script(tmp_path, f"echo '{said}'; read answer"))).start()


@pytest.mark.parametrize(
    ("root", "says"),
    [
        ("/nowhere", "cannot go to the folder /nowhere: there is none"),
        ("/", "runs in /, and there is no manage.py in it"),
    ],
)
def test_another_folder_there(tiny: Path, place: Place, root: str, says: str) -> None:
    with pytest.raises(GuestError) as caught:
        Guest(_through(tiny, sys.executable, there=root)).start()
    assert says in caught.value.sentence
    assert (caught.value.kind, caught.value.exit_code) == ("via", 3)
    with Guest(_through(tiny, sys.executable, there=place.there)) as guest:
        assert guest.facts["root"] == str(tiny)


@pytest.mark.parametrize(
    "text",
    [
        "docker compose exec -T web python",
        "docker-compose -f dev.yml exec -T web python3",
        "docker compose -f dev.yml run --rm -T web python",
        "docker exec -i web python",
        "podman exec --interactive web python",
        "kubectl exec -i deploy/web -- python",
        "sudo -u www-data .venv/bin/python",
        "'/opt/my project/python'",
    ],
)
def test_commands_that_can_carry_the_protocol(text: str) -> None:
    assert split_via(text, "--via")[-1].endswith(("python", "python3"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("docker compose exec web python", "docker compose exec needs -T"),
        ("docker compose run --rm web python", "docker compose run needs -T"),
        ("docker-compose exec web python", "needs -T"),
        ("docker exec -it web python", "docker exec must go without -t"),
        ("docker exec --tty -i web python", "must go without -t"),
        ("docker exec web python", "docker exec needs -i"),
        ("kubectl exec web -- python", "kubectl exec needs -i"),
        ("python 'x", "No closing quotation"),
        ("  ", "--via is empty"),
        ("env A=b DB_PASSWORD=... python", "--via has DB_PASSWORD as it was printed, without its value: put it in."),
        ("docker exec -e DB_PASSWORD=x web python", "'docker exec -e DB_PASSWORD=... web python'"),
    ],
)
def test_commands_that_cannot(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        split_via(text, "--via")
    assert says in caught.value.sentence
    assert (caught.value.code, caught.value.exit_code) == ("via", 2)


@pytest.mark.parametrize(
    ("text", "as_printed"),
    [
        ("env A=b python", "env A=... python"),
        (
            "docker exec -i -e A=b -eC=d --env=E='f g' --env-file x web python",
            "docker exec -i -e A=... -eC=... --env=E=... --env-file x web python",
        ),
        ("ssh web 'cd /srv && A=b C=\"d e\" python'", "ssh web 'cd /srv && A=... C=... python'"),
        ("kubectl --token=abc exec -i web -- python", "kubectl '--token=***' exec -i web -- python"),
        ("'/opt/my project/python'", "'/opt/my project/python'"),
        ("python 'x", "..."),
    ],
)
def test_no_value_of_a_command_is_shown(text: str, as_printed: str) -> None:
    assert shown_text(text) == as_printed


def _sends(crossing: Elsewhere, name: str) -> Callable[[], None]:
    data = base64.b64encode(b"from there").decode()
    return lambda: crossing.unpack(1, {"name": name, "data": data, "first": True, "last": True})


@pytest.mark.parametrize(
    "name",
    ["0/../../x.py", "0/stock/../../../manage.py", "1/models.py", "2/x", "x", "/etc/x", "0/other/x.py", "0/link/x.py"],
)
def test_a_guest_writes_nowhere_but_where_it_was_asked_to(tiny: Path, tmp_path: Path, name: str) -> None:
    staging = Workplace(tiny).staging / "stock"
    staging.mkdir(parents=True)
    (staging.parent / "link").symlink_to(tmp_path)
    crossing = Elsewhere(tiny, "/app", "/tmp/x")
    list(crossing.messages(1, "generate", {"staging": {"stock": staging}, "tree": tiny / "stock/models.py"}, {}))
    _sends(crossing, "0/stock/0001_new.py")()
    assert (staging / "0001_new.py").read_bytes() == b"from there"
    before = (tiny / "stock/models.py").read_bytes()
    with pytest.raises(MigwizardError, match="which it was not asked for"):
        _sends(crossing, name)()
    assert (tiny / "stock/models.py").read_bytes() == before
    assert not (tmp_path / "x.py").exists()
