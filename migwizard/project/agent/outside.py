"""What a history does outside of its database: kept away from what is real where that is possible, and noted.

A migration may write files, send mails, queue tasks, start programs or connect handlers to signals. On a scratch run
none of this may reach what people work with; and an operation that did it without one statement did do something.
"""

from __future__ import annotations

import copy
import importlib
import os
import sys
import tempfile
from typing import Any

SHOWN = 5
"""So many names of a kind are told of one operation."""


class Outside:
    """Notes of what happened so far; `mark` and `since` tell what belongs to one operation."""

    def __init__(self, root: str, media: str) -> None:
        self._root = os.path.realpath(root)
        self._media = os.path.realpath(media)
        self._temporary = os.path.realpath(tempfile.gettempdir())
        self._events: list[tuple[str, str]] = []
        self._read: set[str] = set()
        self._written: set[str] = set()
        self._is_open = True
        sys.addaudithook(self._audit)

    @property
    def read(self) -> set[str]:
        """The files of the project, relative to its root, that were read as data: what migrations did depends on them.

        What they wrote themselves is what they did.
        """
        return self._read - self._written

    def close(self) -> None:
        """Look no further; a hook cannot be taken out again."""
        self._is_open = False

    def note(self, kind: str, what: str) -> None:
        self._events.append((kind, what))

    def mark(self) -> Any:
        return len(self._events), _outbox(), _handlers()

    def since(self, mark: Any) -> dict[str, list[Any]]:
        """What happened since a mark, by kind, each with its number and some names; empty for nothing."""
        first, mails, handlers = mark
        found: dict[str, list[str]] = {}
        for kind, what in self._events[first:]:
            found.setdefault(kind, []).append(what)
        found["mails"] = _outbox()[len(mails) :]
        found["handlers"] = [handler for handler in _handlers() if handler not in handlers]
        told = {kind: list(dict.fromkeys(names)) for kind, names in found.items() if names}
        return {kind: [len(names), names[:SHOWN]] for kind, names in sorted(told.items())}

    def _audit(self, event: str, arguments: Any) -> None:
        """Called by Python itself, for everything that happens in this process: it must be quick and never fail."""
        if not self._is_open or event not in ("open", "subprocess.Popen", "socket.connect"):
            return
        try:
            if event == "open":
                self._opened(*arguments)
            elif event == "subprocess.Popen":
                self.note("programs", os.path.basename(os.fsdecode(arguments[0] or "")))
            elif isinstance(arguments[1], tuple):
                self.note("connections", ":".join(map(str, arguments[1][:2])))
        except Exception:
            return

    def _opened(self, file: Any, mode: Any, flags: int) -> None:
        if isinstance(file, int):
            return
        path = os.path.realpath(os.fsdecode(file))
        if path.endswith((".py", ".pyc")) or path.startswith(("/dev/", "/proc/")):
            return
        if flags & (os.O_WRONLY | os.O_RDWR):
            if _is_below(path, self._root):
                self._written.add(os.path.relpath(path, self._root))
            if _is_below(path, self._media):
                self.note("files", os.path.join("media", os.path.relpath(path, self._media)))
            elif not _is_below(path, self._temporary) or _is_below(path, self._root):
                self.note("files", os.path.relpath(path, self._root) if _is_below(path, self._root) else path)
        elif _is_below(path, self._root):
            relative = os.path.relpath(path, self._root)
            parts = relative.split(os.sep)
            if not parts[0].startswith(".") and "site-packages" not in parts:
                self._read.add(relative)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def _outbox() -> list[str]:
    """The mails that were sent so far, by their subjects."""
    from django.core import mail

    return [str(message.subject) for message in getattr(mail, "outbox", ())]


def _handlers() -> list[str]:
    """The receivers of the signals that Django sends around every migrate."""
    from django.db.models import signals

    found = []
    for name in ("pre_migrate", "post_migrate"):
        for entry in getattr(signals, name).receivers:
            receiver = entry[1]() if type(entry[1]).__name__ in ("ref", "weakref", "WeakMethod") else entry[1]
            where = getattr(receiver, "__module__", ""), getattr(receiver, "__qualname__", type(receiver).__name__)
            found.append("{}: {}.{}".format(name, *where))
    return found


def keep_away(root: str, path: str) -> tuple[Outside, str]:
    """Lead files, mails, caches and queues to places beside the scratch database `path`; the notes, and the folder."""
    media = path + ".media"
    os.makedirs(media, exist_ok=True)
    outside = Outside(root, media)
    _keep_files(media)
    _keep_caches()
    _keep_tasks(outside)
    return outside, media


def _keep_files(media: str) -> None:
    from django.conf import settings
    from django.core.files.storage import FileSystemStorage, default_storage
    from django.core.signals import setting_changed

    settings.MEDIA_ROOT = media
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # A storage that was used while the project loaded remembers its folder until it hears of a change.
    setting_changed.send(sender=None, setting="MEDIA_ROOT", value=media, enter=True)
    try:
        leads_away = not isinstance(default_storage, FileSystemStorage)
    except Exception:
        leads_away = True
    if leads_away:
        # It may lead to a service on the net.
        default_storage._wrapped = FileSystemStorage(location=media)
    _redirect(FileSystemStorage, media)


def _redirect(storage: Any, media: str) -> None:
    """Let storages with a folder of their own read what is there, and write below `media`."""
    original = {name: getattr(storage, name) for name in ("_save", "path", "delete")}

    def away(self: Any) -> Any:
        """Where a storage writes: itself, or its stand-in."""
        folder = os.path.abspath(self.location)
        if _is_below(folder + os.sep, media):
            return self
        return storage(location=os.path.join(media, folder.strip(os.sep).replace(os.sep, "_")))

    def save(self: Any, name: str, content: Any) -> Any:
        return original["_save"](away(self), name, content)

    def path(self: Any, name: str) -> Any:
        real = original["path"](self, name)
        return real if os.path.exists(real) else original["path"](away(self), name)

    def delete(self: Any, name: str) -> None:
        original["delete"](away(self), name)

    storage._save, storage.path, storage.delete = save, path, delete


def _keep_caches() -> None:
    """Caches of this process only; those in the database stay, for they lie in the scratch one."""
    from django.conf import settings
    from django.core.cache import caches

    own = ("locmem.LocMemCache", "dummy.DummyCache", "db.DatabaseCache")
    changed = copy.deepcopy(settings.CACHES)
    for alias, cache in changed.items():
        if not str(cache.get("BACKEND", "")).endswith(own):
            changed[alias] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias}
    if changed == settings.CACHES:
        return
    for alias in list(changed):
        if hasattr(caches, "_connections") and hasattr(caches._connections, alias):
            delattr(caches._connections, alias)
    settings.CACHES = changed
    caches.__dict__.pop("settings", None)
    if getattr(caches, "_settings", None) is not None:
        caches._settings = None


def _keep_tasks(outside: Outside) -> None:
    """Tasks for Celery stay in the memory of this process, and nobody runs them."""
    celery = sys.modules.get("celery")
    if celery is None:
        return
    try:
        before_task_publish = importlib.import_module("celery.signals").before_task_publish

        for app in list(sys.modules["celery._state"]._get_active_apps()):
            app.conf.update(broker_url="memory://", result_backend="cache+memory://")
            app.__dict__.pop("pool", None)
        before_task_publish.connect(
            lambda sender=None, **_: outside.note("tasks", str(sender)), weak=False, dispatch_uid="migwizard"
        )
    except Exception as error:
        outside.note("trouble", "Celery could not be kept away from its broker: {}".format(error))
