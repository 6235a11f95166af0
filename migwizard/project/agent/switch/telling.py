"""What the script says: lines for people, or one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
import typing

from .backup import BACKUP
from .places import Place
from .words import Facts, full_name, said_of


class Telling:
    """Results go to stdout, refusals to stderr; with JSON all of it goes to stdout, and the last line is the result."""

    def __init__(self, action: str, as_json: bool, dry_run: bool) -> None:
        self._action, self._json = action, as_json
        self._dry = dry_run or action == "check"
        self.refused = 0
        self._done: typing.List[str] = []

    def each(self, outcomes: typing.Iterable[Facts], *, done: bool = False) -> typing.List[Facts]:
        """Tell every outcome as it comes, and return them; of what is only rehearsed no more than what was refused."""
        found = []
        for outcome in outcomes:
            found.append(outcome)
            if outcome["code"]:
                self.refused += 1
            elif not done and not self._dry:
                continue
            if outcome["result"] in ("SWITCHED", "UNDONE"):
                self._done.append(str(Place(outcome["database"], outcome["schema"])))
            self._outcome(outcome)
        return found

    def refuse(self, alias: str, code: str, sentence: str) -> None:
        """Tell of a database that cannot be looked at."""
        self.refused += 1
        self._outcome({"database": alias, "schema": None, "result": "REFUSED", "code": code, "sentence": sentence})

    def left_out(self, alias: str, reason: str) -> None:
        """Tell of an alias with which nothing is to be done."""
        if self._json:
            self._object({"type": "database", "database": alias, "result": "LEFT_OUT", "sentence": reason})
        else:
            self._line(f"Database '{alias}' {reason}.")

    def ended(self, exit_code: int) -> int:
        """The last line; returns the exit code."""
        if self._json:
            result = {"type": "result", "action": self._action, "dry_run": self._dry, "exit": exit_code}
            self._object(dict(result, changed=len(self._done), refused=self.refused))
        elif exit_code == 0 and self._action == "switch" and not self._dry:
            self._line("Next: python manage.py migrate")
        elif exit_code != 0 and self._done:
            self._complaint(f"Done before that: {', '.join(self._done)}. The same command goes on with the rest.")
        elif exit_code != 0 and not self._dry:
            self._complaint("No database was changed.")
        return exit_code

    def stopped(self, exit_code: int, code: str, sentence: str) -> int:
        """Tell why nothing more happens; returns the exit code."""
        if self._json:
            self._object({"type": "error", "code": code, "exit": exit_code, "sentence": sentence})
        else:
            self._complaint(sentence if code.islower() else f"{sentence} ({code})")
        return exit_code

    def _outcome(self, outcome: Facts) -> None:
        if self._json:
            self._object(dict({key: value for key, value in outcome.items() if key != "backup"}, type="database"))
            return
        for warning in outcome.get("warnings", ()):
            self._complaint(str(warning))
        if outcome["code"]:
            self._complaint(f"{outcome['sentence']} ({outcome['code']})")
            if outcome["code"] == "MW-E12" and outcome["details"]["catch_up"]:
                self._complaint(f"  In a checkout, when your own work is committed: {outcome['details']['catch_up']}")
            if outcome["code"] == "MW-E13" and not outcome["details"]["other_run"]:
                names = " ".join(f"--tolerate {full_name(tuple(key))}" for key in outcome["details"]["unknown"])
                self._complaint(f"  Where nobody needs it, and its row may go: {names}")
            if outcome["code"] == "MW-E22":
                names = " ".join(f"--may-lack {name}" for name in outcome["details"]["lacking"])
                self._complaint(f"  Bring it back as the old release has it. Where nobody needs it: {names}")
            if outcome["code"] == "MW-E32":
                for step in outcome["details"]["steps"]:
                    self._complaint(f"  {said_of(step)}")
                self._complaint("  Then the same undo again.")
        else:
            self._line(_told(outcome))

    @staticmethod
    def _object(data: Facts) -> None:
        print(json.dumps(data, default=str, sort_keys=True), flush=True)

    @staticmethod
    def _line(text: str) -> None:
        print(text, flush=True)

    @staticmethod
    def _complaint(text: str) -> None:
        sys.stdout.flush()
        print(text, file=sys.stderr, flush=True)


def _told(outcome: Facts) -> str:
    """What became of one history, or would."""
    where = f"Database {Place(outcome['database'], outcome['schema'])}"
    out, into = outcome["deleted"], outcome["inserted"]
    alone = " A plain migrate records them by itself." if outcome.get("by_migrate") else ""
    return {
        "SWITCHED": f"{where} is switched: {out} rows of django_migrations went out, {into} came in; {BACKUP} keeps the old ones.",
        "WOULD_SWITCH": f"{where} is at the old head: {out} rows of django_migrations would go out, {into} would come in.{alone}",
        "UNDONE": f"{where} is as it was before the switch: {out} rows of django_migrations went out, {into} came back.",
        "WOULD_UNDO": f"{where} was switched: {out} rows of django_migrations would go out, {into} would come back.",
    }.get(outcome["result"], f"{outcome['sentence']} Nothing to do.")
