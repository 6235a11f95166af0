"""One kill: whether what it leaves is legal, and whether the same command, started again, ends as if nothing had been."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migwizard.engine.surviving import durable
from tests.chaos.killer import Order
from tests.chaos.project import Start, Victim, content

HALF = "half swapped"
_WRONG = ("Traceback (most recent call last)", "which is a defect of it")
"""What nobody may read who only lost a process."""
_FULL = "No space left on device"


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the ride: a command that is killed, from which moment, and where it has to end when it is started again."""

    name: str
    origin: str
    command: tuple[str, ...]
    end: str
    resume: tuple[str, ...] = ()
    """Another command for the second time; the same without."""
    tree: tuple[str, str] = ("before", "finished")
    """The moments whose files may lie in the tree: old and new."""

    @property
    def again(self) -> tuple[str, ...]:
        return self.resume or self.command


@dataclass(slots=True)
class Result:
    """What became of one kill."""

    leg: str
    order: Order
    phase: str = ""
    label: str = ""
    state: str = ""
    code: int = 0
    twice: bool = False
    """Whether what was started again was killed too."""
    undone: bool = False
    """Whether the whole was taken back in the end."""
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


class Judge:
    """Tries kills on copies of a start, in one folder."""

    def __init__(self, start: Start, folder: Path) -> None:
        self._start, self._folder = start, folder

    def judge(self, leg: Leg, order: Order, second: Order | None = None, *, undo: bool = False) -> Result:
        """Kill, look, start again (killed once more where there is a second order), compare; take back where asked for."""
        result = Result(leg.name, order)
        shutil.rmtree(self._folder, ignore_errors=True)
        victim = self._start.moments[leg.origin].copied(self._folder)
        victim.trace.unlink(missing_ok=True)
        ended = victim.run(*leg.command, order=order)
        result.code = ended.code
        killed = [line for line in map(json.loads, victim.trace.read_text().splitlines()) if "killed" in line]
        if not killed or not killed[0]["hit"]:
            # It was faster than the order: nothing was there to be killed any more.
            return result
        result.phase = killed[0]["phase"]
        if ended.code >= 0:
            # The wizard was not hit, and has to say what was.
            self._told(result, ended.code, ended.err)
            if order.target == "disk" and (ended.code != 1 or _FULL not in ended.err):
                result.failures.append(f"a full disk ends with {ended.code}: {ended.err.strip()[-300:]}")
        # What is started again with another command ends elsewhere.
        self._look(result, leg, victim, done=ended.code == 0 and not leg.resume)
        if second is not None:
            result.twice = victim.run(*leg.again, order=second).code != 0
            self._look(result, leg, victim, done=False)
        ended = victim.run(*leg.again)
        if ended.code:
            result.failures.append(f"started again it ended with {ended.code}: {ended.err.strip()[-600:]}")
            return result
        self._compare(result, victim, leg.end)
        if undo and leg.end != "before":
            result.undone = True
            ended = victim.run("undo", "--yes")
            if ended.code:
                result.failures.append(f"undo ended with {ended.code}: {ended.err.strip()[-600:]}")
            self._compare(result, victim, "before")
        return result

    @staticmethod
    def _told(result: Result, code: int, said: str) -> None:
        if code not in (0, 1, 3, 5):
            result.failures.append(f"exit code {code} where the guest was killed: {said.strip()[-300:]}")
        result.failures += [
            f"where the guest was killed it says: {said.strip()[-600:]}" for word in _WRONG if word in said
        ]
        if code and not said.strip():
            result.failures.append("it says nothing where the guest was killed")

    def _look(self, result: Result, leg: Leg, victim: Victim, *, done: bool) -> None:
        """What the kill left: which of the legal states it is, and whether Django and `status` say the same."""
        # The dump comes first: it makes SQLite take back what a transaction left beside the file.
        dump, timeless = victim.dump(), victim.timeless_dump()
        old, new = (self._start.known[moment] for moment in leg.tree)
        rows = "old" if dump == old.dump else "new" if timeless == new.timeless else "neither"
        found = victim.tree()
        for ending in ("-journal", "-wal", "-shm"):
            # SQLite's own, while a request that was killed with its wizard is at its last breath.
            found.pop(f"{victim.database.name}{ending}", None)
        files = which_history(found, old.tree, new.tree)
        state = {("old", "old"): "before", ("new", "old"): "applied", ("new", "new"): "after", (HALF, "old"): HALF}.get(
            (files, rows), f"files {files}, rows {rows}"
        )
        result.state = result.state or state
        if "neither" in state or "files" in state:
            result.failures.append(f"no legal state: {state}")
        elif done and state != leg.end.replace("finished", "after"):
            result.failures.append(f"it ended with 0, and the project is {state}")
        elif state == HALF:
            self._named(result, victim)
        else:
            self._asked(result, victim, state, timeless)

    def _named(self, result: Result, victim: Victim) -> None:
        said = victim.run("status", "--json")
        lines = said.out.splitlines()
        if said.code or not lines or json.loads(lines[-1])["unfinished"] not in ("apply", "undo"):
            result.failures.append(f"status does not name the half swapped tree: {said.out}{said.err[-300:]}")

    def _asked(self, result: Result, victim: Victim, state: str, timeless: list[str]) -> None:
        """Django's own word; a state of the same content says the same, and is asked once."""
        key = content(victim)
        if key not in self._start.said:
            self._start.said[key] = list(asked(victim, state, self._start.changes, timeless))
        result.failures += self._start.said[key]

    def _compare(self, result: Result, victim: Victim, moment: str) -> None:
        known, tree = self._start.known[moment], victim.tree()
        if wrong := sorted(path for path in {*tree, *known.tree} if tree.get(path) != known.tree.get(path)):
            result.failures.append(f"files unlike those of an undisturbed run ({moment}): {wrong[:5]}")
        # An undo gives the very rows back; what is recorded anew has another time.
        same = victim.dump() == known.dump if moment == "before" else victim.timeless_dump() == known.timeless
        if not same:
            result.failures.append(f"rows unlike those of an undisturbed run ({moment})")
        ours = victim.root / ".migwizard"
        if moment == "before":
            left = [path for path in victim.beside() if path not in known.beside]
            left += [".migwizard"] if ours.exists() else []
        else:
            left = [str(path) for path in ours.rglob("*") if durable.is_temporary(path)]
            left += [path for path in victim.beside() if path not in known.beside]
        if left:
            result.failures.append(f"left over ({moment}): {left[:5]}")


