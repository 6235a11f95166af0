"""The command line: help that reads well, errors with sentences, and nothing heavy before a command needs it."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migwizard import cli, command_list
from migwizard.commands import completion, farewell, lines, setup, web, wizard
from migwizard.commands.run import say_figures
from migwizard.engine.process import Ended
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode

HEAVY = ("textual", "libcst", "pydot", "django", "rich", "migwizard.engine.machine")


def run(
    *arguments: str, cwd: Path | None = None, typed: str = "", state: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "TEXTUAL_DRIVER")}
    return subprocess.run(
        [sys.executable, "-m", "migwizard", *arguments],
        cwd=cwd,
        env=environment | ({"XDG_STATE_HOME": str(state)} if state else {}),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def imported_by(*arguments: str) -> set[str]:
    """The heavy modules that a command line loads, its exit codes aside."""
    code = (
        "import sys\nfrom migwizard.cli import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("run", "--help"), ("web", "--help"), ("bogus",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not imported_by(*arguments) & set(HEAVY)


def test_a_command_without_screens_loads_no_screens() -> None:
    assert "textual" not in imported_by("status", "-C", "/")
    assert "textual" not in imported_by("--plain", "-C", "/")


def test_a_run_loads_only_the_states_that_it_reaches() -> None:
    unreached = [f"migwizard.engine.steps.{state}" for state in ("seeds", "proof", "apply", "fake", "done")]
    unreached += ["migwizard.engine.previews", "migwizard.seeds.compose", "migwizard.proof.catalogue"]
    code = (
        "import sys, migwizard.commands.run\nfrom migwizard.engine.steps import preflight, graph, levels, generate\n"
        f"print(*(name for name in {unreached!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_the_console_script_and_the_module_are_the_same() -> None:
    assert run("--version").stdout.startswith("migwizard ")
    script = shutil.which("migwizard", path=str(Path(sys.executable).parent))
    assert script is not None
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == run("--version").stdout


def test_help_names_every_command_option_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    for command in command_list.COMMANDS:
        assert re.search(rf"^  {command.name} +{re.escape(command.summary)}$", said, re.M)
    for code in ExitCode:
        assert re.search(rf"^  {code.value} +\w", said, re.M)
    for option in ("--plain", "--no-mouse", "--expert", "--theme", "-C", "--no-input", "--version"):
        assert option in said


@pytest.mark.parametrize("command", command_list.COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_description_an_example_and_words_for_each_option(
    command: command_list.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main([command.name, "--help"])
    said = capsys.readouterr().out
    assert command.description.split(".")[0] in " ".join(said.split())
    assert f"\nExample:\n  {command.example}\n" in said
    assert command.example.startswith(f"migwizard {command.name}")
    parser = completion._parsers()[1][command.name]
    assert all(action.help for action in parser._actions)


@pytest.mark.parametrize("command", command_list.COMMANDS, ids=lambda command: command.name)
def test_every_example_is_a_command_line(command: command_list.Command) -> None:
    words = command.example.partition("#")[0].partition(">")[0].split()
    cli.parser().parse_args(words[1:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bogus",), "bogus"),
        (("run", "--until", "nowhere"), "nowhere"),
        (("completion", "tcsh"), "tcsh"),
        (("web", "--port", "0"), "is no port"),
        (("--plain", "status"), "--plain is for the wizard"),
        (("--no-mouse", "run"), "--no-mouse is for the wizard"),
        (("fake", "--all", "--database", "x"), "not allowed with"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_options_of_all_commands_may_stand_before_or_behind() -> None:
    for words in (["-C", "x", "status"], ["status", "-C", "x"]):
        assert cli.parser().parse_args(words).project == "x"


# The wizard


def test_the_wizard_needs_a_person(tmp_path: Path) -> None:
    done = run("--no-input", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (ExitCode.UNDECIDED, "")
    assert "--no-input forbids questions" in done.stderr
    assert "migwizard run --yes" in done.stderr
    assert not list(tmp_path.iterdir())


def test_without_a_project_it_ends_with_2_and_writes_nothing(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), typed="q\n")
    assert done.returncode == ExitCode.USAGE
    assert "No Django project here" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize("pipe", [None, "stdin", "stdout", "stderr"])
def test_screens_need_all_three_streams(pipe: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Stream(name != pipe))
    assert wizard.wants_plain(False, {"TERM": "xterm"}) is (pipe is not None)
    assert not wizard.wants_plain(False, {"TERM": "xterm", "TEXTUAL_DRIVER": "web"})


@pytest.mark.parametrize(
    ("asked", "environment", "plain"),
    [
        (False, {}, False),
        (False, {"ACCESSIBLE": "0", "TERM": "xterm"}, False),
        (False, {"ACCESSIBLE": ""}, False),
        (True, {}, True),
        (True, {"TEXTUAL_DRIVER": "web"}, True),
        (False, {"ACCESSIBLE": "1"}, True),
        (False, {"ACCESSIBLE": "yes", "TEXTUAL_DRIVER": "web"}, True),
        (False, {"TERM": "dumb"}, True),
    ],
)
def test_lines_where_they_are_asked_for(
    asked: bool, environment: dict[str, str], plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Stream(True))
    assert wizard.wants_plain(asked, environment) is plain


def arguments(*words: str) -> argparse.Namespace:
    parsed = cli.parser().parse_args(words)
    for name in ("project", "python", "via", "via_root", "env_file", "settings", "scratch", "no_input", "verbose"):
        if not hasattr(parsed, name):
            setattr(parsed, name, None)
    return parsed


def test_from_the_screens_to_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The window was too small: the app ends with "plain", and the ride goes on in lines."""
    ended = [Ended(ExitCode.DONE, code="plain"), Ended(ExitCode.DATABASE, sentence="It is gone.", cures=("Mend it.",))]
    monkeypatch.setattr(wizard, "wants_plain", lambda *_: False)
    monkeypatch.setattr(wizard, "_screens", lambda *_: ended.pop(0))
    monkeypatch.setattr(lines, "ride_in_lines", lambda *_: ended.pop(0))
    assert wizard.wizard(arguments("-C", "/")) == ExitCode.DATABASE
    assert "migwizard: It is gone.\n  - Mend it.\n" in capsys.readouterr().err
    assert not ended


