"""The same done to many histories: all are tried before the first is changed, then they are changed one by one.

A round that stops on its way can be repeated: what is done already has nothing to do.
"""

from __future__ import annotations

import typing

from django.db import Error

from .columns import lacking
from .files import Consistency
from .history import History
from .installed import part_of
from .places import Place, recorded_in
from .procedures import state, switch
from .refusal import SwitchError, refused_by_server
from .reverse import undo
from .words import Facts, catch_up, listed


class Round:
    """One action, "switch" or "undo", on histories of several connections (`connections[alias]`)."""

    def __init__(
        self,
        action: str,
        connections: typing.Any,
        manifest: Facts,
        lock_timeout: float = 10,
        may_lack: typing.Optional[typing.Collection[str]] = None,
    ) -> None:
        """`may_lack` are tables and columns that a database may be without; None leaves it to others to look."""
        self._may_lack = may_lack
        self._action = {"switch": self._switch, "undo": self._undo}[action]
        self._connections, self._manifest, self._timeout = connections, manifest, lock_timeout
        self._consistent = Consistency()

    def rehearse(self, places: typing.Iterable[Place]) -> typing.Iterator[Facts]:
        """What would become of each place; writes nothing. See `_outcome`."""
        return (self._outcome(place, True) for place in places)

    def perform(self, places: typing.Iterable[Place]) -> typing.Iterator[Facts]:
        """Do it to each place; the first that is refused is the last."""
        for place in places:
            outcome = self._outcome(place, False)
            yield outcome
            if outcome["code"]:
                return

    def act(self, place: Place, dry_run: bool) -> Facts:
        """Do it to one place, or try it. Raises what `switch` and `undo` do."""
        return self._action(place, dry_run)

    def _outcome(self, place: Place, dry_run: bool) -> Facts:
        """`database`, `schema`, `result`, `state`, `deleted`, `inserted`, `warnings`, and of a refusal `code` and `sentence`.

        `result` is SWITCHED, UNDONE, NOTHING_TO_DO, WOULD_SWITCH, WOULD_UNDO or REFUSED.
        """
        outcome: Facts = {"database": place.alias, "schema": place.schema, "code": None, "sentence": "", "warnings": []}
        try:
            done = self.act(place, dry_run)
        except SwitchError as error:
            refused = {"result": "REFUSED", "state": error.details.get("state"), "deleted": 0, "inserted": 0}
            details = dict(error.details)
            if error.code == "MW-E12":
                details["catch_up"] = catch_up(place.alias, self._manifest)
            return dict(outcome, **refused, code=error.code, sentence=error.sentence, details=details)
        except Error as error:
            said = refused_by_server(place, error)
            refused = {"result": "REFUSED", "state": None, "deleted": 0, "inserted": 0}
            return dict(outcome, **refused, code=said.code, sentence=said.sentence)
        return dict(outcome, **done)

    def _switch(self, place: Place, dry_run: bool) -> Facts:
        would = self._exchange(place, True)
        if self._may_lack is not None:
            self._look_behind(place, would, self._may_lack)
        return would if dry_run else self._exchange(place, False)

    def _look_behind(self, place: Place, would: Facts, may_lack: typing.Collection[str]) -> None:
        """Raise SwitchError where the rows say that all is well, and something else says that it is not."""
        if would["state"] in ("NEW", "NEW_PARTIAL"):
            found = state(self._connections[place.alias], self._part(place), schema=place.schema)
            if found["other_run"]:
                sentence = (
                    f"{History(self._connections[place.alias], place.schema)} was switched by another reset, of the"
                )
                sentence += f" run {found['other_run']}, whose files have the same names as those of {self._manifest['run_id']}."
                raise SwitchError("MW-E23", sentence, {"run": found["other_run"]})
            # Migrations on top of the new history may have changed columns since.
            if would["state"] == "NEW_PARTIAL" or found["extra"]:
                return
        elif would["result"] != "WOULD_SWITCH":
            return
        self._refuse_lacking(place, may_lack)

    def _refuse_lacking(self, place: Place, may_lack: typing.Collection[str]) -> None:
        """Raise SwitchError where the project could not work with a database, whatever its history says."""
        connection, whole = self._connections[place.alias], place.alias == "default" and place.schema is None
        # Which tables are those of an app that is not installed is not known.
        whole = whole and self._part(place) is self._manifest
        found = lacking(connection, self._manifest, schema=place.schema, tables=whole)
        names = [name for name in found if name not in may_lack]
        if names:
            sentence = f"{History(connection, place.schema)} lacks {listed(names)}, which the old history builds and nothing would bring back."
            raise SwitchError("MW-E22", sentence, {"lacking": names})

    def _part(self, place: Place) -> Facts:
        return part_of(self._manifest, recorded_in(self._connections[place.alias], place))

    def _exchange(self, place: Place, dry_run: bool) -> Facts:
        return switch(
            self._connections[place.alias],
            self._part(place),
            consistent=self._consistent,
            dry_run=dry_run,
            lock_timeout=self._timeout,
            schema=place.schema,
        )

    def _undo(self, place: Place, dry_run: bool) -> Facts:
        connection = self._connections[place.alias]
        found = state(connection, self._manifest, schema=place.schema)
        if not found["new"] and not found["saved"]:
            nothing = {"result": "NOTHING_TO_DO", "deleted": 0, "inserted": 0}
            return dict(nothing, state=found["state"], sentence=f"{History(connection, place.schema)} is not switched.")
        done = undo(connection, self._manifest, dry_run=dry_run, lock_timeout=self._timeout, schema=place.schema)
        return dict(done, state=found["state"])
