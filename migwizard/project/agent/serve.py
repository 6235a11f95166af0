"""The agent's loop: load the project once, then answer each request in a fork of the loaded process.

A fork costs milliseconds where a new process costs seconds, and nothing that a request imports, patches or breaks
outlives it. Where a fork is not possible or not safe (no os.fork, or threads that the project started), one request
is answered in this process, which then ends; the host starts another.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import platform
import selectors
import signal
import sys
import threading
from typing import Any, Callable

from .channel import Channel, Heartbeat, Lines, take_descriptors
from .exchange import Exchange
from .failure import AgentError, describe

PROTOCOL = 1

# Method of the protocol -> module and function that answers it. Modules are imported in the fork.
HANDLERS = {
    "registry": ("facts", "registry"),
    "registry_at_end": ("facts", "registry_at_end"),
    "migration_hashes": ("sources", "migration_hashes"),
    "sees": ("sources", "sees"),
    "history": ("history", "history"),
    "check_changes": ("makemigrations", "check_changes"),
    "drift": ("drift", "drift"),
    "write_drift": ("drift", "write_drift"),
    "advance": ("drift", "advance"),
    "operations": ("operations", "operations"),
    "rendered": ("rendered", "rendered"),
    "generate": ("makemigrations", "generate"),
    "migrate": ("migrate", "migrate"),
    "migrate_schemas": ("migrate_schemas", "migrate_schemas"),
    "copy_scratch": ("scratch", "copy"),
    "try_scratch": ("scratch", "try_scratch"),
    "release_scratch": ("scratch", "release"),
    "describe_scratch": ("scratch", "describe"),
    "sweep_scratch": ("scratch", "sweep"),
    "seed_rows": ("seed_rows", "seed_rows"),
    "database_state": ("databases", "database_state"),
    "read_schema": ("databases", "read_schema"),
    "switch": ("databases", "switch_database"),
    "undo_switch": ("databases", "undo_database"),
    "pending": ("databases", "pending"),
    "confirm_fake": ("databases", "confirm_fake"),
    "retire": ("retiring", "retire_database"),
    "unretire": ("retiring", "unretire_database"),
}

ON_REAL_DATABASES = ("databases", "retiring")
"""Modules whose requests let code of the project run as `migrate` does, which may write files of its own."""

Start = Any


def answer(request: dict[str, Any], start: Start, channel: Channel, exchange: Exchange | None) -> None:
    """Run the handler of one request and send its result or its failure; events go out while it works.

    With an exchange the files that the handler changed go out before the result.
    """
    number = request["id"]

    def emit(**event: Any) -> None:
        channel.send({"id": number, "event": event})

    try:
        if request["method"] not in HANDLERS:
            raise AgentError("protocol", "The agent knows no request {!r}.".format(request["method"]))
        module, function = HANDLERS[request["method"]]
        if module not in ON_REAL_DATABASES:
            # Scratch databases hold rows, and staged files may: nobody else reads them, whatever the umask is.
            os.umask(0o077)
        handler: Callable[..., Any] = getattr(importlib.import_module("." + module, __package__), function)
        with Heartbeat(channel, number):
            if request.get("histories"):
                from . import histories

                histories.use_always(request["histories"])
            if request.get("scratch"):
                start = dict(start, scratch=request["scratch"])
            before = exchange.state(number) if exchange else {}
            result = handler(start, emit, **request.get("params", {}))
            for change in exchange.changes(number, before) if exchange else ():
                channel.send({"id": number, "file": change})
        channel.send({"id": number, "result": result})
    except BaseException as error:
        channel.send({"id": number, "error": describe(error, start["root"])})


def _end(code: int) -> None:
    """Leave at once: exit handlers and threads of the project have no say in it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Children:
    """The forks at work, each with a pipe whose lines are handed on to the host."""

    def __init__(self, channel: Channel, selector: selectors.BaseSelector, exchange: Exchange | None) -> None:
        self._channel = channel
        self._exchange = exchange
        self._selector = selector
        self._by_descriptor: dict[int, tuple[int, int, Lines]] = {}

    def fork(self, request: dict[str, Any], start: Start) -> None:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            answer(request, start, Channel(writer), self._exchange)
            _end(0)
        os.close(writer)
        self._by_descriptor[reader] = (pid, request["id"], Lines(reader))
        self._selector.register(reader, selectors.EVENT_READ)

    def forward(self, descriptor: int) -> None:
        """Hand on what a fork wrote; at its end say how it ended, in case it could not say so itself.

        One that writes without an end is ended.
        """
        pid, number, lines = self._by_descriptor[descriptor]
        ran_wild = ""
        try:
            complete = lines.read()
        except OverflowError as error:
            os.kill(pid, signal.SIGKILL)
            complete, ran_wild = None, str(error)
        if complete is not None:
            for line in complete:
                self._channel.forward(line)
            return
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del self._by_descriptor[descriptor]
        _, status = os.waitpid(pid, 0)
        if self._exchange:
            self._exchange.drop(number)
        self._channel.send({"id": number, "ended": ran_wild or _ending(status)})

    def cancel(self, number: int) -> None:
        for pid, request, _ in self._by_descriptor.values():
            if request == number:
                os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        for pid, _, _ in self._by_descriptor.values():
            os.kill(pid, signal.SIGKILL)


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "signal {}".format(os.WTERMSIG(status))
    return "exit code {}".format(os.WEXITSTATUS(status))