@pytest.mark.parametrize(("name", "theme"), [(None, ""), ("light", "migwizard-light"), ("ansi-dark", "ansi-dark")])
def test_themes_by_their_short_names(name: str | None, theme: str) -> None:
    assert wizard._theme(name) == theme


def test_an_unknown_theme_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wizard, "wants_plain", lambda *_: False)
    with pytest.raises(UsageError, match="did you mean light"):
        wizard.wizard(arguments("--theme", "lihgt"))


def test_the_printed_commands_say_what_a_cure_changed() -> None:
    given = arguments("-C", "shop", "--python", "old")
    setup.remember(given, {"project": "shop", "python": "new/bin/python", "settings": ""})
    assert setup.again(given, "undo").endswith("-C shop --python new/bin/python undo")
    setup.remember(
        given, {"python": "", "via": "docker exec -i web python", "via_root": "/app", "env_file": ["a", "b c"]}
    )
    assert setup.again(given, "undo").endswith(
        "-C shop --via 'docker exec -i web python' --via-root /app --env-file a --env-file 'b c' undo"
    )


def test_the_farewell_of_a_project_without_a_reset(tiny_project: Path) -> None:
    lines = farewell.where_you_are(arguments("-C", str(tiny_project)))
    assert lines == ["Nothing was begun; the project is unchanged."]


