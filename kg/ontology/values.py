"""The values that an ontology is made of: classes, relations, cues, markers and known things, all frozen."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.literals import kind_of
from kg.model import RelationText, Schemas


class Frame(StrEnum):
    """How a cue takes its two ends. A is the cue's first end, B its second; ``Cue.inverse`` swaps their roles."""

    VERB = "verb"  # "A phát triển B"; passive "B được/bị A phát triển" is derived
    PREPOSITIONAL = "prepositional"  # "A hợp tác với B", "A cung cấp C cho B": a verb with one of Cue.prepositions
    OF_WITH = "of-with"  # "hợp tác của A với B": a noun with the preposition pair in Cue.prepositions
    BETWEEN = "between"  # "cuộc gặp giữa A và B": a noun with "giữa"
    COPULA = "copula"  # "A là (một) B": B a noun phrase that is no role noun
    ROLE = "role"  # a title: "CEO của B, A" / "CEO B A" / "A, CEO của B" / "A là CEO của B" / "A làm CEO của B"
    ADJACENT = "adjacent"  # "hãng tin ABC News" (class noun before name), "xã X, huyện Y" (place in place)


class MarkerKind(StrEnum):
    """What a function word tells the extractor. ``Marker.value`` is given after the colon."""

    PLANNED = "planned"  # modality
    POSSIBLE = "possible"
    DENIED = "denied"
    CONDITION = "condition"  # opens a condition ("nếu"): the clause is possible
    SAYING = "saying"  # a verb of speech or thought; its subject is the speaker: modality of what is said, or ""
    ACCORDING = "according"  # "theo A": A is the speaker
    PASSIVE = "passive"  # "được", "bị"
    LIST = "list"  # introduces examples or members: what they are to the word before it ("như": kindOf), or ""
    AND = "and"  # joins the members of a list
    TITLE = "title"  # stands before a name and is not part of it: class of the name ("ông": Person)
    CLASS_NOUN = "class-noun"  # head noun that tells the class of a phrase: class ("tập đoàn": Organization)
    PRONOUN = "pronoun"  # stands for an earlier entity: class it stands for
    DEFINITE = "definite"  # makes a class noun point back: "này", "đó", "trên"
    DETERMINER = "determiner"  # quantity words and articles that are not part of a name: "các", "những", "một"
    MODIFIER = "modifier"  # words that end the plain head form of a concept: "rẻ", "dồi dào", "hiện nay"
    EMPTY = "empty"  # nouns that never are an entity by themselves: "việc", "điều", "năm"
    BOUNDARY = "boundary"  # ends a clause: "nhưng", "trong khi", "rằng"
    OF = "of"  # possessive preposition: "của"
    BY = "by"  # names the agent of a passive: "bởi", "do"
    NOMINAL = "nominal"  # turns the verb phrase after it into a noun phrase, no part of the entity: "sự", "việc"
    DEGREE = "degree"  # an adjective that it modifies is no part of the plain concept: "rất", "hơn", "nhất"
    SELF = "self"  # stands for the subject of its own clause: "mình", "bản thân"
    IDIOM = "idiom"  # does nothing: listed so that no word in it is taken singly: "không khí" is no "không"
    FIRST = "first"  # first person, stands for the speaker: "tôi", "chúng tôi"


@dataclass(frozen=True, order=True, slots=True)
class Label:
    """A written form in a language; forms compare in NFC, casefolded."""

    lang: str
    text: str


@dataclass(frozen=True, order=True, slots=True)
class EntityClass:
    """A class of entities. ``tags`` are the recogniser's tags that mean it."""

    name: str
    iri: str
    labels: tuple[Label, ...]
    parents: tuple[str, ...]  # names of all superclasses
    tags: tuple[str, ...]


@dataclass(frozen=True, order=True, slots=True)
class Relation:
    """A relation. An empty domain or range admits every class."""

    name: str
    iri: str
    labels: tuple[Label, ...]
    symmetric: bool
    domain: tuple[str, ...]
    range: tuple[str, ...]
    broader: tuple[str, ...]  # less specific relations: leads -> worksFor
    definitions: tuple[Label, ...] = ()
    datatype: str = ""  # IRI; its objects are then values of it, and not entities


@dataclass(frozen=True, order=True, slots=True)
class Cue:
    """Words that state a relation, and how they take its ends."""

    form: str  # words as written, NFC, casefolded, single spaces ("rót vốn"); "" for ADJACENT
    lang: str
    frame: Frame
    relation: str
    prepositions: tuple[str, ...]
    inverse: bool
    confidence: float  # how often the cue, so used, states the relation: 0 to 1


@dataclass(frozen=True, order=True, slots=True)
class Marker:
    """A function word. ``form`` as in Cue; ``value`` as MarkerKind says."""

    form: str
    lang: str
    kind: MarkerKind
    value: str


@dataclass(frozen=True, order=True, slots=True)
class Known:
    """A named individual or concept that the ontology itself lists, with all its labels.

    Labels keep their case. One that starts with a capital is a proper name and means the thing only where the text
    has the same capitals: "Áo" is Austria, "áo" a shirt; "Ý" is Italy, "ý" an idea.
    """

    name: str  # local name of its IRI
    iri: str
    type: str
    labels: tuple[Label, ...]  # preferred ones first
    broader: tuple[str, ...] = ()  # names of other known things


