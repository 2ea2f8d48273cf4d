"""The shipped ontology is complete, other people's extends or replaces it, and what is wrong with a file is said."""

from __future__ import annotations

import ast
import shutil
import socket
from pathlib import Path

import pytest
from rdflib import RDF, Graph

import kg.ontology
from kg.errors import OntologyError
from kg.ontology import Cue, Frame, Known, Label, Marker, MarkerKind, Ontology, load, shipped_folder, turtle

RELATIONS = """
    partnersWith investsIn funds acquires owns competesWith defeats suppliesTo offers develops launches uses dependsOn
    partOf kindOf becomes worksFor leads founded memberOf relativeOf bornIn livesIn studiedAt locatedIn participatesIn
    organizes meets visits receives leadsTo supports opposes affects accuses attacks regulates aimsFor replaces
"""
CLASSES = "Person Organization Place Product Technology Resource Concept Event Work Role"
SYMMETRIC = {"partnersWith", "competesWith", "relativeOf", "meets"}
PREFIXES = """
@prefix kg: <https://example.org/kg/ontology#> .
@prefix ex: <https://example.org/mine#> .
@prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
HEALS = """
ex:heals a owl:ObjectProperty ; rdfs:label "chữa"@vi ; rdfs:domain kg:Product ; rdfs:range ex:Illness .
ex:Illness a owl:Class ; rdfs:subClassOf kg:Concept ; rdfs:label "bệnh"@vi .
ex:cue-heals a ontolex:LexicalEntry ; ontolex:canonicalForm [ ontolex:writtenRep "Chữa  Khỏi"@vi , "đẩy lùi"@vi ] ;
    ontolex:denotes ex:heals ; kg:frame "verb" ; kg:cueConfidence 0.9 .
"""
REPLACES = "<https://example.org/mine> a owl:Ontology ; kg:replaces kg: .\n"
OTHER_PEOPLES = """
@prefix : <http://library.example/terms#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://library.example/terms> a owl:Ontology ; owl:imports <http://library.example/more> , <http://example.com/x.owl> .
:Author a owl:Class ; rdfs:subClassOf owl:Thing ; rdfs:label "author"@en .
:Novel a owl:Class ; rdfs:subClassOf :Book ; rdfs:label "novel"@en .
:Book a owl:Class .
:wroteBook a owl:ObjectProperty ; rdfs:domain :Author ; rdfs:range [ a owl:Class ; owl:unionOf ( :Novel :Book ) ] .
:translates a owl:ObjectProperty ; rdfs:label "translates"@en , "dịch"@vi ; rdfs:range :Book .
:pages a owl:DatatypeProperty ; rdfs:domain :Book ; rdfs:range xsd:integer .
:kieu a :Novel ; rdfs:label "Truyện Kiều"@vi .
"""


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load()


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only classes and relations are shipped: loads in no time."""
    folder = tmp_path_factory.mktemp("ontology")
    for name in ("classes.ttl", "relations.ttl"):
        shutil.copy(shipped_folder() / name, folder)
    monkeypatch.setattr(turtle, "shipped_folder", lambda: folder)


