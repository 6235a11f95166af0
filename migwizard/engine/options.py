"""What a person asks of a run, and of a sitting; light to import, since the wizard draws its first screen with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migwizard.engine.states import State


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of a run."""

    yes: bool = False
    no_input: bool = False
    until: State = State.DONE
    exclude: tuple[str, ...] = ()
    drift: str | None = None
    keep_after: str | None = None
    """Fold only what is as old as this; "" folds everything again."""
    replaces: bool | None = None
    """Whether new files name the old ones that they replace; None leaves it as it was decided."""
    stock_proof: bool = False
    """Let Django render every model class in every run of the proof, as a migrate does."""
    databases: tuple[str, ...] = ()
    """Aliases that may be switched although they are not local files of the project."""
    confirm_fake: bool = False
    run_tests: bool = False
    """Run the project's own tests after Apply."""
    review: bool = False
    """Ask for the approval of every state, and offer the cures of every refusal; for faces with a person behind them."""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a sitting begins; a cure may change it and open again."""

    folder: Path | None = None
    python: str | None = None
    settings: str | None = None
    via: str | None = None
    via_root: str | None = None
    env_files: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()
    back_to: State | None = None
    """The state whose approval is asked anew."""
    greeted: bool = False
    """Whether the person was asked already how to go on with a reset that was begun earlier."""
    look: bool = False
    """Show what there is; change nothing."""
    tolerated: dict[str, str] = field(default_factory=dict)
    """Answers that a cure gave: question id to choice."""
    exclude: tuple[str, ...] = ()
    """Apps that a cure left out."""
    wait: bool = False
    """Wait until another run has let go of the project."""
    wait_for: str = ""
    """Alias of a database that was busy, to be tried once more with more patience."""
    agreed: bool = False
    """Whether the person had agreed to the switch of that database, so that it is not asked again."""
    undo: bool = False
    """Ask first what is to be taken back."""
    fetch: str = ""
    """Run id of an earlier reset that is to be fetched from the second backup."""
