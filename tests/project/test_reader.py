"""Requests about the history in the tree: read once, anew when a file of it changed, and no request is felt by another."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from migwizard.project import process
from migwizard.project.agent.channel import Channel
from migwizard.project.agent.reader import Reader
from migwizard.project.agent.serve import Child, Children
from migwizard.project.guest import Guest, GuestError
from tests.project.elsewhere import PATIENCE, gone, wait_until
from tests.project.support import SEED, project_at, write

LABELS = ["sales", "stock"]
INIT = "stock/migrations/__init__.py"


@pytest.fixture
def readings(tiny: Path, tmp_path: Path) -> Path:
    """A file to which every reading of the history adds a line with its process."""
    path = tmp_path / "readings"
    (tiny / INIT).write_text(f"import os\nopen({str(path)!r}, 'a').write(str(os.getpid()) + '\\n')\n")
    return path


def _settle() -> None:
    """Wait until what was written is older than a reading that begins now, for certain."""
    time.sleep(0.05)


def _pids(readings: Path) -> list[int]:
    # Django loads a package of migrations once more where it was loaded before.
    return list(dict.fromkeys(map(int, readings.read_text().split())))


def _names(guest: Guest) -> list[str]:
    nodes = guest.call("history", labels=LABELS)["nodes"]
    return [node["name"] for node in nodes if node["app"] == "stock"]


def _ask(guest: Guest, staging: Path) -> list[Any]:
    """All that is asked about the history before files are generated, and the files."""
    answers = [
        guest.call("history", labels=LABELS),
        guest.call("drift", labels=LABELS),
        guest.call("check_changes"),
        guest.call("operations", labels=LABELS),
        guest.call("operations", labels=LABELS, source="history"),
        guest.call("rendered", labels=LABELS),
    ]
    units = [[operation["id"]] for operation in answers[3]["operations"] if operation["app"] == "stock"]
    batch = {"app": "stock", "name": "0001_reset", "units": units, "dependencies": [], "deferred": []}
    for label in LABELS:
        (staging / label).mkdir(parents=True)
        (staging / label / "__init__.py").touch()
    more: dict[str, Any] = {"labels": LABELS, "staging": {label: staging / label for label in LABELS}, "replaced": {}}
    levels = [[{**batch, "replaces": [], "run_before": []}]]
    timestamp = "2020-01-01T00:00:00+00:00"
    return [*answers, guest.call("generate", source="models", levels=levels, timestamp=timestamp, **more)]


def test_requests_that_share_a_reading_say_what_others_do(tiny: Path, tmp_path: Path) -> None:
    with Guest(project_at(tiny)) as guest:
        ours = _ask(guest, tmp_path / "ours")
    with Guest(project_at(tiny), fork=False) as guest:
        assert ours == _ask(guest, tmp_path / "theirs")


def test_the_files_are_read_once(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "readings"
    with (tiny / SEED).open("a") as stream:
        stream.write(f"\nopen({str(path)!r}, 'a').write('x')\n")
    with Guest(project_at(tiny)) as guest:
        _ask(guest, tmp_path / "staging")
    assert path.read_text() == "x"


def test_the_models_are_looked_at_once(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "looks"
    with (tiny / "stock/models.py").open("a") as stream:
        stream.write(
            "\nfrom django.db.migrations.state import ProjectState\nfrom_apps = ProjectState.from_apps\n\n\n"
            f"def counted(apps):\n    open({str(path)!r}, 'a').write('x')\n    return from_apps(apps)\n\n\n"
            "ProjectState.from_apps = counted\n"
        )
    with Guest(project_at(tiny)) as guest:
        for _ in range(2):
            guest.call("history", labels=LABELS)
            guest.call("drift", labels=LABELS)
            guest.call("operations", labels=LABELS)
    assert path.read_text() == "x"


def test_a_package_of_migrations_is_not_loaded_again(tiny: Path, tmp_path: Path) -> None:
    """Every loader that reads files does so, though it finds the modules in them loaded."""
    path = tmp_path / "readings"
    (tiny / "stock/migrations/__init__.py").write_text(f"open({str(path)!r}, 'a').write('x')\n")
    with Guest(project_at(tiny)) as guest:
        guest.call("history", labels=LABELS)
        guest.call("rendered", labels=LABELS)
    assert path.read_text() == "x"


def test_a_file_that_changes_comes_or_goes_is_noticed(tiny: Path) -> None:
    before = ["0001_initial", "0002_name", "0003_seed"]
    later = tiny / "stock/migrations/0004_later.py"
    with Guest(project_at(tiny)) as guest:
        assert _names(guest) == before
        _settle()
        later.write_text((tiny / SEED).read_text().replace("0002_name", "0003_seed"))
        _settle()
        assert _names(guest) == [*before, "0004_later"]
        later.rename(later.with_name("0004_other.py"))
        assert _names(guest) == [*before, "0004_other"]
        _settle()
        assert _names(guest) == [*before, "0004_other"]
        text = (tiny / SEED).read_text()
        (tiny / SEED).write_text(text.replace("RunPython.noop)", "RunPython.noop, elidable=True)"))
        nodes = guest.call("history", labels=LABELS)["nodes"]
        (seed,) = (node for node in nodes if node["name"] == "0003_seed")
        assert seed["operations"][0]["elidable"] is True


def test_a_file_that_is_younger_than_its_reading_is_read_again(tiny: Path, tmp_path: Path) -> None:
    """Within a tick of its clock a file system gives two versions of a file the same time; so do clocks that go wrong."""
    path = tmp_path / "readings"
    with (tiny / SEED).open("a") as stream:
        stream.write(f"\nopen({str(path)!r}, 'a').write('x')\n")
    later = time.time() + 3600
    os.utime(tiny / SEED, (later, later))
    with Guest(project_at(tiny)) as guest:
        assert _names(guest) == _names(guest)
    assert path.read_text() == "xx"


def test_a_helper_that_changes_is_noticed(tiny: Path) -> None:
    helper = tiny / "stock/helping.py"
    helper.write_text("LAST = '0002_name'\n")
    text = (tiny / SEED).read_text().replace('"0002_name"', "LAST")
    assert "LAST" in text
    (tiny / SEED).write_text(f"from stock.helping import LAST\n{text}")
    with Guest(project_at(tiny)) as guest:
        assert _names(guest) == ["0001_initial", "0002_name", "0003_seed"]
        helper.write_text("LAST = '0001_initial'\n")
        assert guest.call("history", labels=LABELS)["conflicts"] == {"stock": ["0002_name", "0003_seed"]}


def test_an_app_gets_its_first_migration(tiny: Path) -> None:
    write(tiny, {"bare/__init__.py": "", "bare/models.py": ""})
    with (tiny / "config/settings.py").open("a") as stream:
        stream.write("INSTALLED_APPS.append('bare')\n")
    with Guest(project_at(tiny)) as guest:
        assert not any(node["app"] == "bare" for node in guest.call("history", labels=LABELS)["nodes"])
        empty = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    pass\n"
        write(tiny, {"bare/migrations/__init__.py": "", "bare/migrations/0001_initial.py": empty})
        assert any(node["app"] == "bare" for node in guest.call("history", labels=LABELS)["nodes"])


def test_a_history_that_cannot_be_read_says_why_each_time_until_it_can(tiny: Path) -> None:
    text = (tiny / SEED).read_text()
    (tiny / SEED).write_text(f"{text}\n1 / 0\n")
    with Guest(project_at(tiny)) as guest:
        for _ in range(2):
            with pytest.raises(GuestError, match=r"line \d+: ZeroDivisionError") as caught:
                guest.call("history", labels=LABELS)
            assert caught.value.kind == "history"
        (tiny / SEED).write_text(text)
        assert "0003_seed" in _names(guest)


@pytest.mark.parametrize(("end", "says"), [("os._exit(7)", "exit code 7"), ("os.kill(os.getpid(), 9)", "signal 9")])
def test_a_history_that_ends_the_process(tiny: Path, end: str, says: str) -> None:
    (tiny / INIT).write_text(f"import os\n{end}\n")
    with Guest(project_at(tiny)) as guest:
        for _ in range(2):
            with pytest.raises(GuestError, match=f"ended with {says}"):
                guest.call("history", labels=LABELS)
        (tiny / INIT).write_text("")
        assert "0003_seed" in _names(guest)


def test_a_history_that_starts_threads_is_read_by_each_request(tiny: Path, readings: Path) -> None:
    with (tiny / INIT).open("a") as stream:
        stream.write("import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n")
    with Guest(project_at(tiny)) as guest:
        assert guest.call("history", labels=LABELS) == guest.call("history", labels=LABELS)
    # The one that found the threads, and one each.
    assert len(_pids(readings)) == 3


def test_a_process_that_is_killed_between_requests_is_replaced(tiny: Path, readings: Path) -> None:
    with Guest(project_at(tiny)) as guest:
        first = guest.call("history", labels=LABELS)
        pid = _pids(readings)[0]
        os.kill(pid, signal.SIGKILL)
        wait_until("the end of the reader", lambda: gone(pid))
        assert guest.call("history", labels=LABELS) == first
        assert guest.call("history", labels=LABELS) == first


def test_one_that_hangs_does_not_stay_behind(tiny: Path, readings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tiny / INIT).open("a") as stream:
        # A call through PyDLL keeps the interpreter's lock, as an extension does that waits for itself.
        hang = f"ctypes.PyDLL(None).sleep({round(PATIENCE * 3)})"
        stream.write(f"import ctypes, signal\nsignal.signal(signal.SIGUSR2, lambda *_: {hang})\n")
    with Guest(project_at(tiny)) as guest:
        guest.call("history", labels=LABELS)
        pid = _pids(readings)[0]
        os.kill(pid, signal.SIGUSR2)
        monkeypatch.setattr(process, "SILENCE_SECONDS", 1.0)
        with pytest.raises(GuestError, match="gave no sign of life for 1 seconds"):
            guest.call("history", labels=LABELS)
    wait_until("the end of the reader", lambda: gone(pid))


def test_what_a_killed_process_works_at_ends_with_it(tiny: Path, tmp_path: Path) -> None:
    pids, text = tmp_path / "pids", (tiny / SEED).read_text()
    slow = (
        "import os, signal\n\n\nclass Slow(migrations.RunPython):\n    def describe(self):\n"
        f"        open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}} ')\n"
        "        os.kill(os.getpid(), signal.SIGSTOP)\n\n\nclass Migration("
    )
    (tiny / SEED).write_text(text.replace("class Migration(", slow).replace("[migrations.RunPython(", "[Slow("))
    with Guest(project_at(tiny)) as guest, ThreadPoolExecutor(1) as pool:
        call = pool.submit(guest.call, "history", labels=LABELS)
        wait_until("the request", lambda: pids.exists() and pids.read_text().endswith(" "))
        work, reader = map(int, pids.read_text().split())
        os.kill(reader, signal.SIGKILL)
        with pytest.raises(GuestError, match="ended with signal 9"):
            call.result()
        wait_until("the end of the work", lambda: gone(work))
        (tiny / SEED).write_text(text)
        assert "0003_seed" in _names(guest)


def test_an_interrupted_reading_is_ended_and_tried_again(tiny: Path, tmp_path: Path) -> None:
    pid, wait = tmp_path / "pid", tmp_path / "wait"
    wait.touch()
    (tiny / INIT).write_text(
        f"import os, time\nif os.path.exists({str(wait)!r}):\n    open({str(pid)!r}, 'w').write(str(os.getpid()) + ' ')\n"
        f"    time.sleep({PATIENCE * 3})\n"
    )
    with Guest(project_at(tiny)) as guest, ThreadPoolExecutor(1) as pool:
        call = pool.submit(guest.call, "history", labels=LABELS)
        wait_until("the reading", lambda: pid.exists() and pid.read_text().endswith(" "))
        (process,) = guest._working
        process.cancel(1)
        with pytest.raises(GuestError, match="ended with signal 9"):
            call.result()
        wait_until("the end of the reading", lambda: gone(int(pid.read_text())))
        wait.unlink()
        assert "0003_seed" in _names(guest)


def test_nothing_stays_behind(tiny: Path, readings: Path) -> None:
    with Guest(project_at(tiny)) as guest:
        guest.call("history", labels=LABELS)
    assert all(gone(pid) for pid in _pids(readings))


def test_a_command_of_the_projects_own_reads_the_history_itself(tiny: Path, tmp_path: Path) -> None:
    """It may change Django before."""
    path = tmp_path / "readings"
    write(
        tiny,
        {
            "stock/management/__init__.py": "",
            "stock/management/commands/__init__.py": "",
            "stock/management/commands/makemigrations.py": """
                import os

                from django.core.management.commands import makemigrations


                class Command(makemigrations.Command):
                    def handle(self, *args, **options):
                        os.environ["CHANGED"] = "yes"
                        return super().handle(*args, **options)
                """,
        },
    )
    with (tiny / SEED).open("a") as stream:
        stream.write(f"\nimport os\nopen({str(path)!r}, 'a').write(os.environ.get('CHANGED', 'no') + ' ')\n")
    with Guest(project_at(tiny)) as guest:
        guest.call("history", labels=LABELS)
        guest.call("drift", labels=LABELS)
        guest.call("operations", labels=LABELS)
        guest.call("rendered", labels=LABELS)
    assert path.read_text().split() == ["no", "yes", "yes"]


def test_one_that_was_cancelled_before_it_led_a_group_is_ended() -> None:
    reader, writer = os.pipe()
    with subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({PATIENCE * 3})"]) as process:
        cancelled = Reader(writer, {"id": 1})
        cancelled.waiting = None
        children = Children(Channel(writer), selectors.DefaultSelector(), None, {}, reads=True)
        children._watch(Child(process.pid, 1, reader, cancelled))
        try:
            children.kill()
            assert gone(process.pid)
            process.returncode = -signal.SIGKILL
        finally:
            process.kill()
    os.close(reader)
    os.close(writer)