@dataclass(frozen=True, slots=True)
class Ontology:
    """All of the above, each sorted. ``hash`` (64 hex digits) changes when any triple changes."""

    classes: dict[str, EntityClass]
    relations: dict[str, Relation]
    cues: tuple[Cue, ...]
    markers: tuple[Marker, ...]
    known: tuple[Known, ...]
    hash: str

    def allows(self, subject: str, relation: str, object: str) -> bool:
        """Whether domain and range admit a subject and an object of these classes ("" is unknown, admitted).

        A subclass is admitted where its superclass is, a class of an ontology that those of the relation have nothing
        to do with everywhere, a value wherever there is a datatype, and a symmetric relation in either direction.
        Raises KeyError for a relation that the ontology lacks.

        >>> person = EntityClass("Person", "https://example.org/p", (), (), ())
        >>> knows = Relation("knows", "https://example.org/k", (), False, ("Person",), (), ())
        >>> ontology = Ontology({"Person": person}, {"knows": knows}, (), (), (), "")
        >>> ontology.allows("Person", "knows", "Place"), ontology.allows("Place", "knows", "Person")
        (True, False)
        """
        ends = self.relations[relation]
        if ends.datatype:
            return self._admits(ends.domain, subject)
        if self._admits(ends.domain, subject) and self._admits(ends.range, object):
            return True
        return ends.symmetric and self._admits(ends.domain, object) and self._admits(ends.range, subject)

    def relation_texts(self) -> Schemas:
        """What each relation means, in words: those of one namespace together, sorted by name.

        >>> knows = Relation("knows", "https://example.org/k", (Label("en", "is acquainted with"),), True, (), (), ())
        >>> [[text.meaning for text in group] for group in Ontology({}, {"k": knows}, (), (), (), "").relation_texts()]
        [['is acquainted with']]
        """
        groups: dict[str, list[RelationText]] = {}
        for name, relation in sorted(self.relations.items()):
            meaning = filter(None, (_words(relation.labels) or spaced(name), _words(relation.definitions)))
            kinds = kind_of(relation.datatype) if relation.datatype else self._class_words(relation.range)
            ends = (self._class_words(relation.domain), kinds)
            labels = tuple(dict.fromkeys(spaced(label.text) for label in relation.labels)) or (spaced(name),)
            text = RelationText(name, ": ".join(meaning), *ends, labels)
            groups.setdefault(namespace(relation.iri), []).append(text)
        return tuple(tuple(group) for _, group in sorted(groups.items()))

    def version(self, lang: str) -> str:
        """A hash (64 hex digits) of what decides the facts of articles in a language: other triples do not change it.

        Labels of classes count where the model of facts reads them, as ends of relations; cues and markers count for
        their own language, or for all if they have none.

        >>> person = EntityClass("Person", "https://example.org/p", (), (), ())
        >>> named = replace(person, labels=(Label("en", "person"),))
        >>> one, other = (Ontology({"Person": each}, {}, (), (), (), "") for each in (person, named))
        >>> one.version("vi") == other.version("vi")
        True
        """
        return _version(self, lang)

    def __hash__(self) -> int:
        return hash(self.hash)

    def _class_words(self, names: tuple[str, ...]) -> str:
        return ", ".join(_words(self.classes[name].labels) or spaced(name) for name in names)

    def _admits(self, allowed: tuple[str, ...], name: str) -> bool:
        if not allowed or not name or name in allowed:
            return True
        found = self.classes.get(name)
        if found is None:
            return False
        return any(parent in allowed for parent in found.parents) or all(
            self._unrelated(found, self.classes[other]) for other in allowed if other in self.classes
        )

    def _unrelated(self, one: EntityClass, other: EntityClass) -> bool:
        """Whether two classes are of ontologies that say nothing of each other, so that a thing may be of both."""
        namespaces = {namespace(self.classes[name].iri) for name in (other.name, *other.parents)}
        return namespace(one.iri) not in namespaces


@functools.lru_cache(maxsize=8)  # every article asks
def _version(ontology: Ontology, lang: str) -> str:
    parts = (
        [replace(one, labels=()) for _, one in sorted(ontology.classes.items())],
        sorted(ontology.relations.values()),
        ontology.relation_texts(),
        [cue for cue in ontology.cues if cue.lang in (lang, "")],
        [marker for marker in ontology.markers if marker.lang in (lang, "")],
        ontology.known,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def namespace(iri: str) -> str:
    """An IRI without its local name."""
    return re.sub(r"[^#/]*$", "", iri)


def spaced(name: str) -> str:
    """The words of a name that is written as one.

    >>> spaced("birthPlace"), spaced("date_of_birth")
    ('birth Place', 'date of birth')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name)


def _words(labels: tuple[Label, ...]) -> str:
    return ", ".join(dict.fromkeys(spaced(label.text) for label in labels))
