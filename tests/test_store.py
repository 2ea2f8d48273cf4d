"""The store through its public doors: laws over any history, what readers see, what is refused, what survives."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import PROV, RDF, RDFS, SKOS, Dataset, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from kg.errors import KgError, QueryError, RequestError, StoreError
from kg.model import Article, Entity, Evidence, Extraction, Fact, Modality, Sentence
from kg.ontology import EntityClass, Known, Label, Ontology, Relation
from kg.rdf import ID, IDENTITY_GRAPH, KG, RUN, article_iri
from kg.store import RESULT_FORMATS, Store
from kg.store.database import FLUSH_EVERY

CLASSES = ("Organization", "Person", "Place", "Resource")
RELATIONS = ("dependsOn", "leads", "partnersWith")
ENERGY = Known(
    "nang-luong",
    "https://example.org/kg/concept/nang-luong",
    "Resource",
    (Label("vi", "năng lượng"), Label("en", "energy")),
)
ONTOLOGY = Ontology(
    {name: EntityClass(name, KG[name], (Label("en", name.lower()),), (), ()) for name in CLASSES},
    {name: Relation(name, KG[name], (Label("en", name),), False, (), (), ()) for name in RELATIONS},
    (),
    (),
    (ENERGY,),
    "0" * 64,
)
Said = tuple[str, str, str, Modality, str]  # subject, relation, object, how, speaker or ""
Content = tuple[Article, tuple[Sentence, ...], Extraction]
PERSONS = ("Nam", "Lan")
PLAIN = ("asserted", "unattributed", "all")


def said(text: str, modality: Modality = Modality.ASSERTED, speaker: str = "") -> Said:
    """What "A leads B" says. Underscores are spaces of a name."""
    subject, relation, object = (part.replace("_", " ") for part in text.split())
    return subject, relation, object, modality, speaker


def article(id: str, *facts: str | Said, aliases: Iterable[str] = (), types: Iterable[tuple[str, str]] = ()) -> Content:
    """An article with one line for each fact. ``aliases`` are other names of its first entity."""
    stated = [said(fact) if isinstance(fact, str) else fact for fact in facts]
    names = sorted({name for fact in stated for name in (fact[0], fact[2], fact[4]) if name})
    kinds = dict.fromkeys(PERSONS, "Person") | dict(types)
    entities = tuple(
        Entity(key, name, kinds.get(name, "Organization"), tuple(sorted(aliases)) if key == 0 else (), ())
        for key, name in enumerate(names)
    )
    lines = [" ".join(fact[:3]) for fact in stated]
    starts = [sum(len(line) + 2 for line in lines[:number]) for number in range(len(lines))]
    sentences = tuple(
        Sentence(at, at + len(line) + 1, line + ".", (), ()) for at, line in zip(starts, lines, strict=True)
    )
    found = {
        Fact(
            names.index(s),
            r,
            names.index(o),
            how,
            names.index(who) if who else None,
            (Evidence(at, at + len(line), line),),
            0.9,
        )
        for (s, r, o, how, who), at, line in zip(stated, starts, lines, strict=True)
    }
    ordered = tuple(
        sorted(found, key=lambda fact: (fact.subject, fact.relation, fact.object, fact.modality, fact.evidence))
    )
    return Article(id, "".join(line + ".\n" for line in lines), "vi"), sentences, Extraction(entities, ordered)


def put(store: Store, content: Content, run: str = "r1") -> None:
    store.replace(*content, run, [(RUN[run], RDF.type, PROV.Activity)])


def store_of(*contents: Content, plain: str = "asserted") -> Store:
    store = Store.memory()
    store.set_ontology(ONTOLOGY, plain=plain)
    for content in contents:
        put(store, content)
    return store


def exported(store: Store, format: str = "nquads", **filters: Sequence[str]) -> bytes:
    file = io.BytesIO()
    store.export(format, file, **filters)
    return file.getvalue()


def entities(store: Store, name: str) -> list[str]:
    """The ends of the IRIs of what the mentions of this name refer to, by article."""
    rows = store.query(
        f'SELECT ?e {{ ?m kg:refersTo ?e ; skos:prefLabel "{name}" ; kg:inArticle/dcterms:identifier ?a }} ORDER BY ?a'
    )
    return [str(row[0]).removeprefix(str(ID)) for row in rows]


# Names that differ by case, tone mark, accent and class, so that groups merge, split and rename often.
NAMES = st.sampled_from(
    ["Nam", "Lan", "Hoà Bình", "Hòa Bình", "HÒA BÌNH", "Hoa Binh", "ACME", "năng lượng", "energy", "lan"]
)
FACTS = st.tuples(
    NAMES, st.sampled_from(RELATIONS), NAMES, st.sampled_from(Modality), st.sampled_from(["", "Lan", "ACME"])
)
TYPES = st.lists(st.tuples(NAMES, st.sampled_from(CLASSES)), max_size=2)
CONTENTS = st.builds(
    lambda id, facts, aliases, types: article(id, *facts, aliases=aliases, types=types),
    st.sampled_from("abc"),
    st.lists(FACTS, max_size=4),
    st.sets(st.sampled_from(["x\ny", "energy", 'q"\\'])),
    TYPES,
)
HISTORIES = st.lists(st.one_of(CONTENTS, st.sampled_from("abc"), st.none()), max_size=7)


def lived(history: Sequence[Content | str | None], plain: str) -> tuple[Store, dict[str, Content]]:
    """A store after replacing (an article), removing (an id) and forgetting what it remembers (None)."""
    store, left = store_of(plain=plain), {}
    for number, step in enumerate(history):
        if step is None:
            store.set_ontology(ONTOLOGY)
        elif isinstance(step, str):
            store.remove(step)
            left.pop(step, None)
        else:
            run = f"r{number % 2}"
            put(store, step, run)
            left[step[0].id] = (step, run)
    return store, left


@settings(max_examples=150, deadline=None)
@given(HISTORIES, st.sampled_from(PLAIN), st.randoms())
def test_a_store_is_what_its_articles_make_it_whatever_its_history(history, plain, random) -> None:  # type: ignore[no-untyped-def]
    store, left = lived(history, plain)
    again = store_of(plain=plain)
    for content, run in random.sample(list(left.values()), len(left)):
        put(again, content, run)
    assert exported(store) == exported(again)


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.sampled_from(PLAIN))
def test_graphs_share_nothing_and_what_is_derived_follows_the_statements(history, plain) -> None:  # type: ignore[no-untyped-def]
    store, _ = lived(history, plain)
    data = Dataset()
    data.parse(data=exported(store), format="nquads")
    quads = list(data.quads())
    triples = {(s, p, o) for s, p, o, _ in quads}
    assert len(quads) == len(triples)
    one = {(s, p): o for s, p, o in triples}
    for mention, end in (
        (KG.subjectMention, RDF.subject),
        (KG.objectMention, RDF.object),
        (KG.speakerMention, PROV.wasAttributedTo),
    ):
        for s, p, o in triples:
            if p == mention:
                assert one[s, end] == one[o, KG.refersTo]
    plain_triples = {
        (one[s, RDF.subject], one[s, RDF.predicate], one[s, RDF.object])
        for s, p, how in triples
        if p == KG.modality
        and (plain == "all" or (how == KG.Asserted and (plain == "asserted" or (s, PROV.wasAttributedTo) not in one)))
    }
    derived = {(s, p, o) for s, p, o, graph in quads if graph == DATASET_DEFAULT_GRAPH_ID}
    labels = {t for t in derived if t[1] in (RDF.type, SKOS.prefLabel, SKOS.altLabel)}
    assert derived - labels == plain_triples
    assert {s for s, _, _ in labels} == {o for _, p, o in triples if p == KG.refersTo}
    assert all(len([t for t in labels if t[:2] == (s, p)]) == 1 for s, p, _ in labels if p != SKOS.altLabel)


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.sampled_from(PLAIN), st.sampled_from(PLAIN))
def test_another_choice_of_plain_triples_is_as_if_it_had_been_made_first(history, before, after) -> None:  # type: ignore[no-untyped-def]
    store, _ = lived(history, before)
    store.set_ontology(ONTOLOGY, plain=after)
    assert store.plain == after
    assert exported(store) == exported(lived(history, after)[0])


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1, max_size=9).filter(str.strip))
def test_any_text_and_any_name_come_back_as_they_were(text: str, name: str) -> None:
    fact = Fact(0, "leads", 1, Modality.ASSERTED, None, (Evidence(0, 1, text[0]),), 0.5)
    extraction = Extraction((Entity(0, name, "Organization", (text,), ()), Entity(1, "B", "Place", (), ())), (fact,))
    store = store_of((Article("a", text, "vi"), (Sentence(0, len(text), text, (), ()),), extraction))
    assert [str(row[0]) for row in store.query("SELECT ?t { ?a schema:text ?t }")] == [text]
    assert (name, text) in {
        (str(n), str(a))
        for n, a in store.query("SELECT ?n ?a { ?m a kg:Mention ; skos:prefLabel ?n ; skos:altLabel ?a }")
    }
    store.remove("a")
    assert exported(store) == exported(store_of())


# Who is who


def test_persons_of_one_name_are_one_only_if_their_articles_link_them_to_one_name() -> None:
    apart = entities(store_of(article("a", "Nam leads X"), article("b", "Nam leads Y")), "Nam")
    assert apart[0] == "nam"
    assert apart[1].startswith("nam-")
    assert entities(store_of(article("a", "Nam leads X"), article("b", "X partnersWith Nam")), "Nam") == ["nam", "nam"]


def test_an_article_that_links_persons_to_names_of_two_makes_them_one() -> None:
    contents = [article("a", "Nam leads X"), article("b", "Nam leads Y"), article("c", "Nam leads X", "Nam leads Y")]
    assert len(set(entities(store_of(*contents[:2]), "Nam"))) == 2
    for order in itertools.permutations(contents):
        assert set(entities(store_of(*order), "Nam")) == {"nam"}


@pytest.mark.parametrize(
    ("one", "other", "together"), [("Hoà", "Hòa", True), ("Hòa", "Hoa", False), ("Bản", "Bàn", False)]
)
def test_a_link_is_to_the_same_name_accents_and_all(one: str, other: str, together: bool) -> None:
    found = entities(store_of(article("a", f"Nam leads {one}"), article("b", f"Nam leads {other}")), "Nam")
    assert (found[0] == found[1]) == together


def test_a_person_is_never_anything_else() -> None:
    store = store_of(article("a", "Nam leads X"), article("b", "Nam leads X", types=[("Nam", "Organization")]))
    assert len(set(entities(store, "Nam"))) == 2


def test_others_of_one_name_are_one_whatever_case_tone_mark_or_class() -> None:
    store = store_of(
        article("a", "Hoà_Bình leads X", types=[("Hoà Bình", "Place")]),
        article("b", "Hòa_Bình leads X", types=[("Hòa Bình", "Place")]),
        article("c", "HÒA_BÌNH leads X"),
    )
    assert {*entities(store, "Hoà Bình"), *entities(store, "Hòa Bình"), *entities(store, "HÒA BÌNH")} == {"hoa-binh"}
    assert [str(row[0]) for row in store.query("SELECT ?t { id:hoa-binh a ?t }")] == [str(KG.Place)]
    assert {str(row[0]) for row in store.query("SELECT ?r { ?m kg:refersTo id:hoa-binh ; kg:mergeReason ?r }")} == {
        "same name"
    }


def test_a_concept_in_small_letters_is_no_name_of_these_letters() -> None:
    facts = [("a", "Hòa_Bình", "Place"), ("b", "hòa_bình", "Concept"), ("c", "hòa_bình", "Concept")]
    facts += [("d", "Hòa_bình", "Concept"), ("e", "HÒA_BÌNH", "Place")]  # a sentence's beginning tells nothing
    contents = [article(id, f"{name} leads X", types=[(name.replace("_", " "), type)]) for id, name, type in facts]
    store = store_of(*contents)
    (noun,) = set(entities(store, "hòa bình"))
    assert noun.startswith("hoa-binh-")
    for name in ("Hòa Bình", "Hòa bình", "HÒA BÌNH"):
        assert entities(store, name) == ["hoa-binh"]


def test_what_the_ontology_lists_is_one_by_all_of_its_labels() -> None:
    store = store_of(article("a", "X dependsOn năng_lượng"), article("b", "X dependsOn energy"))
    assert entities(store, "energy") == entities(store, "năng lượng") == ["nang-luong"]
    labels = {str(row[0]) for row in store.query("SELECT ?l { id:nang-luong skos:prefLabel|skos:altLabel ?l }")}
    assert labels == {"năng lượng", "energy"}
    assert [str(row[0]) for row in store.query("SELECT ?l { id:nang-luong skos:prefLabel ?l }")] == ["năng lượng"]


@pytest.mark.parametrize(("spoken", "label"), [(("energy",), "energy"), (("energy", "năng_lượng", "energy"), "energy")])
def test_what_the_ontology_lists_is_called_as_most_articles_do(spoken: tuple[str, ...], label: str) -> None:
    store = store_of(*(article(f"a{number}", f"X dependsOn {name}") for number, name in enumerate(spoken)))
    assert [str(row[0]) for row in store.query("SELECT ?l { id:nang-luong skos:prefLabel ?l }")] == [label]


@pytest.mark.parametrize(
    ("name", "type", "broader"),
    [
        ("năng lượng hạt nhân", "Resource", ["nang-luong"]),
        ("nuclear energy", "Resource", ["nang-luong"]),  # an English head comes last
        ("năng lượng", "Resource", []),
        ("năng lượng gió", "Resource", ["nang-luong-sach"]),  # the ontology says so
        ("Năng lượng Sài Gòn", "Organization", []),
        ("tiết kiệm năng lượng", "Resource", []),
    ],
)
def test_a_narrower_concept_is_linked_to_the_broader_one(name: str, type: str, broader: list[str]) -> None:
    concept = EntityClass("Concept", KG.Concept, (), (), ())
    resource = replace(ONTOLOGY.classes["Resource"], parents=("Concept",))
    wind = Known(
        "nang-luong-gio", ID["nang-luong-gio"], "Resource", (Label("vi", "năng lượng gió"),), ("nang-luong-sach",)
    )
    clean = Known("nang-luong-sach", ID["nang-luong-sach"], "Resource", (Label("vi", "điện sạch"),))
    with Store.memory() as store:
        classes = ONTOLOGY.classes | {"Concept": concept, "Resource": resource}
        store.set_ontology(replace(ONTOLOGY, classes=classes, known=(ENERGY, wind, clean)))
        empty = exported(store)
        put(store, article("a", f"ACME dependsOn {name.replace(' ', '_')}", types=[(name, type)]))
        (entity,) = entities(store, name)
        rows = store.query(f"SELECT ?b {{ <{ID[entity]}> skos:broader ?b }}")
        assert [str(row[0]).removeprefix(str(ID)) for row in rows] == broader
        store.remove("a")
        assert exported(store) == empty


def test_statements_of_other_articles_are_kept_in_step_when_a_name_moves() -> None:
    store = store_of(article("b", "Nam leads X", said("X partnersWith Y", Modality.PLANNED, "Nam")))
    query = "SELECT ?s ?w { ?st rdf:subject ?s . OPTIONAL { ?st prov:wasAttributedTo ?w } }"
    before = {(str(s), str(w)) for s, w in store.query(query)}
    put(store, article("a", "Nam leads Z"))  # an earlier article: the plain slug is its Nam's now
    moved = entities(store, "Nam")[1]
    assert entities(store, "Nam")[0] == "nam" != moved
    found = {(str(s), str(w)) for s, w in store.query(query)}
    assert found == {(f"{ID}{moved}", "None"), (f"{ID}x", f"{ID}{moved}"), (f"{ID}nam", "None")}
    assert store.query(f"ASK {{ id:{moved} kg:leads id:x }}") and not store.query("ASK { id:nam kg:leads id:x }")
    store.remove("a")
    assert {(str(s), str(w)) for s, w in store.query(query)} == before


def test_a_plain_triple_stays_as_long_as_one_article_states_it() -> None:
    store = store_of(
        article("a", "A leads B"), article("b", "A leads B"), article("c", said("A leads B", Modality.DENIED))
    )
    rows = "SELECT ?o { id:a kg:leads ?o }"
    assert len(list(store.query(rows))) == 1
    store.remove("a")
    assert len(list(store.query(rows))) == 1
    store.remove("b")
    assert len(list(store.query(rows))) == 0


def test_two_entities_of_one_name_and_class_in_an_article_are_one_mention() -> None:
    content, sentences, found = article("a", "Nam leads X", "Nam leads Y", aliases=["one"])
    twin = Entity(9, found.entities[0].name, found.entities[0].type, ("two",), ())
    facts = tuple(sorted(Fact(9 if f.object == 2 else 0, *_rest(f)) for f in found.facts if f.subject == 0))
    double = (content, sentences, Extraction((*found.entities, twin), facts))
    store, cold = store_of(double), store_of(double)
    cold.set_ontology(ONTOLOGY)
    for other in (store, cold):  # either link joins the other article's Nam, remembered or read again
        put(other, article("b", "Nam leads X"))
        assert entities(other, "Nam") == ["nam", "nam"]
    assert {str(row[0]) for row in store.query("SELECT ?l { id:nam skos:altLabel ?l }")} == {"one", "two"}
    assert exported(store) == exported(cold)


def _rest(fact: Fact) -> tuple[str, int, Modality, int | None, tuple[Evidence, ...], float]:
    return fact.relation, fact.object, fact.modality, fact.speaker, fact.evidence, fact.confidence


def test_what_an_article_costs_does_not_grow_with_those_that_name_the_same() -> None:
    content = article("z", *(f"A leads B{number}" for number in range(20)))

    def seconds(others: int) -> float:
        store = store_of(*(article(f"a{n}", "A leads B1", f"A partnersWith C{n}") for n in range(others)))
        put(store, content)
        times = []
        for _ in range(5):
            started = time.process_time()
            store.remove("z")
            put(store, content)
            times.append(time.process_time() - started)
        return min(times)  # the others were held up by the collector of garbage

    few, many = seconds(4), seconds(120)
    assert many < 0.5 and many < 5 * few  # thirty times as many mentions of A


def test_what_was_written_does_not_stay_in_memory_until_all_is_published(tmp_path: Path) -> None:
    with Store.create_or_open(tmp_path) as store:
        store.set_ontology(ONTOLOGY)
        for number in range(FLUSH_EVERY):
            put(store, article(f"a{number}", f"A{number} leads B{number}"))
        tables = sum(file.stat().st_size for file in (tmp_path / "live").glob("*.sst"))
        assert tables > 10_000 * FLUSH_EVERY  # bytes


# Files


@pytest.fixture(scope="module")
def contents() -> list[Content]:
    return [
        article(
            "a", "Nam leads ACME", said("ACME dependsOn năng_lượng", Modality.POSSIBLE, "Nam"), aliases=["Acme Corp"]
        ),
        article("https://x.vn/b", "Nam leads ACME", "Lan leads XYZ", said("XYZ partnersWith ACME", Modality.PLANNED)),
    ]


@pytest.mark.parametrize("format", ["trig", "nquads"])
def test_an_export_restores_the_store_without_loss(contents: list[Content], format: str, tmp_path: Path) -> None:
    file = tmp_path / f"graph.{'trig' if format == 'trig' else 'nq'}"
    file.write_bytes(exported(store_of(*contents, plain="all"), format))
    with Store.create_or_open(tmp_path / "store") as store:
        store.set_ontology(ONTOLOGY)
        put(store, article("other", "Lan leads QRS"))
        store.load(file)
        assert exported(store, format) == file.read_bytes()
        assert store.plain == "all"
        store.set_ontology(ONTOLOGY)
        put(store, article("c", "Nam leads ACME"))  # and it can be gone on with
        assert exported(store) == exported(store_of(*contents, article("c", "Nam leads ACME"), plain="all"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.nq", b"", "no export"),
        ("foreign.nq", b"<http://a> <http://b> <http://c> .\n", "no export"),
        ("cut.trig", b"<http://a> <http://b> ", "damaged"),
        ("binary.nq", b"\x00\xff\xfe\x01" * 99, "damaged"),
        ("graph.ttl", b"", "trig"),
        ("none.trig", None, "no such file"),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_changes(
    name: str, content: bytes | None, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with Store.create_or_open(tmp_path / "store") as store:
        store.set_ontology(ONTOLOGY)
        put(store, article("a", "Nam leads ACME"))
        before = exported(store)
        with pytest.raises(StoreError, match=message) as caught:
            store.load(tmp_path / name)
        assert name in str(caught.value)
        assert exported(store) == before
    with Store.create_or_open(tmp_path / "store") as store:
        assert exported(store) == before


def test_every_format_is_the_same_bytes_in_another_process_and_order() -> None:
    code = (
        "import sys, hashlib, kg.store; sys.path.insert(0, 'tests'); import test_store as t\n"
        "articles = [t.article('a', 'Nam leads ACME'), t.article('b', 'Lan leads ACME')]\n"
        "store = t.store_of(*articles[:: int(sys.argv[1])])\n"
        "print([hashlib.sha256(t.exported(store, f)).hexdigest() for f in sorted(kg.store.FORMATS)])\n"
        "print(store.query('CONSTRUCT WHERE { ?s ?p ?o }').serialize('rdfxml'))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, order],
            cwd=Path(__file__).parents[1],
            env=os.environ | {"PYTHONHASHSEED": "7"},
            capture_output=True,
            check=True,
        ).stdout
        for order in ("1", "-1")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("format", ["turtle", "ntriples", "rdfxml", "jsonld"])
def test_knowledge_is_the_same_in_every_format_and_has_no_machinery(contents: list[Content], format: str) -> None:
    store = store_of(*contents)
    data = Dataset()
    data.parse(data=exported(store), format="nquads")
    machinery = {URIRef("https://example.org/kg/graph/runs"), URIRef("https://example.org/kg/graph/ontology")}
    expected, found = Graph(), Graph()
    for s, p, o, graph in data.quads():
        if graph not in machinery:
            expected.add((s, p, o))
    found.parse(
        data=exported(store, format),
        format={"ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}.get(format, format),
    )
    assert len(expected) > 50
    assert to_isomorphic(found) == to_isomorphic(expected)


def test_a_part_holds_the_statements_asked_for_with_evidence_and_labels(contents: list[Content]) -> None:
    part = Graph().parse(data=exported(store_of(*contents), "turtle", about=[str(ID["xyz"])]), format="turtle")
    assert {
        (part.value(st, RDF.subject), part.value(st, RDF.object)) for st in part.subjects(RDF.type, RDF.Statement)
    } == {
        (ID["lan"], ID["xyz"]),
        (ID["xyz"], ID["acme"]),
    }
    assert part.value(ID["acme"], SKOS.prefLabel) == Literal("ACME")
    assert {str(o) for o in part.objects(None, URIRef("http://www.w3.org/ns/oa#exact"))} == {
        "Lan leads XYZ",
        "XYZ partnersWith ACME",
    }
    only = Graph().parse(
        data=exported(store_of(*contents), "turtle", about=[str(ID["xyz"])], relations=[str(KG.leads)]), format="turtle"
    )
    assert len(list(only.subjects(RDF.type, RDF.Statement))) == 1


@pytest.mark.parametrize("filters", [{"about": ["x> } #"]}, {"relations": ["no iri"]}])
def test_a_part_of_no_iri_and_an_unknown_format_are_refused(filters: dict[str, list[str]]) -> None:
    with pytest.raises(RequestError, match="IRI"):
        exported(store_of(), "turtle", **filters)
    with pytest.raises(RequestError, match="turtle"):
        exported(store_of(), "pdf")


# Questions


def test_a_plain_question_sees_each_fact_once_with_its_evidence(contents: list[Content]) -> None:
    store = store_of(*contents)
    assert [int(str(n)) for (n,) in store.query("SELECT (COUNT(*) AS ?n) { id:nam kg:leads id:acme }")] == [1]
    rows = store.query("SELECT ?q { ?st rdf:subject id:nam ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?q }")
    assert [str(q) for (q,) in rows] == ["Nam leads ACME"] * 2
    assert store.query('ASK { kg:leads rdfs:label "leads"@en }')
    graph = article_iri("a")
    both = store.query("SELECT ?s { ?s a schema:NewsArticle }", default_graphs=[graph])
    assert [row[0] for row in both] == [graph]
    assert not store.query("ASK { ?m kg:refersTo ?e }", default_graphs=[graph])
    assert store.query("ASK { GRAPH ?g { ?m kg:refersTo ?e } }", named_graphs=[str(IDENTITY_GRAPH)])


def test_a_result_tells_its_kind_and_terms_and_writes_its_formats() -> None:
    store = store_of(article("a", "Nam leads ACME"))
    select = store.query(
        'SELECT ?e ("vì"@vi AS ?l) ?none { ?e skos:prefLabel "Nam" . FILTER(STRSTARTS(STR(?e), STR(id:))) }'
    )
    assert (select.kind, select.variables) == ("select", ("e", "l", "none"))
    assert list(select) == [(ID["nam"], Literal("vì", lang="vi"), None)]
    asked = store.query("ASK { ?s kg:leads ?o }")
    assert (asked.kind, bool(asked), bool(store.query("ASK { ?s kg:owns ?o }"))) == ("ask", True, False)
    assert (
        store.query("CONSTRUCT { ?s kg:leads ?o } WHERE { ?s kg:leads ?o }")
        .serialize("turtle")
        .decode()
        .endswith("id:nam kg:leads id:acme .\n")
    )
    for kind, query in (
        ("select", "SELECT ?s { ?s ?p ?o }"),
        ("ask", "ASK {}"),
        ("construct", "CONSTRUCT WHERE { ?s ?p ?o }"),
    ):
        for format in RESULT_FORMATS[kind]:
            assert store.query(query).serialize(format)
        with pytest.raises(QueryError, match=RESULT_FORMATS[kind][0]):
            store.query(query).serialize("pdf")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * {\n ?s ?p }", r"2:\d"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", r"1:\d"),
        ("LOAD <http://127.0.0.1/>", r"1:\d"),
        ("DROP ALL", r"1:\d"),
        ("SELECT (<http://x/f>(1) AS ?x) {}", "http://x/f"),
    ],
)
def test_a_wrong_question_says_where_and_changes_nothing(query: str, message: str) -> None:
    store = store_of(article("a", "Nam leads ACME"))
    before = exported(store)
    with pytest.raises(QueryError, match=message):
        list(store.query(query))
    assert exported(store) == before


def test_a_graph_that_is_no_iri_is_named() -> None:
    with pytest.raises(QueryError, match="not one"):
        store_of().query("ASK {}", default_graphs=["not one"])


@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <%s> {}",
        "service silent<%s>{}",
        "SERVICESILENT<%s>{}",
        "?a kg:confidence 0.9SERVICE<%s>{}",
        "?a ?b trueSERVICE<%s>{}",
        "#\rSERVICE <%s> {}",
        '#"\nSERVICE <%s> {} #"\n',
        "SERVICE#c\n<%s>#c\n{}",
        "VALUES ?x { <a:'> } SERVICE <%s> {} VALUES ?y { <a:'> }",
        "VALUES ?s { <%s> } FILTER(true||1<?y)SERVICE?s#>\n{}",
        "SERVICE <%s> #" + "c" * 900 + "\n {}",
        "SERVICE" + "#\n" * 60 + "<%s> {}",
        "SERVICE <%s#" + "a" * 3000 + "> {}",
    ],
)
def test_no_question_reaches_another_server(clause: str) -> None:
    import http.server
    import threading

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str] = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    query = "SELECT * { " + clause.replace("%s", f"http://127.0.0.1:{server.server_port}/x") + " }"
    try:
        with pytest.raises(QueryError, match="SERVICE at"):
            list(store_of(article("a", "Nam leads ACME")).query(query))
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?p ?o }",
        "SELECT * { ?s schema:service ?o }",
        "SELECT * { ?s schema:service ?y { ?y ?p ?o } }",
        "SELECT * { GRAPH ?service { ?s ?p ?o } }",
        "SELECT * { ?s <http://x/SERVICE> 'service' }",
        "SELECT * {\n # SERVICE <http://x/> { }\n ?s ?p ?o }",
        'SELECT ("customer service: <b>" AS ?x) {}',
    ],
)
def test_the_word_service_is_allowed_where_it_asks_nobody(query: str) -> None:
    assert store_of().query(query).kind == "select"


def test_a_long_question_of_services_is_judged_quickly() -> None:
    started = time.process_time()
    for piece in ("service", "service #", "service:", "service\n#", "<service ", "service<"):
        with pytest.raises(QueryError):
            store_of().query("SELECT * { " + piece * 20_000)
    assert time.process_time() - started < 2


def test_counts(contents: list[Content]) -> None:
    stats = store_of(*contents).stats()
    assert (stats.articles, stats.entities, stats.facts) == (2, 5, 5)
    assert stats.by_modality == {"asserted": 3, "planned": 1, "possible": 1}
    assert dict(stats.rows())["facts planned"] == 1
    assert stats.triples == exported(store_of(*contents)).count(b"\n")


def test_the_rdflib_view_sees_the_union(contents: list[Content]) -> None:
    view = store_of(*contents).to_rdflib()
    assert (ID["nam"], KG.leads, ID["acme"]) in view
    assert (KG.leads, RDFS.label, Literal("leads", lang="en")) in view


# Folders


def test_readers_see_what_is_published_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Store.create_or_open(folder) as writer:
        writer.set_ontology(ONTOLOGY)
        with pytest.raises(StoreError, match="kg build"):
            Store.read(folder)
        put(writer, article("a", "Nam leads X"))
        writer.publish()
        put(writer, article("b", "Lan leads X"))
        with Store.read(folder) as reader:
            assert set(reader.articles()) == {"a"}
            writer.publish()
            put(writer, article("c", "Lan leads Y"))
            assert set(reader.articles()) == {"a"}
            with pytest.raises(StoreError, match="reading"):
                reader.set_ontology(ONTOLOGY)
        with Store.read(folder) as reader:
            assert set(reader.articles()) == {"a", "b"}
        for _ in range(3):
            writer.publish()
        assert len(list((folder / "published").iterdir())) == 2
    with pytest.raises(StoreError, match="closed"):
        writer.articles()


def test_a_checkpoint_that_was_not_finished_is_never_read(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Store.create_or_open(folder) as writer:
        writer.set_ontology(ONTOLOGY)
        put(writer, article("a", "Nam leads X"))
        writer.publish()
        (folder / "published" / "2").mkdir()  # what a kill during the copy leaves
        (folder / "published" / "2" / "CURRENT").write_text("half")
        with Store.read(folder) as reader:
            assert set(reader.articles()) == {"a"}
        put(writer, article("b", "Nam leads X"))
        writer.publish()
        with Store.read(folder) as reader:
            assert set(reader.articles()) == {"a", "b"}


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from kg.store import Store; from kg.errors import StoreError\n"
        "try: Store.create_or_open(pathlib.Path(sys.argv[1]))\n"
        "except StoreError as error: print(error)"
    )
    with Store.create_or_open(tmp_path / "store"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "store")],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
        )
    assert str(tmp_path / "store") in done.stdout and "wait" in done.stdout, done.stderr


CHILD = """
import sys, pathlib, itertools
sys.path.insert(0, "tests")
import test_store as t
store = t.Store.create_or_open(pathlib.Path(sys.argv[1]))
store.set_ontology(t.ONTOLOGY)
for number in itertools.count():
    t.put(store, t.LARGE[number % 2])
    print(number, flush=True)
