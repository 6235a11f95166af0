"""Earlier resets of which only the second backup is left: found, named, and fetched back for an undo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.engine.states import State
from migwizard.engine.surviving import durable, halfway, journal
from migwizard.engine.surviving.checkpoint import RUN_ID
from migwizard.engine.switching.manifests import NAME
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from migwizard.stored import read_json
from migwizard.words.counting import count


@dataclass(frozen=True, slots=True)
class Earlier:
    """A reset whose second backup lies there, and that was not taken back."""

    run_id: str
    begun: str
    """ISO 8601."""
    folder: Path
    half: bool
    """Whether its swap, or its undo, was cut off and left the tree so."""

    @property
    def named(self) -> str:
        """The run and its day, for people."""
        return f"{self.run_id} of {self.begun[:10]}"


def earlier(place: Workplace) -> list[Earlier]:
    """The resets that can be fetched, the newest first; what cannot be read is left out."""
    found = []
    for path in place.second_backup.glob(f"*/{place.checkpoint.name}"):
        try:
            one = _read(place, path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, MigwizardError):
            continue
        if one is not None:
            found.append((path.stat().st_mtime, one))
    return [one for _, one in sorted(found, key=lambda item: item[0], reverse=True)]


def _read(place: Workplace, path: Path) -> Earlier | None:
    data: dict[str, Any] = read_json(path)
    acts, run_id = path.with_name(place.journal.name), path.parent.name
    entry, stands = journal.unfinished(acts), journal.stands(acts)
    applied = bool(data["applied"]) if stands is None else stands == "apply"
    half = entry is not None and halfway.is_half(place, entry)
    if not RUN_ID.fullmatch(run_id) or not (applied or half) or not _is_ours(place, data):
        return None
    return Earlier(run_id, str(data["timestamp"]), path.parent, half)


def _is_ours(place: Workplace, data: dict[str, Any]) -> bool:
    """Whether one of its apps is here: another project may have lain in this place. The project need not load for it."""
    folders = data["folders"].values()
    return not folders or any((place.root / folder).parent.is_dir() for folder in folders)


def question(found: list[Earlier]) -> Question:
    """Which of them is to be taken back: `--yes` does not say it, since nobody may remember that it was there."""
    return Question(
        "undo:earlier",
        State.PREFLIGHT,
        "Take back an earlier reset?",
        f"No reset stands in this project now. The second backup still holds {count(len(found), 'earlier one')}: "
        f"{', '.join(one.named for one in found)}.",
        (
            Choice("keep", "Nothing is taken back, and the backups stay.", "Keep everything as it is"),
            *(
                Choice(one.run_id, f"Asks next what goes back of it. Backup: {one.folder}", f"Look at {one.named}")
                for one in found
            ),
        ),
        safe=None,
        default="keep",
    )


def fetch(place: Workplace, run_id: str) -> None:
    """Copy manifest, journal and checkpoint of an earlier reset into our folder, the checkpoint last; backups stay."""
    folder = place.second_backup / run_id
    for name in (NAME, place.journal.name, place.checkpoint.name):
        if (folder / name).is_file():
            durable.write_file(place.folder / name, (folder / name).read_bytes())
