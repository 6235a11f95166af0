"""Operations as the agent's observer reports them, for tests without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migwizard.seeds.verdicts import Judged, Key, Thing, Verdict


def facts(id: str = "shop.0002_seed#0", **more: Any) -> dict[str, Any]:
    """One operation that ran one statement and left nothing, unless `more` says otherwise."""
    app, _, rest = id.partition(".")
    common: dict[str, Any] = {
        "id": id,
        "app": app,
        "migration": rest.partition("#")[0],
        "kind": "RunPython",
        "describe": "Raw Python operation",
        "code": None,
        "reverse": None,
        "elidable": False,
        "reversible": True,
        "noop": False,
        "statements": 1,
        "rows": {},
        "schema": [],
        "tables": [],
        "not_atomic": False,
    }
    return {**common, **more}


def sql_facts(id: str = "shop.0002_seed#0", **more: Any) -> dict[str, Any]:
    """The same for a RunSQL."""
    common = {"kind": "RunSQL", "sql": ["SELECT 1"], "reverse_sql": [""], "state_operations": 0, "written": None}
    return facts(id, **{**common, **more})


def code(
    name: str, module: str = "shop.migrations.0002_seed", *, named: bool = True, source: str = ""
) -> dict[str, Any]:
    """Where a function stands."""
    return {"module": module, "qualname": name, "named": named, "file": None, "line": None, "source": source}


def judged(
    told: Mapping[str, Any],
    verdict: Verdict = Verdict.SEED,
    keys: Sequence[Key] = (),
    things: Sequence[Thing] = (),
) -> Judged:
    """An operation with its verdict."""
    return Judged(told["id"], told["app"], told["migration"], told, verdict, "", tuple(keys), tuple(things))
