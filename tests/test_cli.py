"""The command line: help that reads well, errors with sentences, and nothing heavy before a command needs it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migwizard import cli, command_list
from migwizard.commands import completion, lines, wizard
from migwizard.engine.process import Ended
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode
from tests.calling import arguments, run

HEAVY = ("textual", "networkx", "libcst", "pydot", "django", "rich", "migwizard.engine.machine")


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
