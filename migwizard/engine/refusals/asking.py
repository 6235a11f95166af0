"""The question that a refusal becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migwizard.engine.findings import Finding
from migwizard.engine.previews import PreflightPreview, Preview, RefusalPreview
from migwizard.engine.refusals import reading
from migwizard.engine.refusals.case import Act, Offer, Refused
from migwizard.engine.refusals.copying import copy_of
from migwizard.engine.refusals.headlines import headline, is_busy
from migwizard.engine.refusals.table import cures_of
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.surviving.treestate import SENTENCES, Tree, tree_of
from migwizard.engine.talk import TO, Choice, Question
from migwizard.errors import ConflictError, MigwizardError
from migwizard.exit_codes import ExitCode
from migwizard.paths import Workplace
from migwizard.project.discovery import Project

if TYPE_CHECKING:
    from migwizard.engine.options import Opening

QUIT = Choice("quit", "nothing is lost; migwizard goes on here next time", "Quit, keep everything")
NOTHING_KEPT = Choice("quit", "your project is unchanged; the next start begins anew", "Quit")
"""The same where our own folder is gone, and all decisions with it."""
GONE = "Your project is unchanged; only the decisions are lost, which went with the folder."
UNDO_STOPS = frozenset(
    {"built-on", "finished", "retired", "still-needed", "no-backup", "row-copy", "MW-E30", "MW-E31", "MW-E32", "MW-E33"}
)
"""Codes of what stands in the way of undo itself."""
SAID = (
    " Nothing was changed.",
    " No row was changed.",
    " Nothing of it was touched.",
    " Nothing was swapped.",
    " Your project is unchanged.",
)
"""Ends of sentences that the line of what is unchanged says once more."""


@dataclass(frozen=True, slots=True)
class Menu:
    """A refusal's question, and what its choices do."""

    question: Question
    acts: Mapping[str, Act]
    undo: Callable[[], Opening]


def menu(refusal: MigwizardError, opening: Opening, project: Project | None) -> Menu:
    """The question of a refusal with its cures; those of the other STOPs of preflight stand in groups of their own."""
    found = _checkpoint(project)
    state = State(str(refusal.details.get("stopped_at") or State.PREFLIGHT))
    # What still needs a backup is a tree of which nobody can tell what it holds.
    tree = "unknown" if refusal.code == "still-needed" else _tree(project, found)
    applied = {"old": False, "new": True}.get(tree)
    case = Refused(refusal, opening, project, state, applied)
    offers = [*_offers(case), *_of_other_stops(case)]
    acts: dict[str, Act] = {}
    gone = case.code == "folder-gone"
    if (before := case.before) is not None and not gone:
        acts["back"] = lambda _: case.open_again(back_to=before)
        if not any(offer.choice.key == f"{TO}{before.value}" for offer in offers):
            effect = "nothing is undone; your decisions are kept"
            offers.append(Offer(Choice("back", effect, f"Back to {before.value.capitalize()}"), acts["back"]))
    offers.append(Offer(NOTHING_KEPT if gone else QUIT))
    acts |= {offer.choice.key: offer.act for offer in offers if offer.act is not None}
    text, unchanged = _sentence(refusal, project), GONE if gone else unchanged_line(found, tree, _undoable(case))
    if opening.undo and refusal.exit_code is ExitCode.PROJECT:
        text = f"Undo could not begin: it loads the project too. {text}"
    question = Question(
        f"refusal:{refusal.code}",
        state,
        headline(refusal),
        f"{text}\n{unchanged}",
        tuple(offer.choice for offer in offers),
        safe=None,
        exit_code=refusal.exit_code,
        kind="refusal",
        default=_default(offers),
        preview=_preview(case, text, unchanged, tree),
        details=reading.more(refusal),
    )
    return Menu(question, acts, lambda: case.open_again(undo=True))


def _offers(case: Refused) -> list[Offer]:
    offers: dict[str, Offer] = {}
    for cure in cures_of("MW-E20" if case.code == "unreachable" and is_busy(case.error) else case.code):
        for offer in cure(case):
            offers.setdefault(offer.choice.key, offer)
    return list(offers.values())


def _of_other_stops(case: Refused) -> Iterator[Offer]:
    """The cures of what else preflight found in the way, without the second "again"."""
    for name, error in list(case.details.get("stops", {}).items())[1:]:
        for offer in _offers(replace(case, error=error)):
            if offer.choice.key == "again":
                continue
            key = f"{name.lower().replace(' ', '-')}:{offer.choice.key}"
            yield replace(offer, choice=replace(offer.choice, key=key, group=name))


def _default(offers: list[Offer]) -> str | None:
    """What Enter alone means: the first cure, where it changes nothing and asks for no text."""
    first = offers[0].choice
    return None if first.writes or first.typed or first.wants else first.key


def _sentence(refusal: MigwizardError, project: Project | None) -> str:
    text = refusal.sentence.replace(f"{project.root}/", "") if project else refusal.sentence
    for end in SAID:
        text = text.removesuffix(end)
    return text


def _preview(case: Refused, text: str, unchanged: str, tree: Tree) -> Preview:
    log = case.place.log if case.place else None
    shown = str(log) if log is not None and log.is_file() else ""
    if findings := case.details.get("findings"):
        return PreflightPreview(tuple(Finding(**finding) for finding in findings), unchanged, shown)
    copy = copy_of(case)
    return RefusalPreview(
        case.code, text, unchanged, shown, tree, undoable=_undoable(case), edits=str(copy.path) if copy else ""
    )


def _undoable(case: Refused) -> bool:
    return case.code not in UNDO_STOPS and not case.taking_back


def unchanged_line(found: Checkpoint | ConflictError | None, tree: Tree, undoable: bool = True) -> str:
    """What has been changed so far, and how it is taken back, where it can be."""
    if tree == "half":
        return f"{SENTENCES[tree]} Nothing is lost."
    if isinstance(found, ConflictError) and found.code != "journal-corrupt":
        return "Nothing was changed, and nothing is lost."
    if tree == "unknown":
        return f"{SENTENCES[tree]} Nothing is lost."
    if not isinstance(found, Checkpoint) or not found.applied:
        return "Your project is unchanged, and nothing is lost."
    switched = [alias for alias, state in found.databases.items() if state == "NEW"]
    databases = f", {len(switched)} database{'' if len(switched) == 1 else 's'} switched" if switched else ""
    back = "u takes that back" if undoable else "undo waits for what stands above"
    return f"The new files are in your tree{databases}; {back}. Nothing is lost."


def _tree(project: Project | None, found: Checkpoint | ConflictError | None) -> Tree:
    if project is None:
        return "old"
    tree = tree_of(Workplace(project.root), None if isinstance(found, ConflictError) else found)
    return "unknown" if isinstance(found, ConflictError) and tree == "old" else tree


def begun(project: Project | None) -> bool:
    """Whether there is something that could be taken back."""
    return isinstance(_checkpoint(project), Checkpoint)


def _checkpoint(project: Project | None) -> Checkpoint | ConflictError | None:
    if project is None:
        return None
    try:
        return load_checkpoint(Workplace(project.root).checkpoint, project.root)
    except ConflictError as error:
        return error
    except OSError:
        return None
