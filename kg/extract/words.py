"""Words cut anew where the tokenizer joined two: "Mỹ Donald Trump" is a country and a person, "Theo Bộ" no name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.lexicon import Lexicon
from kg.extract.limits import begins
from kg.model import Sentence, Word
from kg.ontology import MarkerKind


def split_names(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences with every word cut that goes on with a capital after a known place or a preposition."""
    alone = {
        sentence.words[name.first].text
        for sentence in sentences
        for name in sentence.names
        if name.last == name.first + 1 and lexicon.tags.get(name.type) == "Place"
    }
    return tuple(_split_sentence(sentence, alone, lexicon) for sentence in sentences)


def _split_sentence(sentence: Sentence, alone: set[str], lexicon: Lexicon) -> Sentence:
    pieces = [tuple(_pieces(w, alone, lexicon, begins(sentence, i))) for i, w in enumerate(sentence.words)]
    if all(len(piece) == 1 for piece in pieces):
        return sentence
    first = [sum(map(len, pieces[:index])) for index in range(len(pieces) + 1)]
    words = []
    for index, (word, parts) in enumerate(zip(sentence.words, pieces, strict=True)):
        head = first[word.head + 1] - 1 if word.head >= 0 else -1  # the last piece is the head of the others
        words += [replace(part, head=first[index + 1] - 1, deprel="compound") for part in parts[:-1]]
        words.append(replace(parts[-1], head=head))
    names = tuple(replace(name, first=first[name.first], last=first[name.last]) for name in sentence.names)
    return replace(sentence, words=tuple(words), names=names)


def _pieces(word: Word, alone: set[str], lexicon: Lexicon, first: bool) -> Iterator[Word]:
    """A word, or the place or preposition at its beginning and the rest; in mid-sentence a preposition is no "Theo"."""
    syllables = word.text.split(" ")
    for count in range(len(syllables) - 1, 0, -1):
        text, rest = " ".join(syllables[:count]), " ".join(syllables[count:])
        preposition = MarkerKind.ACCORDING in lexicon.markers.get(text.casefold(), {})
        upos = "ADP" if preposition and (first or text.islower()) else "PROPN"
        apart = upos == "ADP" or (_stands_alone(text, alone, lexicon) and not _stands_alone(rest, alone, lexicon))
        if rest[:1].isupper() and apart and not lexicon.known.get(word.text.casefold()):
            middle = word.start + len(text)
            yield replace(word, end=middle, text=text, lemma=text, upos=upos)
            yield replace(word, start=middle + 1, text=rest, lemma=rest, upos="PROPN")
            return
    yield word


def _stands_alone(text: str, alone: set[str], lexicon: Lexicon) -> bool:
    places = [thing for thing in lexicon.known.get(text.casefold(), ()) if thing.type == "Place"]
    return text in alone or any(label.text == text for thing in places for label in thing.labels)
