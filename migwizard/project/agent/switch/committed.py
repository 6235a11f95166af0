"""The manifest as it was committed beside manage.py."""

from __future__ import annotations

import hashlib
import json
import typing

from .history import check_format
from .refusal import SwitchError
from .words import Facts, keys

MANIFEST = "migwizard_manifest.json"


def read_manifest(path: str, tolerate: typing.Iterable[str] = ()) -> Facts:
    """Read it, and let rows be that somebody names (`app.name`).

    Raises SwitchError: MW-E10 where it is none, of another format, or was changed after it was written.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            manifest: Facts = json.load(stream)
        check_format(manifest)
        content = {key: value for key, value in manifest.items() if key not in ("format", "id")}
        whole = manifest["id"] == _digest(content)
    except FileNotFoundError:
        raise SwitchError("MW-E10", f"There is no {path}. It belongs beside manage.py; migwizard writes it.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SwitchError("MW-E10", f"{path} is no manifest: {error}.") from error
    if not whole:
        sentence = f"{path} was changed after it was written. Take it from git: git checkout -- {MANIFEST}"
        raise SwitchError("MW-E10", f"{sentence}.")
    named = [name.partition(".")[::2] for name in tolerate]
    return dict(manifest, tolerate=keys([*manifest["tolerate"], *named]))


def _digest(content: Facts) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
