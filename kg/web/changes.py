"""What a worker is asked to change in the live graph: updates that people write, and what they decide.

Each change is one atomic update of the live store, then published. While a build writes, the answer is 503.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import RequestError
from kg.model import Modality
from kg.ontology import load, local_name
from kg.store import Curator, Store
from kg.store.queries import bare
from kg.web.answers import Answer, Refusal
from kg.web.tasks import Reader, refusing

JSON = "application/json"
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]+')
_DATASET = re.compile(r"\b(?:using|with)\b", re.IGNORECASE)
_SHORT = re.compile(r"\bdelete\s+where\b", re.IGNORECASE)

Words = Mapping[str, Any]  # of a decision: what it names


def update(
    reader: Reader, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str], base: str = ""
) -> Answer:
    """Run a SPARQL update; the graphs are those that its WHERE parts see."""
    using = [f"USING <{iri}>" for iri in default_graphs] + [f"USING NAMED <{iri}>" for iri in named_graphs]
    with refusing(text), _written(reader) as store:
        store.change(_with_dataset(text, " ".join(using)) if using else text, base=base)
    return Answer(b"", "", status=204)


def _with_dataset(text: str, using: str) -> str:
    """An update whose WHERE parts see only some graphs. Raises Refusal for one that says itself what they see.

    >>> _with_dataset("DELETE { ?s ?p 'where' } WHERE { ?s ?p ?o }", "USING <urn:a>")
    "DELETE { ?s ?p 'where' } USING <urn:a> WHERE { ?s ?p ?o }"
    """
    signs = bare(text)
    if found := _DATASET.search(signs):
        raise Refusal(400, f"the update has {found[0].upper()}, and the request using-graph-uri: only one may say it")
    if _SHORT.search(signs):
        raise Refusal(400, "DELETE WHERE cannot see only some graphs: write DELETE { ... } WHERE { ... }")
    parts, last = [], 0
    for found in re.finditer(r"\bwhere\b", signs, re.IGNORECASE):
        if signs.count("{", 0, found.start()) == signs.count("}", 0, found.start()):  # not that of a subquery
            parts += [text[last : found.start()], using, " "]
            last = found.start()
    return "".join([*parts, text[last:]])


def decisions(reader: Reader) -> Answer:
    """All decisions that were published."""
    with refusing():
        return _json({"decisions": _listed(Curator(reader.published()).decisions())})


def decide(reader: Reader, action: str, words: Words, ontology: Sequence[str]) -> Answer:
    """Decide about a fact or entities: a key of ACTIONS, and what it names. Gives what was decided anew."""
    if not isinstance(action, str) or action not in ACTIONS:
        raise Refusal(400, f"no action {action!r}: use one of {', '.join(ACTIONS)}")
    with refusing(), _curator(reader, ontology) as curator:
        for name in sorted(words.keys() & {"statement", "entity", "into"}):
            if not reader.published().query(f"ASK {{ <{_named(words, name)}> ?p ?o }}"):
                raise Refusal(404, f"no {name} <{words[name]}> here")
        before = set(curator.decisions())
        changed = ACTIONS[action](curator, words)
        made = [decision for decision in curator.decisions() if decision not in before]
    return _json({"decisions": _listed(made), "changed": changed}, status=201)


def undo(reader: Reader, decision: str, ontology: Sequence[str]) -> Answer:
    """Take back a decision, named by its IRI or the end of it."""
    with refusing(), _curator(reader, ontology) as curator:
        if decision not in {name for iri, _ in curator.decisions() for name in (iri, local_name(iri))}:
            raise Refusal(404, f"no decision {decision!r} here: GET /api/decisions lists them")
        again = curator.undo(decision)
    return _json({"undone": decision, "again": again})


def _json(value: Words, status: int = 200) -> Answer:
    content = json.dumps(value, ensure_ascii=False).encode()
    return Answer(content, JSON, status, (("Cache-Control", "no-cache"),))


def _listed(found: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"id": local_name(iri), "iri": iri, "text": text} for iri, text in found]


@contextmanager
def _written(reader: Reader) -> Iterator[Store]:
    """The live store, published at the end."""
    with Store.create_or_open(reader.folder) as store:
        store.catch_up()
        yield store
        store.publish()


@contextmanager
def _curator(reader: Reader, ontology: Sequence[str]) -> Iterator[Curator]:
    with _written(reader) as store:
        store.use_ontology(load([Path(file) for file in ontology]))
        yield Curator(store)


# Actions: each gives the number of statements or entities that it changes


def _reject(curator: Curator, words: Words) -> int:
    fact = curator.fact_of(statement := _named(words, "statement"))
    return curator.judge(fact, right=None, statement=_meant(statement, words))


def _correct(curator: Curator, words: Words) -> int:
    fact = curator.fact_of(statement := _named(words, "statement"))
    named = zip(("subject", "relation", "object"), fact, strict=True)
    subject, relation, object = (_named(words, name) if name in words else end for name, end in named)
    modality = str(words.get("modality", ""))
    if modality not in ("", *Modality):
        raise RequestError(f"no modality {modality!r}: use one of {', '.join(Modality)}")
    if (right := (subject, relation, object)) == fact and not modality:
        raise RequestError("nothing to correct: give subject, relation, object or modality")
    if relation != fact[1] and relation not in curator.relations():
        raise RequestError(f"no relation <{relation}> in the ontology: it has {', '.join(curator.relations())}")
    return curator.judge(fact, right=right, modality=modality, statement=_meant(statement, words))


def _merge(curator: Curator, words: Words) -> int:
    curator.merge(_named(words, "entity"), _named(words, "into"))
    return 1


def _split(curator: Curator, words: Words) -> int:
    return len(curator.split(_named(words, "entity")))


ACTIONS: dict[str, Callable[[Curator, Words], int]] = {
    "reject": _reject,
    "correct": _correct,
    "merge": _merge,
    "split": _split,
}


def _meant(statement: str, words: Words) -> str:
    """The statement whose article is meant, "" for all articles that state the fact."""
    return "" if words.get("everywhere") is True else statement


def _named(words: Words, name: str) -> str:
    """An IRI that a decision has to name. Raises RequestError."""
    value = words.get(name)
    if not isinstance(value, str) or not _IRI.fullmatch(value):
        raise RequestError(f"{name} is {value!r}: give an IRI such as https://example.org/kg/id/openai")
    return value
