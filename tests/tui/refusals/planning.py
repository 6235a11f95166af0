"""From the plan to the proof."""

from __future__ import annotations

from migwizard.engine.states import State
from migwizard.errors import MigwizardError, UsageError
from tests.tui.refusals.example import HERE, UNCHANGED, Example

PLAN = (
    Example(
        "plan",
        MigwizardError,
        "The operations cannot be ordered. These wait for each other, and no cut between files can part them: orders.Order, shipment.Shipment."
        + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "neighbour",
        MigwizardError,
        "Migrations that stay need the old history: shipment.0003_load_carriers runs code that may read the rows which "
        "orders.0004_rates and those before it had left, and the new file with these rows cannot come before it. shipment was "
        "left out; take shipment into the reset again." + UNCHANGED,
        {"take_in": ["shipment"]},
        state=State.SEEDS,
    ),
    Example(
        "order",
        UsageError,
        "shipment cannot come at this place: shipment.Shipment has to wait for products." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "name",
        UsageError,
        "0001_initial was used before: a database could not be told switched from unswitched." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "tag",
        UsageError,
        "'2024-reset' cannot be a tag: it takes small letters, digits and underscores, a letter first." + UNCHANGED,
        state=State.LEVELS,
    ),
    Example(
        "unexplained",
        MigwizardError,
        "orders/0001_reset_initial: what makemigrations would write and what was written differ by more "
        "than what was deferred: AddField order.note." + UNCHANGED,
        state=State.GENERATE,
    ),
    Example(
        "kept",
        MigwizardError,
        "orders.0013_count_lines cannot be kept on top: it does not spell out that it depends on orders.0012_open_orders."
        + UNCHANGED,
        {"where": {"file": f"{HERE}/apps/orders/migrations/0013_count_lines.py"}},
        state=State.SEEDS,
    ),
    Example(
        "old-history",
        MigwizardError,
        "The old history cannot build a database from zero, so there is nothing to compare with. "
        "apps/orders/migrations/0004_fill.py, line 12: KeyError: 'EUR'." + UNCHANGED,
        {"failing": "orders/0004_fill.py", "file": f"{HERE}/apps/orders/migrations/0004_fill.py"},
        state=State.SEEDS,
    ),
    Example(
        "new-history",
        MigwizardError,
        "The new history cannot build a database from zero. orders/0003_reset_seed, operation 2: "
        "IntegrityError. The project is unchanged.",
        {"app": "orders"},
        state=State.SEEDS,
    ),
    Example(
        "not-equal",
        MigwizardError,
        "Old and new differ in 2 places. The index orders_ord_placed_5f is missing. The table "
        "shop_rate has 11 rows instead of 12. The project is unchanged; the whole report is in .migwizard/proof.txt.",
        {"differences": [1, 2]},
        State.PROOF,
    ),
    Example(
        "MW-E02",
        MigwizardError,
        "The old history already uses these names: orders.0001_reset_initial. A name is never used twice. (MW-E02)"
        + UNCHANGED,
        state=State.PROOF,
    ),
)
