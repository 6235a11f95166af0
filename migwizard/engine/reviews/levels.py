"""The approval of levels: the plan, the orders of each cycle, and the names of the new files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from migwizard.engine.planning import keeping, participation, replacing, work
from migwizard.engine.planning.plans import Planned, cycle_id, decided, known_names, make_plan, run_before
from migwizard.engine.previews import LevelsPreview, Order, PlanFile, Waiting
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.talk import Answer, Choice, Question
from migwizard.errors import MigwizardError
from migwizard.plan import schedule as planner
from migwizard.plan.naming import choose_tag
from migwizard.plan.operations import Node
from migwizard.plan.renaming import NamingError, checked_name, checked_tag
from migwizard.words.counting import count

REFUSED = "levels:refused"
BY_NAME = "Each replaces old ones by name."


def question(ride: Ride) -> Question:
    """The plan as it is now."""
    planned = make_plan(ride)
    preview = _preview(ride, planned)
    refused = ride.facts.pop(REFUSED, "")
    files = count(len(preview.files), "schema file")
    return Question(
        "review:levels",
        State.LEVELS,
        "Is this the order you want?",
        refused or " ".join(filter(None, _told(ride, preview))),
        (
            Choice(
                "continue",
                "makemigrations writes them into staging",
                "Generate the schema file" if len(preview.files) == 1 else f"Generate these {files}",
            ),
            *_order_choices(ride, planned, preview),
            *participation.choices(ride),
            *_name_choices(ride, preview),
            _replaces_choice(ride),
            Choice("again", "loads the project and plans once more", "Plan again", "order"),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=preview,
        details=_details(preview),
        refused=bool(refused),
    )


def _told(ride: Ride, preview: LevelsPreview) -> Iterable[str]:
    """The plan in sentences, each where there is something to say."""
    yield f"{count(len(preview.files), 'schema file')}, {_waits(preview.waiting)}."
    kept = keeping.kept(ride)
    yield f"{kept.words}." if kept else ""
    yield kept.why_widened
    yield BY_NAME if replacing.is_on(ride) else ""
    yield _sentence(preview) if preview.changed else ""
    yield work.in_words(ride.checkpoint.results[State.LEVELS].get(work.KEY))


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    key, _, text = answer.partition("=")
    text = text.strip()
    decisions = dict(ride.checkpoint.decisions)
    try:
        if participation.is_change(key):
            ride.facts[REFUSED] = participation.change(ride, key)
            if key.startswith("out:") and not ride.facts[REFUSED]:
                label = key.removeprefix("out:")
                ride.tell("note", f"{label} stays as it is; b leads to Graph, where it can come back.")
        elif key == "recommended":
            _forget(ride, "order:")
        elif key.startswith("order:"):
            _choose_order(ride, key, text)
        elif key.startswith("name:"):
            _choose_name(ride, key, text)
        elif key == "tag":
            _choose_tag(ride, text)
        elif key == replacing.KEY:
            _choose_replaces(ride)
    except (MigwizardError, NamingError, planner.OrderError) as error:
        ride.checkpoint.decisions = decisions
        ride.facts[REFUSED] = str(error)
    ride.facts.pop("plan", None)
    return State.LEVELS


def _forget(ride: Ride, kind: str) -> None:
    for key in [key for key in ride.checkpoint.decisions if key.startswith(kind)]:
        del ride.checkpoint.decisions[key]


def _choose_order(ride: Ride, key: str, text: str) -> None:
    """An order that is offered (`order:1:orders`), or a free one (`order:1=orders,shipment`). Raises OrderError."""
    planned = make_plan(ride)
    number, _, first = key.removeprefix("order:").partition(":")
    cycle = planned.plan.cycles[int(number) - 1]
    if first:
        apps = next(order.apps for order in cycle.orders if order.apps[0] == first and _is_offered(order, cycle))
    else:
        apps = tuple(word for word in text.replace(",", " ").split() if word)
        strange = sorted(set(apps) - set(cycle.apps))
        if strange or not apps:
            raise planner.OrderError(
                f"{strange[0] if strange else 'An empty order'} is not in cycle {number}; "
                f"its apps are {', '.join(cycle.apps)}."
            )
    found = cycle_id(cycle.apps)
    ride.checkpoint.decisions[f"order:{found}"] = Answer(",".join(apps), "person")
    _try(ride, planned)


def _is_offered(order: planner.Order, cycle: planner.Cycle) -> bool:
    """The first order that begins with its app; a person's own may begin with the same one."""
    return order is next(each for each in cycle.orders if each.apps[0] == order.apps[0])


