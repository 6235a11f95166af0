"""The wizard in a browser, for this machine and this person only.

Whoever reaches the wizard can change the project and run its code. So it listens on 127.0.0.1 and nowhere else, and
serves only a browser that opened the printed address with its key: other people of the machine do not know it. Requests
that name another host or come from another page are refused, since a page of somebody else in the same browser could
reach 127.0.0.1 too.
"""

from __future__ import annotations

import argparse
import hmac
import os
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from migwizard.commands.setup import how_to_load, project_of, say
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode
from migwizard.project.places import VARIABLE

LOOPBACK = "127.0.0.1"
COOKIE = "migwizard-key-{port}"
"""With the port, since a browser sends the cookies of a host to all its ports: another wizard has another key."""


def web(arguments: argparse.Namespace) -> int:
    """Serve the wizard of this project until Ctrl-C."""
    if arguments.no_input:
        raise UsageError("The wizard asks a person, and --no-input forbids questions.", code="no-input")
    project = project_of(arguments)
    if arguments.scratch:
        # For the wizard in each tab; there may be a password in it, which belongs on no command line.
        os.environ[VARIABLE], arguments.scratch = " ".join(arguments.scratch), None
    try:
        server = make_server(command_of(arguments, str(project.root)), arguments.port, secrets.token_urlsafe(24))
    except ImportError as error:
        raise UsageError(
            "The wizard in a browser needs textual-serve, which is not installed.",
            code="web",
            cures=("Install it with: pipx inject migwizard textual-serve", "Or with: pip install 'migwizard[web]'"),
        ) from error
    say(f"The wizard of {project.root}, for a browser on this machine only:")
    say(f"  {server.address}")
    say("Keep the address to yourself: it opens the wizard. Ctrl-C ends it.")
    try:
        server.serve()
    except OSError as error:
        raise UsageError(
            f"Port {arguments.port} of this machine cannot be used: {error.strerror or error}.",
            code="port",
            cures=("Name another one with --port.",),
        ) from error
    return ExitCode.DONE


def command_of(arguments: argparse.Namespace, root: str) -> str:
    """What each tab of the browser runs: the wizard of this very project, whatever the folder."""
    return shlex.join([sys.executable, "-m", "migwizard", "-C", root, *how_to_load(arguments)])


def make_server(command: str, port: int, key: str) -> Any:
    """A server of textual-serve that knows its visitor by the key. Raises ImportError where it is not installed."""
    from aiohttp import web as http
    from textual_serve.server import Server

    hosts, cookie = {f"{LOOPBACK}:{port}"}, COOKIE.format(port=port)

    async def guard(
        request: http.Request, handler: Callable[[http.Request], Awaitable[http.StreamResponse]]
    ) -> http.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin.partition("://")[2] not in hosts):
            raise http.HTTPForbidden(text="This wizard answers on its own address only.")
        if _same(request.cookies.get(cookie, ""), key):
            return await handler(request)
        if _same(request.query.get("key", ""), key):
            found = http.HTTPFound("/")
            found.set_cookie(cookie, key, httponly=True, samesite="Strict")
            raise found
        raise http.HTTPForbidden(text="Open the address that migwizard web printed, with its key.")

    class Guarded(Server):
        """Says nothing of its own on the terminal; lets nobody in without the key."""

        address = f"http://{LOOPBACK}:{port}/?key={key}"

        async def _make_app(self) -> http.Application:
            app: http.Application = await super()._make_app()
            app.middlewares.append(http.middleware(guard))
            return app

        def initialize_logging(self) -> None:
            """Each request on the terminal would hide the address, with its key in it."""

        async def on_startup(self, app: http.Application) -> None:
            """The command has said what there is to say."""

    return Guarded(command, host=LOOPBACK, port=port, title="migwizard")


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode(), key.encode())
