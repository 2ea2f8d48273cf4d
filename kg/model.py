"""The values that the stages hand to each other: frozen, ordered, standard library only.

All offsets are Unicode code points in the article's NFC text, counted from 0, end exclusive. All word indices count
from 0 within their sentence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class Modality(StrEnum):
    """How the text puts a fact: as so, as a plan or forecast, as a possibility, or as not so."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    POSSIBLE = "possible"
    DENIED = "denied"


@dataclass(frozen=True, order=True, slots=True)
class Article:
    """A text with its metadata. ``id`` is its address, or its path relative to what was given to build."""

    id: str
    text: str  # NFC, "\n" line ends, paragraphs separated by line ends
    lang: str  # "vi" or "en"
    title: str = ""  # "" where unknown, as in the fields below
    author: str = ""
    publisher: str = ""
    date: str = ""  # ISO 8601 date
    address: str = ""  # where it was fetched from, or the address that the page itself names

    @property
    def hash(self) -> str:
        """SHA-256 of text and metadata, 64 hex digits: changes whenever the article has to be read again."""
        fields = (self.id, self.text, self.lang, self.title, self.author, self.publisher, self.date, self.address)
        return hashlib.sha256("\0".join(fields).encode()).hexdigest()


@dataclass(frozen=True, order=True, slots=True)
class Word:
    """A word of a sentence with its tags and its place in the tree."""

    start: int
    end: int
    text: str  # as written, in one line; a Vietnamese word may hold spaces ("năng lượng")
    lemma: str  # a Vietnamese one is the word itself, in small letters unless it is a name
    upos: str
    xpos: str
    head: int  # index of the governing word in the sentence, -1 for the root
    deprel: str


@dataclass(frozen=True, order=True, slots=True)
class Name:
    """A named entity as the recogniser found it: words first..last-1 of a sentence."""

    first: int
    last: int  # exclusive
    type: str  # the recogniser's tag: Person, Organization, Place, Product, Event, Work ...


@dataclass(frozen=True, order=True, slots=True)
class RelationText:
    """What a relation means, in words: all that the model of facts knows of it."""

    name: str  # local name of an ontology relation
    meaning: str  # labels and definitions
    subjects: str  # labels of the classes that it admits, "" for all
    objects: str
    labels: tuple[str, ...] = ()  # the words that a text may name it by


LITERAL = "Literal"


Schemas = tuple[tuple[RelationText, ...], ...]
"""Groups of relations of which one at most holds between two places."""


@dataclass(frozen=True, slots=True)
class Antecedent:
    """Words ``article.text[start:end]`` that others behind them mean the same as."""

    start: int
    end: int
    confidence: float  # 0 to 1
    antecedent: Antecedent | None  # which they mean the same as in their turn


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Words of an article that stand for something: ``article.text[start:end]``."""

    start: int
    end: int
    type: str  # local name of an ontology class, or LITERAL for a date or a number
    antecedent: Antecedent | None = field(default=None, compare=False)  # None: it stands by itself


@dataclass(frozen=True, order=True, slots=True)
class Proposal:
    """A fact as the model of facts reads it, before the ontology and the article's entities are asked."""

    subject: Place
    relation: str  # local name of an ontology relation
    object: Place
    modality: Modality
    speaker: Place | None  # None: the article itself says it
    confidence: float  # 0 to 1
    cue: tuple[int, int] | None = None  # letters of the words that state it, None if none do


@dataclass(frozen=True, order=True, slots=True)
class Example:
    """A text, and all its facts of some relations: words of the subject, name of the relation, words of the object."""

    text: str
    lang: str
    facts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, order=True, slots=True)
class Sentence:
    """A sentence of an article: ``article.text[start:end]``."""

    start: int
    end: int
    text: str
    words: tuple[Word, ...]
    names: tuple[Name, ...]
    proposals: tuple[Proposal, ...] = ()  # those whose later end is in the sentence


@dataclass(frozen=True, order=True, slots=True)
class Mention:
    """One place in an article where words stand for an entity: ``article.text[start:end]`` is ``text``."""

    start: int
    end: int
    text: str
    type: str  # local name of an ontology class, "" where the words alone do not tell
    sentence: int  # index of its sentence in the article
    head: int  # index of its head word in the sentence
    kind: str  # "name", "concept", or "reference" (pronoun, title, definite phrase)


@dataclass(frozen=True, order=True, slots=True)
class Entity:
    """What an article means by a set of mentions. ``key`` is unique within the article."""

    key: int
    name: str  # fullest form, NFC, without title or classifier
    type: str  # local name of an ontology class
    aliases: tuple[str, ...]  # other forms, sorted, without name
    mentions: tuple[Mention, ...]  # in order of the text


@dataclass(frozen=True, order=True, slots=True)
class Evidence:
    """The exact words that state a fact: ``article.text[start:end]`` is ``quote``."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, order=True, slots=True)
class Fact:
    """subject - relation - object as an article states it; ends and speaker are keys of its entities."""

    subject: int
    relation: str  # local name of an ontology relation
    object: int
    modality: Modality
    speaker: int | None  # None: the article itself says it
    evidence: tuple[Evidence, ...]  # at least one, in order of the text
    confidence: float  # 0 to 1, rounded to two decimals
    date: str = ""  # ISO 8601 day, month or year that the text dates it by, "" for none
    value: str = ""  # what the object says in the datatype of the relation, if it has one


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one article."""

    entities: tuple[Entity, ...]  # by key
    facts: tuple[Fact, ...]  # sorted
