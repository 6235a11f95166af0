"""Completion: what each shell offers, asked from the shell itself where it is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from migwizard import cli, command_list
from migwizard.commands import completion
from tests.terminal import Terminal

needs = {
    shell: pytest.mark.skipif(shutil.which(shell) is None, reason=f"there is no {shell} here")
    for shell in command_list.SHELLS
}


def completes(*words: str) -> list[str]:
    """What bash would offer for the last word."""
    script = completion.script("bash") + (
        f"COMP_WORDS=({' '.join(json.dumps(word) for word in ('migwizard', *words))})\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_migwizard\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=20)
    return done.stdout.split()


@needs["bash"]
def test_bash_completes_commands_options_and_values(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert completes("pl") == ["plan"]
    assert completes("--pl") == ["--plain"]
    assert completes("run", "--unt") == ["--until"]
    assert completes("run", "--until", "pr") == ["preflight", "proof"]
    assert completes("-C", f"{tmp_path}/s") == [f"{tmp_path}/shop"]
    assert completes("-C", "run", "--yes") == [], "run is the name of a folder here"
    assert completes("completion", "f") == ["fish"]
    assert completes("demo", f"{tmp_path}/s") == [f"{tmp_path}/shop"]
    assert completes("--settings", "") == []
    assert completes("retire", "--u") == ["--undo"]


def fish_completes(line: str, folder: Path) -> list[str]:
    """What fish would offer at the end of a line."""
    (folder / "migwizard.fish").write_text(completion.script("fish"))
    asked = ["fish", "--no-config", "-c", "source migwizard.fish; complete -C $argv[1]", line]
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    done = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=20)
    return sorted(line.partition("\t")[0] for line in done.stdout.splitlines())


@needs["fish"]
def test_fish_completes_commands_options_and_values(tmp_path: Path) -> None:
    for name in ("shop", "run"):
        (tmp_path / name).mkdir()
    every = sorted(command.name for command in command_list.COMMANDS)
    for line, offered in {
        "migwizard ": every,
        "migwizard -C shop ": every,
        "migwizard -C run ": every,
        "migwizard -C run --yes": [],
        "migwizard pl": ["plan"],
        "migwizard --pl": ["--plain"],
        "migwizard run --unt": ["--until"],
        "migwizard run --until pr": ["preflight", "proof"],
        "migwizard run --drift ": ["fold", "leave"],
        "migwizard --settings ": [],
        "migwizard -C s": ["shop/"],
        "migwizard demo s": ["shop/"],
        "migwizard run --answers mig": ["migwizard.fish"],
        "migwizard completion z": ["zsh"],
    }.items():
        assert fish_completes(line, tmp_path) == offered, line


@needs["zsh"]
@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("migwizard pl", "migwizard plan "),
        ("migwizard --pl", "migwizard --plain "),
        ("migwizard -C run und", "migwizard -C run undo "),
        ("migwizard -C s", "migwizard -C shop/"),
        ("migwizard run --until prefl", "migwizard run --until preflight "),
        ("migwizard completion f", "migwizard completion fish "),
        ("migwizard demo s", "migwizard demo shop/"),
    ],
)
def test_zsh_completes_commands_options_and_values(line: str, completed: str, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "_migwizard").write_text(completion.script("zsh"))
    shell = Terminal(["zsh", "-f", "-i"], cwd=tmp_path, environment=os.environ | {"HOME": str(tmp_path)})
    try:
        # The widget completes, and prints the line as it is then.
        shell.send('fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; said() { print -r -- "<$BUFFER>" }\n')
        shell.send("tell() { zle complete-word; said }; zle -N tell; bindkey '^X' tell; print rea''dy\n")
        shell.wait("ready\r\n")
        shell.send(f"{line}\x18")
        assert shell.comes(f"<{completed}>", 10), shell.written
    finally:
        shell.close()


@pytest.mark.parametrize("shell", command_list.SHELLS)
def test_every_script_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for command in command_list.COMMANDS:
        assert re.search(rf"\b{command.name}\b", script)
    for option in ("until", "dry-run", "from-dot", "no-mouse", "port"):
        assert option in script


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs[shell]) for shell in command_list.SHELLS])
def test_every_script_is_one_of_its_shell(shell: str) -> None:
    check = [shell, "--no-execute" if shell == "fish" else "-n"]
    subprocess.run(check, input=completion.script(shell), text=True, check=True, timeout=20)
