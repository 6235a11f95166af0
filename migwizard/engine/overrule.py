"""The person's last word on a verdict: the decision `keep:<operation>` is "keep" or "drop", or there is none."""

from __future__ import annotations

from dataclasses import replace

from migwizard.engine.ride import Ride
from migwizard.engine.talk import Answer
from migwizard.errors import UsageError

KEEP, DROP = "keep", "drop"


def question_id(operation: str) -> str:
    """The decision on an old operation; `operation` is "shop.0004_load#0"."""
    return f"keep:{operation}"


def said(ride: Ride, operation: str) -> str | None:
    """What was decided, in the answers file or earlier; noted, so that it holds when the ride goes on another day."""
    key = question_id(operation)
    if key in ride.options.answers:
        answer = Answer(ride.options.answers[key], "answers file")
        if answer.choice not in (KEEP, DROP):
            raise UsageError(f"{answer.choice!r} is no answer to {key}; choose one of drop, keep.", code="answer")
        if ride.checkpoint.decisions.get(key) != answer:
            ride.checkpoint.decisions[key] = answer
            ride.save()
    stored = ride.checkpoint.decisions.get(key)
    return stored.choice if stored else None


def decide(ride: Ride, operation: str, choice: str) -> None:
    """Note what the person says now; it counts more than what a file said before."""
    take_back(ride, operation)
    ride.checkpoint.decisions[question_id(operation)] = Answer(choice, "person")
    ride.save()


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