def _try(ride: Ride, planned: Planned) -> None:
    """Raise OrderError where the orders that are decided now cannot be followed."""
    targets = ride.operations(planned.source)["swappable_targets"]
    stated = [app for order in decided(ride, "order:").values() for app in order.split(",")]
    operations = list(planned.operations.values())
    planner.schedule(operations, planned.externals, targets, planned.tag, stated, run_before(ride))


def _choose_name(ride: Ride, key: str, name: str) -> None:
    """Name a file; an empty name gives it back the planned one. Raises NamingError."""
    planned = make_plan(ride)
    app, _, file = key.removeprefix("name:").partition("/")
    file = planned.names.get((app, file), file)
    if not name:
        ride.checkpoint.decisions.pop(f"name:{app}/{file}", None)
        return
    used = {old for label, old in known_names(ride.whole_history()) if label == app}
    taken = {
        batch.name
        for batch in planned.plan.batches
        if batch.app == app and planned.names.get((app, batch.name), batch.name) != file
    }
    name = checked_name(name, file, tag=planned.tag, used=used, taken=taken)
    ride.checkpoint.decisions[f"name:{app}/{file}"] = Answer(name, "person")


def _choose_tag(ride: Ride, tag: str) -> None:
    """Raises NamingError. Names that a person gave belong to files of the old tag."""
    checked = checked_tag(tag)
    free = choose_tag(checked, known_names(ride.whole_history()))
    if free != checked:
        raise NamingError(f"The tag {checked} was used by an earlier reset; {free} is free.")
    _forget(ride, "name:")
    ride.checkpoint.decisions["tag"] = Answer(checked, "person")


def _choose_replaces(ride: Ride) -> None:
    """The other way of the two. Raises MigwizardError where an app has too many new files for it."""
    replacing.choose(ride, not replacing.is_on(ride), "person")
    make_plan(ride)


def _replaces_choice(ride: Ride) -> Choice:
    if replacing.is_on(ride):
        return Choice(replacing.KEY, "one command switches each database", "Without replaces", "names")
    effect = "a plain migrate then moves databases that you cannot reach, but stops not all that are behind"
    return Choice(replacing.KEY, effect, "Let each file replace old ones by name", "names")


def _order_choices(ride: Ride, planned: Planned, preview: LevelsPreview) -> Iterable[Choice]:
    if any(not order.recommended for order in preview.orders if order.chosen):
        yield Choice("recommended", "every cycle in its recommended order again", "Back to recommended")
    for order in preview.orders:
        if "=" not in order.key:  # the person's own order is chosen already
            yield Choice(order.key, order_words(order), f"{', then '.join(order.apps)}", "order")
    for number, cycle in enumerate(planned.plan.cycles, start=1):
        yield Choice(
            f"order:{number}",
            f"the apps of cycle {number} in the order that you type",
            f"Another order of cycle {number}",
            "order",
            wants=f"apps in order, such as {','.join(cycle.apps[:4])}",
        )


def order_words(order: Order) -> str:
    """Its cost in words."""
    words = f"{count(order.files, 'file')}, {_waits(len(order.waiting))}"
    if order.recommended:
        return words + (", recommended: fewest files" if order.best else ", recommended: best found")
    return words


def _name_choices(ride: Ride, preview: LevelsPreview) -> Iterable[Choice]:
    for file in preview.files:
        yield Choice(
            f"name:{file.app}/{file.name}",
            "its number stays; other files follow",
            f"Name {file.app}/{file.name}",
            "names",
            wants=f"new name of {file.app}/{file.name}",
            empty="the planned name again",
        )
    yield Choice(
        "tag",
        f"all new files carry it, now {preview.tag}",
        "Another tag",
        "names",
        wants="letters, digits and underscores",
    )


