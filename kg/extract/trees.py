"""What the dependency tree says about a verb. Arcs are right six times in ten: a second opinion, no more."""

from __future__ import annotations

from kg.extract.phrases import Phrase
from kg.extract.reading import Reading

_CLIMBED = ("conj", "xcomp", "advcl", "parataxis", "ccomp", "compound", "csubj")  # these share their head's subject
_STEPS = 3
_OBJECTS = ("obj", "iobj", "obl:comp", "obl:with", "ccomp", "xcomp")


def tree_subject(reading: Reading, verb: int) -> Phrase | None:
    """The phrase around the nominal subject of a verb, or of the verb that it hangs on, or the noun it describes."""
    words = reading.line.words
    for _ in range(_STEPS):
        child = next((i for i, w in enumerate(words) if w.head == verb and w.deprel.startswith("nsubj")), None)
        if child is not None:
            return phrase_around(reading, child)
        head, deprel = words[verb].head, words[verb].deprel
        if head < 0:
            return None
        if deprel.startswith("acl"):
            return phrase_around(reading, head)
        if deprel.split(":")[0] not in _CLIMBED:
            return None
        verb = head
    return None


def tree_object(reading: Reading, verb: int) -> Phrase | None:
    """The phrase around the first object behind a verb."""
    words = reading.line.words
    found = (i for i in range(verb + 1, len(words)) if words[i].head == verb and words[i].deprel in _OBJECTS)
    return next((phrase for phrase in (phrase_around(reading, i) for i in found) if phrase is not None), None)


def phrase_around(reading: Reading, index: int) -> Phrase | None:
    """The longest phrase that a word is in."""
    around = [phrase for phrase in reading.phrases if phrase.first <= index < phrase.last]
    return max(around, key=lambda phrase: phrase.last - phrase.first) if around else None
