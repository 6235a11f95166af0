"""Generated previews of a project of 200 apps and 1,500 models, larger than any that we know."""

from __future__ import annotations

from migwizard.engine.previews import AppLine, GraphPreview, LevelsPreview, ModelLine, Order, PlanFile, Waiting

APPS, MODELS, LEVELS = 200, 1500, 12


def _app(number: int) -> str:
    return f"app_{number % APPS:03}"


def _key(number: int) -> str:
    return f"{_app(number)}.Model{number:04}"


def big_graph() -> GraphPreview:
    """Every model points at two earlier ones; twenty apps are in a cycle."""
    models = tuple(
        ModelLine(
            _key(number),
            min(number * LEVELS // MODELS, LEVELS - 1),
            1 if number in (10, 11) else None,
            tuple((f"field{step}", _key(number - step), "foreign_key") for step in (1, 7) if number >= step),
        )
        for number in range(MODELS)
    )
    apps = tuple(
        AppLine(_app(number), True, True, MODELS // APPS, 9, (_app(number + 1), _app(number + 7)), 1 if number < 20 else None, True)
        for number in range(APPS)
    )  # fmt: skip
    return GraphPreview(apps, models, 2 * MODELS, "registry", model_cycles=1, model_levels=LEVELS)


def big_levels() -> LevelsPreview:
    """A file for each app, and a second one for those in the cycle of twenty."""
    cycle = tuple(_app(number) for number in range(20))

    def waiting(number: int) -> tuple[Waiting, ...]:
        if number >= 19:
            return ()
        app = _app(number)
        return (Waiting(f"{app}.model.link", ("link",), (_app(number + 1),), f"{app}/0002_reset_links", 30),)

    firsts = [
        PlanFile(number // 10, _app(number), "0001_reset_initial", 7, waiting(number), (), 1 if number < 20 else None)
        for number in range(APPS)
    ]
    seconds = [
        PlanFile(30, _app(number), "0002_reset_links", 0, (), (f"{_app(number)}.model.link",), 1)
        for number in range(19)
    ]
    everything = tuple(item for number in range(19) for item in waiting(number))
    orders = tuple(
        Order(1, (*cycle[n:], *cycle[:n]), 39 + n, everything, n == 0, n == 0, f"order:1:{_app(n)}") for n in range(12)
    )
    keys = tuple(
        tuple(_key(number) for number in range(MODELS) if number * LEVELS // MODELS == level) for level in range(LEVELS)
    )
    return LevelsPreview((*firsts, *seconds), 19, orders, keys, ((_key(10), _key(11)),))
