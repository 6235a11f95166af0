"""The cures: each makes offers for a refusal, or none where it would be of no use."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migwizard.engine.findings import EARLIER
from migwizard.engine.refusals import reading
from migwizard.engine.refusals.case import Act, Offer, Refused
from migwizard.engine.refusals.files import ASIDE, ASIDE_DOES, set_aside, take_previous
from migwizard.engine.states import ORDER, State
from migwizard.engine.switching import patience
from migwizard.engine.talk import TO, Choice
from migwizard.errors import UsageError
from migwizard.plan.renaming import NamingError, checked_tag
from migwizard.project.places import CODE, EMBEDDED, LOCAL
from migwizard.words.times import clock_of

if TYPE_CHECKING:
    from migwizard.engine.options import Opening

Cure = Callable[[Refused], Iterator[Offer]]
SOON = "migwizard fake switches it later"
LATER = {
    **dict.fromkeys(("unreachable", "missing", "switch", "MW-E17", "MW-E18", "MW-E20"), SOON),
    "engine": "migwizard does not switch it later either",
}
"""What becomes of a database that is gone on without, by the code of its refusal."""
OWN_FOLDER = "the folder .migwizard"


def again(words: str = "Try again", effect: str = "opens the project anew; what was finished is kept") -> Cure:
    def offer(case: Refused) -> Iterator[Offer]:
        yield Offer(Choice("again", effect, words), lambda _: case.open_again())

    return offer


def shows(key: str, words: str, effect: str, text: Callable[[Refused], str]) -> Cure:
    """A choice that shows a text, where there is one."""

    def offer(case: Refused) -> Iterator[Offer]:
        if shown := text(case):
            yield Offer(Choice(key, effect, words, shows=shown))

    return offer


def traceback(case: Refused) -> Iterator[Offer]:
    if text := reading.more(case.error):
        yield Offer(Choice("show", "where it failed, line by line", "Show the traceback", shows=text))


def other_python(case: Refused) -> Iterator[Offer]:
    choice = Choice(
        "python", "loads the project with it", "Other Python", wants="path of a Python, or of its environment"
    )
    yield Offer(choice, lambda text: case.open_again(python=text or None, via=None, via_root=None))


def other_via(case: Refused) -> Iterator[Offer]:
    choice = Choice(
        "via", "loads the project through it", "Other command", wants="command that ends in the name of a Python"
    )
    yield Offer(choice, lambda text: case.open_again(via=text or None, python=None))


def other_via_root(case: Refused) -> Iterator[Offer]:
    choice = Choice(
        "via-root",
        "loads the project from there",
        "Other folder there",
        wants="folder of manage.py as the command sees it",
    )
    yield Offer(choice, lambda text: case.open_again(via_root=text or None))


def found_env_file(case: Refused) -> Iterator[Offer]:
    """The file in which a variable stands that the project misses."""
    if path := case.details.get("env_file"):
        effect = "its variables go to your project and to nothing else; nothing keeps them"
        choice = Choice("use", effect, f"Use {Path(str(path)).name}")
        yield Offer(choice, lambda _: case.open_again(env_files=(*case.opening.env_files, str(path))))


def env_file(case: Refused) -> Iterator[Offer]:
    effect = "loads the project with its variables; nothing keeps them"
    choice = Choice("env-file", effect, "File of variables", wants="path of a file with NAME=value lines")
    yield Offer(choice, lambda text: case.open_again(env_files=(*case.opening.env_files, *filter(None, [text]))))


def other_scratch(case: Refused) -> Iterator[Offer]:
    """Other places for scratch databases; those that can be tried at once, each as a choice."""
    if not case.details.get("scratch") and case.code != CODE:
        # Of a file, or of another database.
        return
    here = "takes a server on this machine, if one lets this user in"
    yield Offer(Choice(LOCAL, here, "A server here"), lambda _: case.open_again(scratch=(LOCAL,)))
    if case.details.get("vendor", "postgresql") == "postgresql":
        started = "starts a PostgreSQL of our own for the ride, and removes it afterwards"
        yield Offer(Choice(EMBEDDED, started, "Our own server"), lambda _: case.open_again(scratch=(EMBEDDED,)))
    effect = "makes scratch databases there; several empty databases are separated by spaces"
    choice = Choice("scratch", effect, "Another place", wants="alias of your settings, or postgresql://user@host/")
    yield Offer(choice, lambda text: case.open_again(scratch=tuple(text.split())))
    if case.opening.scratch:
        own = "makes them on the server of the default database, as its user"
        yield Offer(Choice("own", own, "Your own server"), lambda _: case.open_again(scratch=()))


def other_settings(case: Refused) -> Iterator[Offer]:
    choice = Choice(
        "settings", "loads the project with them", "Other settings", wants="dotted name of a settings module"
    )
    yield Offer(choice, lambda text: case.open_again(settings=text or None))


def other_folder(case: Refused) -> Iterator[Offer]:
    """The projects that were found, each as a choice, and any other folder."""
    start = Path(str(case.details.get("start") or Path.cwd()))
    named = [Path(str(folder)) for folder in case.details.get("folders", ())]
    found = named or reading.projects_below(start)
    for folder in found[:9]:
        words = str(folder.relative_to(start)) if folder.is_relative_to(start) else str(folder)
        yield Offer(Choice(f"use:{folder}", "opens this project", f"Open {words}/"), _opens(case, folder))
    if not named:
        below = (
            "\n".join(f"{folder}/manage.py" for folder in found)
            or f"None within {reading.DEPTH} folders below {start}."
        )
        yield Offer(Choice("below", "looks for manage.py files", "Show manage.py files below", shows=below))
    choice = Choice("folder", "opens the project there", "Name a folder", wants="folder of your manage.py")
    yield Offer(choice, lambda text: case.open_again(folder=Path(text).expanduser()))


def _opens(case: Refused, folder: Path) -> Act:
    return lambda _: case.open_again(folder=folder)


def back_to(state: State) -> Cure:
    """Go back to a state, whose approval is then asked anew; only while the tree is untouched."""

    def offer(case: Refused) -> Iterator[Offer]:
        if case.applied is False and ORDER.index(state) <= ORDER.index(case.state):
            words = f"Back to {state.value.capitalize()}"
            effect = "your decisions are kept; the steps after it are computed again"
            yield Offer(Choice(f"{TO}{state.value}", effect, words), lambda _: case.open_again(back_to=state))

    return offer


def aside(case: Refused) -> Iterator[Offer]:
    place = case.place
    if place is None or not place.folder.exists():
        return

    def act(_: str) -> Opening:
        set_aside(place)
        return case.open_again()

    yield Offer(Choice("aside", ASIDE_DOES, ASIDE, writes=OWN_FOLDER), act)


def aside_before_apply(case: Refused) -> Iterator[Offer]:
    """For what we do not understand, while the tree is untouched."""
    if case.applied is False:
        yield from aside(case)


def previous(case: Refused) -> Iterator[Offer]:
    """The last whole checkpoint in the place of a broken one."""
    place, kept = case.place, case.details.get("previous")
    if place is None or not isinstance(kept, dict):
        return

    def act(_: str) -> Opening:
        take_previous(place)
        return case.open_again()

    effect = f"it is whole and stands at {kept['state']}; the broken one is kept beside it"
    words = f"Use the {clock_of(str(kept['saved']))} copy"
    yield Offer(Choice("previous", effect, words), act)


def look(case: Refused) -> Iterator[Offer]:
    choice = Choice("look", "shows every finished step; nothing can be changed", "Look only")
    yield Offer(choice, lambda _: case.open_again(look=True))


def wait(case: Refused) -> Iterator[Offer]:
    choice = Choice("wait", "goes on by itself when the other one has finished", "Wait")
    yield Offer(choice, lambda _: case.open_again(wait=True))


def wait_for_database(case: Refused) -> Iterator[Offer]:
    """One more try with more patience, of what the person had agreed to: the switch, else a look that asks again."""
    alias = case.alias
    if alias is None:
        return
    switching = bool(case.details.get("agreed"))
    looking = f"looks whether {alias} can go back" if case.taking_back else f"looks at {alias}"
    doing = f"switches {alias}" if switching else looking
    choice = Choice(
        "wait",
        f"{doing} as soon as it is free; nothing changes while it waits, and you can stop that",
        f"Wait up to {patience.LONGER:g} s",
        writes=f"the rows of {alias}" if switching else "",
    )
    yield Offer(choice, lambda _: case.open_again(wait_for=alias, agreed=switching, undo=case.taking_back))


def skip(case: Refused) -> Iterator[Offer]:
    """Go on without a database, which is switched later."""
    alias = case.alias
    if alias is None or case.details.get("default"):
        # Without a default database that can be used there is no proof, so nothing to go on with.
        return
    later = LATER.get(case.code, "migwizard fake switches it, once this is mended")
    if later == SOON and any(finding["name"] == EARLIER for finding in case.details.get("findings", ())):
        later = f"{SOON} only if it has had the earlier reset"
    effect = f"it is not touched; {later}"
    choice = Choice(f"skip:{alias}", effect, f"Go on without {alias}")
    yield Offer(choice, lambda _: case.decide(**{f"skip:{alias}": "skip"}))


def tolerate(case: Refused) -> Iterator[Offer]:
    """Let rows be that no file explains, by name."""
    names = [".".join(map(str, key)) for key in case.details.get("unknown", ())]
    if not names or case.details.get("missing") or case.details.get("other_run"):
        return
    effect = (
        f"the reset leaves {', '.join(names[:3])}{' and others' if len(names) > 3 else ''} alone; find out what it is"
    )
    words = f"Tolerate {names[0]}" if len(names) == 1 else f"Tolerate these {len(names)} rows"
    decisions = {f"tolerate:{name}": "tolerate" for name in names}
    choice = Choice("tolerate", effect, words, typed=names[0].rpartition(".")[2])
    yield Offer(choice, lambda _: case.decide(**decisions))


def leave_drift(case: Refused) -> Iterator[Offer]:
    choice = Choice("leave", "the new files build what databases have now", "Leave the drift")
    yield Offer(choice, lambda _: case.decide(drift="leave"))


def other_cut(case: Refused) -> Iterator[Offer]:
    """Another point from which on migrations are kept; only while the tree is untouched."""
    if not case.applied:
        wants = "app.name, a date such as 2024-05-01, or a commit, branch or tag"
        choice = Choice("cut", "keeps what is younger than that", "Cut at another point", wants=wants)
        yield Offer(choice, lambda text: case.decide(**{"keep-after": text}))


def fold_all(case: Refused) -> Iterator[Offer]:
    if not case.applied:
        choice = Choice("all", "the whole history is replaced", "Fold everything")
        yield Offer(choice, lambda _: case.decide(**{"keep-after": ""}))


def without_replaces(case: Refused) -> Iterator[Offer]:
    if not case.applied:
        choice = Choice("no-replaces", "one command then switches each database", "Go without replaces")
        yield Offer(choice, lambda _: case.decide(replaces="no"))


def leave_app_out(case: Refused) -> Iterator[Offer]:
    if app := case.details.get("app"):
        choice = Choice(f"out:{app}", "its migrations stay as they are", f"Leave {app} out")
        yield Offer(choice, lambda _: case.open_again(exclude=(*case.opening.exclude, str(app))))


def take_in(case: Refused) -> Iterator[Offer]:
    """Let apps that were left out take part again: what they keep needs what goes."""
    if (apps := case.details.get("take_in")) and not case.applied:
        decisions = {f"app:{app}": "in" for app in apps}
        effect = f"{'its' if len(apps) == 1 else 'their'} migrations are reset too; goes back to Graph"
        choice = Choice("in", effect, f"Take {', '.join(apps)} in")
        yield Offer(choice, lambda _: replace(case.decide(**decisions), back_to=State.GRAPH))


def other_tag(case: Refused) -> Iterator[Offer]:
    def act(text: str) -> Opening:
        try:
            return case.decide(tag=checked_tag(text))
        except NamingError as error:
            raise UsageError(
                f"{error} Nothing was changed.", code="tag", details={"stopped_at": case.state.value}
            ) from error

    choice = Choice(
        "tag", "plans the new files again under it", "Choose a tag", wants="small letters, digits and underscores"
    )
    yield Offer(choice, act)


def keep(case: Refused) -> Iterator[Offer]:
    choice = Choice("keep", "nothing is undone; the reset stays as it is", "Keep everything")
    yield Offer(choice, lambda _: case.open_again())


def recover(case: Refused) -> Iterator[Offer]:
    """Take back a swap that was cut off, of which only the second backup is left."""
    if run_id := case.details.get("run_id"):
        effect = "puts the old files back from the second backup; what else goes is asked then"
        choice = Choice("recover", effect, f"Take back {run_id}", writes="the migration files")
        yield Offer(choice, lambda _: case.open_again(undo=True, fetch=str(run_id)))


def row_copy(case: Refused) -> Iterator[Offer]:
    """Undo from the JSON copy, where it was found whole; what goes back is asked on the next screen."""
    if case.details.get("copy") == "":
        effect = "shows what would go back from it; nothing is written yet"
        yield Offer(Choice("copy", effect, "Use the JSON copy"), lambda _: case.open_again(undo=True))


show_files = shows("files", "Show the files", "which files they are", lambda case: "\n".join(reading.named_files(case)))
git_commands = shows("git", "Show git commands", "the commands that commit them", reading.git_commands)
git_cure = shows("git", "Show git's cure", "what git asks for", reading.git_cure)
messages = shows("show", "Show them", "what Django says", lambda case: reading.more(case.error))
show_both = shows("both", "Show both", "which migrations they are", reading.conflict_text)
merge_command = shows(
    "merge",
    "Show the merge command",
    "the command that joins them",
    lambda case: "python manage.py makemigrations --merge " + " ".join(case.details.get("conflicts", {})) + "\n",
)
drift_commands = shows("commands", "Show the commands", "what to run before the reset", reading.drift_commands)
switch_to_earlier = shows(
    "switch",
    "Show the command that switches it",
    "what to run in another terminal, before you check again",
    lambda case: f"migwizard fake --database {shlex.quote(case.alias or 'default')}\n",
)
behind = shows("steps", "Show the steps", "what it lacks, and the command that applies it", reading.behind_text)
way_back = shows("steps", "Show the way back", "the commands that take the switch back", reading.way_back_text)
rows = shows("rows", "Show the rows", "what the database records", reading.rows_text)
search_git = shows("search", "Search git for it", "the command that finds the file in any branch", reading.git_search)
uses = shows("uses", "Show what .migwizard uses", "the size of each part", reading.usage_text)
own = shows("show", "Show the checkpoint", "what it says of itself", reading.own_text)
report = shows("report", "Show the report", "every difference, with both sides", reading.report_text)
journal = shows("journal", "Show the journal", "what was begun, step by step", reading.journal_text)
guide_undo = shows("guide", "Show the order", "how to take the later migrations back first", reading.undo_order)
update = shows("update", "Show how to update", "the commands for it", lambda _: reading.UPDATE)
from_git = shows("git", "Take them from git", "the commands for it", lambda _: reading.GIT_FILES)
