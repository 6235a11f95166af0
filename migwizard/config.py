"""`[tool.migwizard]` of the project's pyproject.toml."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from migwizard.errors import UsageError


@dataclass(frozen=True, slots=True)
class Config:
    """The project's settings for migwizard."""

    python: str | None = None
    """Interpreter of the project, relative to pyproject.toml."""
    via: str | None = None
    """Command that runs the project elsewhere, instead of an interpreter here."""
    via_root: str | None = None
    """The project's folder as that command sees it."""
    env_files: tuple[str, ...] = ()
    """Files of variables for the project, relative to pyproject.toml."""
    scratch: tuple[str, ...] = ()
    """Where scratch databases are made: aliases, URLs, "local" or "embedded"; none for the project's own server."""
    settings: str | None = None
    """Settings module, when manage.py does not name the right one."""
    exclude: tuple[str, ...] = ()
    """App labels that keep their migrations."""
    include: tuple[str, ...] = ()
    """App labels that are the project's own although they lie elsewhere."""
    tag: str = "reset"
    """Part of the names of new migrations: 0001_<tag>_initial."""
    file: Path | None = None
    """Where these values come from."""


LISTS = {"exclude": "app labels", "include": "app labels", "env_files": "files", "scratch": "databases"}
"""Keys that are lists, and of what; `scratch` may be one text too."""
_KEYS = {field.name for field in fields(Config)} - {"file"}


def read_config(root: Path) -> Config:
    """The table of the nearest pyproject.toml at or above `root` that has one.

    Raises UsageError for a file that cannot be read and for keys or values it does not know.
    """
    for folder in (root, *root.parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} cannot be read: {error}", code="config") from error
        table = tools.get("migwizard") if isinstance(tools, dict) else None
        if table is not None:
            return _parse(table, file)
    return Config()


def _parse(table: Any, file: Path) -> Config:
    if not isinstance(table, dict):
        raise UsageError(f"migwizard under [tool] of {file} must be a table.", code="config")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        near = difflib.get_close_matches(unknown[0], _KEYS, 1)
        raise UsageError(
            f"[tool.migwizard] in {file} has no setting {unknown[0]!r}"
            f"{f'; did you mean {near[0]!r}' if near else ''}; it knows {', '.join(sorted(_KEYS))}.",
            code="config",
        )
    values: dict[str, Any] = {"file": file}
    for key, value in table.items():
        if key == "scratch" and isinstance(value, str):
            values[key] = (value,)
        elif key in LISTS:
            if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                raise UsageError(f"{key} in [tool.migwizard] of {file} must be a list of {LISTS[key]}.", code="config")
            values[key] = tuple(value)
        elif not isinstance(value, str):
            raise UsageError(f"{key} in [tool.migwizard] of {file} must be a string.", code="config")
        else:
            values[key] = value
    if "python" in values and "via" in values:
        raise UsageError(
            f"[tool.migwizard] in {file} has python and via; each says what runs the project.", code="config"
        )
    if not values.get("tag", "reset").isidentifier():
        raise UsageError(f"tag in [tool.migwizard] of {file} must be letters, digits and underscores.", code="config")
    return Config(**values)
