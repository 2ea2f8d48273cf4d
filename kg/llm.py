"""Facts from a language model at an OpenAI-compatible address, instead of our own extraction: only where asked for.

The model sees the article and the ontology and answers in JSON; what it says passes the same gate as everything else:
relations, classes, domain and range of the ontology, and a quote that stands in the article, letter for letter.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import ArticleError, RequestError
from kg.literals import lexical
from kg.model import Article, Entity, Evidence, Extraction, Fact, Modality, Sentence
from kg.ontology import Ontology, local_name

TIMEOUT = 120.0  # seconds for an answer
CONFIDENCE = 0.8  # of whatever passes: models do not know how sure they are
_ADDRESS = "https://api.openai.com/v1"
_TASK = """\
You find facts in a news article. Answer with one JSON object and nothing else:
{"entities": [{"id": "e1", "name": "...", "type": "...", "aliases": ["..."]}],
 "facts": [{"subject": "e1", "relation": "...", "object": "e2",
            "modality": "asserted", "speaker": null, "quote": "..."}]}
name: the fullest form in the article, without title; aliases: its other forms in the article.
quote: the words of the article that state the fact, copied letter for letter from one sentence.
modality: asserted, planned (will, intends), possible (may, if) or denied (not).
speaker: the entity that is quoted as saying so, else null.
Mark only what the text says. Resolve pronouns. Expand lists into several facts.
"""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model behind an address."""

    name: str
    address: str
    key: str

    @property
    def version(self) -> str:
        """What its facts depend on, as far as we know it."""
        return f"{self.address} {self.name} {_TASK}"

    @property
    def adapter(self) -> None:
        """None either."""

    def schemas(self, ontology: Ontology) -> tuple[()]:
        """None: it proposes facts itself."""
        return ()

    def extract(self, article: Article, sentences: Sequence[Sentence], ontology: Ontology) -> Extraction:
        """What the model says an article states. Raises ArticleError where it gives no answer that can be read."""
        return read_answer(self._ask(article, _prompt(ontology)), article, ontology)

    def _ask(self, article: Article, task: str) -> Any:
        import httpx

        messages = [{"role": "system", "content": task}, {"role": "user", "content": article.text}]
        body = {
            "model": self.name,
            "messages": messages,
            "temperature": 0,
            "response_format": {"type": "json_object"},
        }
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            answer = httpx.post(f"{self.address}/chat/completions", json=body, headers=headers, timeout=TIMEOUT)
            answer.raise_for_status()
            return json.loads(answer.json()["choices"][0]["message"]["content"])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ArticleError(f"{article.id}: no answer from {self.address}: {error}; check address and key") from None
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ArticleError(f"{article.id}: {self.name} did not answer in JSON: {error}; try again") from None


def from_environment() -> LanguageModel:
    """The model that OPENAI_MODEL, OPENAI_BASE_URL and OPENAI_API_KEY name. Raises RequestError where they do not."""
    name = os.environ.get("OPENAI_MODEL", "")
    if not name:
        raise RequestError("no language model is named: set OPENAI_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL")
    address = os.environ.get("OPENAI_BASE_URL", _ADDRESS).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise RequestError(f"OPENAI_BASE_URL is {address!r}: give an http or https address")
    return LanguageModel(name, address, os.environ.get("OPENAI_API_KEY", ""))


def _prompt(ontology: Ontology) -> str:
    """The task, with all classes and relations by their names and labels."""
    relations = [
        f"{name} ({', '.join(label.text for label in relation.labels)}): "
        f"{' or '.join(relation.domain) or 'anything'} -> "
        f"{local_name(relation.datatype) or ' or '.join(relation.range) or 'anything'}"
        for name, relation in sorted(ontology.relations.items())
    ]
    return "\n".join((_TASK, "Types: " + ", ".join(sorted(ontology.classes)), "Relations:", *relations))


def read_answer(answer: Any, article: Article, ontology: Ontology) -> Extraction:
    """What of an answer the article and the ontology bear out; the rest is left out."""
    if not isinstance(answer, Mapping):
        raise ArticleError(f"{article.id}: the language model answered no JSON object; try again")
    entities = dict(_entities(_rows(answer, "entities"), article, ontology))
    places: dict[tuple[int, str, int, Modality, int | None, str], set[Evidence]] = defaultdict(set)
    for row in _rows(answer, "facts"):
        ends = [row.get(end) for end in ("subject", "object", "speaker")]
        subject, object, speaker = (None if end is None else entities.get(str(end)) for end in ends)
        relation, how = ontology.relations.get(str(row.get("relation"))), str(row.get("modality") or "asserted")
        evidence = _evidence(row.get("quote"), article)
        if subject is None or object is None or subject == object or relation is None or evidence is None:
            continue
        if how in set(Modality) and ontology.allows(subject.type, relation.name, object.type):
            value = lexical(object.name, relation.datatype, article.lang, article.date) if relation.datatype else ""
            if value or not relation.datatype:
                said = (subject.key, relation.name, object.key, Modality(how), speaker.key if speaker else None)
                places[*said, value].add(evidence)
    facts = [
        Fact(s, relation, o, mode, speaker, tuple(sorted(evidence)), CONFIDENCE, value=value)
        for (s, relation, o, mode, speaker, value), evidence in places.items()
    ]
    order = sorted(facts, key=lambda fact: (fact.evidence, fact.subject, fact.relation, fact.object, fact.modality))
    return Extraction(tuple(sorted(entities.values())), tuple(order))


def _rows(answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _entities(rows: Sequence[Mapping[str, Any]], article: Article, ontology: Ontology) -> Iterator[tuple[str, Entity]]:
    """Those that the article names, by the ids of the answer."""
    text = article.text.casefold()
    for key, row in enumerate(rows):
        aliases = row.get("aliases")
        forms = [row.get("name"), *(aliases if isinstance(aliases, list) else [])]
        named = [form for form in forms if isinstance(form, str) and form.strip() and form.casefold() in text]
        kind = str(row.get("type"))
        if named and row.get("id") is not None:
            others = tuple(sorted({*named} - {named[0]}))
            yield str(row.get("id")), Entity(key, named[0], kind if kind in ontology.classes else "Concept", others, ())


def _evidence(quote: object, article: Article) -> Evidence | None:
    """Where a quote stands; None for what is not in the article."""
    if not isinstance(quote, str) or not quote.strip():
        return None
    start = article.text.find(quote)
    return Evidence(start, start + len(quote), quote) if start >= 0 else None
