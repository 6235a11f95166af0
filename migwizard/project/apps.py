"""Which apps are the project's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migwizard.errors import UsageError
from migwizard.project.discovery import Project


@dataclass(frozen=True, slots=True)
class ProjectApps:
    """The apps that a reset touches, and those of the project that it leaves alone."""

    labels: tuple[str, ...]
    """Project apps with migrations, in the order of INSTALLED_APPS; their migrations are replaced."""
    folders: Mapping[str, Path]
    """Migrations folder of each label."""
    unmigrated: tuple[str, ...]
    """Project apps without migrations, which stay so."""
    excluded: tuple[str, ...]
    """Project apps that a person left out."""

    @classmethod
    def of(
        cls, apps: Sequence[Mapping[str, Any]], project: Project, prefix: str, *, exclude: Collection[str] = ()
    ) -> ProjectApps:
        """Sort the registry's apps. Raises UsageError for a label that does not exist, or migrations that lie elsewhere."""
        known = {app["label"] for app in apps}
        for label in (*exclude, *project.config.include):
            if label not in known:
                raise UsageError(
                    f"There is no app with the label {label!r}; there are {', '.join(sorted(known))}.", code="app"
                )
        own = [
            app
            for app in apps
            if is_project_app(app, project.root, Path(prefix)) or app["label"] in project.config.include
        ]
        migrated = [app for app in own if app["migrations"]]
        labels = tuple(app["label"] for app in migrated if app["label"] not in exclude)
        _refuse_outside([app for app in migrated if app["label"] in labels], project.root.resolve())
        return cls(
            labels,
            {app["label"]: Path(app["migrations_folder"]) for app in migrated if app["label"] in labels},
            tuple(app["label"] for app in own if not app["migrations"]),
            tuple(app["label"] for app in migrated if app["label"] in exclude),
        )


def _refuse_outside(apps: Sequence[Mapping[str, Any]], root: Path) -> None:
    """Nothing is ever written outside of the project's root; so an app with its migrations there cannot be reset."""
    for app in apps:
        if not Path(app["migrations_folder"]).resolve().is_relative_to(root):
            raise UsageError(
                f"The migrations of {app['label']} lie in {app['migrations_folder']}, outside of the project {root}. "
                "Nothing was changed.",
                code="outside",
                details={"app": app["label"]},
                cures=(f"Leave the app out: --exclude {app['label']}.",),
            )


def is_project_app(app: Mapping[str, Any], root: Path, prefix: Path) -> bool:
    """Its folder lies in the project's root and in no environment; contrib apps never do."""
    path = Path(app["path"])
    if app["name"].startswith("django.contrib."):
        return False
    if not path.is_relative_to(root.resolve()):
        return False
    # An environment counts where it lies in the project; a system prefix such as /usr may hold the project itself.
    environment = prefix.resolve()
    nested = environment.is_relative_to(root.resolve()) and environment != root.resolve()
    inside_environment = nested and path.is_relative_to(environment)
    return not inside_environment and not {"site-packages", "dist-packages"} & set(
        path.relative_to(root.resolve()).parts
    )
