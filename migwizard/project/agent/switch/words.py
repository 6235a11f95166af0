"""Migrations as the manifest names them, and lists of them in sentences."""

from __future__ import annotations

import shlex
import typing

Key = typing.Tuple[str, str]
Keys = typing.List[Key]
Facts = typing.Dict[str, typing.Any]


def keys(pairs: typing.Iterable[typing.Sequence[str]]) -> Keys:
    """The pairs of JSON as what can be looked up."""
    return [(app, name) for app, name in pairs]


def full_name(key: Key) -> str:
    """`app.name`, as Django prints a migration."""
    return f"{key[0]}.{key[1]}"


def said_of(step: Facts) -> str:
    """A step that leads to an undo, of `ontop.steps_back`, in one line."""
    return f"{step['sentence']}: {step['command']}" if step["command"] else str(step["sentence"])


def behind(where: str, lacking: Keys, manifest: Facts) -> str:
    """That a database lacks migrations which a release before the reset would apply, and what to do.

    Before there are new files the old ones are in the tree, and its own migrate brings it further.
    """
    sentence = f"{where} is behind: it lacks {listed(map(full_name, lacking))}."
    if not manifest["new"]["nodes"]:
        return sentence
    return f"{sentence} Deploy the release {_release(manifest) or 'before the reset'} there, run migrate, then switch again."


def catch_up(alias: str, manifest: Facts) -> str:
    """What brings a database of a checkout to the old head, for a shell; empty where no commit with the old files is known."""
    release = _release(manifest)
    if not release:
        return ""
    return at_commit(shlex.quote(release), f"python manage.py migrate --database {shlex.quote(alias)}")


def at_commit(commit: str, *commands: str) -> str:
    """A line for a shell that runs commands with the files of another commit, and comes back."""
    return " && ".join([f"git checkout {commit}", *commands, "git checkout -"])


def _release(manifest: Facts) -> str:
    return str((manifest.get("release") or {}).get("git") or "")


def listed(words: typing.Iterable[str]) -> str:
    """'a, b and c'; of many the first three and their number."""
    shown = list(words)
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
