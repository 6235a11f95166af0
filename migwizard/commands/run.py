"""The command that makes a reset, or the rest of one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from typing import Any

from migwizard.commands.setup import again, face_of, options_of, project_of, say, to_switch
from migwizard.engine.opening import open_ride
from migwizard.engine.planning import replacing
from migwizard.engine.ride import BY_NOBODY
from migwizard.engine.states import ORDER, State, before
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.words.counting import count, some
from migwizard.words.databases import told


def run(arguments: argparse.Namespace) -> int:
    """The whole ride, or the rest of it."""
    project = project_of(arguments)
    say(f"Project {project.root}, interpreter {project.interpreter.named} ({project.interpreter.reason})")
    options = options_of(arguments)
    with open_ride(project, face_of(arguments), options, meanwhile=partial(_load_code, options.until)) as ride:
        from migwizard.engine import machine

        finished = ride.checkpoint.applied and State.DONE in ride.checkpoint.results
        stood = dict(ride.checkpoint.databases)
        report = machine.run(ride)
    if arguments.json:
        emit(report)
    elif finished and stood == report["databases"]:
        _nothing_done(report, arguments)
    else:
        _narrate(report, arguments)
    return ExitCode.DONE


def _load_code(until: State) -> None:
    """Load the states that this run may reach."""
    from migwizard.engine import machine

    for row in machine.TABLE[: ORDER.index(until) + 1]:
        row.load()


def _narrate(report: dict[str, Any], arguments: argparse.Namespace) -> None:
    if report.get("nothing"):
        return
    say("")
    say_figures(report)
    if report["state"] != State.DONE:
        following = ORDER[ORDER.index(State(report["state"])) + 1]
        say(
            f"Stopped after {report['state']}, as you asked. Next comes {following.value}, {ORDER.index(following) + 1} of "
            f"{len(ORDER)}; it asks before it changes files or databases. Go on: {again(arguments, 'run')}"
        )
        return
    if report["commit"]:
        say(f"Commit it: {report['commit']}")
    say("How it gets into every other environment: .migwizard/runbook.md")
    _say_what_follows(report, arguments, "Done. ")


def _nothing_done(report: dict[str, Any], arguments: argparse.Namespace) -> None:
    """A run over a finished reset that changed nothing."""
    say("")
    say(f"The reset {report['run_id']} was finished before, and nothing was done now.")
    _say_databases(report)
    _say_what_follows(report, arguments)


def _say_databases(report: dict[str, Any]) -> None:
    for alias, state in report["databases"].items():
        say(told(alias, state))


def _say_what_follows(report: dict[str, Any], arguments: argparse.Namespace, done: str = "") -> None:
    """What leads on where a database was not switched, else that all is `done`; and what leads back.

    With names that are replaced the next migrate of a database does it.
    """
    by_name = {"question": replacing.KEY, "answer": replacing.YES}
    replaces = any(by_name.items() <= answer.items() for answer in report["answers"])
    waiting = [] if replaces else to_switch(report["databases"], arguments)
    for line in waiting:
        say(line)
    say(f"{'' if waiting else done}Undo, until something is built on it: {again(arguments, 'undo')}")


def say_figures(report: dict[str, Any]) -> None:
    """Files, proof and databases of a ride's report, for people."""
    applied = report["state"] is not None and not before(State(report["state"]), State.APPLY)
    if report["files_after"] is not None and applied:
        say(f"Files: {report['files_before']} before, {report['files_after']} after")
    elif report["files_after"] is not None:
        new = count(report["files_after"], "new file")
        say(f"Files: your project is unchanged; {new} for {report['files_before']} old in .migwizard/staging")
    if report["proof"]:
        equal = report["proof"]["schema_equal"] and report["proof"]["rows_equal"]
        result = "schema and rows are equal" if equal else "old and new differ, and every difference was accepted"
        say(f"Proof: {result}; the certificate is {report['certificate']}")
    if kept := list(_undecided(report)):
        say(f"Kept, since nobody decided, though it did nothing here: {some(kept)}. The summary has the evidence.")
    if applied:
        _say_databases(report)
    if report["kept"]:
        say(f"Kept on top: {some([_as_django(name) for name in report['kept']])}")
    if report["drift"]:
        say(f"Drift: the next manage.py migrate applies {some([_as_django(name) for name in report['drift']])}")
    if report["callers"]:
        say(f"Migrations that are gone are named at {some(report['callers'])}; lead these places elsewhere.")
    if report["leftovers"]:
        say(f"Nothing names {some(report['leftovers'])} any more; remove what nobody else needs.")
    if report["uncommitted"]:
        say(f"The proof was made with {some(report['uncommitted'])}: commit these too, git does not have them so.")


def _undecided(report: dict[str, Any]) -> Iterator[str]:
    """The operations that came along because they might do something elsewhere, and of which no person said so."""
    decided = {answer["question"] for answer in report["answers"] if answer["by"] != BY_NOBODY}
    for seed in report.get("seeds") or ():
        if (
            seed["verdict"] == "ask"
            and seed["rung"] not in (None, "drop")
            and f"keep:{seed['operation']}" not in decided
        ):
            yield seed["operation"]


def _as_django(name: str) -> str:
    return name.removesuffix(".py").replace("/", ".")