def asked(victim: Victim, state: str, changes: tuple[int, str], timeless: list[str]) -> list[str]:
    """What is wrong with a legal state in Django's own eyes."""
    wrong = []
    code, said = victim.django("check")
    if code:
        wrong.append(f"{state}: check says {said[-300:]}")
    plan_code, plan = victim.django("migrate", "--plan")
    if state != "applied":
        found = victim.django("makemigrations", "--check", "--dry-run")
        if found != changes:
            wrong.append(f"{state}: makemigrations --check says {found}, and said {changes} before")
        if plan_code or "No planned migration operations" not in plan:
            wrong.append(f"{state}: migrate --plan says {plan[-300:]}")
        return wrong
    # Not switched yet: everything of the new history is to come, and a plain migrate is stopped before it writes a row.
    if "No planned migration operations" in plan:
        wrong.append(f"{state}: migrate --plan has nothing to do")
    code, said = victim.django("migrate")
    if code == 0 or not ("migwizard" in said or "InconsistentMigrationHistory" in said):
        wrong.append(f"{state}: migrate is not stopped ({code}): {said[-300:]}")
    if victim.timeless_dump() != timeless:
        wrong.append(f"{state}: a migrate that was stopped has changed rows")
    return wrong


def which_history(found: Mapping[str, bytes], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    """Which history the tree holds; half is legal where every file is an old or a new one and one of both is whole.

    The temporary file of a step may lie beside its place.
    """
    if found == old:
        return "old"
    if found == new:
        return "new"
    tree = {path: data for path, data in found.items() if not path.endswith(".migwizard-swap")}
    strange = [path for path, data in tree.items() if data not in (old.get(path), new.get(path))]
    if strange:
        return f"strange at {strange[:3]}"
    whole = [all(path in tree for path in one) for one in (old, new)]
    return HALF if any(whole) else "of neither history whole"
