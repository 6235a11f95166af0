"""The protocol between host and guest: forks side by side, deaths with their last words, heartbeats, cancels."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from migwizard.errors import ProjectError
from migwizard.exit_codes import ExitCode
from migwizard.project import process as guests
from migwizard.project.agent.channel import Lines
from migwizard.project.guest import AGENT, Guest, GuestError
from tests.project.elsewhere import PATIENCE, gone, wait_until
from tests.project.support import SEED, project_at


def _seed(root: Path, body: str) -> None:
    """Make the last migration's function run `body`."""
    text = (root / SEED).read_text()
    old = 'apps.get_model("stock", "Item").objects.create(name="hammer")'
    assert old in text
    (root / SEED).write_text(text.replace(old, body))


def _at_import(root: Path, body: str) -> None:
    """Make a migrations package run `body` when it is imported; the loaded project has not imported it yet."""
    (root / "stock/migrations/__init__.py").write_text(body + "\n")


def _migrate(guest: Guest, path: Path, on_event: Any = None) -> dict[str, Any]:
    result: dict[str, Any] = guest.call(
        "migrate", on_event=on_event, alias="default", path=str(path), labels=["stock", "sales"]
    )
    return result


def test_the_agent_says_hello_first(tiny: Path) -> None:
    agent = subprocess.run(
        [sys.executable, str(AGENT)], input=b'{"root": "/nowhere"}\n', capture_output=True, cwd=tiny, check=True
    )
    hello, *others = agent.stdout.decode().splitlines()
    assert '"hello": {"protocol": 1' in hello
    assert len(others) == 1
    assert '"kind": "project"' in others[0]


def test_facts_of_the_settings(tiny: Path) -> None:
    with Guest(project_at(tiny)) as guest:
        facts = guest.facts
    assert facts["settings"] == "config.settings"
    assert facts["settings_file"] == str(tiny / "config/settings.py")
    assert facts["fork"] is True
    (database,) = facts["databases"]
    assert database["path"] == str(tiny / "db.sqlite3")
    assert (database["sqlite"], database["exists"], database["inside"]) == (True, True, True)


def test_two_requests_run_side_by_side(tiny: Path, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    # Each waits for the other: one after the other they would never meet.
    _at_import(
        tiny,
        f"import os, pathlib, time\nmeeting = pathlib.Path({str(meeting)!r})\n(meeting / str(os.getpid())).touch()\n"
        f"end = time.monotonic() + {PATIENCE}\n"
        "while len(list(meeting.iterdir())) < 2:\n    assert time.monotonic() < end\n    time.sleep(0.02)\n",
    )
    with Guest(project_at(tiny)) as guest, ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(guest.call, "history", labels=["stock"]) for _ in range(2)]
        first, second = (call.result() for call in calls)
    assert first == second
    assert len(list(meeting.iterdir())) == 2


def test_what_a_request_breaks_does_not_outlive_it(tiny: Path) -> None:
    _at_import(tiny, "import django.db.migrations.loader as loader\nloader.MigrationLoader = None")
    with Guest(project_at(tiny)) as guest:
        guest.call("history", labels=["stock"])
        assert guest.call("history", labels=["stock"])["conflicts"] == {}


@pytest.mark.parametrize(
    ("end", "says"),
    [("os._exit(7)", "exit code 7"), ("os._exit(0)", "exit code 0"), ("os.kill(os.getpid(), 9)", "signal 9")],
)
def test_a_request_that_dies_names_its_last_words(tiny: Path, tmp_path: Path, end: str, says: str) -> None:
    _seed(tiny, f"import os, sys; print('last words', file=sys.stderr, flush=True); {end}")
    with Guest(project_at(tiny)) as guest:
        with pytest.raises(GuestError) as caught:
            _migrate(guest, tmp_path / "scratch.sqlite3")
        # The guest itself lives on.
        assert guest.call("history", labels=["stock"])["conflicts"] == {}
    error = caught.value
    assert error.kind == "died"
    assert error.exit_code is ExitCode.PROJECT
    assert f"ended with {says} while migrating stock.0003_seed" in error.sentence
    assert "last words" in error.sentence
    assert "last words" in error.details["stderr"]


def test_a_crash_names_its_line(tiny: Path, tmp_path: Path) -> None:
    _seed(tiny, "import os; os.abort()")
    line = next(n for n, text in enumerate((tiny / SEED).read_text().splitlines(), 1) if "os.abort()" in text)
    with Guest(project_at(tiny)) as guest, pytest.raises(GuestError) as caught:
        _migrate(guest, tmp_path / "scratch.sqlite3")
    assert f"ended with signal 6 while migrating stock.0003_seed. It crashed in {tiny / SEED}, line {line}." in (
        caught.value.sentence
    )


