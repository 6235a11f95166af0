"""The person's last word on a verdict: the decision `keep:<operation>` is "keep" or "drop", or there is none.

It holds for the migration file that it was said about, and no longer than that file stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from migwizard.engine.proving import scratchcopies
from migwizard.engine.ride import BY_NOBODY, Ride
from migwizard.engine.talk import Answer, Question
from migwizard.errors import UsageError

KEEP, DROP = "keep", "drop"
_KIND = "keep:"


def question_id(operation: str) -> str:
    """The decision on an old operation; `operation` is "shop.0004_load#0"."""
    return f"{_KIND}{operation}"


def about(ride: Ride, operation: str) -> str:
    """The hash of the migration file that holds an operation, as it is now."""
    app, _, rest = operation.partition(".")
    return scratchcopies.hash_that_runs(ride, f"{app}/{rest.partition('#')[0]}.py")


def forget_outlived(ride: Ride) -> None:
    """Before operations are judged anew: a word on a file that changed counts no more, nor one of which nobody knows."""
    for key, answer in list(ride.checkpoint.decisions.items()):
        operation = key.removeprefix(_KIND)
        if operation == key or key in ride.options.answers or (answer.about and answer.about == about(ride, operation)):
            continue
        del ride.checkpoint.decisions[key]
        if answer.by != BY_NOBODY:
            ride.tell(
                "note",
                f"{operation}: your word on it ({answer.choice}) does not count any more, because its migration file is "
                "not the one that you saw. It is judged anew.",
            )


def note_answers(ride: Ride, operations: Iterable[str]) -> None:
    """Note what the answers file says of these operations, so that it holds when the ride goes on another day."""
    found: dict[str, Answer] = {}
    for operation in operations:
        key = question_id(operation)
        if key not in ride.options.answers:
            continue
        answer = Answer(ride.options.answers[key], "answers file", about(ride, operation))
        if answer.choice not in (KEEP, DROP):
            raise UsageError(f"{answer.choice!r} is no answer to {key}; choose one of drop, keep.", code="answer")
        found[key] = answer
    if any(ride.checkpoint.decisions.get(key) != answer for key, answer in found.items()):
        ride.checkpoint.decisions |= found
        ride.save()


def said(ride: Ride, operation: str) -> str | None:
    """What was decided, in the answers file or earlier."""
    stored = ride.checkpoint.decisions.get(question_id(operation))
    return stored.choice if stored else None


def decide(ride: Ride, operation: str, choice: str) -> None:
    """Note what the person says now; it counts more than what a file said before."""
    take_back(ride, operation)
    ride.checkpoint.decisions[question_id(operation)] = Answer(choice, "person", about(ride, operation))
    ride.save()


def ask(ride: Ride, question: Question, operation: str) -> str:
    """What is decided on an operation, asked where nothing is; noted for the file as it was before the question."""
    seen = about(ride, operation)
    choice = ride.ask(question)
    ride.checkpoint.decisions[question.id] = replace(ride.checkpoint.decisions[question.id], about=seen)
    ride.save()
    return choice


def take_back(ride: Ride, operation: str) -> None:
    """Let the verdict count again; what cannot be judged is asked anew."""
    forget(ride, question_id(operation))


def forget(ride: Ride, key: str) -> None:
    """Forget the answer to a question, wherever it came from."""
    ride.checkpoint.decisions.pop(key, None)
    if key in ride.options.answers:
        left = {other: answer for other, answer in ride.options.answers.items() if other != key}
        ride.options = replace(ride.options, answers=left)
    ride.save()
