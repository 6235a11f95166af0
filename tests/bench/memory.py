"""The most memory that migwizard and the project's own process hold, against plain makemigrations."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench import projects
from tests.bench.figures import Figure, Kind
from tests.bench.generate import makemigrations
from tests.bench.spending import peaks
from tests.subjects import environment

HOST, GUEST = 200.0, 1.5


def measure(name: str) -> Sequence[Figure]:
    """Until the files are generated: histories of this size are not run. Raises SubjectError."""
    plain = projects.without_migrations(name, "plain")
    django, _ = peaks(makemigrations(plain), plain.root, environment())
    copy = projects.fresh(name, "generated")
    host, guest = peaks(copy.migwizard_command("run", "--yes", "--until", "generate"), copy.root, environment())
    return (
        Figure("migwizard, MiB", host, HOST),
        Figure("the project's own process / makemigrations", guest / django, GUEST),
        Figure("the project's own process, MiB", guest, kind=Kind.SHOWN),
        Figure("makemigrations, MiB", django, kind=Kind.SHOWN),
    )