@pytest.mark.parametrize(
    ("body", "says"), [("raise SystemExit(5)", "called sys.exit(5)"), ("1 / 0", "ZeroDivisionError: division by zero")]
)
def test_a_migration_that_raises_is_named_with_its_line(tiny: Path, tmp_path: Path, body: str, says: str) -> None:
    _seed(tiny, body)
    with Guest(project_at(tiny)) as guest, pytest.raises(GuestError) as caught:
        _migrate(guest, tmp_path / "scratch.sqlite3")
    error = caught.value
    assert error.kind == "migrate"
    assert error.sentence.startswith(f"{tiny / SEED}, line 5: stock.0003_seed (operation 0, ")
    assert error.sentence.endswith(says)
    assert error.details["operation"]["migration"] == "0003_seed"
    assert "Traceback" in error.traceback


def test_stray_output_of_a_migration_reaches_stderr_only(tiny: Path, tmp_path: Path) -> None:
    log = tmp_path / "guest.log"
    _seed(tiny, "import os; print('a stray line'); os.system('echo from a child'); os.write(1, b'{\"id\": 1}\\n')")
    with Guest(project_at(tiny), log=log) as guest:
        result = _migrate(guest, tmp_path / "scratch.sqlite3")
    assert ["stock", "0003_seed"] in result["applied"]
    assert {"a stray line", "from a child", '{"id": 1}'} <= set(log.read_text().splitlines())


# Output without an end


def test_what_a_project_prints_without_an_end_fills_neither_memory_nor_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "LOGGED", 2000)
    monkeypatch.setattr(guests, "LONGEST_LINE", 100)
    code = "import os, sys; os.write(2, b'x' * 1_000_000 + b'\\n'); print('y\\n' * 5000, file=sys.stderr); print('the end', file=sys.stderr)"
    process, log = spoken_to(tmp_path, code)
    with pytest.raises(GuestError, match=r"ended with exit code 0\. It last wrote: the end"):
        process.wait(0)
    assert len(process.stderr_tail()) < 50 * 101
    assert log.stat().st_size < 2500
    assert log.read_text().splitlines()[-1] == "What the project prints from here on is left out."
    process.kill()


def test_an_answer_without_an_end_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "LONGEST_MESSAGE", 1000)
    process, _ = spoken_to(tmp_path, "import os\nwhile True: os.write(1, b'x' * 100)")
    with pytest.raises(GuestError, match="no agent runs in it: it said b'xxx") as caught:
        process.wait(0)
    assert caught.value.exit_code is ExitCode.PROJECT
    process.kill()


def test_a_line_of_a_fork_has_an_end() -> None:
    reader, writer = os.pipe()
    lines = Lines(reader, longest=100)
    os.write(writer, b"one\ntwo\nth")
    assert lines.read() == [b"one", b"two"]
    os.write(writer, b"ree\n" + b"x" * 99)
    assert lines.read() == [b"three"]
    os.write(writer, b"xx")
    with pytest.raises(OverflowError):
        lines.read()
    os.close(reader)
    os.close(writer)


def test_a_fork_that_writes_without_an_end_is_ended_and_the_guest_lives_on(tiny: Path) -> None:
    # Its pipe is the last one that was opened; the settings lower the limit for the sake of this test.
    body = (
        "import os\nown = '/proc/self/fd/'\n"
        "pipes = [int(name) for name in os.listdir(own) if os.path.exists(own + name) and 'pipe:' in os.readlink(own + name)]\n"
        "while True:\n    os.write(max(pipes), b'x' * 60000)"
    )
    (tiny / "config/settings.py").open("a").write(
        "\nimport sys\nfor name, module in list(sys.modules.items()):\n"
        "    if name.endswith('.channel') and hasattr(module, 'LONGEST'):\n"
        "        module.Lines.__init__.__defaults__ = (1 << 20,)\n"
    )
    _at_import(tiny, body)
    with Guest(project_at(tiny)) as guest:
        with pytest.raises(GuestError, match="ended with a line of more than 1 MB"):
            guest.call("history", labels=["stock"])
        assert guest.call("registry")["apps"]


def spoken_to(folder: Path, code: str) -> tuple[guests.Process, Path]:
    """A program in the place of the agent, and where its standard error is logged."""
    log = folder / "log"
    command = [sys.executable, "-c", code]
    return guests.Process(command, folder, {}, named="it", log=log, hide=lambda text: text), log


def test_a_request_that_nobody_knows(tiny: Path) -> None:
    with Guest(project_at(tiny)) as guest:
        with pytest.raises(GuestError, match="knows no request 'dance'") as caught:
            guest.call("dance")
        assert caught.value.kind == "protocol"
        with pytest.raises(GuestError, match="TypeError"):
            guest.call("history", nonsense=1)


def test_the_log_has_the_traceback(tiny: Path, tmp_path: Path) -> None:
    log = tmp_path / "guest.log"
    (tiny / "stock/models.py").write_text("raise LookupError('no models today')\n")
    with pytest.raises(GuestError) as caught, Guest(project_at(tiny), log=log):
        pass
    assert caught.value.kind == "project"
    assert "Traceback" in log.read_text()
    assert "no models today" in log.read_text()