"""
LARGE = [article("a", *(f"Nam{n} leads {end}{n}" for n in range(150))) for end in ("X", "Y")]


def test_a_writer_killed_in_the_middle_leaves_a_whole_article(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Store.create_or_open(folder) as store:
        store.set_ontology(ONTOLOGY)
        put(store, LARGE[0])
    whole = {exported(store_of(content)) for content in LARGE}
    for delay in (0.0, 0.07, 0.15):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder)], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE
        )
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with Store.create_or_open(folder) as store:
            assert exported(store) in whole


def test_a_disk_without_room_leaves_the_old_state(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Store.create_or_open(folder) as store:
        store.set_ontology(ONTOLOGY)
        put(store, article("b", "Lan leads X"))
        before = exported(store)
    code = (
        "import sys, pathlib, resource; sys.path.insert(0, 'tests'); import test_store as t\n"
        "store = t.Store.create_or_open(pathlib.Path(sys.argv[1])); store.set_ontology(t.ONTOLOGY)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: t.put(store, t.LARGE[0])\n"
        "except t.StoreError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert str(folder) in done.stdout, done.stderr
    with Store.create_or_open(folder) as store:
        assert exported(store) == before


def _file(folder: Path) -> None:
    folder.write_text("")


def _strange(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.doc").write_text("")


def _newer(folder: Path) -> None:
    Store.create_or_open(folder).close()
    (folder / "VERSION").write_bytes(b"99\n")


def _binary(folder: Path) -> None:
    Store.create_or_open(folder).close()
    (folder / "VERSION").write_bytes(b"\xff\xfe")


def _damaged(folder: Path) -> None:
    Store.create_or_open(folder).close()
    (folder / "live" / "CURRENT").write_text("garbage")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(_file, "exists"), (_strange, "thesis.doc"), (_newer, "99"), (_binary, "version"), (_damaged, "damaged")],
)
def test_a_folder_that_is_no_store_of_ours_is_refused_by_name(spoil, message: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    spoil(tmp_path / "store")
    with pytest.raises(StoreError, match=message) as caught:
        Store.create_or_open(tmp_path / "store")
    assert str(tmp_path / "store") in str(caught.value)


def test_what_is_forgotten_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [article(id, "Nam leads X", "ACME partnersWith X", aliases=[f"name {id}"]) for id in "abcd"]
    remembered = exported(store_of(*contents))
    monkeypatch.setattr("kg.store.mentions.HELD", 0)
    assert exported(store_of(*contents)) == remembered


def test_lines_of_an_export_are_sorted_and_a_class_comes_first_in_turtle() -> None:
    store = store_of(article("b", "Nam leads X"), article("a", "Lan leads Nam"))
    for format in ("nquads", "ntriples"):
        lines = exported(store, format).splitlines()
        assert lines == sorted(set(lines))
    turtle = exported(store, "turtle").decode()
    subjects = [block.split(maxsplit=2)[:2] for block in turtle.split(" .\n") if not block.startswith("@prefix")]
    assert all(verb == "a" for _, verb in (words for words in subjects if len(words) == 2 and ":" in words[0]))
    assert to_isomorphic(Graph().parse(data=turtle)) == to_isomorphic(Graph().parse(data=exported(store, "ntriples")))


def test_a_refused_article_changes_nothing() -> None:
    store = store_of(article("a", "Nam leads X"))
    before = exported(store)
    wrong, sentences, extraction = article("a", "Nam leads Y")
    with pytest.raises(KgError):
        put(store, (Article("a", "another text", "vi"), sentences, extraction))
    assert exported(store) == before
    put(store, (wrong, sentences, extraction))
    assert exported(store) == exported(store_of(article("a", "Nam leads Y")))


def test_importing_the_store_loads_no_model() -> None:
    code = (
        "import sys, kg.store; print([m for m in ('torch', 'stanza', 'transformers', 'networkx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_an_article_has_its_graph_and_leaves_no_trace() -> None:
    contents = [article(id, "Nam leads X", said("X dependsOn energy", speaker="Lan")) for id in "abc"]
    for order in itertools.permutations(contents):
        store = store_of(*order)
        assert set(store.articles()) == {"a", "b", "c"}
        for content in order:
            store.remove(content[0].id)
        assert exported(store) == exported(store_of())
