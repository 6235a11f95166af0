"""The first words of a guest that runs elsewhere, given to its Python with -c; so any Python must be able to read them.

Says where it is and hears one line: {"environ", "root", "manage", "size"}, and behind it `size` bytes, the agent's package
as a zip archive. Unpacks it into a folder of its own and becomes the agent, started by path as it is everywhere.
"""

import sys

# With -c the working directory comes first; modules of the project must not stand in for those of the library.
sys.path[:] = [entry for entry in sys.path if entry]

import contextlib  # noqa: E402 - after the path is ours
import errno  # noqa: E402 - after the path is ours
import json  # noqa: E402 - after the path is ours
import os  # noqa: E402 - after the path is ours

if sys.version_info >= (3, 8):
    from typing import Any  # noqa: F401 - in the comments that say the types

PREFIX = "migwizard-guest-"
LOCK = "lock"
FRESH_SECONDS = 60.0
"""A folder as young as this may belong to a guest that has not locked it yet."""
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 2.0
"""How long an agent without a host gets to end by itself."""


def say(**message):
    # type: (object) -> None
    os.write(1, (json.dumps(dict(message, id=0)) + "\n").encode("ascii"))


def refuse(sentence):
    # type: (str) -> None
    say(error={"kind": "via", "sentence": sentence, "details": {}, "traceback": ""})
    sys.exit(0)


def read_line():
    # type: () -> dict[str, Any]
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return json.loads(line.decode("ascii"))


def read_exactly(size):
    # type: (int) -> bytes
    data = b""
    while len(data) < size:
        chunk = os.read(0, size - len(data))
        if not chunk:
            sys.exit(0)
        data += chunk
    return data


def locked(folder):
    # type: (str) -> int | None
    """A descriptor that holds the folder as long as this process or a fork of it lives; None where another has it."""
    import fcntl

    descriptor = os.open(os.path.join(folder, LOCK), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError):
        os.close(descriptor)
        return None
    return descriptor


def sweep(place):
    # type: (str) -> None
    """Remove the folders that guests left behind which were killed: nobody holds them any more."""
    import shutil
    import time

    for name in os.listdir(place):
        folder = os.path.join(place, name)
        try:
            facts = os.lstat(folder)
            old = time.time() - facts.st_mtime > FRESH_SECONDS
            if not name.startswith(PREFIX) or facts.st_uid != os.getuid() or not old:
                continue
            descriptor = locked(folder)
            if descriptor is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(descriptor)
        except (IOError, OSError):
            continue


def make_folder():
    # type: () -> str
    """A folder that this process and its forks hold as long as they live."""
    import tempfile

    try:
        sweep(tempfile.gettempdir())
        folder = tempfile.mkdtemp(prefix=PREFIX)
    except (IOError, OSError) as error:
        refuse("The command of --via finds no folder to write to: {}. TMPDIR may name one.".format(error))
    descriptor = locked(folder)
    if descriptor is not None:
        os.set_inheritable(descriptor, True)
    return folder


def go_to(root, manage):
    # type: (str, str) -> None
    """Go where the project is."""
    try:
        os.chdir(root or os.getcwd())
    except (IOError, OSError) as error:
        why = "there is none" if error.errno == errno.ENOENT else error.strerror
        refuse("The command of --via cannot go to the folder {}: {}.".format(root, why))
    if manage and not os.path.isfile(manage):
        refuse(
            "The command of --via runs in {}, and there is no {} in it. Name the project's folder there: "
            "--via-root FOLDER.".format(os.getcwd(), manage)
        )


def watch(child):
    # type: (int) -> int
    """Wait for the agent, however it ends: by itself, by its host, or by one that is gone; its exit code, as a shell gives it."""
    import select
    import time

    # The host sees the end of its input when the agent ends.
    os.close(1)
    poll = select.poll()
    poll.register(0, getattr(select, "POLLRDHUP", 0))
    patience = PATIENCE_SECONDS
    while patience > 0:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        if poll.poll(0):
            # The agent ends by itself, unless it hangs.
            patience -= LOOK_SECONDS
        time.sleep(LOOK_SECONDS)
    return 1


def become_agent(archive, folder):
    # type: (bytes, str) -> int
    """Unpack the agent and start it as it is started everywhere; returns the process, which leads a group of its own."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(os.path.join(folder, "agent"))
    say(result={"root": os.getcwd(), "folder": folder})
    given = getattr(sys, "orig_argv", [])
    options = given[1 : given.index("-c")] if "-c" in given else []
    words = [sys.executable]
    words.extend(options)
    words.extend([os.path.join(folder, "agent", "__main__.py"), folder])
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        os.execv(sys.executable, words)
    finally:
        os._exit(127)


def main():
    # type: () -> None
    say(result={"python": list(sys.version_info[:3]), "terminal": os.isatty(0) or os.isatty(1)})
    told = read_line()
    os.environ.update(told["environ"])
    archive = read_exactly(told["size"])
    go_to(told["root"], told["manage"])

    import shutil
    import signal

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))
    folder, child = make_folder(), 0
    try:
        child = become_agent(archive, folder)
        sys.exit(watch(child))
    finally:
        # Whatever ended this, nothing stays behind; the forks of the agent are of its group.
        with contextlib.suppress(OSError):
            if child:
                os.killpg(child, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