def test_a_slow_request_lives_by_its_heartbeat(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _at_import(tiny, "import time\ntime.sleep(4)")
    with Guest(project_at(tiny)) as guest:
        monkeypatch.setattr(guests, "SILENCE_SECONDS", 3.0)
        assert guest.call("history", labels=["stock"])["conflicts"] == {}


def test_a_request_that_hangs_without_a_beat_is_ended_and_its_line_is_logged(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid, log = tmp_path / "pid", tmp_path / "guest.log"
    # A call through PyDLL keeps the interpreter's lock, as an extension does that waits for itself.
    hang = f"ctypes.PyDLL(None).sleep({round(PATIENCE * 3)})"
    _at_import(tiny, f"import ctypes, os\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\n{hang}")
    with Guest(project_at(tiny), log=log) as guest:
        monkeypatch.setattr(guests, "SILENCE_SECONDS", 2.0)
        with pytest.raises(GuestError, match="gave no sign of life for 2 seconds") as caught:
            guest.call("history", labels=["stock"])
        assert caught.value.kind == "died"
    wait_until("the end of the fork", lambda: gone(int(pid.read_text())))
    assert re.search(r'stock.migrations.__init__\.py", line \d+ in <module>', log.read_text())


STOPPED = """
import sys, time
from pathlib import Path
from migwizard.project import process

process.SILENCE_SECONDS = 1.0
beats = "import time\\nfor _ in range(4): time.sleep(0.5); print('{\\"id\\": 0, \\"beat\\": 1}', flush=True)"
told = "print('{\\"id\\": 0, \\"result\\": \\"done\\"}', flush=True)"
it = process.Process([sys.executable, "-c", beats + "\\n" + told], Path.cwd(), {}, named="it", log=None, hide=str)
print("begun", flush=True)
print(it.wait(0), flush=True)
"""


def test_time_in_which_we_were_stopped_ourselves_is_no_silence(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STOPPED], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "begun\n"
        host.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        host.send_signal(signal.SIGCONT)
        assert host.stdout.readline() == "done\n"


@pytest.mark.parametrize("fork", [True, False])
def test_an_interrupted_request_is_cancelled(tiny: Path, tmp_path: Path, fork: bool) -> None:
    pid = tmp_path / "pid"
    _seed(tiny, f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid()) + ' '); time.sleep({PATIENCE * 3})")

    def interrupt(event: Mapping[str, Any]) -> None:
        if event.get("migration") == "stock.0003_seed":
            wait_until("the seed", lambda: pid.exists() and pid.read_text().endswith(" "))
            raise KeyboardInterrupt

    with Guest(project_at(tiny), fork=fork) as guest:
        with pytest.raises(KeyboardInterrupt):
            _migrate(guest, tmp_path / "scratch.sqlite3", interrupt)
        wait_until("the end of the request", lambda: gone(int(pid.read_text())))
        assert guest.call("history", labels=["stock"])["conflicts"] == {}


def test_the_guest_ends_with_its_forks_when_the_host_closes(tiny: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    _seed(tiny, f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid()) + ' '); time.sleep({PATIENCE * 3})")
    guest = Guest(project_at(tiny))
    guest.start()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(_migrate, guest, tmp_path / "scratch.sqlite3")
        wait_until("the seed", lambda: pid.exists() and pid.read_text().endswith(" "))
        guest.close()
        with pytest.raises(GuestError):
            call.result()
    wait_until("the end of the fork", lambda: gone(int(pid.read_text())))


def test_a_project_with_threads_gets_a_process_for_each_request(tiny: Path, tmp_path: Path) -> None:
    with (tiny / "config/settings.py").open("a") as stream:
        stream.write("import threading\nthreading.Thread(target=threading.Event().wait, name='poller').start()\n")
    _at_import(tiny, f"import os\nopen({str(tmp_path / 'pids')!r}, 'a').write(str(os.getpid()) + '\\n')")
    with Guest(project_at(tiny)) as guest:
        assert guest.facts["fork"] is False
        assert guest.facts["fork_hindrance"] == "the project started threads: poller"
        first = guest.call("history", labels=["stock"])
        second = guest.call("history", labels=["stock"])
        assert first == second
        with pytest.raises(GuestError, match="knows no request"):
            guest.call("dance")
    pids = (tmp_path / "pids").read_text().split()
    assert len(set(pids)) == 2
    assert all(gone(int(pid)) for pid in pids)


def test_the_hash_seed_is_the_hosts(tiny: Path, tmp_path: Path) -> None:
    _at_import(tiny, f"open({str(tmp_path / 'hashes')!r}, 'a').write(str(hash('x')) + '\\n')")
    for seed in (0, 0, 4711):
        with Guest(project_at(tiny), hash_seed=seed) as guest:
            guest.call("history", labels=["stock"])
    first, second, third = (tmp_path / "hashes").read_text().split()
    assert first == second != third


def test_a_program_that_cannot_be_started(tiny: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be started"):
        Guest(project_at(tiny, python=str(tiny / "manage.py"))).start()
