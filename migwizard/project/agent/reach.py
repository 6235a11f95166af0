"""What the code of an operation reaches outside of its own file: the source of functions and classes that it names."""

from __future__ import annotations

import functools
import inspect
import sysconfig
import types
from typing import Any, Iterator

MOST = 15
"""So many functions are followed; code that reaches more is a program of its own."""
_FOREIGN = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def reached_source(start: Any) -> str:
    """The sources of `start`, which an operation runs or is made of, and of what it names, of installed packages none."""
    from django.conf import settings

    called = _plain(start)
    # Of an object that can be called, its class holds the code.
    todo = [called if isinstance(called, (types.FunctionType, type)) else type(called)]
    seen, sources = {id(None)}, []
    while todo and len(seen) < MOST:
        found = _plain(todo.pop(0))
        if id(found) in seen or not _is_own(found):
            continue
        seen.add(id(found))
        try:
            sources.append(inspect.getsource(found))
        except (OSError, TypeError):
            continue
        named = list(_named(found))
        sources += [f"from django.conf import settings as {name}" for name, value in named if value is settings]
        todo += [value for _, value in named]
    return "\n".join(sources)


def _plain(found: Any) -> Any:
    """The function behind a decorator, a partial or a bound method."""
    while type(found) in (functools.partial, types.MethodType):
        found = found.func if type(found) is functools.partial else found.__func__
    return inspect.unwrap(found) if type(found) is types.FunctionType else found


def _is_own(found: Any) -> bool:
    """Whether it is code of the project: neither of the standard library nor of an installed package.

    Asked by type alone: a lazy object would come to life when it is asked for its class.
    """
    if type(found) is not types.FunctionType and not issubclass(type(found), type):
        return False
    try:
        file = inspect.getsourcefile(found)
    except TypeError:
        return False
    return file is not None and not file.startswith(_FOREIGN)


def _named(found: Any) -> Iterator[tuple[str, Any]]:
    """What a function, or the methods of a class, know by the names that they use."""
    if isinstance(found, type):
        for method in vars(found).values():
            yield from _named(method) if isinstance(method, types.FunctionType) else ()
        return
    codes = [found.__code__]
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        for name in code.co_names:
            value = found.__globals__.get(name)
            yield name, value
            if type(value) is types.ModuleType:
                # A helper called as module.helper: its own name is in co_names as well.
                yield from ((each, getattr(value, each, None)) for each in code.co_names)
