"""`migwizard web`: the wizard in a browser, for whoever was given its key."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from migwizard import cli
from migwizard.commands import web
from migwizard.exit_codes import ExitCode
from tests.calling import arguments, run


def test_each_tab_runs_the_wizard_of_this_project() -> None:
    words = web.command_of(arguments("web", "--settings", "a.b", "--via", "x python"), "/a folder/shop")
    assert words == f"{sys.executable} -m migwizard -C '/a folder/shop' --via 'x python' --settings a.b"


def test_without_its_extra_it_says_how_to_install(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert cli.main(["web", "-C", str(tiny_project)]) == ExitCode.USAGE
    assert "pip install 'migwizard[web]'" in capsys.readouterr().err


def test_a_port_in_use_is_said_and_ends_with_2(tiny_project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("web", "-C", str(tiny_project), "--port", str(taken.getsockname()[1]))
    assert done.returncode == ExitCode.USAGE
    assert "cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


async def _served(port: int, headers: dict[str, str], path: str) -> tuple[int, Any]:
    from aiohttp import ClientSession
    from aiohttp import web as http

    server = web.make_server("true", port, "the-key")
    runner = http.AppRunner(await server._make_app())
    await runner.setup()
    await http.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}{path}", headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/?key=the-key", {}, 302),
        ("/", {"Cookie": "migwizard-key-{port}=the-key"}, 200),
        ("/", {}, 403),
        # Of a wizard on another port: the browser sends it here too.
        ("/", {"Cookie": "migwizard-key-1=the-key"}, 403),
        ("/?key=guessed", {}, 403),
        ("/ws", {}, 403),
        ("/ws", {"Cookie": "migwizard-key-{port}=guessed"}, 403),
        ("/", {"Cookie": "migwizard-key-{port}=the-key", "Host": "evil.example"}, 403),
        ("/ws", {"Cookie": "migwizard-key-{port}=the-key", "Origin": "http://evil.example"}, 403),
    ],
)
def test_only_the_browser_with_the_key_is_let_in(path: str, headers: dict[str, str], status: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    headers = {name: value.format(port=port) for name, value in headers.items()}
    answered, said = asyncio.run(_served(port, headers, path))
    assert answered == status
    if status == 302:
        assert "SameSite=Strict" in said["Set-Cookie"]
        assert "HttpOnly" in said["Set-Cookie"]
