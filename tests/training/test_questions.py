"""The queries of the bench: each is about something that a made-up graph has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.store import STORE, Store
from kg.training import graph
from kg.training.questions import QUERIES, Question
from kg.training.serving import Server, measure

FIRST = "SELECT ?st ?s { ?st rdf:subject ?s . ?other rdf:object ?s ; prov:wasAttributedTo ?who } ORDER BY ?st LIMIT 1"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("graph")
    graph.make(folder, triples=30_000)
    with Store.read(folder / STORE) as made:
        yield made


@pytest.mark.parametrize("question", QUERIES, ids=lambda question: question.name)
def test_each_query_gives_something(store: Store, question: Question) -> None:
    ((statement, entity),) = store.query(FIRST)
    assert list(store.query(question.about(str(entity), str(statement))))


def test_servers_that_give_other_numbers_of_results_are_not_compared() -> None:
    class Counting(Server):
        def ask(self, query: str) -> tuple[float, int]:
            return 0.5, int(self.path)

    def counting(name: str, rows: str) -> Server:
        return Counting(name, None, rows, None, None)  # type: ignore[arg-type]

    same = [counting(name, "3") for name in ("kg", "oxigraph")]
    times, rows = measure(same, ["ASK {}"] * 4)
    assert times == {"kg": [0.5] * 4, "oxigraph": [0.5] * 4} and rows == 12
    with pytest.raises(Exception, match="numbers of results differ"):
        measure([*same, counting("rdflib-endpoint", "2")], ["ASK {}"])
