"""Apply: one journaled swap of the migration files, and a look at the tree afterwards."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from migwizard import engine
from migwizard.engine.later import ontop
from migwizard.engine.planning import keeping
from migwizard.engine.proving import scratch, sources
from migwizard.engine.proving.catalogues import proved_catalogue
from migwizard.engine.proving.runs import ALIAS, fresh, history_fingerprint
from migwizard.engine.proving.tally import tally
from migwizard.engine.ride import Ride, Turn, reset_time
from migwizard.engine.staging import drift
from migwizard.engine.staging.drift import migration_files, node_of
from migwizard.engine.states import State
from migwizard.engine.steps.looking import said
from migwizard.engine.surviving import durable, halfway, journal
from migwizard.engine.surviving.journal import Entry, Step
from migwizard.engine.surviving.treestate import Tree
from migwizard.engine.swapping import callers, checkout, committed, owntests, shown
from migwizard.engine.swapping import swap as swapping
from migwizard.engine.swapping.swap import Swap
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, MigwizardError
from migwizard.proof.catalogue import compare_catalogues
from migwizard.seeds.rungs import Rung
from migwizard.words.counting import count, some

STEPS_TOLD = 100
"""So many times at most a swap says how far it is."""


def run(ride: Ride) -> dict[str, Any]:
    """Back up, ask, swap, load the tree and migrate it from zero once.

    Raises ConflictError where staging is not what was proved, MigwizardError where the tree does not build what the
    proof built; then the swap is taken back.
    """
    removed = sum(app in ride.apps.labels for app, _, _ in ride.history()["disk"])
    named = callers.find(ride)
    if not ride.checkpoint.applied:
        _check_staging(ride)
        swap = swapping.prepare(ride)
        _ask(ride, swap, named)
        # The answer may have taken hours.
        _check_staging(ride)
        swapping.check_backups(ride)
        journal.check(ride.project.root, swap.entry.steps)
        _load_all()
        _begin(ride, swap.entry)
        finish(ride, swap.entry)
    _check_tree(ride)
    result = {
        "written": len(migration_files(ride.checkpoint.files)) - len(keeping.kept(ride).files),
        "removed": removed,
        "diff_stat": shown.real_stat(ride),
        callers.KEY: named,
    }
    if checkout.lacks(ride):
        ride.tell("warning", checkout.COPY)
    if ride.options.run_tests and checkout.lacks(ride):
        ride.tell("warning", "Your tests were not run: they would test the old files there.")
    elif ride.options.run_tests:
        result[owntests.KEY] = owntests.run(ride)
    return result


def _load_all() -> None:
    """Have all of our code before the tree changes: who updates migwizard while it is open would stop it between files and rows."""
    for found in walk_packages(engine.__path__, f"{engine.__name__}."):
        import_module(found.name)


def _check_staging(ride: Ride) -> None:
    for name, digest in ride.checkpoint.files.items():
        if durable.file_hash(ride.workplace.staging / name) != digest:
            raise ConflictError(
                f"The staged file {name} is not the one that was proved. Nothing was swapped.",
                code="staging-changed",
                cures=("Run migwizard again: it proves anew.",),
                details={"files": [name]},
            )
    if changed := ride.changed_sources() or sources.changed_since_proof(ride):
        raise ConflictError(
            f"{changed[0]} was changed since the proof. Nothing was swapped.",
            code="tree-changed",
            cures=("Run migwizard again: it computes anew what your change made stale.",),
            details={"files": changed},
        )
    if history_fingerprint(ride) != ride.checkpoint.results[State.PROOF]["history"]:
        raise ConflictError(
            "A migration file in the tree was changed since the proof. Nothing was swapped.",
            code="tree-changed",
            cures=("Run migwizard again: it computes anew what your change made stale.",),
        )
    scratch.check_same(ride, ride.checkpoint.results[State.PROOF].get(scratch.PROVED) or {})


def _ask(ride: Ride, swap: Swap, named: Sequence[str]) -> None:
    """Ask for the swap: a person each time anew, else the answers file or `--yes`."""
    if named:
        ride.tell(
            "warning", f"Migrations that go are named at {some(named)}: what these ask for there will be missing."
        )
    if not ride.options.review:
        _tell_found(ride)
    question = swap_question(ride, swap, named)
    # An answer holds for the files that it was given about: one that led to no swap counts no more.
    ride.checkpoint.decisions.pop(question.id, None)
    if not ride.options.review or ride.options.yes or question.id in ride.options.answers:
        if ride.ask(question) == "later":
            # Asked anew at the next start.
            ride.checkpoint.decisions.pop(question.id)
            ride.save()
            raise ride.left()
    elif ride.review(question) == "later":
        raise Turn("quit")


def _tell_found(ride: Ride) -> None:
    """What speaks for the swap, or against it, to whoever was shown no step before it."""
    ride.tell(
        "note",
        f"Proof: {shown.proof_line(ride)}. All of it: {ride.workplace.folder.name}/{ride.workplace.report.name}",
    )
    if operations := tally(ride).operations:
        seeds = ride.checkpoint.results[State.SEEDS]["seeds"]
        left = [seed["operation"] for seed in seeds if seed["rung"] in (None, Rung.DROP)]
        ride.tell("note", f"Data: {operations}." + (f" Left out: {some(left)}." if left else ""))
    for sentence in drift.sentences(ride):
        ride.tell("note", sentence)


def swap_question(ride: Ride, swap: Swap, named: Sequence[str]) -> Question:
    """The question before the swap, with everything that it will do; `named` are the places that name what goes."""
    stay = swapping.kept_paths(ride)
    steps = [step for step in swapping.migrations_of(swap.entry.steps) if step.path not in stay]
    gone = sum(step.after is None for step in steps)
    come, apps = len(steps) - gone, len({step.path.rpartition("/")[0] for step in steps})
    stat = shown.predicted_stat(ride, swap.entry.steps)
    back = "u" if ride.options.review else "`migwizard undo`"
    choices = [
        Choice(
            "apply",
            f"{count(gone, 'old migration file leaves', 'old migration files leave')} {count(apps, 'app')}, and "
            f"{count(come, 'new one takes', 'new ones take')} their place, in one step. Both backups hold what leaves; {back} "
            "takes the swap back, every byte.",
            f"Swap {count(gone, 'file')} for {come}",
            writes=count(gone, "file"),
        )
    ]
    later = Choice("later", "Leave the tree as it is and stop here; staging and proof are kept.", "Not yet")
    choices = [later, *choices]
    if ride.options.review:
        show = Choice("stat", "Read what git would say of it.", "Show git diff --stat", group="show", shows=stat)
        choices.append(show)
    return Question(
        "apply",
        State.APPLY,
        "Swap the files? This changes your project",
        f"{count(come, 'new file comes', 'new files come')}, {count(gone, 'old one goes', 'old ones go')}."
        f"{_kept(swap, stay)} {some(committed.NAMES)} come beside manage.py, for other databases. Two backups are kept, and "
        "`migwizard undo` puts every byte back." + ("" if checkout.sees_changes(ride) else f" {checkout.COPY}"),
        tuple(choices),
        safe="apply",
        default="later",
        preview=shown.preview(ride, swap.entry.steps, stat, named),
    )


def _kept(swap: Swap, stay: Collection[str]) -> str:
    """What happens to migrations that stay."""
    led = sum(step.path in stay and step.before != step.after for step in swap.entry.steps)
    if not stay:
        return ""
    depends = "depends on a new file" if led == 1 else "depend on new files"
    return f" {count(len(stay), 'migration stays', 'migrations stay')} on top, of which {led} now {depends}."


def _begin(ride: Ride, entry: Entry) -> None:
    # Ending the engine from here on would leave the tree half old until the next start: no face offers it.
    ride.tell("progress", "writing the journal", uncancellable=True)
    at = reset_time()
    # First where it outlives our folder: what was not begun in the tree yet is taken back without harm.
    ride.keep()
    journal.begin(ride.second / ride.workplace.journal.name, entry, at)
    journal.begin(ride.workplace.journal, entry, at)


def _end(ride: Ride, entry: Entry) -> None:
    ride.save()
    journal.end(ride.workplace.journal, entry)
    ride.keep()


def finish(ride: Ride, entry: Entry) -> None:
    """Carry out a swap that was begun; may be repeated after a kill."""
    _carry_out(ride, entry.steps, "new")
    ride.checkpoint.applied = True
    _end(ride, entry)


def _carry_out(ride: Ride, steps: tuple[Step, ...], tree: Tree) -> None:
    """`tree` is what the files in the tree become, for faces that say what has been changed so far."""
    every = max(1, len(steps) // STEPS_TOLD)

    def told(number: int, total: int) -> None:
        if number % every == 0 or number in (1, total):
            ride.tell(
                "progress", f"file {number} of {total}", number=number, total=total, uncancellable=True, tree=tree
            )

    journal.carry_out(ride.project.root, ride.workplace.folder, steps, told)
    ride.tell("progress", count(len(steps), "file is in place", "files are in place"), uncancellable=False, tree=tree)


def steps_back(ride: Ride) -> tuple[Step, ...]:
    """From the new files in the tree to the old ones, as a backup holds them. Raises MigwizardError where none does.

    Helpers come back, too, that lay beside the old migrations and were removed since: these may need them.
    """
    made = swapping.made_steps(ride)
    lost = [Step(path, digest, None) for path, digest in swapping.lost_since(ride, {step.path for step in made})]
    return halfway.steps_back(ride.workplace, Entry("apply", ride.checkpoint.run_id, (*made, *lost)))


def files_back(ride: Ride) -> tuple[Step, ...]:
    """Those of them that change something: none before Apply, and none where a commit took the reset back."""
    steps = steps_back(ride) if ride.checkpoint.applied else ()
    return tuple(step for step in steps if durable.file_hash(ride.project.root / step.path) != step.after)


def take_back(ride: Ride) -> None:
    """Put the old files back, journaled. Raises ConflictError where a file was edited, or migrations came on top."""
    ontop.check_nothing_on_top(ride)
    _put_back(ride)


def _put_back(ride: Ride) -> None:
    """The same without a look at the project, which may not even load."""
    steps = steps_back(ride)
    journal.check(ride.project.root, steps)
    entry = Entry("undo", ride.checkpoint.run_id, steps)
    _begin(ride, entry)
    _carry_out(ride, steps, "old")
    ride.checkpoint.applied = False
    ride.checkpoint.forget_from(State.APPLY)
    _end(ride, entry)


def _check_tree(ride: Ride) -> None:
    """Load the tree as it is now and migrate it from zero; what it builds must be what the proof saw."""
    try:
        # From here on the guest sees the new tree.
        ride.tell("progress", "loading the project with its new files")
        checkout.load_anew(ride)
        if serious := [message for message in ride.guest.facts["checks"] if message["serious"]]:
            raise MigwizardError(
                f"Django's system check reports in the tree: {said(serious[0]).rstrip('.')}.", code="tree"
            )
        labels = list(ride.apps.labels)
        loaded = ride.guest.call("history", labels=labels)
        found = {(app, name) for app, name, _ in loaded["disk"] if app in labels}
        expected = set(map(node_of, migration_files(ride.checkpoint.files)))
        if found != expected:
            stray = ", ".join(".".join(node) for node in sorted(found ^ expected))
            raise MigwizardError(f"The tree does not hold the proved files alone: {stray}.", code="tree")
        ride.tell("progress", "migrating a scratch database from zero with them")
        path = fresh(ride, "tree")
        scratch.note(ride, path)
        built = ride.guest.call("migrate", alias=ALIAS, path=path, labels=labels)
        scratch.release(ride, path)
        proved = json.loads(proved_catalogue(ride).read_bytes())
        differences = compare_catalogues(proved, built["catalogue"], explicit_names=())
        wrong = [difference.sentence for difference in differences if difference.severity == "error"]
        if wrong:
            raise MigwizardError(f"The tree builds another database than the proof: {wrong[0]}", code="tree")
        if not drift.is_as_before(ride, ride.guest.call("check_changes")):
            raise MigwizardError("makemigrations --check says something else in the tree than before.", code="tree")
    except Exception as error:
        _put_back(ride)
        sentence = error.sentence if isinstance(error, MigwizardError) else f"The tree could not be checked: {error!r}."
        raise MigwizardError(f"{sentence} The old files were put back.", code="tree") from error