def write(folder: Path, text: str, name: str = "mine.ttl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def message(path: Path) -> str:
    with pytest.raises(OntologyError) as raised:
        load([path])
    return str(raised.value)


def cues(ontology: Ontology, form: str) -> dict[tuple[str, Frame], Cue]:
    return {(cue.relation, cue.frame): cue for cue in ontology.cues if cue.form == form}


# What is shipped


def test_all_relations_and_classes(ontology: Ontology) -> None:
    assert set(ontology.relations) == set(RELATIONS.split())
    assert set(CLASSES.split()) <= set(ontology.classes)
    assert {name for name, relation in ontology.relations.items() if relation.symmetric} == SYMMETRIC


def test_all_have_labels_and_definitions_in_both_languages(ontology: Ontology) -> None:
    text = "\n".join((shipped_folder() / f"{name}.ttl").read_text() for name in ("classes", "relations"))
    blocks = {block.split(" ")[0]: block for block in text.split("\nkg:")[1:]}
    for name, thing in {**ontology.classes, **ontology.relations}.items():
        assert {label.lang for label in thing.labels} >= {"vi", "en"}, name
        definition = blocks[name].split("skos:definition ")[1].split(" ;")[0].split(" .\n")[0]
        assert "@vi" in definition and "@en" in definition, name


def test_domains_ranges_and_parents_are_known(ontology: Ontology) -> None:
    for relation in ontology.relations.values():
        assert {*relation.domain, *relation.range} <= ontology.classes.keys()
        assert set(relation.broader) <= ontology.relations.keys()
    assert ontology.classes["Technology"].parents == ("Concept",)


def test_cues_are_sound(ontology: Ontology) -> None:
    assert {cue.relation for cue in ontology.cues if cue.lang == "vi"} == set(RELATIONS.split())
    assert {cue.frame for cue in ontology.cues} == set(Frame)
    for cue in ontology.cues:
        assert 0.3 <= cue.confidence <= 1, cue
        assert cue.form or cue.frame is Frame.ADJACENT, cue
        assert cue.form == " ".join(cue.form.casefold().split()), cue
        assert len(cue.prepositions) == 2 or cue.frame is not Frame.OF_WITH, cue
        assert cue.prepositions or cue.frame not in (Frame.PREPOSITIONAL, Frame.BETWEEN), cue


@pytest.mark.parametrize(
    ("form", "relation", "frames"),
    [
        ("hợp tác", "partnersWith", "prepositional of-with between"),
        ("đòi hỏi", "dependsOn", "verb"),
        ("phụ thuộc", "dependsOn", "prepositional"),
        ("gắn", "dependsOn", "prepositional"),
        ("gắn liền", "dependsOn", "prepositional"),
        ("trò chuyện", "meets", "prepositional of-with between"),
        ("cuộc trò chuyện", "meets", "of-with between"),
        ("ceo", "leads", "role"),
        ("đồng sáng lập", "founded", "role verb"),
        ("chuyển mình", "becomes", "prepositional"),
        ("là", "kindOf", "copula"),
        ("ở", "locatedIn", "verb"),
        ("tại", "locatedIn", "verb"),
        ("", "kindOf", "adjacent"),
        ("", "locatedIn", "adjacent"),
    ],
)
def test_cues_of_everyday_news(ontology: Ontology, form: str, relation: str, frames: str) -> None:
    assert {(relation, Frame(frame)) for frame in frames.split()} <= cues(ontology, form).keys()


def test_markers_are_sound(ontology: Ontology) -> None:
    vietnamese = [marker for marker in ontology.markers if marker.lang == "vi"]
    assert {marker.kind for marker in vietnamese} == set(MarkerKind)
    assert len({(marker.form, marker.kind) for marker in vietnamese}) == len(vietnamese)  # one value each
    classed = {MarkerKind.TITLE, MarkerKind.CLASS_NOUN}
    for marker in ontology.markers:
        assert marker.form == " ".join(marker.form.casefold().split()) and marker.form, marker
        assert marker.value in ontology.classes or marker.kind not in classed, marker


@pytest.mark.parametrize(
    ("form", "kind", "value"),
    [
        ("sẽ", MarkerKind.PLANNED, ""),
        ("có thể", MarkerKind.POSSIBLE, ""),
        ("chưa", MarkerKind.DENIED, ""),
        ("nếu", MarkerKind.CONDITION, ""),
        ("dự đoán", MarkerKind.SAYING, "planned"),
        ("nghi ngờ", MarkerKind.SAYING, "possible"),
        ("phủ nhận", MarkerKind.SAYING, "denied"),
        ("tiết lộ", MarkerKind.SAYING, ""),
        ("như", MarkerKind.LIST, "kindOf"),
        ("bao gồm", MarkerKind.LIST, ""),
        ("ông", MarkerKind.TITLE, "Person"),
        ("ông", MarkerKind.PRONOUN, "Person"),
        ("ông lớn", MarkerKind.CLASS_NOUN, "Organization"),
        ("điện thoại", MarkerKind.CLASS_NOUN, "Product"),
        ("do", MarkerKind.BY, ""),
    ],
)
def test_markers_of_everyday_news(ontology: Ontology, form: str, kind: MarkerKind, value: str) -> None:
    assert Marker(form, "vi", kind, value) in ontology.markers


@pytest.mark.parametrize("form", ["không chỉ", "không gian", "không những"])
def test_idioms_protect_their_words(ontology: Ontology, form: str) -> None:
    kinds = {marker.kind for marker in ontology.markers if marker.form == form}
    assert kinds and MarkerKind.DENIED not in kinds


def test_a_cue_that_opposes_denies_nothing(ontology: Ontology) -> None:
    denying = {marker.form for marker in ontology.markers if marker.kind is MarkerKind.DENIED}
    leaving = {"memberOf", "worksFor", "participatesIn"}  # to leave is to be no member
    assert {cue.relation for cue in ontology.cues if cue.form in denying} <= leaving


def test_known_things_are_classed(ontology: Ontology) -> None:
    assert ontology.known
    assert all(known.type in ontology.classes and known.labels for known in ontology.known)


def test_no_cue_word_is_in_python() -> None:
    assert kg.ontology.__file__ is not None
    for path in sorted(Path(kg.ontology.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text())
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, documented)  # type: ignore
            if isinstance(node.body[0], ast.Expr)
        }
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docstrings]
        assert all(text.isascii() for text in strings if isinstance(text, str)), path.name