def _preview(ride: Ride, planned: Planned) -> LevelsPreview:
    plan = planned.plan
    cycle_of = {app: number for number, cycle in enumerate(plan.cycles, start=1) for app in cycle.apps}
    result = ride.checkpoint.results[State.GRAPH]
    levels = tuple(tuple(level) for level in result["levels"])
    own = {batch.app for batch in plan.batches}
    others = {key.rpartition(".")[0] for level in levels for key in level} - own
    orders = tuple(_orders(plan.cycles))
    rendered = ride.checkpoint.results[State.LEVELS].get(work.KEY) or {}
    return LevelsPreview(
        tuple(_files(planned, cycle_of)),
        len(plan.deferred),
        orders,
        levels,
        tuple(tuple(component) for component in result["model_components"]),
        _difference(plan, orders),
        planned.tag,
        tuple(sorted(others)),
        (*keeping.lines(ride), *replacing.lines(ride)),
        len(keeping.kept(ride).nodes),
        replacing.is_on(ride),
        rendered.get("before", 0),
        rendered.get("after", 0),
    )


def _files(planned: Planned, cycle_of: Mapping[str, int]) -> Iterable[PlanFile]:
    ever: dict[str, str] = {}
    for batch in planned.plan.batches:
        ever.update((item.operations[0], item.label) for item in batch.deferred)
    order = sorted(planned.plan.batches, key=lambda batch: (batch.level, batch.app))
    for batch in order:
        made = [op for op in map(planned.operations.__getitem__, batch.operations) if op.kind == "CreateModel"]
        node: Node = (batch.app, batch.name)
        yield PlanFile(
            batch.level,
            batch.app,
            batch.name,
            len(made),
            tuple(_waiting(item) for item in batch.deferred),
            tuple(ever[key] for key in batch.operations if key in ever),
            cycle_of.get(batch.app),
            tuple(op.model for op in made),
            planned.names.get(node, ""),
        )


def _orders(cycles: Iterable[planner.Cycle]) -> Iterable[Order]:
    for number, cycle in enumerate(cycles, start=1):
        for order in cycle.orders:
            free = not _is_offered(order, cycle)
            yield Order(
                number,
                order.apps,
                order.files,
                tuple(sorted((_waiting(item) for item in order.deferred), key=lambda item: item.what)),
                order.recommended,
                order.chosen,
                f"order:{number}={','.join(order.apps)}" if free else f"order:{number}:{order.apps[0]}",
                cycle.complete,
            )


def _waiting(item: planner.Deferred) -> Waiting:
    return Waiting(item.label, item.parts, item.waits_for, item.returns_in, item.returns_at)


def _difference(plan: planner.Plan, orders: Iterable[Order]) -> str:
    """What the chosen orders cost beyond the recommended ones; the same whenever it is asked, so that approvals hold."""
    files = waiting = 0
    other = False
    for order in orders:
        sign = order.chosen - order.recommended
        files += sign * order.files
        waiting += sign * len(order.waiting)
        other = other or bool(sign)
    if not other:
        return ""
    return f"{count(len(plan.batches), 'schema file')}{_signed(files)}, {_waits(len(plan.deferred))}{_signed(waiting)}"


def _signed(number: int) -> str:
    return f" ({number:+d})" if number else ""


def _sentence(preview: LevelsPreview) -> str:
    return f"Compared with the recommended order: {preview.changed}."


def _details(preview: LevelsPreview) -> str:
    """The whole plan as text."""
    lines = []
    for file in preview.files:
        lines.append(f"level {file.level}  {file.app}/{file.name}  {count(file.models, 'model')}")
        lines += [
            f"    ~ waits    {item.what} for {', '.join(item.waits_for)}, returns in {item.returns_in}, "
            f"level {item.returns_at}"
            for item in file.waiting
        ]
        lines += [f"    > returns  {what}" for what in file.returning]
    return "\n".join([*lines, *preview.kept])


def _waits(number: int) -> str:
    """Parts, not relations: indexes and constraints are among them."""
    return f"{number:,} part waits" if number == 1 else f"{number:,} parts wait"
