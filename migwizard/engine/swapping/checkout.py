"""Whether a guest that runs elsewhere has the same files as this checkout.

The engine reads and writes migrations here, and the project runs there. Where its folder is mounted it sees every change;
where it has a copy (an image that was built earlier) it does not, and after Apply it is sent the new migrations with every
request instead.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from migwizard import private
from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.engine.swapping import git
from migwizard.errors import ProjectError
from migwizard.project.apps import is_project_app

KEY = "elsewhere"
"""Key of what is known of the guest's place, in the facts of a ride."""
COPY = (
    "What --via runs has a copy of your files, so the new ones are sent to it with every request; build its image anew before "
    "anything else runs there."
)


def check(ride: Ride) -> None:
    """Compare what was loaded there, and all migrations, with the files here; note which new migrations it cannot see.

    Raises ProjectError with the first file that differs.
    """
    if not ride.project.interpreter.via:
        return
    ride.guest.histories = {}
    _check_sources(ride)
    own = [
        app
        for app in ride.registry()["apps"]
        if app["migrations_folder"] and is_project_app(app, ride.project.root, Path(ride.guest.facts["prefix"]))
    ]
    found = ride.guest.call("migration_hashes", labels=[app["label"] for app in own])
    unseen = {}
    for app in own:
        label, folder, there = app["label"], Path(app["migrations_folder"]), found[app["label"]]
        if (differing := _first_difference(_hashes(folder), there)) is None:
            continue
        if not _is_backed_up(ride, label, there):
            name, how = differing
            raise _refusal(ride, _relative(ride, folder / name), how)
        unseen[label] = folder
    ride.guest.histories = unseen


def load_anew(ride: Ride) -> None:
    """Load the project again; nothing that the old guest imported is trusted any more."""
    ride.guest.close()
    ride.guest.start()
    check(ride)


def sees_changes(ride: Ride) -> bool:
    """Whether the guest sees what changes here: always on this machine, elsewhere where the folder is mounted."""
    if not ride.project.interpreter.via:
        return True
    if KEY not in ride.facts:
        ride.facts[KEY] = not ride.read_only and _sees(ride)
    return bool(ride.facts[KEY])


def lacks(ride: Ride) -> bool:
    """Whether the guest has the old files still, although the new ones are in the tree."""
    return bool(ride.guest.histories)


def _sees(ride: Ride) -> bool:
    path, token = ride.workplace.folder / "seen", secrets.token_hex()
    durable.write_file(path, token.encode(), mode=0o644)
    # The guest may be another user; meanwhile it can enter our folder, of which it can read nothing else.
    path.parent.chmod(0o711)
    try:
        return bool(ride.guest.call("sees", name=path.relative_to(ride.workplace.root).as_posix(), text=token))
    finally:
        path.parent.chmod(private.FOLDER)
        path.unlink()


def _check_sources(ride: Ride) -> None:
    sources = ride.guest.sources
    here = {name: durable.file_hash(ride.project.root / name) for name in sources}
    # What git ignores is no part of a checkout: settings of the place, or what a build made.
    absent = [name for name in sources if here[name] is None]
    ignored = git.ignored(ride.project.root, absent) or set()
    for name, digest in sources.items():
        if here[name] != digest and name not in ignored:
            raise _refusal(ride, name, "is there and not here" if here[name] is None else "differs")
    ride.guest.foreign |= ignored
    ride.guest.forget_foreign()


def _first_difference(here: Mapping[str, str | None], there: Mapping[str, str]) -> tuple[str, str] | None:
    """The first file that differs, and how; what is no module may be missing on one side."""
    for name in sorted({*here, *there}):
        if name in here and name in there:
            if here[name] != there[name]:
                return name, "differs"
        elif name.endswith(".py"):
            return name, "is here and not there" if name in here else "is there and not here"
    return None


def _is_backed_up(ride: Ride, label: str, there: Mapping[str, str]) -> bool:
    """Whether the guest has what the reset replaced here."""
    places = (ride.workplace.backup / label, ride.second / label)
    return ride.checkpoint.applied and any(
        place.is_dir() and _first_difference(_hashes(place), there) is None for place in places
    )


def _hashes(folder: Path) -> dict[str, str | None]:
    return {
        path.relative_to(folder).as_posix(): durable.file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }


def _relative(ride: Ride, path: Path) -> str:
    root = ride.project.root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _refusal(ride: Ride, name: str, how: str) -> ProjectError:
    return ProjectError(
        f"{ride.project.interpreter.named!r} runs other files than this checkout has: {name} {how}. Migrations are read here "
        "and run there, so both must be the same. Nothing was changed.",
        code="via-differs",
        cures=(
            "Build its image anew from this checkout, or mount the checkout into it; then start again.",
            "If the project lies in another folder there, name it: --via-root FOLDER.",
        ),
        details={"files": [name]},
    )
