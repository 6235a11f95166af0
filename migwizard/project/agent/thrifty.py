"""The project's autodetector, spared what it would find out again and again."""

from __future__ import annotations

from typing import Any, Dict, Tuple

Known = Dict[int, Tuple[Any, Any]]
"""Fields by `id`, each with its deconstruction; held here, so that no other one gets the same number."""


def thrifty(base: Any, known: Known | None = None) -> Any:
    """An autodetector class that finds what `base` finds.

    For every model that was there and still is Django (4.1 to 6.1 at least) looks for changes of index_together in all of
    them, so that a comparison takes four times as long where there are twice as many. `known` is shared by comparisons of
    the same fields, of which nobody changes one.
    """

    # What another one asks of these methods nobody knows.
    is_djangos = base.__module__.startswith("django.")

    class Thrifty(base):
        def create_altered_indexes(self) -> None:
            find: Any = getattr(self, "_get_altered_foo_together_operations", None)
            found: dict[str, list[Any]] = {}

            def find_once(option_name: str) -> Any:
                if option_name not in found:
                    found[option_name] = list(find(option_name))
                return found[option_name]

            # The renames that it reads are known by now, and nothing else changes while this method works.
            self._get_altered_foo_together_operations = find_once
            try:
                super().create_altered_indexes()
            finally:
                del self._get_altered_foo_together_operations

        def only_relation_agnostic_fields(self, fields: Any) -> Any:
            if is_djangos and self.old_model_keys <= self.new_model_keys:
                # They tell whether a new model is an old one that is gone.
                return []
            return super().only_relation_agnostic_fields(fields)

        def generate_altered_fields(self) -> None:
            keys: Any = getattr(self, "old_field_keys")  # noqa: B009 - a base that nobody knows has it
            if known is not None and is_djangos and not (self.renamed_models or self.renamed_fields):
                # A field that both states hold did not change.
                self.old_field_keys = {key for key in keys & self.new_field_keys if not self._is_in_both(*key)}
            try:
                super().generate_altered_fields()
            finally:
                self.old_field_keys = keys

        def _is_in_both(self, app: str, model: str, field: str) -> bool:
            before, after = (state.models[app, model].fields.get(field) for state in (self.from_state, self.to_state))
            return before is not None and before is after

        def deep_deconstruct(self, obj: Any) -> Any:
            if known is None or not isinstance(obj, Field):
                return super().deep_deconstruct(obj)
            if id(obj) not in known:
                known[id(obj)] = (obj, super().deep_deconstruct(obj))
            path, arguments, keywords = known[id(obj)][1]
            # Whoever asks may take something out of it.
            return path, list(arguments), dict(keywords)

    from django.db.models import Field

    return Thrifty
