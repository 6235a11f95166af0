"""Write old code anew with the names that its models and fields have today.

Only what the text shows is rewritten: models that `get_model` gets by literal names, keywords and lookups of calls on
them, and attributes of instances that plainly come from them. Whether that was enough, the proof tells.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migwizard.seeds.locate import last_word
from migwizard.seeds.renames import Fates, Model
from migwizard.seeds.spell import Replacement, replaced

ONE = {"create", "get", "first", "last", "earliest", "latest"}
ONE_AND_MORE = {"get_or_create", "update_or_create"}
NAMES = {"values", "values_list", "only", "defer", "order_by", "select_related", "prefetch_related", "distinct"}
NAMES |= {"dates", "datetimes", "get_field", "bulk_update", "in_bulk", "latest", "earliest"}
EXPRESSIONS = {"F", "Count", "Sum", "Max", "Min", "Avg", "Lower", "Upper", "Length", "Coalesce", "Concat", "OuterRef"}


@dataclass(frozen=True, slots=True)
class _Thing:
    """What an expression stands for: a model or rows of it ("many"), one row ("one"), or a row with a flag ("pair")."""

    model: Model
    kind: str = "many"


def rewritten(source: str, fates: Fates) -> str:
    """The module's text with today's names; the same text where it mentions nothing that was renamed."""
    if not fates:
        return source
    tree = ast.parse(source)
    changes = {_span(node): (node, text) for node, text in _Scope(fates).changes(tree)}
    changed = [(node, text) for node, text in changes.values() if ast.get_source_segment(source, node) != text]
    return replaced(source, changed) if changed else source


def lost_models(source: str, fates: Fates, known: set[tuple[str, str]]) -> list[tuple[Model, Model]]:
    """The models that the text gets under names that no model has today, each with its name of today."""
    found = []
    for node in ast.walk(ast.parse(source)):
        model = _got(node)
        if model is not None and (model[0], model[1].lower()) not in known:
            fate = fates.of(model)
            if (fate.app, fate.model.lower()) in known:
                found.append((model, (fate.app, fate.model)))
    return found


def _span(node: ast.AST) -> tuple[int, ...]:
    return tuple(getattr(node, name, 0) or 0 for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))


def _got(node: ast.AST) -> Model | None:
    """The model that a call of get_model gets by literal names."""
    if not isinstance(node, ast.Call) or last_word(node.func) != "get_model":
        return None
    words = [str(each.value) for each in _model_arguments(node)]
    if len(words) == 1 and "." in words[0]:
        app, _, model = words[0].partition(".")
        return app, model
    return (words[0], words[1]) if len(words) == 2 else None


def _model_arguments(call: ast.Call) -> list[ast.Constant]:
    named = {each.arg: each.value for each in call.keywords}
    nodes = [*call.args, *(named[name] for name in ("app_label", "model_name") if name in named)]
    return [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _quoted(node: ast.Constant, text: str) -> str:
    """A string literal; the quotes are double ones, which is what formatters want."""
    return '"' + text + '"' if '"' not in text and "\\" not in text else repr(text)


class _Scope:
    """The names of one function that stand for models and rows, and those around it."""

    def __init__(self, fates: Fates, outer: dict[str, _Thing] | None = None) -> None:
        self._fates = fates
        self._names: dict[str, _Thing] = dict(outer or {})

    def changes(self, node: ast.AST) -> Iterator[Replacement]:
        """What is to be written anew below a node."""
        inside = list(_own(node))
        # Twice, since a loop may use a name above the line that binds it.
        for _ in range(2):
            for each in inside:
                self._bind(each)
        for each in inside:
            yield from self._rewrite(each)
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
                yield from _Scope(self._fates, self._names).changes(each)

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._name(node.targets[0], self._thing(node.value))
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            self._name(node.target, self._thing(node.value))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            thing = self._thing(node.iter)
            self._name(node.target, _Thing(thing.model, "one") if thing and thing.kind == "many" else None)

    def _name(self, target: ast.expr, thing: _Thing | None) -> None:
        if thing is None:
            return
        if isinstance(target, ast.Name):
            self._names[target.id] = thing
        elif isinstance(target, ast.Tuple) and thing.kind == "pair" and isinstance(target.elts[0], ast.Name):
            self._names[target.elts[0].id] = _Thing(thing.model, "one")

    def _thing(self, node: ast.AST) -> _Thing | None:
        """What an expression stands for, where that is plain."""
        if (model := _got(node)) is not None:
            return _Thing(model)
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            thing = self._thing(node.value)
            return thing if thing and thing.kind == "many" else None
        if isinstance(node, ast.Subscript):
            thing = self._thing(node.value)
            return _Thing(thing.model, thing.kind if isinstance(node.slice, ast.Slice) else "one") if thing else None
        if isinstance(node, ast.Call):
            return self._called(node)
        return None

    def _called(self, node: ast.Call) -> _Thing | None:
        word = last_word(node.func)
        if isinstance(node.func, ast.Name):
            if word in ("list", "tuple", "sorted", "reversed", "iter", "set") and node.args:
                return self._thing(node.args[0])
            called = self._names.get(word)
            return _Thing(called.model, "one") if called and called.kind == "many" else None
        thing = self._thing(node.func)
        if thing is None:
            return _Thing(model, "one") if (model := _got(node.func)) else None
        return _Thing(thing.model, "one" if word in ONE else "pair" if word in ONE_AND_MORE else "many")

    def _rewrite(self, node: ast.AST) -> Iterator[Replacement]:
        if isinstance(node, ast.Attribute):
            thing = self._thing(node.value)
            new = self._fates.of(thing.model).fields.get(node.attr) if thing and thing.kind == "one" else None
            if new:
                yield _tail(node), new
        elif isinstance(node, ast.Call):
            if (model := _got(node)) is not None:
                yield from self._get_model(node, model)
            yield from self._content_type(node)
            thing = self._thing(node.func)
            if thing is not None and thing.kind == "many":
                yield from self._call(node, thing.model, last_word(node.func))
            elif isinstance(node.func, ast.Attribute) and (row := self._thing(node.func.value)):
                yield from self._of_row(node, row.model)

    def _get_model(self, call: ast.Call, model: Model) -> Iterator[Replacement]:
        fate, nodes = self._fates.of(model), _model_arguments(call)
        if (fate.app, fate.model.lower()) == (model[0], model[1].lower()):
            return
        texts = [f"{fate.app}.{fate.model}"] if len(nodes) == 1 else [fate.app, fate.model]
        yield from ((node, _quoted(node, text)) for node, text in zip(nodes, texts, strict=True) if node.value != text)

    def _content_type(self, call: ast.Call) -> Iterator[Replacement]:
        """The row of a content type bears the name of today."""
        named = {each.arg: each.value for each in call.keywords if isinstance(each.value, ast.Constant)}
        app, model = named.get("app_label"), named.get("model")
        if isinstance(app, ast.Constant) and isinstance(model, ast.Constant):
            fate = self._fates.of((str(app.value), str(model.value)))
            for node, text in ((app, fate.app), (model, fate.model.lower())):
                if node.value != text:
                    yield node, _quoted(node, text)

    def _call(self, call: ast.Call, model: Model, method: str) -> Iterator[Replacement]:
        """The keywords and names of fields of a call on a model or its rows."""
        for keyword in call.keywords:
            if keyword.arg in ("defaults", "create_defaults"):
                yield from self._keys(keyword.value, model)
            elif keyword.arg is not None and (new := self._fates.path(model, keyword.arg)) != keyword.arg:
                yield _head(keyword, keyword.arg), new
            elif keyword.arg is None:
                yield from self._keys(keyword.value, model)
        arguments = [*call.args, *(each.value for each in call.keywords)]
        if method in NAMES:
            listed = [
                part for each in call.args for part in (each.elts if isinstance(each, ast.List | ast.Tuple) else [each])
            ]
            yield from (change for each in listed for change in self._text(each, model))
        for node in (part for each in arguments for part in ast.walk(each) if isinstance(part, ast.Call)):
            if last_word(node.func) in {"Q", *EXPRESSIONS}:
                for keyword in node.keywords if last_word(node.func) == "Q" else ():
                    if keyword.arg and (new := self._fates.path(model, keyword.arg)) != keyword.arg:
                        yield _head(keyword, keyword.arg), new
                yield from (change for each in node.args for change in self._text(each, model))

    def _of_row(self, call: ast.Call, model: Model) -> Iterator[Replacement]:
        """The fields that a row is saved or read with."""
        for keyword in call.keywords:
            if keyword.arg in ("update_fields", "fields") and isinstance(keyword.value, ast.List | ast.Tuple):
                yield from (change for each in keyword.value.elts for change in self._text(each, model))

    def _keys(self, node: ast.expr, model: Model) -> Iterator[Replacement]:
        if isinstance(node, ast.Dict):
            yield from (change for key in node.keys if key for change in self._text(key, model))

    def _text(self, node: ast.expr, model: Model) -> Iterator[Replacement]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            sign = "-" if node.value.startswith("-") else ""
            new = sign + self._fates.path(model, node.value.removeprefix("-"))
            if new != node.value:
                yield node, _quoted(node, new)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below a node, without those inside functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own(child)


def _tail(node: ast.Attribute) -> ast.AST:
    """The name at the end of an attribute as a node of its own."""
    return _at(
        node.end_lineno or node.lineno, (node.end_col_offset or 0) - len(node.attr.encode()), len(node.attr.encode())
    )


def _head(node: ast.keyword, name: str) -> ast.AST:
    """The name of a keyword as a node of its own."""
    return _at(node.lineno, node.col_offset, len(name.encode()))


def _at(line: int, column: int, width: int) -> ast.AST:
    return ast.Name("", lineno=line, col_offset=column, end_lineno=line, end_col_offset=column + width)
