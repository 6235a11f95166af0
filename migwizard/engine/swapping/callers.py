"""Code of the project that names the module of an old migration, and fails once that is gone; it is named, never changed.

What imports such a module when the project is loaded ends the reset at Apply. What does so later would not be noticed.
"""

from __future__ import annotations

import re

from migwizard.engine.ride import Ride
from migwizard.engine.staging.packages import migration_modules
from migwizard.engine.swapping.projectfiles import sources

KEY = "callers"


def find(ride: Ride) -> list[str]:
    """Every "path:line", relative to the project, at which its Python names a migration that goes."""
    root, modules = ride.project.root.resolve(), {app["label"]: app for app in ride.registry()["apps"]}
    packages: dict[str, set[str]] = {}
    ours = {f"{ride.checkpoint.folders[label]}/{file}" for label, file in _new_files(ride)}
    for label, folder in ride.checkpoint.folders.items():
        names = migration_modules(ride.history(), label)
        packages[modules[label]["migrations_module"]] = names
        ours |= {f"{folder}/{name}.py" for name in names}
    if not packages:
        return []
    named = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, packages))})(?:\.|\s+import\s+)(\w+)")
    found = []
    for path in sorted(sources(root, (".py",))):
        place = path.relative_to(root).as_posix()
        if place in ours:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if any(name in packages[package] for package, name in named.findall(line)):
                found.append(f"{place}:{number}")
    return found


def _new_files(ride: Ride) -> list[tuple[str, str]]:
    """(app label, file) of the new history, which stands in the tree after Apply."""
    parted = (name.partition("/") for name in ride.checkpoint.files)
    return [(label, file) for label, _, file in parted if label in ride.checkpoint.folders]
