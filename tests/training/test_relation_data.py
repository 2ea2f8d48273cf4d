"""Corpora of other relations become windows in which the annotated words are the ends of links."""

from __future__ import annotations

import json
from pathlib import Path

from kg.training.fact_data import Window
from kg.training.relation_data import conll04, redocred, text2kg

CONLL04 = """#doc 7
0\tMr.\tB-Peop\t['N']\t[0]
1\tLee\tI-Peop\t['Work_For', 'Live_In']\t[3, 5]
2\t,\tO\t['N']\t[2]
3\tIntel\tB-Org\t['N']\t[3]
4\t,\tO\t['N']\t[4]
5\tOregon\tB-Loc\t['N']\t[5]
"""
TURTLE = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://x.example/Text2KGBench/ont_1_film/relations#P577> a owl:ObjectProperty ; rdfs:label "publication date" .
<https://x.example/Text2KGBench/ont_1_film/relations#P57> a owl:ObjectProperty ; rdfs:label "director" .
"""


def _links(window: Window) -> set[tuple[str, tuple[str, ...], str]]:
    return {
        (" ".join(window.atoms[slice(*s)]), link.relations, " ".join(window.atoms[slice(*o)]))
        for (s, o), link in window.links.items()
    }


def test_conll04_joins_whole_entities_by_their_last_words(tmp_path: Path) -> None:
    file = tmp_path / "train.txt"
    file.write_text(CONLL04)
    (window,) = conll04(file)
    assert _links(window) == {("Mr. Lee", ("Work_For",), "Intel"), ("Mr. Lee", ("Live_In",), "Oregon")}
    assert window.types[0, 2] == ("Person",) and window.full
    assert {relation.name for relation in window.schema} > {"Work_For", "Live_In"}


def test_redocred_demands_a_relation_at_its_nearest_mentions_only(tmp_path: Path) -> None:
    row = {
        "sents": [["Ana", "lives", "in", "Hue", "."], ["Ana", "likes", "Hue", "."], ["Rain", "."]],
        "vertexSet": [
            [{"type": "PER", "pos": [0, 1], "sent_id": n, "name": "Ana"} for n in (0, 1)],
            [
                {"type": "LOC", "pos": [3, 4], "sent_id": 0, "name": "Hue"},
                {"type": "LOC", "pos": [2, 3], "sent_id": 1, "name": "Hue"},
            ],
        ],
        "labels": [{"h": 0, "t": 1, "r": "P551", "evidence": [0]}],
    }
    (tmp_path / "dev.json").write_text(json.dumps([row]))
    (tmp_path / "names.tsv").write_text("P551\tresidence\n")
    (window,) = redocred(tmp_path / "dev.json", tmp_path / "names.tsv")
    demanded = {ends for ends, link in window.links.items() if "" not in link.relations}
    assert demanded == {((5, 6), (7, 8))} and len(window.links) == 4


def test_text2kg_finds_dates_as_sentences_write_them(tmp_path: Path) -> None:
    (tmp_path / "wikidata_tekgen/train").mkdir(parents=True)
    (tmp_path / "wikidata_tekgen/ontologies/owl").mkdir(parents=True)
    (tmp_path / "wikidata_tekgen/ontologies/owl/ont_1_film.ttl").write_text(TURTLE)
    rows = [
        {
            "sent": "Jaws is a 1975 film.",
            "sub_label": "Jaws",
            "rel_label": "publication date",
            "obj_label": "01 January 1975",
        },
        {"sent": "Jaws, by Lee.", "triples": [{"sub": "Jaws", "rel": "director", "obj": "Lee"}]},
        {"sent": "Jaws.", "triples": [{"sub": "Jaws", "rel": "director", "obj": "Ang Lee"}]},
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "wikidata_tekgen/train/ont_1_film_train.jsonl").write_text(lines + "\n")
    windows = list(text2kg(tmp_path))
    assert [_links(window) for window in windows] == [{("Jaws", ("P577",), "1975")}, {("Jaws", ("P57",), "Lee")}]
    assert not windows[0].full and {relation.meaning for relation in windows[0].schema} == {
        "publication date",
        "director",
    }
