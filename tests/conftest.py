"""What every test may rely on, however the suite was started."""

from __future__ import annotations

import compileall
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A property is about what is true, and not about how fast a busy machine shows it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C reach the programs under test, and give them bytecode.

    A suite started in the background ignores Ctrl-C, and so would they. They write no bytecode, as guests never do, and would
    compile all of migwizard thousands of times.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).parents[1] / "migwizard", quiet=2, rx=re.compile("/demo/template/"))


@pytest.fixture
def tiny_project(tmp_path: Path) -> Path:
    """Small, migrated, and without a reset."""
    root = tmp_path / "tiny"
    shutil.copytree(Path(__file__).parent / "projects" / "tiny", root)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=root, check=True, timeout=60)
    return root
