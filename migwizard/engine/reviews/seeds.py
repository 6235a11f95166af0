"""The approval of the seeds: every verdict with its evidence, and the person's last word on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from migwizard.engine.planning import precedence
from migwizard.engine.previews import SeedLine, SeedsPreview
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import facts, overrule
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.seeds.verdicts import Verdict
from migwizard.words.counting import count

GROUP = "verdicts"


def question(ride: Ride) -> Question:
    """What is asked when the seed migrations are written and hold."""
    result = ride.checkpoint.results[State.SEEDS]
    preview = facts.preview(ride, result["seeds"], facts.read_details(ride))
    return Question(
        "review:seeds",
        State.SEEDS,
        "What must new databases contain?" if preview.seeds else "No data operations. Tables only",
        " ".join(filter(None, (_text(preview), preview.faster))),
        (
            Choice("continue", "the proof builds both histories from zero and compares them", "Continue to Proof"),
            Choice("again", "the old history is judged again; your verdicts stay", "Judge again"),
            *_precedence(result.get(precedence.KEY)),
            *(choice for line in preview.seeds for choice in _verdicts(line)),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=preview,
    )


def _text(preview: SeedsPreview) -> str:
    if not preview.seeds:
        return "No old migration wrote rows or ran SQL of its own, so there is nothing to bring along."
    counts: dict[str, int] = {}
    for line in preview.seeds:
        by_you = "kept by you" if line.decided == overrule.KEEP else "left out by you"
        word = by_you if line.decided else line.verdict
        counts[word] = counts.get(word, 0) + 1
    operations, files = len(preview.seeds), len(preview.files)
    told = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    return f"{count(operations, 'operation')}: {told}; {count(files, 'seed file')}."


def _precedence(found: Mapping[str, Any] | None) -> Iterator[Choice]:
    """Dependencies for the order, or none."""
    if found and found["written"]:
        label = "Remove the dependencies for the order"
        yield Choice(
            f"{precedence.KEY}:{precedence.NO}", "each file depends on what it needs, and on nothing else", label
        )
    elif found:
        yield Choice(f"{precedence.KEY}:{precedence.YES}", precedence.price(found), "Add dependencies for the order")


def _verdicts(line: SeedLine) -> Iterator[Choice]:
    """The other verdict, and the way back where the person has spoken."""
    if not line.price:
        return
    kept = line.decided == overrule.KEEP if line.decided else line.verdict != Verdict.ONE_TIME
    stuck = not kept and bool(line.reason)
    if kept and line.verdict != Verdict.ONE_TIME:
        yield Choice(f"drop:{line.id}", line.price, f"Drop {line.describe}", group=GROUP)
    elif not kept and line.verdict in (Verdict.ONE_TIME, Verdict.ASK) and not stuck:
        effect = line.price if line.verdict == Verdict.ONE_TIME else "It runs again on new databases, as it always did."
        yield Choice(f"keep:{line.id}", effect, f"Keep {line.describe}", group=GROUP)
    if line.decided:
        again = "It is asked again." if line.verdict == Verdict.ASK else f"The verdict counts again: {line.verdict}."
        yield Choice(f"auto:{line.id}", again, f"Take back your word on {line.describe}", group=GROUP)


def change(ride: Ride, answer: str) -> State:
    """Note a verdict of the person, or forget it; everything from here on is computed anew."""
    word, _, operation = answer.partition(":")
    if word == precedence.KEY:
        precedence.choose(ride, operation)
    elif word == "auto":
        overrule.take_back(ride, operation)
    else:
        overrule.decide(ride, operation, word)
    return State.SEEDS
