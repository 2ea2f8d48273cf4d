"""A small ontology, so that the tests of single steps do not move with the shipped one."""

from __future__ import annotations

import pytest

from kg.extract.lexicon import Lexicon, read_ontology
from kg.extract.lines import read_lines
from kg.extract.reading import Reading, read_line
from kg.ontology import Cue, EntityClass, Frame, Known, Label, Marker, MarkerKind, Ontology, Relation

from .notation import article_of

MARKERS = {
    MarkerKind.PLANNED: {"sẽ": "", "để": ""},
    MarkerKind.POSSIBLE: {"có thể": ""},
    MarkerKind.DENIED: {"không": ""},
    MarkerKind.CONDITION: {"nếu": ""},
    MarkerKind.SAYING: {"cho biết": "", "nói": "", "dự báo": "planned"},
    MarkerKind.ACCORDING: {"theo": ""},
    MarkerKind.PASSIVE: {"được": "", "bị": ""},
    MarkerKind.LIST: {"như": ""},
    MarkerKind.AND: {"và": ""},
    MarkerKind.TITLE: {"ông": "Person", "bà": "Person"},
    MarkerKind.CLASS_NOUN: {"tập đoàn": "Organization", "hãng": "Organization", "bộ": "Organization", "tỉnh": "Place"},
    MarkerKind.PRONOUN: {"ông": "Person", "bà": "Person"},
    MarkerKind.DEFINITE: {"này": ""},
    MarkerKind.DETERMINER: {"các": "", "một": ""},
    MarkerKind.MODIFIER: {"rẻ": ""},
    MarkerKind.EMPTY: {"tương lai": "", "nguồn": "", "năm": ""},
    MarkerKind.BOUNDARY: {"nhưng": "", "rằng": "", "thì": ""},
    MarkerKind.OF: {"của": ""},
    MarkerKind.BY: {"bởi": "", "do": ""},
    MarkerKind.NOMINAL: {"sự": "", "việc": "", "cuộc": ""},
    MarkerKind.DEGREE: {"hơn": ""},
    MarkerKind.FIRST: {"tôi": "Person"},
}
CUES: tuple[tuple[str, Frame, str, tuple[str, ...], bool], ...] = (
    ("hợp tác", Frame.PREPOSITIONAL, "partnersWith", ("với",), False),
    ("hợp tác", Frame.OF_WITH, "partnersWith", ("của", "với"), False),
    ("gặp", Frame.BETWEEN, "meets", ("giữa",), False),
    ("gặp", Frame.VERB, "meets", (), False),
    ("mua", Frame.VERB, "acquires", (), False),
    ("phát triển", Frame.VERB, "develops", (), False),
    ("đòi hỏi", Frame.VERB, "dependsOn", (), False),
    ("thuộc về", Frame.VERB, "owns", (), True),
    ("ceo", Frame.ROLE, "leads", (), False),
    ("tổng thống", Frame.ROLE, "leads", (), False),
    ("là", Frame.COPULA, "kindOf", (), False),
    ("như", Frame.VERB, "kindOf", (), True),
    ("tại", Frame.VERB, "locatedIn", (), False),
    ("", Frame.ADJACENT, "locatedIn", (), False),
)
CLASSES = ("Concept", "Event", "Organization", "Person", "Place", "Product", "Resource", "Technology")
AGENTS = ("Organization", "Person", "Place")
ENDS = {
    "partnersWith": (AGENTS, AGENTS),
    "meets": (AGENTS, AGENTS),
    "leads": (("Person",), ("Organization", "Place")),
    "locatedIn": ((), ("Place",)),
}


def small_ontology() -> Ontology:
    relations = {
        name: Relation(name, name, (), name in ("meets", "partnersWith"), *ENDS.get(name, ((), ())), ())
        for name in sorted({relation for _, _, relation, _, _ in CUES})
    }
    return Ontology(
        {name: EntityClass(name, name, (), (), (name,)) for name in CLASSES},
        relations,
        tuple(Cue(form, "vi", frame, name, with_, inverse, 0.9) for form, frame, name, with_, inverse in CUES),
        tuple(Marker(form, "vi", kind, value) for kind, forms in MARKERS.items() for form, value in forms.items()),
        (
            Known("ai", "ai", "Technology", (Label("vi", "AI"), Label("vi", "trí tuệ nhân tạo"))),
            Known("energy", "energy", "Resource", (Label("vi", "năng lượng"),)),
        ),
        "0" * 64,
    )


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return read_ontology(small_ontology(), "vi")


def readings_of(lexicon: Lexicon, *lines: str) -> tuple[Reading, ...]:
    return tuple(read_line(line, lexicon) for line in read_lines(article_of(*lines)[1], lexicon))
