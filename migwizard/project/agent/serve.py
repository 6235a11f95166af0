"""The agent's loop: load the project once, then answer each request in a fork of the loaded process.

A fork costs milliseconds where a new process costs seconds, and nothing that a request imports, patches or breaks
outlives it. Where a fork is not possible or not safe (no os.fork, or threads that the project started), one request
is answered in this process, which then ends; the host starts another.
"""

from __future__ import annotations

import contextlib
import faulthandler
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
from .reader import IN_MAKEMIGRATIONS, Reader, is_about_tree

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
    "weights": ("rendered", "weights"),
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
    "steps_back": ("databases", "steps_back"),
    "pending": ("lacking", "pending"),
    "unapplied": ("lacking", "unapplied"),
    "torn": ("lacking", "torn"),
    "confirm_fake": ("databases", "confirm_fake"),
    "retire": ("retiring", "retire_database"),
    "unretire": ("retiring", "unretire_database"),
}

ON_REAL_DATABASES = ("databases", "lacking", "retiring")
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


class Child:
    """A fork at work: the request that it answers, or the reader that it is."""

    def __init__(self, pid: int, number: int, descriptor: int, reader: Reader | None = None) -> None:
        self.pid, self.lines, self.reader = pid, Lines(descriptor), reader
        self._number = number

    @property
    def number(self) -> int | None:
        return self.reader.number if self.reader else self._number


