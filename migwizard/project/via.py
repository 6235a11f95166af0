"""`--via COMMAND`: the project's Python runs elsewhere, in a container for example, and this command leads to it."""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard.errors import ProjectError, UsageError
from migwizard.project.crossing import Elsewhere
from migwizard.project.hiding import without_passwords
from migwizard.project.process import GuestError, Process

AGENT = Path(__file__).parent / "agent"
BOOT = AGENT / "boot.py"
OLDEST = (3, 8)
"""The oldest Python that runs the agent."""
HIDDEN = "..."
"""Stands for the value of a variable wherever the command is printed or stored: such files are committed."""
_VARIABLE = re.compile(r"(-e|--env=|)([A-Za-z_]\w*)=(.+)", re.DOTALL)
_INSIDE = re.compile(r"""(?<![^\s;&|({'"])([A-Za-z_]\w*)=(?:'[^']*'|"[^"]*"|[^\s;&|)}'"])+""")
"""The same in a word that is a line of a shell."""
TERMINAL = "It runs in a terminal of its own, which mangles what it is told. docker compose exec needs -T, and docker exec no -t."


def split_via(text: str, source: str) -> tuple[str, ...]:
    """The words of a command; `source` says where it stands. Raises UsageError for one that cannot work.

    It is never given to a shell.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise _refusal(f"{source} cannot be taken apart into words: {error}.") from error
    if not words:
        raise _refusal(f"{source} is empty.")
    if printed := [name for name, value in variables(words).items() if value == HIDDEN]:
        raise _refusal(f"{source} has {printed[0]} as it was printed, without its value: put it in.")
    if why := _unfit(words):
        raise _refusal(f"{source} is {shown(words)!r}. {why}")
    return words


def variables(words: Sequence[str]) -> dict[str, str]:
    """The variables that the command gives, each in a word of its own."""
    return {found[2]: found[3] for word in words if (found := _VARIABLE.fullmatch(word))}


def shown(words: Sequence[str]) -> str:
    """The command as it may be printed and stored: a value may be a password, and so may what looks like one."""
    return shlex.join(map(_without_values, words))


def shown_text(text: str) -> str:
    """The same for a command that was not taken apart yet; one that cannot be is not shown."""
    try:
        return shown(shlex.split(text))
    except ValueError:
        return HIDDEN


def _without_values(word: str) -> str:
    if found := _VARIABLE.fullmatch(word):
        return f"{found[1]}{found[2]}={HIDDEN}"
    return without_passwords(_INSIDE.sub(rf"\1={HIDDEN}", word))


def _refusal(sentence: str) -> UsageError:
    return UsageError(
        f"{sentence} Nothing was changed.",
        code="via",
        cures=('It ends in the name of a Python: --via "docker compose exec -T web python".',),
    )


def _unfit(words: Sequence[str]) -> str:
    """Why a command of Docker, Podman or Kubernetes cannot carry the protocol; empty where nothing speaks against it."""
    program, rest = Path(words[0]).name, list(words[1:])
    composed = program.endswith("-compose") or (program in ("docker", "podman") and "compose" in rest)
    verb = next((place for place, word in enumerate(rest) if word in ("exec", "run")), None)
    if verb is None or program not in ("docker", "podman", "kubectl", "oc", "docker-compose", "podman-compose"):
        return ""
    # Options end at the name of the container, but what comes after it is a Python and seldom has any.
    short = "".join(word[1:] for word in rest[verb:] if word.startswith("-") and not word.startswith("--"))
    options = {word for word in rest[verb:] if word.startswith("--")}
    if composed:
        quiet = "T" in short or options & {"--no-TTY", "--no-tty"}
        return "" if quiet else f"docker compose {rest[verb]} needs -T: a terminal mangles what is told through it."
    if "t" in short or "--tty" in options:
        return f"{program} {rest[verb]} must go without -t: a terminal mangles what is told through it."
    if "i" not in short and not options & {"--interactive", "--stdin"}:
        return f"{program} {rest[verb]} needs -i: without it nothing can be told to it."
    return ""


def launch(
    process: Process, command: Sequence[str], here: Path, *, root: str, manage: str | None, environ: Mapping[str, str]
) -> str:
    """Bring the agent to the Python that `process` is, and lead the process's paths there; returns the project's folder.

    `root` is that folder as the Python knows it, empty for the one where it starts. Raises ProjectError, GuestError.
    """
    named = shown(command)
    met = _meet(process, named)
    if met["terminal"]:
        raise _stopped(f"{named!r} cannot carry what is to be told. {TERMINAL}")
    if tuple(met["python"]) < OLDEST:
        version = ".".join(map(str, met["python"]))
        raise _stopped(f"{named!r} is Python {version}; a project needs 3.8 or newer here.", lacks="version")
    package = archive()
    header = {"environ": dict(environ), "root": root, "manage": manage, "size": len(package)}
    process.send_bytes(json.dumps(header).encode() + b"\n" + package)
    there = process.wait(0)
    process.crossing = Elsewhere(here, there["root"], there["folder"])
    return str(there["root"])


def _meet(process: Process, named: str) -> dict[str, Any]:
    """The first words of the Python. Nothing is told before: who knows who listens."""
    try:
        met: dict[str, Any] = process.wait(0)
    except GuestError as error:
        if process.noise is None:
            raise _stopped(f"{named!r} leads to no Python.", error.sentence, lacks="python") from error
        raise _stopped(
            f"{named!r} said {process.noise.decode(errors='replace').strip()!r} instead of what a Python of the project says. "
            "It is no Python, or something greets before it: nothing else may write to its standard output.",
            lacks="python",
        ) from error
    return met


def _stopped(sentence: str, said: str = "", **details: Any) -> ProjectError:
    return ProjectError(
        f"{sentence} Nothing was changed. {said}".rstrip(),
        code="via",
        cures=("Try the command by hand with --version behind it: it must print the version and nothing else.",),
        details=details,
    )


def archive() -> bytes:
    """The agent's package as a zip file."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as files:
        for path in sorted(AGENT.rglob("*.py")):
            files.write(path, path.relative_to(AGENT).as_posix())
    return data.getvalue()
