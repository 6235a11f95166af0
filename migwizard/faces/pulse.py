"""Says now and then that a long step still works, so that silence never has to be interpreted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

EVERY_SECONDS = 30.0
SOON_SECONDS = 1.0


class Pulse:
    """Between `work` and `rest` it calls `soon` once after a second, and `still` with a sentence every 30 seconds.

    A thread drives it; tests call `beat` themselves, with a clock of their own.
    """

    def __init__(
        self,
        soon: Callable[[], None],
        still: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        thread: bool = True,
    ) -> None:
        self._soon = soon
        self._still = still
        self._clock = clock
        self._lock = threading.RLock()
        self._working = False
        self._greeted = False
        self._began = self._said = 0.0
        self._progress = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="still working", daemon=True) if thread else None

    def work(self) -> None:
        """Work began, or goes on after an answer."""
        with self._lock:
            self._working, self._greeted, self._progress = True, False, ""
            self._began = self._said = self._clock()
            if self._thread is not None and not self._thread.is_alive() and not self._stop.is_set():
                self._thread.start()

    def rest(self) -> None:
        """Nothing runs: a person is asked."""
        with self._lock:
            self._working = False

    def progress(self, number: int, total: int) -> None:
        """How far the work is; 0: unknown."""
        with self._lock:
            self._progress = f"{number} of {total}" if number and total else str(number) if number else ""

    def beat(self) -> None:
        """Say what is due now."""
        with self._lock:
            if not self._working:
                return
            now = self._clock()
            if not self._greeted and now - self._began >= SOON_SECONDS:
                self._greeted = True
                self._soon()
            if now - self._said >= EVERY_SECONDS:
                self._said = now
                self._still(", ".join(filter(None, ("still working", self._progress, _time(now - self._began)))))

    def close(self) -> None:
        with self._lock:
            self._working = False
            self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(SOON_SECONDS):
            self.beat()


def _time(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"
