"""Offices that are also verbs: "sáng lập" is who founded something, and what somebody did.

It is a verb where somebody stands right before it, but for adverbs, and what is done follows: "ông Vượng đã sáng lập
Vingroup". Told before names and phrases are cut out, as the class of the name after it depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.lexicon import Lexicon, longest_matches
from kg.model import Name, Sentence
from kg.ontology import Frame, MarkerKind

_ADVERBIAL = (MarkerKind.PLANNED, MarkerKind.POSSIBLE, MarkerKind.DENIED)
_LIGHT = ("ADV", "AUX")
_OBJECTS = ("NOUN", "PROPN", "PRON", "DET", "NUM", "X")
_VERBAL = (Frame.VERB, Frame.PREPOSITIONAL)


def tag_verbs(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences with VERB for the tag of every office that is used as a verb."""
    return tuple(_tag(sentence, lexicon) for sentence in sentences)


def _tag(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    inside = {index for first, last in verb_uses(sentence, lexicon) for index in range(first, last)}
    if not inside:
        return sentence
    words = (replace(w, upos="VERB") if i in inside else w for i, w in enumerate(sentence.words))
    return replace(sentence, words=tuple(words))


def verb_uses(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """The offices of a sentence (first, last) that are used as verbs."""
    words = [word.text.casefold() for word in sentence.words]
    for first, last in longest_matches(words, lexicon.cues, lexicon.longest):
        if is_verb_use(sentence, first, last, lexicon):
            yield first, last


def is_verb_use(sentence: Sentence, first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether these words are an office that somebody before them does, and do not only follow a name as its title."""
    words = sentence.words
    form = " ".join(word.text.casefold() for word in words[first:last])
    if form not in lexicon.offices or not any(cue.frame in _VERBAL for cue in lexicon.cues[form]):
        return False
    at = first
    while at > 0 and _is_adverbial(sentence, at - 1, lexicon):
        at -= 1
    if at == 0 or _marked(sentence, at - 1, lexicon, MarkerKind.PASSIVE):
        return False
    name = _name_at(sentence, at - 1, lexicon)
    pronoun = words[at - 1].upos == "PRON" or _marked(sentence, at - 1, lexicon, MarkerKind.PRONOUN)
    person = pronoun or (name is not None and lexicon.tags[name.type] == "Person")
    tagged = words[first - 1].upos in _LIGHT or any(word.upos == "VERB" for word in words[first:last])
    somebody = person or name is not None or words[at - 1].upos == "PROPN"
    if not somebody or not (tagged or (person and at == first)):
        return False
    follows = last < len(words) and words[last].upos in _OBJECTS
    return follows or _is_agent(sentence, at - 1 if name is None else name.first, lexicon)


def _is_adverbial(sentence: Sentence, index: int, lexicon: Lexicon) -> bool:
    light = sentence.words[index].upos in _LIGHT or _marked(sentence, index, lexicon, *_ADVERBIAL)
    return light and not _marked(sentence, index, lexicon, MarkerKind.PASSIVE)


def _is_agent(sentence: Sentence, first: int, lexicon: Lexicon) -> bool:
    """Whether what starts here, perhaps with a title, does a passive verb: its object stands before."""
    while first > 0 and _marked(sentence, first - 1, lexicon, MarkerKind.TITLE):
        first -= 1
    return first > 0 and _marked(sentence, first - 1, lexicon, MarkerKind.PASSIVE, MarkerKind.BY)


def _name_at(sentence: Sentence, index: int, lexicon: Lexicon) -> Name | None:
    """The recognised name of one of the classes that ends with a word."""
    return next((n for n in sentence.names if n.last == index + 1 and n.type in lexicon.tags), None)


def _marked(sentence: Sentence, index: int, lexicon: Lexicon, *kinds: MarkerKind) -> bool:
    marks = lexicon.markers.get(sentence.words[index].text.casefold(), {})
    return any(kind in marks for kind in kinds)
