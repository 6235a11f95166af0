"""Random model graphs."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from migwizard.graph.model import Model, ModelGraph, Relation

# The first example pays for importing networkx or pydot, and a busy machine is no failure.

APPS = ("blog", "crm", "shop")


def graph_of(edges: Iterable[tuple[str, str]], *lonely: str) -> ModelGraph:
    """A graph of foreign keys between the models named in the edges, and models without any."""
    edges = list(edges)
    keys = sorted({key for edge in edges for key in edge} | set(lonely))
    models = []
    for key in keys:
        app, _, name = key.rpartition(".")
        relations = (
            Relation("foreign_key", f"to_{index}", target)
            for index, (source, target) in enumerate(edges)
            if source == key
        )
        models.append(Model(app, name, relations=tuple(relations)))
    return ModelGraph((), tuple(models), "registry")


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool = False) -> ModelGraph:
    """Up to twelve models in three apps; cycles, self-relations and doubled edges unless `acyclic`."""
    keys = [f"{draw(st.sampled_from(APPS))}.M{index}" for index in range(draw(st.integers(0, 12)))]
    numbers = st.integers(0, max(len(keys) - 1, 0))
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=30)) if keys else []
    edges = [(keys[one], keys[other]) for one, other in pairs if not acyclic or one >= other]
    return graph_of(draw(st.permutations(edges)), *keys)
