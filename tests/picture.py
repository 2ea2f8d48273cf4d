"""Views made here, for tests that draw them."""

from __future__ import annotations

import random
import re

from kg.explore import Edge, Node, Quote, View
from kg.explore.importance import weighed

RELATIONS = {
    "partnersWith": {"vi": "hợp tác với", "en": "partners with"},
    "leads": {"vi": "lãnh đạo", "en": "leads"},
    "dependsOn": {"vi": "phụ thuộc vào", "en": "depends on"},
}
TYPES = {"Organization": {"vi": "tổ chức", "en": "organisation"}, "Person": {"vi": "người", "en": "person"}}
_TYPED = (
    "OpenAI:Organization Nvidia:Organization Sam Altman:Person năng lượng:Resource Đặng Thị Đỗ:Person AI:Technology"
)
SMALL = dict(re.findall(r"(\S[^:]*):(\S+)", _TYPED))  # name -> type; no fact names Đặng Thị Đỗ
FACTS = [  # subject, relation, object, modality, speaker
    ("OpenAI", "partnersWith", "Nvidia", "asserted", ""),
    ("OpenAI", "dependsOn", "Nvidia", "planned", ""),
    ("Nvidia", "partnersWith", "OpenAI", "denied", ""),
    ("Sam Altman", "leads", "OpenAI", "asserted", ""),
    ("AI", "dependsOn", "năng lượng", "possible", "Sam Altman"),
]


def iri(name: str) -> str:
    return f"https://example.org/kg/id/{name.replace(' ', '-')}"


def view(names: dict[str, str], facts: list[tuple[str, str, str, str, str]], *, total: int = 0) -> View:
    edges = [
        Edge(f"st:{n}", iri(s), relation, iri(o), modality, iri(who) if who else "", who, 0.9, (quote(s, relation, o),))
        for n, (s, relation, o, modality, who) in enumerate(facts)
    ]
    bare = [
        Node(iri(name), name, type, ("bí danh",) if name == "OpenAI" else (), 0, 0.0, 0) for name, type in names.items()
    ]
    nodes = weighed(bare, edges)
    return View(tuple(nodes), tuple(edges), total or len(nodes), len(edges), RELATIONS, TYPES)


def quote(subject: str, relation: str, object: str) -> Quote:
    words = f"{subject} {RELATIONS[relation]['vi']} {object}"
    return Quote("báo/1.txt", "Cuộc đua AI", "2026-11-26", 9, "Hôm qua, ", words, " – theo nguồn tin.")


def big(many: int) -> View:
    """A few hubs, many leaves, and some pairs apart."""
    chance = random.Random(1)
    names = {
        f"{chance.choice(['Tập đoàn', 'Nguyễn Thị', 'huyện'])} {n}": chance.choice(list(TYPES)) for n in range(many)
    }
    known = list(names)
    facts = []
    for n in range(1, many):
        other = int(n * chance.random() ** 3)
        modality = chance.choice(["asserted", "asserted", "planned", "possible", "denied"])
        facts.append((known[n], chance.choice(list(RELATIONS)), known[other], modality, ""))
    return view(names, facts, total=4812)