# Extending and replacing


def test_a_file_extends(ontology: Ontology, tmp_path: Path) -> None:
    more = load([write(tmp_path, PREFIXES + HEALS)])
    assert set(more.relations) - set(ontology.relations) == {"heals"}
    assert more.relations["heals"].range == ("Illness",)
    assert more.classes["Illness"].parents == ("Concept",)
    assert set(more.cues) - set(ontology.cues) == {
        Cue(form, "vi", Frame.VERB, "heals", (), False, 0.9) for form in ("chữa khỏi", "đẩy lùi")
    }
    assert more.markers == ontology.markers


def test_a_file_adds_cues_and_labels_to_what_is_shipped(ontology: Ontology, tmp_path: Path) -> None:
    text = """
    ex:c a ontolex:LexicalEntry ; ontolex:canonicalForm [ ontolex:writtenRep "xuống tiền"@vi ] ;
        ontolex:denotes kg:investsIn ; kg:frame "verb" .
    kg:investsIn rdfs:label "investit dans"@fr .
    """
    more = load([write(tmp_path, PREFIXES + text)])
    assert set(more.cues) - set(ontology.cues) == {Cue("xuống tiền", "vi", Frame.VERB, "investsIn", (), False, 0.7)}
    assert Label("fr", "investit dans") in more.relations["investsIn"].labels


def test_a_file_replaces(ontology: Ontology, tmp_path: Path) -> None:
    own = load([write(tmp_path, PREFIXES + REPLACES + HEALS + "kg:Product a owl:Class .")])
    assert set(own.relations) == {"heals"}
    assert set(own.classes) == {"Product", "Illness"}
    assert {cue.relation for cue in own.cues} == {"heals"}
    assert not own.known
    kinds = {(marker.form, marker.kind) for marker in ontology.markers}
    assert {(marker.form, marker.kind) for marker in own.markers} == kinds  # they belong to the language
    assert {marker.value for marker in own.markers if marker.kind is MarkerKind.CLASS_NOUN} == {"Product", ""}


@pytest.mark.usefixtures("small")
def test_the_language_of_words_is_that_of_any_country(tmp_path: Path) -> None:
    text = """
    ex:serves a owl:ObjectProperty ; rdfs:label "waits on"@en-US .
    ex:m a kg:Marker ; kg:kind "title" ; ontolex:writtenRep "sir"@EN .
    """
    more = load([write(tmp_path, PREFIXES + text)])
    assert [cue.lang for cue in more.cues if cue.relation == "serves"] == ["en"]
    assert Marker("sir", "en", MarkerKind.TITLE, "") in more.markers


@pytest.mark.usefixtures("small")
def test_two_files_extend_together(tmp_path: Path) -> None:
    first = write(tmp_path, PREFIXES + "ex:a a owl:ObjectProperty .", "a.ttl")
    second = write(tmp_path, PREFIXES + "ex:b a owl:ObjectProperty .", "b.ttl")
    assert load([first, second]) == load([second, first])
    assert {"a", "b", "leads"} <= set(load([first, second]).relations)


