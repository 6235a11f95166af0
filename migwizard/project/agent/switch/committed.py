"""The manifest as it was committed beside manage.py."""

from __future__ import annotations

import hashlib
import json
import typing

from .history import check_format
from .refusal import SwitchError
from .words import Facts, full_name, keys

MANIFEST = "migwizard_manifest.json"


def read_manifest(path: str, tolerate: typing.Iterable[str] = ()) -> Facts:
    """Read it, and let rows be that somebody names (`app.name`).

    Raises SwitchError: MW-E10 where it is none, of another format, or was changed after it was written. It comes with a
    commit, and may be anybody's, so its id says nothing about its parts.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            manifest: Facts = json.load(stream)
        check_format(manifest)
        content = {key: value for key, value in manifest.items() if key not in ("format", "id")}
        whole = manifest["id"] == _digest(content)
    except FileNotFoundError:
        raise SwitchError("MW-E10", f"There is no {path}. It belongs beside manage.py; migwizard writes it.") from None
    except ValueError as error:
        raise SwitchError("MW-E10", f"{path} is no manifest: {error}.{_of_a_merge(path)}") from error
    except (OSError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SwitchError("MW-E10", f"{path} is no manifest: {error}.") from error
    if not whole:
        sentence = f"{path} was changed after it was written. Take it from git: git checkout -- {MANIFEST}"
        raise SwitchError("MW-E10", f"{sentence}.")
    if not _is_whole(manifest):
        raise SwitchError("MW-E10", f"{path} is no manifest: a part of it is missing, or of another kind.")
    named = [name.partition(".")[::2] for name in tolerate]
    return dict(manifest, tolerate=keys([*manifest["tolerate"], *named]))


def _of_a_merge(path: str) -> str:
    """What to do about a conflict that a merge left in it."""
    with open(path, "rb") as stream:
        if b"<<<<<<< " not in stream.read():
            return ""
    return f" Two resets were merged: take that of one side with git checkout --ours -- {MANIFEST}, or --theirs."


def _is_whole(manifest: Facts) -> bool:
    """Whether all that the switch reads of it is there, and is what migwizard writes."""
    try:
        old, new, replaces = manifest["old"], manifest["new"]["nodes"], manifest.get("replaces", {})
        texts = [manifest["apps"], manifest.get("tables", []), *manifest.get("columns", {}).values()]
        texts.append([manifest["run_id"], manifest.get("release", {}).get("git", "")])
        pairs = [old["nodes"], old["known"], new, manifest["keep"], manifest["tolerate"]]
        pairs += [*old["alt"].values(), *replaces.values()]
        return (
            all(map(_are_texts, texts))
            and all(
                isinstance(found, list) and all(_are_texts(pair) and len(pair) == 2 for pair in found)
                for found in pairs
            )
            and 0 < len(manifest["run_id"]) <= 64
            and (not replaces or {full_name(key) for key in keys(new)} <= set(replaces))
        )
    except (KeyError, TypeError, AttributeError):
        return False


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(text, str) for text in found)


def _digest(content: Facts) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
