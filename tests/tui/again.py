"""Preflight where the manifest of an earlier reset stands in the checkout, and the question whether there is to be a second one."""

from __future__ import annotations

from dataclasses import replace

from migwizard.engine.findings import EARLIER, Finding
from migwizard.engine.previews import PreflightPreview
from migwizard.engine.steps import earlier
from migwizard.engine.talk import Question
from migwizard.switch.manifest import build
from tests.tui.recording import recorded

KEPT = (("products", "0018_variants_on_sale"), ("orders", "0013_count_lines"))
MANIFEST = build(
    run_id="7d44e8a01c5b",
    created="2024-05-17T11:28:00+00:00",
    apps=("orders", "products"),
    old_nodes=[("orders", "0001_initial"), ("products", "0001_initial")],
    new_nodes=[("orders", "0001_reset_initial"), ("products", "0001_reset_initial")],
    kept=KEPT,
)


def beside_an_earlier_reset(unreadable: bool = False) -> Question:
    """The review."""
    ready = recorded("review:preflight")
    assert isinstance(ready.preview, PreflightPreview)
    text, detail = f"{MANIFEST.run_id}: every database needs it first", earlier.note_of(MANIFEST)
    if unreadable:
        text = "its migwizard_manifest.json cannot be read"
        detail = "migwizard_manifest.json cannot be used: this is not a manifest."
    findings = list(ready.preview.findings)
    place = next(number for number, finding in enumerate(findings) if finding.name == "Databases")
    findings.insert(place, Finding(EARLIER, "note", text, detail))
    return replace(ready, preview=replace(ready.preview, findings=tuple(findings)))


def second(kept: bool = False) -> Question:
    """The question, below what was found; with two migrations that were kept, and one that came since."""
    question = earlier.question_of(MANIFEST, KEPT if kept else (), int(kept))
    return replace(question, preview=beside_an_earlier_reset().preview)