def pasted(said: str, label: str, folder: Path, *more: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the line that was printed behind a label in a shell that knows no more than where it stands."""
    line = next(line for line in said.splitlines() if line.startswith(label)).removeprefix(label).partition("  (")[0]
    bare = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "XDG_STATE_HOME")}
    words = " ".join([line, *more])
    environment = bare | {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home")}
    return subprocess.run(
        words,
        shell=True,
        cwd=folder,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.ride
def test_what_is_printed_at_the_end_works_when_it_is_pasted(tiny_project: Path) -> None:
    """Called by a path, with a state folder that only the caller knew, as `make demo` does."""
    folder = tiny_project.parent
    script = os.path.relpath(Path(sys.executable).parent / "migwizard", folder)
    where = (script, "-C", "tiny", "--python", sys.executable)
    environment = os.environ | {"XDG_STATE_HOME": str(folder / "a state"), "PATH": "/usr/bin:/bin"}
    left = subprocess.run(
        [*where, "--plain"],
        cwd=folder,
        env=environment,
        input="\n\nq\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    again = pasted(left.stderr, "Go on:   ", folder, typed="\nq\n")
    assert again.returncode == ExitCode.INTERRUPTED, again.stderr
    assert "--plain" in left.stderr, "lines were asked for, so lines they are"
    forgotten = pasted(again.stderr, "Forget:  ", folder, "--yes")
    assert forgotten.returncode == ExitCode.DONE, forgotten.stderr
    assert not (tiny_project / ".migwizard").exists()

    done = subprocess.run(
        [*where, "run", "--yes"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert len(list((folder / "a state" / "migwizard").glob("tiny-*/*"))) == 1, done.stderr
    undone = pasted(done.stderr, "Done. Undo, until something is built on it: ", folder, "--yes")
    assert undone.returncode == ExitCode.DONE, undone.stderr
    assert undone.stderr.splitlines()[-1].startswith("Taken back: 13 files and the rows of 1 database.")
    assert not list((folder / "a state" / "migwizard").glob("tiny-*/*")), "the second backup lies where it was made"
    assert not (folder / "home").exists()


@pytest.mark.parametrize(
    ("called", "found", "printed"),
    [
        ("/bin/migwizard", "/bin/migwizard", "migwizard"),
        (".venv/bin/migwizard", None, ".venv/bin/migwizard"),
        (".venv/bin/migwizard", "/elsewhere/migwizard", ".venv/bin/migwizard"),
        ("/lib/migwizard/__main__.py", "/bin/migwizard", f"{sys.executable} -m migwizard"),
    ],
)
def test_the_command_is_called_again_as_it_was_called(
    called: str, found: str | None, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(shutil, "which", lambda _: found)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert setup.again(arguments("-C", "a shop"), "undo") == f"{printed} -C 'a shop' undo"


@pytest.mark.parametrize(
    ("files", "databases", "says"),
    [
        (1, [], "Taken back: 1 file. The project is as it was before the reset."),
        (
            68,
            ["default", "b"],
            "Taken back: 68 files and the rows of 2 databases. The project is as it was before the reset.",
        ),
        (0, [], "Removed the reset's own folder; nothing of your project had been changed."),
    ],
)
def test_the_farewell_after_an_undo_says_one_thing(
    files: int, databases: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = {"type": "result", "undone": "7d44", "files": files, "databases": databases}
    farewell.farewell(Ended(ExitCode.DONE, report=report), arguments("-C", str(tmp_path)))
    assert capsys.readouterr().err.strip() == says


@pytest.fixture
def tiny_project(tmp_path: Path) -> Path:
    root = tmp_path / "tiny"
    shutil.copytree(Path(__file__).parent / "projects" / "tiny", root)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=root, check=True, timeout=60)
    return root


@pytest.mark.ride
def test_lines_from_a_pipe_stop_at_a_question_and_go_on(tiny_project: Path) -> None:
    state = tiny_project.parent / "state"
    where = ("-C", str(tiny_project), "--python", sys.executable)
    done = run(*where, typed="\n\n", state=state)
    assert done.returncode == ExitCode.UNDECIDED, done.stderr
    assert done.stdout == ""
    assert "The input ended at a question that needs a person." in done.stderr
    assert "Stopped at " in done.stderr
    assert "Step 2 of 9, Graph" in done.stderr
    assert not set(done.stderr) & set("\r\x1b")
    left = run(*where, "--plain", typed="q\n", state=state)
    assert left.returncode == ExitCode.INTERRUPTED
    assert "Nothing is lost. The project is unchanged." in left.stderr


@pytest.mark.ride
def test_ctrl_c_at_a_question_says_where_you_are(tiny_project: Path) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(tiny_project.parent / "state")}
    words = [sys.executable, "-m", "migwizard", "--plain", "-C", str(tiny_project), "--python", sys.executable]
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        said = ""
        while "Step 3 of 9" not in said or not said.endswith("\n> "):
            read = process.stderr.read(1)
            assert read, said
            said += read
            if said.endswith("\n> ") and "Step 3 of 9" not in said:
                process.stdin.write("\n")
                process.stdin.flush()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Stopped at " in said
    assert "Nothing is lost. The project is unchanged." in said
    assert "Go on:   env XDG_STATE_HOME=" in said
    assert "Traceback" not in said


def test_what_came_along_undecided_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [
        {"operation": "shop.0002_a#0", "verdict": "ask", "rung": "move"},
        {"operation": "shop.0003_b#0", "verdict": "ask", "rung": "move"},
        {"operation": "shop.0004_c#0", "verdict": "ask", "rung": None},
        {"operation": "shop.0005_d#0", "verdict": "seed", "rung": "move"},
        {"operation": "shop.0006_e#0", "verdict": "ask", "rung": "move"},
    ]
    answers = [
        {"question": "keep:shop.0002_a#0", "answer": "keep", "by": "--yes"},
        {"question": "keep:shop.0003_b#0", "answer": "keep", "by": "person"},
        {"question": "keep:shop.0006_e#0", "answer": "keep", "by": "answers file"},
    ]
    report: dict[str, Any] = {
        "files_after": None,
        "proof": None,
        "databases": {},
        "kept": [],
        "drift": [],
        "callers": [],
        "leftovers": [],
    }
    say_figures(report | {"seeds": seeds, "answers": answers})
    assert capsys.readouterr().err == (
        "Kept, since nobody decided, though it did nothing here: shop.0002_a#0. The summary has the evidence.\n"
    )


# In a browser


def test_each_tab_runs_the_wizard_of_this_project() -> None:
    words = web.command_of(arguments("web", "--settings", "a.b", "--via", "x python"), "/a folder/shop")
    assert words == f"{sys.executable} -m migwizard -C '/a folder/shop' --via 'x python' --settings a.b"


def test_without_its_extra_it_says_how_to_install(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert cli.main(["web", "-C", str(tiny_project)]) == ExitCode.USAGE
    assert "pip install 'migwizard[web]'" in capsys.readouterr().err


def test_a_port_in_use_is_said_and_ends_with_2(tiny_project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("web", "-C", str(tiny_project), "--port", str(taken.getsockname()[1]))
    assert done.returncode == ExitCode.USAGE
    assert "cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


async def _served(port: int, headers: dict[str, str], path: str) -> tuple[int, Any]:
    from aiohttp import ClientSession
    from aiohttp import web as http

    server = web.make_server("true", port, "the-key")
    runner = http.AppRunner(await server._make_app())
    await runner.setup()
    await http.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}{path}", headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/?key=the-key", {}, 302),
        ("/", {"Cookie": "migwizard-key-{port}=the-key"}, 200),
        ("/", {}, 403),
        # Of a wizard on another port: the browser sends it here too.
        ("/", {"Cookie": "migwizard-key-1=the-key"}, 403),
        ("/?key=guessed", {}, 403),
        ("/ws", {}, 403),
        ("/ws", {"Cookie": "migwizard-key-{port}=guessed"}, 403),
        ("/", {"Cookie": "migwizard-key-{port}=the-key", "Host": "evil.example"}, 403),
        ("/ws", {"Cookie": "migwizard-key-{port}=the-key", "Origin": "http://evil.example"}, 403),
    ],
)
def test_only_the_browser_with_the_key_is_let_in(path: str, headers: dict[str, str], status: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    headers = {name: value.format(port=port) for name, value in headers.items()}
    answered, said = asyncio.run(_served(port, headers, path))
    assert answered == status
    if status == 302:
        assert "SameSite=Strict" in said["Set-Cookie"]
        assert "HttpOnly" in said["Set-Cookie"]
