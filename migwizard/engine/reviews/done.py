"""The approval of done: the figures, and what is left for the person."""

from __future__ import annotations

import shlex

from migwizard.engine.planning import keeping
from migwizard.engine.previews import DatabaseLine, DonePreview
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.staging import drift, packages
from migwizard.engine.states import State
from migwizard.engine.steps import done
from migwizard.engine.swapping import callers, checkout, commitline, committed, shown, summary, uncommitted
from migwizard.engine.swapping.summary import Reached
from migwizard.engine.switching import histories, identity, runbook
from migwizard.engine.talk import Choice, Question
from migwizard.words.counting import count, some

BY_SWITCH = "other copies of a database: switch each before its next migrate, which stops until then"
BY_MIGRATE = "other copies of a database: migrate; python migwizard_switch.py check tells one that is behind"


def question(ride: Ride) -> Question:
    """What is asked when the state has run."""
    reached, lines = done.reached(ride, _loose(ride)), histories.lines(ride)
    message, page = summary.commit_message(reached), summary.page(reached)
    switched = [line for line in lines if line.switched]
    by_name = bool(histories.manifest(ride).replaces)
    return Question(
        "review:done",
        State.DONE,
        _headline(lines, switched, by_name),
        _text(reached, shown.proof_line(ride)),
        (
            Choice("continue", "Ends the wizard; the way back is printed once more.", "Finish"),
            Choice("summary", "One page for the pull request.", "Show the summary", group="show", shows=page),
            Choice("message", "The message for git commit -F.", "Show commit message", group="show", shows=message),
            Choice(
                "runbook",
                "How it gets into every other environment, with the commands.",
                "Show the runbook",
                group="show",
                shows=runbook.of(ride),
            ),
            Choice("undo", "Shows what can be taken back, and asks.", "Undo ...", group="undo"),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=DonePreview(
            files_before=reached.before,
            files_after=reached.after,
            rendered_before=reached.rendered_before,
            rendered_after=reached.rendered_after,
            proof=shown.proof_line(ride),
            databases=tuple((line.alias, line.stands) for line in lines),
            left=tuple(_left(ride, reached, lines)),
            commit_message=message,
            commit=commitline.command(ride, _loose(ride)),
            summary=page,
            saved=tuple(ride.checkpoint.results[State.DONE].get("saved", ())),
            made=_made(ride, reached),
            apps=reached.apps,
            decided=reached.accepted,
            seconds_ride=sum(ride.checkpoint.seconds.values()),
            elsewhere=len(identity.told_elsewhere(ride)),
            operations=reached.tally.operations,
        ),
    )


def _text(reached: Reached, proof: str) -> str:
    told = ", ".join(filter(None, (proof, reached.tally.operations)))
    files = count(reached.before, "migration file")
    return (
        f"{files} became {reached.after}; {told}. Until new migrations are built on top, undo brings everything back."
    )


def _made(ride: Ride, reached: Reached) -> str:
    """The files after by what they are for: Levels had planned those of the schema alone."""
    schema, folded, kept = len(packages.schema_files(ride)), len(drift.nodes(ride)), len(keeping.kept(ride).files)
    if not schema:
        return ""
    seeds = reached.after - schema - folded - kept
    words = (
        count(schema, "schema file"),
        count(seeds, "seed file") if seeds else "",
        f"{folded} of the drift" if folded else "",
        f"{kept} kept on top" if kept else "",
    )
    return ", ".join(filter(None, words))


def _headline(lines: tuple[DatabaseLine, ...], switched: list[DatabaseLine], by_name: bool) -> str:
    waits = any((line.askable and not by_name) or line.state == "BEHIND" for line in lines)
    if waits and not switched:
        return "Files are done, databases are not"
    return "Same database, fewer files. You are done"


def _left(ride: Ride, reached: Reached, lines: tuple[DatabaseLine, ...]) -> list[tuple[str, str]]:
    """What only the person can do, in the order in which it is done."""
    beside = len(committed.there(ride))
    more = f", {beside} beside manage.py" if beside else ""
    paths = (
        f"{count(reached.before + reached.after + beside, 'path')} ({reached.before} old, {reached.after} new{more})"
    )
    loose = _loose(ride)
    command = commitline.command(ride, loose).replace("\n", " && ")
    left = [("Commit", f'{paths}; message ready: "{summary.subject(reached)}", {command}')]
    if ignored := commitline.ignored(ride):
        left.append(("Ignored", f"git ignores {some(ignored)}, which belong to it: the command adds them all the same"))
    if loose:
        left.append(
            (
                "With it",
                f"{some(loose)}: the proof was made with these, git does not have them so; the command commits them",
            )
        )
    if checkout.lacks(ride):
        left.append(("Image", "what --via runs still has the old files: build it anew before migrate runs there"))
    by_name = bool(histories.manifest(ride).replaces)
    left += [(line.alias, how) for line in lines if (how := _how(line, by_name))]
    left += [("Undo", said) for said in identity.told_elsewhere(ride)]
    if on_top := drift.names(ride):
        waiting = [line.alias for line in lines if line.waits]
        where = f" of {', '.join(waiting)}" if waiting else ""
        left.append(("Drift", f"the next manage.py migrate{where} applies {', '.join(on_top)}; undo comes before that"))
    if named := ride.checkpoint.results.get(State.APPLY, {}).get(callers.KEY):
        left.append(("Old names", f"migrations that are gone are named at {some(named)}: lead these elsewhere"))
    if lost := ride.checkpoint.results[State.DONE].get("leftovers"):
        left.append(("Leftovers", f"nothing names {some(lost)} any more: yours to remove, we never do"))
    book = f"{ride.workplace.folder.name}/{runbook.NAME}"
    left.append(("Elsewhere", f"{BY_MIGRATE if by_name else BY_SWITCH}; all commands: {book}"))
    left.append(
        (
            "Colleagues",
            "with open branches: once the reset is merged into one, migwizard branch leads its migrations over",
        )
    )
    return left


def _loose(ride: Ride) -> list[str]:
    found: list[str] = ride.checkpoint.results[State.DONE].get(uncommitted.KEY, [])
    return found


def _how(line: DatabaseLine, by_name: bool) -> str:
    """What is to be done about a database that was not switched."""
    if line.state == "OLD_HEAD" and by_name:
        return "at its old head: its next migrate records the new files"
    if line.state == "OLD_HEAD":
        return f"at its old head: migwizard fake --database {shlex.quote(line.alias)}"
    if line.state == "BEHIND":
        return (
            f"{line.stands}: migrate it with the old release, then: migwizard fake --database {shlex.quote(line.alias)}"
        )
    if line.state in ("UNKNOWN", "OTHER_RESET", "MIXED", "TABLES_WITHOUT_ROWS", "WITHOUT_TRANSACTIONS"):
        return f"{line.stands}: mend it, then: migwizard fake --database {shlex.quote(line.alias)}"
    if line.state == "unreachable":
        return f"did not answer: when it does, migwizard fake --database {shlex.quote(line.alias)}"
    if line.state == "engine":
        return line.says
    return ""


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    if answer == "undo":
        raise Turn("undo")
    return State.DONE
