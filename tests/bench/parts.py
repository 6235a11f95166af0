"""The parts of `make bench`: what each measures, on which projects, and how long that takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from tests.bench.figures import Figure
from tests.bench.projects import LARGE, MIDDLE, SMALL
from tests.subjects import DEMO

SIZES = (SMALL, MIDDLE, LARGE)
WITH_HISTORY = (SMALL, MIDDLE)
GROWTH = (SMALL, MIDDLE, LARGE, "400x3000")
PRODUCTS = ("oscar", "wagtail", "label-studio")
"""pretix takes a quarter of an hour, so that it is measured only where it is named."""


@dataclass(frozen=True, slots=True)
class Part:
    """One module of this package, which has a function `measure`."""

    name: str
    head: str
    about: str
    minutes: int
    """On two cores that do nothing else."""
    sizes: tuple[str, ...] = ()
    """Synthetic projects, "APPSxMODELS"."""
    subjects: tuple[str, ...] = ()
    at_once: bool = False
    """Whether all sizes make one measurement."""

    @property
    def measure(self) -> Callable[[str], Sequence[Figure]]:
        """Figures of one project; of the empty name where none is needed. Raises SubjectError."""
        found: Callable[[str], Sequence[Figure]] = import_module(f"tests.bench.{self.name}").measure
        return found

    def projects(self, sizes: Sequence[str] | None, subjects: Sequence[str] | None) -> list[str]:
        """What to measure on, with other sizes or subjects than usual where they are named."""
        chosen = (sizes if sizes is not None else self.sizes) if self.sizes else ()
        named = (subjects if subjects is not None else self.subjects) if self.subjects else ()
        if self.at_once:
            return [",".join(chosen)] if len(chosen) > 1 else []
        return [*chosen, *named] if self.sizes or self.subjects else [""]


PARTS = {
    part.name: part
    for part in (
        Part(
            "start",
            "Start of the command line",
            "`migwizard --help` and `--version` beside a Python that only imports argparse; medians of nine rounds.",
            1,
        ),
        Part(
            "generate",
            "Files, without a proof",
            "*run --until generate* is the whole command: migwizard starts, loads the project, looks at it, plans and writes. *State "
            "generate* is only what writes the files. Both against one `manage.py makemigrations` of the whole project with its old files "
            "removed. Synthetic projects of up to 300 models have a history, larger ones their first migrations.",
            5,
            sizes=SIZES,
        ),
        Part(
            "proof",
            "The proof",
            "*seeds + proof* is all that is run from zero: the old history twice (the second time with another clock, to know which columns are "
            "volatile), the new files once for each try while seeds are sought, and once as the run that decides, which may be the last "
            "try. It stands against one plain `migrate` with the old files and one with the new. *Old files unchanged*: the proof of "
            "another sitting, as at a resume: the runs of the old history are kept, and the new files are run. *Runs* are the three that are compared, as if nothing ran side by side; that much work is there in any case. "
            "*Migrate new* is a stock run of the new files alone, which the repeated proof cannot do without. CPU is that of "
            "migwizard and of every process below it.",
            18,
            sizes=WITH_HISTORY,
            subjects=(DEMO, *PRODUCTS),
        ),
        Part(
            "files",
            "What the new files are worth",
            "Nearly all of a `migrate` from zero is rendering model classes, which are counted here exactly, in a stock `manage.py migrate`. "
            "*plain*: the files of one plain `makemigrations`, without seeds and SQL objects; *bare*: ours before seeds come in; *new*: ours as they "
            "are; *ordered*: the same with the dependencies that Seeds offers for the order alone; *old*: the history. The target of bare / plain is 0.70 where plain files have at least one later relation, "
            "index or constraint for every two models, else 1.00; some products have one of their own. *Prediction*: what the level "
            "review said before anything ran.",
            18,
            sizes=WITH_HISTORY,
            subjects=(DEMO, *PRODUCTS),
        ),
        Part(
            "peers",
            "Other tools",
            "On the demo, each as its documentation says, beside deleting the files and one `makemigrations`. Those that stop before the end "
            "are left out ([all of them](../README.md#other-tools)). migwizard's run includes its proof, and its files bring seeds and SQL objects "
            "along, which those of the others have lost. Classes are those that a `migrate` from zero renders.",
            3,
        ),
        Part(
            "memory",
            "Memory",
            "The most that each process ever held in RAM, until the files are generated.",
            2,
            sizes=(LARGE,),
        ),
        Part(
            "growth",
            "Growth",
            "An exponent of 1 means that twice the models take twice as long; 2, four times. *Load*: the project's own process starts and tells its "
            "apps, models and history. *Plan*: levels and files, from the operations that Django's autodetector found. *Generate*: the state of "
            "that name. *Compare*: catalogues and rows of two databases. What Django does itself stands beside, without a target.",
            6,
            sizes=GROWTH,
            at_once=True,
        ),
        Part(
            "graph",
            "Graphs of 10,000 models",
            "Levels, components and their order beside `networkx.condensation` of the same graph of 10,000 models with 50,000 relations in 200 apps.",
            1,
        ),
        Part(
            "screens",
            "Screens",
            "Each in a terminal beside a bare Textual app. Key to paint is measured while the old history of 1,500 models is run.",
            5,
        ),
        Part("diff", "A diff of 5,000 lines", "*Compute* is the engine's part, the others are until it is drawn.", 1),
    )
}