def serve(requests: int, channel: Channel, start: Start, exchange: Exchange | None) -> None:
    """Answer requests, each in a fork, until the host closes its end."""
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    lines, children = Lines(requests), Children(channel, selector, exchange)
    while True:
        for key, _ in selector.select():
            if key.fd != requests:
                children.forward(key.fd)
                continue
            complete = lines.read()
            if complete is None:
                children.kill()
                _end(0)
            for line in complete or ():
                request = json.loads(line)
                if "file" in request and exchange:
                    exchange.take(request["file"])
                elif "cancel" in request:
                    children.cancel(request["cancel"])
                else:
                    children.fork(request, start)


def hindrance() -> str | None:
    """Why this process must not be forked, if there is a reason."""
    if not hasattr(os, "fork"):
        return "this platform has no fork"
    others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    return "the project started threads: " + ", ".join(sorted(others)) if others else None


def _warm_up() -> None:
    """Import once, for all forks, what nearly each of them needs.

    What is there by then no fork has to look through for garbage, and none looks as often as Python would by itself: model
    classes that are rendered make so many objects that nearly all of these looks find nothing.
    """
    for name in ("autodetector", "executor", "optimizer", "questioner", "writer"):
        importlib.import_module("django.db.migrations." + name)
    gc.freeze()
    gc.set_threshold(10000, 10, 10)


def main(folder: str | None = None) -> None:
    """Serve the host until it closes its end. `folder` is where its files go, if it shares no file system with us."""
    requests, replies = take_descriptors()
    channel, exchange = Channel(replies), Exchange(folder) if folder else None
    channel.send({"hello": {"protocol": PROTOCOL, "python": platform.python_version(), "executable": sys.executable}})
    lines = Lines(requests)
    start = json.loads(next(iter(lines)))
    try:
        if start.get("clock_shift"):
            from .clock import shift

            shift(start["clock_shift"])
        from .load import load

        def stage(text: str) -> None:
            channel.send({"id": 0, "event": {"stage": text}})

        def learn(secrets: dict[str, str]) -> None:
            channel.send({"id": 0, "event": {"secrets": secrets}})

        with Heartbeat(channel, 0):
            facts = load(start, stage, learn)
    except BaseException as error:
        channel.send({"id": 0, "error": describe(error, start["root"], kind="project")})
        _end(0)
    reason = None if start.get("fork", True) else "asked not to"
    reason = reason or hindrance()
    channel.send({"id": 0, "result": dict(facts, fork=reason is None, fork_hindrance=reason)})
    if reason is None:
        _warm_up()
        serve(requests, channel, start, exchange)
    for line in lines:
        request = json.loads(line)
        if "file" in request and exchange:
            exchange.take(request["file"])
            continue
        answer(request, start, channel, exchange)
        _end(0)
    _end(0)