class Children:
    """The forks at work, each with a pipe whose lines are handed on to the host."""

    def __init__(
        self,
        channel: Channel,
        selector: selectors.BaseSelector,
        exchange: Exchange | None,
        start: Start,
        reads: bool,
    ) -> None:
        self._channel = channel
        self._exchange = exchange
        self._selector = selector
        self._start = start
        self._reads = reads
        """Whether a fork may read the history for others."""
        self._reader: Reader | None = None
        self._by_descriptor: dict[int, Child] = {}

    def take(self, request: dict[str, Any]) -> None:
        """Answer a request in a fork, where it can be in one of the process that has read the history."""
        if not self._reads or not is_about_tree(request):
            self._fork(request)
            return
        if self._reader and self._reader.is_free() and not self._reader.is_current():
            self._dismiss()
        if self._reader is None:
            self._fork_reader(request)
        elif self._reader.is_free():
            self._reader.send(request)
        else:
            self._fork(request)

    def _fork(self, request: dict[str, Any]) -> None:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._leave(reader)
            answer(request, self._start, Channel(writer), self._exchange)
            _end(0)
        os.close(writer)
        self._watch(Child(pid, request["id"], reader))

    def _fork_reader(self, request: dict[str, Any]) -> None:
        """Have a fork read the history, answer the request, and wait for more of its kind."""
        reader, writer = os.pipe()
        requests, sender = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self._leave(reader, sender)
                _read(request, requests, Channel(writer), self._start, self._exchange)
            finally:
                # Whatever the files did to this process: it is none that serves the host.
                _end(0)
        os.close(writer)
        os.close(requests)
        self._reader = Reader(sender, request)
        self._watch(Child(pid, request["id"], reader, self._reader))

    def _leave(self, *descriptors: int) -> None:
        """Close, in a fork, what only this process should hold: a reader ends when nobody can send it anything."""
        for descriptor in (*descriptors, *([self._reader.requests] if self._reader else [])):
            os.close(descriptor)

    def _watch(self, child: Child) -> None:
        self._by_descriptor[child.lines.descriptor] = child
        self._selector.register(child.lines.descriptor, selectors.EVENT_READ)

    def _dismiss(self) -> None:
        """Let the reader end."""
        if self._reader:
            os.close(self._reader.requests)
            self._reader = None

    def forward(self, descriptor: int) -> None:
        """Hand on what a fork wrote; at its end say how it ended, in case it could not say so itself.

        One that writes without an end is ended.
        """
        child = self._by_descriptor[descriptor]
        ran_wild = ""
        try:
            complete = child.lines.read()
        except OverflowError as error:
            os.kill(child.pid, signal.SIGKILL)
            complete, ran_wild = None, str(error)
        if complete is not None:
            for line in complete:
                if child.reader is None or child.reader.hears(line):
                    self._channel.forward(line)
            return
        self._selector.unregister(descriptor)
        os.close(descriptor)
        del self._by_descriptor[descriptor]
        if child.reader:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            self._lose(child.reader)
        _, status = os.waitpid(child.pid, 0)
        if child.reader and child.reader.waiting:
            # It could not read the history; whoever tries again finds out, and says, why.
            self._fork(child.reader.waiting)
            return
        if child.number is None:
            return
        if self._exchange:
            self._exchange.drop(child.number)
        self._channel.send({"id": child.number, "ended": ran_wild or _ending(status)})

    def _lose(self, reader: Reader) -> None:
        """A reader is gone; where it had not read anything yet, none is tried again."""
        self._reads = self._reads and not reader.waiting
        if reader is self._reader:
            self._dismiss()

    def cancel(self, number: int) -> None:
        for child in self._by_descriptor.values():
            if child.number != number:
                continue
            if child.reader and not child.reader.waiting:
                child.reader.send({"cancel": number})
                continue
            if child.reader:
                child.reader.waiting = None
            os.kill(child.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End them all, also those that hang, and wait until they have."""
        self._dismiss()
        self._send(signal.SIGKILL)
        for child in self._by_descriptor.values():
            os.waitpid(child.pid, 0)

    def trace(self) -> None:
        """Have each write to standard error where its code is."""
        if hasattr(signal, "SIGUSR1"):
            self._send(signal.SIGUSR1)

    def _send(self, number: int) -> None:
        """Send a signal to each, and to the forks of readers, which are of their groups."""
        for pid in [child.pid for child in self._by_descriptor.values()]:
            try:
                os.killpg(pid, number)
            except ProcessLookupError:
                # It leads no group: no reader, or one that was cancelled at its start.
                os.kill(pid, number)


def _read(request: dict[str, Any], requests: int, channel: Channel, start: Start, exchange: Exchange | None) -> None:
    """Be a reader; ends at once where the history cannot be read, or where that started threads."""
    from .kept import keep

    with Heartbeat(channel, request["id"]):
        seen = keep(start["root"])
    seen = None if hindrance() else seen
    # Its forks are of its group, so that whoever ends it, or sees it killed, can end them too.
    os.setpgid(0, 0)
    channel.send({"id": request["id"], "seen": seen})
    if seen is not None:
        gc.freeze()
        serve(requests, channel, start, exchange, request)


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "signal {}".format(os.WTERMSIG(status))
    return "exit code {}".format(os.WEXITSTATUS(status))


def serve(
    requests: int, channel: Channel, start: Start, exchange: Exchange | None, first: dict[str, Any] | None = None
) -> None:
    """Answer requests, each in a fork, until the host closes its end; a reader begins with the one that it was made for."""
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    lines, children = Lines(requests), Children(channel, selector, exchange, start, reads=first is None)

    def take(request: dict[str, Any]) -> None:
        if first is not None and request["method"] in IN_MAKEMIGRATIONS:
            _look_at_models(request, channel)
        children.take(request)

    if first is not None:
        take(first)
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
                elif "trace" in request:
                    children.trace()
                else:
                    take(request)


def _look_at_models(request: dict[str, Any], channel: Channel) -> None:
    """Let this process, a reader, look at the models, as each of its forks would that runs makemigrations."""
    from .kept import keep_today

    with Heartbeat(channel, request["id"]):
        keep_today()
    gc.freeze()


def hindrance() -> str | None:
    """Why this process must not be forked, if there is a reason."""
    if not hasattr(os, "fork"):
        return "this platform has no fork"
    others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    return "the project started threads: " + ", ".join(sorted(others)) if others else None


def _tell_where() -> None:
    """Let a crash of the interpreter, and a host that hears nothing, have the lines told at which its threads are."""
    faulthandler.enable()
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1)


def _warm_up() -> None:
    """Import once, for all forks, what nearly each of them needs. What is there by then no fork looks through for garbage."""
    for name in ("autodetector", "executor", "optimizer", "questioner", "writer"):
        importlib.import_module("django.db.migrations." + name)
    gc.freeze()


def main(folder: str | None = None) -> None:
    """Serve the host until it closes its end. `folder` is where its files go, if it shares no file system with us."""
    requests, replies = take_descriptors()
    _tell_where()
    # Modules that are loaded and model classes that are rendered make so many objects that nearly every look for garbage
    # finds none.
    gc.set_threshold(10000, 10, 10)
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
