"""Differences between old and new, each decided by a person: what is asked, and what an answer does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from migwizard.engine.previews import ProofDifference, ProofPreview
from migwizard.engine.ride import Ride, Turn, fingerprint
from migwizard.engine.seeding import overrule
from migwizard.engine.staging import edits, packages
from migwizard.engine.states import State
from migwizard.engine.talk import Answer, Choice, Question
from migwizard.errors import UndecidedError
from migwizard.proof.certificate import Certificate, Decided
from migwizard.proof.difference import Difference
from migwizard.proof.rows import MORE
from migwizard.words.counting import some
from migwizard.words.things import called

ACCEPT = "accept"

Causes = Mapping[str, tuple[str, ...]]
"""By question id, the old operations behind a difference, as far as they were observed."""


def question_id(item: Difference) -> str:
    """Names the difference and, by a hash, what differs: an answer holds for nothing that the person did not see."""
    whole = (item.digest,) if item.digest else ()
    return f"difference:{item.kind}:{item.table or ''}:{item.name}:{fingerprint(item.old, item.new, *whole)[:8]}"


def is_answerable(item: Difference) -> bool:
    """Whether somebody may accept it: an error that is spelled out."""
    return item.severity == "error" and item.name != MORE


def check_figure(certificate: Certificate) -> tuple[str, str, str, bool]:
    """What `makemigrations --check` says, as a line of the figures."""
    return "check", "", "", certificate.check_equal


class Decider:
    """Leads through the differences of one proof."""

    def __init__(
        self, ride: Ride, draft: Certificate, causes: Causes, figures: tuple[tuple[str, str, str, bool], ...]
    ) -> None:
        self._ride = ride
        self._draft = draft
        self._causes = causes
        self._figures = figures
        self._same: set[tuple[str, str | None]] = set()
        """Kind and table of differences that were accepted all together, just now."""

    def decide(self) -> tuple[Decided, ...]:
        """Each difference with the person's decision; without one it stays open."""
        decided: list[Decided] = []
        items = [item.difference for item in self._draft.differences]
        for place, item in enumerate(items):
            accepted = is_answerable(item) and self._accepted(item, (*decided, *map(Decided, items[place:])))
            decision: Literal["accepted"] | None = "accepted" if accepted else None
            decided.append(Decided(item, decision))
        return tuple(decided)

    def _accepted(self, item: Difference, all_so_far: tuple[Decided, ...]) -> bool:
        ride, key = self._ride, question_id(item)
        stored = ride.checkpoint.decisions.get(key)
        if ride.read_only:
            return stored is not None and stored.choice == ACCEPT
        if (item.kind, item.table) in self._same and stored is None:
            ride.checkpoint.decisions[key] = Answer(ACCEPT, "person")
            ride.save()
        try:
            answer = ride.ask(self._question(item, all_so_far))
        except UndecidedError:
            return False
        if ride.options.review and answer != ACCEPT:
            # Words for now, not decisions to be remembered.
            overrule.forget(ride, key)
        if answer == "keep":
            for operation in self._left_out(item):
                overrule.take_back(ride, operation)
            if self._object_answer(item):
                overrule.forget(ride, self._object_answer(item))
        if answer in ("keep", "seeds"):
            raise Turn("back")
        if answer == "generate":
            raise Turn("back", State.GENERATE)
        if answer == "all":
            self._same.add((item.kind, item.table))
            ride.checkpoint.decisions[key] = Answer(ACCEPT, "person")
            ride.save()
        return answer in (ACCEPT, "all")

    def _question(self, item: Difference, all_so_far: tuple[Decided, ...]) -> Question:
        open_now = [each.difference for each in all_so_far if each.open and is_answerable(each.difference)]
        count = f" ({len(open_now)} to decide)" if len(open_now) > 1 else ""
        return Question(
            question_id(item),
            State.PROOF,
            f"Old and new differ{count}",
            item.sentence + self._edited_sentence(item),
            tuple(self._choices(item, open_now)),
            safe=None,
            preview=self._preview(all_so_far),
            details=definitions(item.old, item.new),
        )

    def _choices(self, item: Difference, open_now: list[Difference]) -> Iterator[Choice]:
        accept = Choice(
            ACCEPT, "the difference stays: new databases will be built like this", "Accept it: noted by name"
        )
        if not self._ride.options.review:
            yield accept
            yield Choice("stop", "nothing is swapped; go back to the seeds, or mend the models")
            return
        if self._left_out(item) or self._object_answer(item):
            what = ", ".join(self._left_out(item)) or called(item.kind, item.name)
            yield Choice("keep", f"{what} is kept again; the seed files are written anew and proved", "Keep it")
        if edited := self._edited(item):
            yield Choice(
                "generate", f"your change of {some(edited)} can be looked at and taken back", "Go back to Generate"
            )
        yield Choice("seeds", "nothing is decided; verdicts can be changed there", "Go back to Seeds")
        yield accept
        same = [other for other in open_now if (other.kind, other.table) == (item.kind, item.table)]
        if len(same) > 1:
            place = f" of {item.table}" if item.table else ""
            label = f"Accept all {len(same)} of this kind{place}"
            yield Choice("all", "each is noted by name in the certificate", label, group="other answers")
        yield Choice("stop", "it stays open, and stands in the way of the swap", "Leave it open", group="other answers")

    def _edited(self, item: Difference) -> list[str]:
        """The staged schema files with a person's own change that may be behind a difference: those of the table's app."""
        if not self._ride.options.review:
            return []
        found = sorted({*edits.load_edits(self._ride)} & {*packages.schema_files(self._ride)})
        apps = {model["app"] for model in self._ride.built()["models"] if found and model["table"] == item.table}
        return [name for name in found if not apps or name.partition("/")[0] in apps]

    def _edited_sentence(self, item: Difference) -> str:
        edited = self._edited(item)
        return f" You changed {some(edited)} by hand, at Generate." if edited else ""

    def _left_out(self, item: Difference) -> list[str]:
        """The operations behind a difference that a person left out: keeping them makes the difference go away."""
        causes = self._causes.get(question_id(item), ()) if item.new is None else ()
        return [each for each in causes if overrule.said(self._ride, each) == overrule.DROP]

    def _object_answer(self, item: Difference) -> str:
        """The id of the question by which an object of the old database was left out."""
        key = f"object:{item.kind}:{item.name}"
        answer = self._ride.checkpoint.decisions.get(key)
        return key if item.new is None and answer is not None and answer.choice == overrule.DROP else ""

    def _preview(self, all_so_far: tuple[Decided, ...]) -> ProofPreview:
        draft = self._draft
        return ProofPreview(
            engine=f"{draft.engine} {draft.versions.get(draft.engine, '')}".strip(),
            equal=False,
            settled=False,
            figures=(*self._figures, check_figure(draft)),
            differences=lines(all_so_far, self._causes),
            caveats=draft.caveats,
            text="",
        )


def lines(decided: tuple[Decided, ...], causes: Causes) -> tuple[ProofDifference, ...]:
    """The differences for a screen, as they are decided by now."""
    return tuple(
        ProofDifference(
            number,
            item.difference.sentence,
            item.difference.severity,
            item.difference.old or "",
            item.difference.new or "",
            item.decision or "",
            id=question_id(item.difference),
            kind=item.difference.kind,
            table=item.difference.table or "",
            causes=tuple(causes.get(question_id(item.difference), ())),
        )
        for number, item in enumerate(decided, 1)
    )


def definitions(old: str | None, new: str | None) -> str:
    """Both definitions, one under the other."""
    return f"OLD HISTORY\n{old or '(nothing)'}\n\nNEW HISTORY\n{new or '(nothing)'}\n"