@pytest.mark.usefixtures("small")
def test_plain_owl_of_other_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("owl:imports must not be fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    more = load([write(tmp_path, OTHER_PEOPLES)])
    assert more.relations["wroteBook"].domain == ("Author",)
    assert more.relations["wroteBook"].range == ("Book", "Novel")
    assert more.relations["pages"].datatype.endswith("#integer") and "Thing" not in more.classes
    assert cues(more, "wrote book")["wroteBook", Frame.VERB].confidence == 0.5
    assert cues(more, "dịch")["translates", Frame.VERB].lang == "vi"
    assert more.allows("Novel", "translates", "Novel") and not more.allows("Novel", "translates", "Author")
    kieu = Known("kieu", "http://library.example/terms#kieu", "Novel", (Label("vi", "Truyện Kiều"),))
    assert kieu in more.known


# The hash


@pytest.mark.usefixtures("small")
def test_hash_changes_with_any_triple(ontology: Ontology, tmp_path: Path) -> None:
    path = write(tmp_path, PREFIXES + HEALS)
    before = load([path])
    path.write_text(PREFIXES + HEALS.replace("0.9", "0.8"))
    after = load([path])
    assert cues(after, "đẩy lùi")["heals", Frame.VERB].confidence == 0.8
    assert len({ontology.hash, before.hash, after.hash}) == 3
    assert len(after.hash) == 64


@pytest.mark.usefixtures("small")
def test_hash_does_not_change_with_order_or_place(tmp_path: Path) -> None:
    blocks = HEALS.strip().split("\nex:")
    turned = "\n".join([PREFIXES, *(f"ex:{block.removeprefix('ex:')}" for block in reversed(blocks))])
    there = write(tmp_path, turned.replace('"Chữa  Khỏi"@vi , "đẩy lùi"@vi', '"đẩy lùi"@vi , "Chữa  Khỏi"@vi'), "b.ttl")
    assert load([write(tmp_path, PREFIXES + HEALS)]) == load([there])


def test_hash_of_blank_nodes_takes_little_time_and_sees_what_they_lead_to() -> None:
    def chain(name: str, end: str, *, back: bool = False) -> str:
        twice = [f"_:{name}{n} <x:p> _:{name}{n + 1} ; <x:q> _:{name}{n + 1} ." for n in range(60)]  # 2 ** 60 ways down
        return "\n".join([*reversed(twice), f"_:{name}60 <x:r> {f'_:{name}0' if back else end} ."])

    def hashed(text: str) -> str:
        return turtle.content_hash(Graph().parse(data=text, format="turtle"))

    assert hashed(chain("a", "1")) == hashed(chain("b", "1")) != hashed(chain("a", "2"))
    assert hashed(chain("a", "1", back=True)) == hashed(chain("b", "1", back=True)) != hashed(chain("a", "1"))


# What fits


def test_allows(ontology: Ontology) -> None:
    assert ontology.allows("Person", "leads", "Organization")
    assert not ontology.allows("Organization", "bornIn", "Person")
    assert ontology.allows("", "bornIn", "")  # unknown classes are admitted
    assert ontology.allows("Technology", "competesWith", "Technology")  # a Concept, which is admitted
    assert ontology.allows("Event", "kindOf", "Role")  # no domain, no range
    with pytest.raises(KeyError):
        ontology.allows("Person", "envies", "Person")


@pytest.mark.usefixtures("small")
def test_allows_symmetric_relations_either_way(tmp_path: Path) -> None:
    text = (
        PREFIXES + "ex:near a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain kg:Place ; rdfs:range kg:Event ."
    )
    near = load([write(tmp_path, text)])
    assert near.allows("Place", "near", "Event") and near.allows("Event", "near", "Place")
    assert not near.allows("Place", "near", "Place")


# What is wrong with a file

CUE = """ex:c a ontolex:LexicalEntry ; ontolex:canonicalForm [ ontolex:writtenRep "đẩy lùi"@vi ] ;
    ontolex:denotes {relation} ; kg:frame "{frame}" ; kg:cueConfidence {confidence} ."""


def cue(relation: str = "kg:leads", frame: str = "verb", confidence: str = "0.5") -> str:
    return CUE.format(relation=relation, frame=frame, confidence=confidence)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (cue(frame="verbal"), ["line 9", "'verbal'", "prepositional", "of-with"]),
        (cue(frame='verb" , "role'), ["line 9", "'role', 'verb'"]),
        (cue().replace('kg:frame "verb" ;', ""), ["line 9", "no frame", "verb"]),
        (cue(relation="kg:leeds"), ["line 9", "'leeds'", "leads", "ontolex:denotes"]),
        (cue().replace("ontolex:denotes kg:leads ;", ""), ["line 9", "no relation", "leads"]),
        (cue(confidence="1.5"), ["line 9", "1.5", "0 to 1"]),
        (cue(confidence='"high"'), ["line 9", "high", "0 to 1"]),
        (cue().replace('ontolex:writtenRep "đẩy lùi"@vi', ""), ["line 9", "no words", "ontolex:writtenRep"]),
        ('ex:m a kg:Marker ; kg:kind "titel" ; ontolex:writtenRep "ông"@vi .', ["line 9", "titel", "title"]),
        ('ex:m a kg:Marker ; ontolex:writtenRep "ông"@vi .', ["line 9", "kind none", "title"]),
        (
            'ex:m a kg:Marker ; kg:kind "title" ; kg:marksClass kg:Persn ; ontolex:writtenRep "ông"@vi .',
            ["line 9", "class 'Persn'", "Person"],
        ),
        (
            'ex:m a kg:Marker ; kg:kind "list" ; kg:marksRelation kg:kindof ; ontolex:writtenRep "như"@vi .',
            ["line 9", "relation 'kindof'", "kindOf"],
        ),
        (
            'ex:m a kg:Marker ; kg:kind "saying" ; kg:marksModality kg:Maybe ; ontolex:writtenRep "đoán"@vi .',
            ["line 9", "modality 'maybe'", "possible"],
        ),
        ("ex:a a owl:Class ;\n    rdfs:label 'x' .\nex:b a owl:Class ;\n    rdfs:label ,", ["line 12", "not Turtle"]),
        ("ex:a a owl:Class .\nnix:b a owl:Class .", ["line 10", '"nix:"', "'nix:b a owl:Class .'"]),
        (REPLACES + "ex:a a owl:Class .", ["no relation", "owl:ObjectProperty"]),
        ("", ["nothing new", "Turtle"]),
        (
            "ex:a a owl:ObjectProperty ; rdfs:domain [ owl:unionOf _:l ] .\n"
            f"_:l <{RDF.first}> ex:A ; <{RDF.rest}> _:l .",
            ["line 9", "domain of a", "circle", "owl:unionOf"],
        ),
        ("<http://ex.org/works for> a owl:ObjectProperty .", ["line 9", "http://ex.org/works for", "%20"]),
        ('ex:a a owl:ObjectProperty ; rdfs:label "x"@languages-of .', ["line 9", "x@languages-of", "en-US"]),
    ],
)
@pytest.mark.usefixtures("small")
def test_broken_files_are_explained(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path, PREFIXES + "\n" + text)
    said = message(path)
    for part in (str(path), *parts):
        assert part in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"", ["nothing new"]),
        (b"\xff\xfe\x00binary", ["not UTF-8", "byte 0", ".ttl"]),
        (b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', ["rdfpipe"]),
        (b"Just a letter to the editor.", ["line 1", "not Turtle"]),
    ],
)
@pytest.mark.usefixtures("small")
def test_other_files_are_refused(tmp_path: Path, content: bytes, parts: list[str]) -> None:
    path = tmp_path / "mine.ttl"
    path.write_bytes(content)
    said = message(path)
    for part in (str(path), *parts):
        assert part in said


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert f"{tmp_path / 'none.ttl'}: no such file; name a Turtle file" in message(tmp_path / "none.ttl")
    assert f"{tmp_path}: is a folder" in message(tmp_path)


def test_the_users_file_is_named_not_ours(tmp_path: Path) -> None:
    path = write(tmp_path, PREFIXES + '\n<https://example.org/kg/ontology/cue#leads-role-1> kg:frame "office" .')
    assert str(path) in message(path)


@pytest.mark.usefixtures("small")
def test_the_readmes_cue_works(tmp_path: Path) -> None:
    readme = (Path(turtle.__file__).parents[2] / "ontology" / "README.md").read_text()
    entry = readme.split("\n    cue:")[1].split("\n\n")[0]
    added = load([write(tmp_path, f"{PREFIXES}@prefix cue: <https://example.org/mine#> .\ncue:{entry}")])
    assert ("supports", Frame.PREPOSITIONAL) in cues(added, "chắp cánh")
