"""What a person sees before approving: one frozen record a state, plain data only, so that any face can show it.

Previews cross from the engine's process to the wizard's; nothing in them leads back to the engine.
"""

from __future__ import annotations

from migwizard.engine.findings import Finding
from migwizard.engine.previews.apply import AppliedApp, ApplyPreview
from migwizard.engine.previews.done import DonePreview
from migwizard.engine.previews.fake import DatabaseLine, FakePreview
from migwizard.engine.previews.generate import DiffKind, DiffRow, GeneratePreview, StagedFile
from migwizard.engine.previews.graph import AppLine, GraphPreview, ModelLine
from migwizard.engine.previews.levels import LevelsPreview, Order, PlanFile, Waiting
from migwizard.engine.previews.preflight import PreflightPreview
from migwizard.engine.previews.proof import ProofDifference, ProofPreview
from migwizard.engine.previews.refusal import RefusalPreview
from migwizard.engine.previews.resume import ResumePreview
from migwizard.engine.previews.seeds import SeedLine, SeedsPreview
from migwizard.engine.previews.undo import UndoAct, UndoPreview

__all__ = [
    "AppLine",
    "AppliedApp",
    "ApplyPreview",
    "DatabaseLine",
    "DiffKind",
    "DiffRow",
    "DonePreview",
    "FakePreview",
    "Finding",
    "GeneratePreview",
    "GraphPreview",
    "LevelsPreview",
    "ModelLine",
    "Order",
    "PlanFile",
    "PreflightPreview",
    "Preview",
    "ProofDifference",
    "ProofPreview",
    "RefusalPreview",
    "ResumePreview",
    "SeedLine",
    "SeedsPreview",
    "StagedFile",
    "UndoAct",
    "UndoPreview",
    "Waiting",
]

Preview = (
    PreflightPreview
    | GraphPreview
    | LevelsPreview
    | GeneratePreview
    | SeedsPreview
    | ProofPreview
    | ApplyPreview
    | FakePreview
    | DonePreview
    | ResumePreview
    | RefusalPreview
    | UndoPreview
)
