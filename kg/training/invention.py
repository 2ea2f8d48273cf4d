"""Made-up articles for big graphs: things with names from syllables, and sentences that state facts about them.

Things follow Zipf's law, so that a few are in thousands of facts, and belong to topics, so that there are communities.
The same seed gives the same articles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Sentence
from kg.ontology import Ontology
from kg.training.things import Thing, things

SENTENCES = 12  # of an article
NEAR = 0.75  # how often a sentence is about things of the article's own topic
ARTICLES_OF_TOPIC = 40
THINGS_OF_ARTICLE = 4  # new ones, on average
EXPONENT = 0.9  # of Zipf's law

_PUBLISHERS = ("Báo Sáng", "Tin Miền Biển", "Northern Post", "")
_MODALITIES = {Modality.ASSERTED: 75, Modality.PLANNED: 12, Modality.POSSIBLE: 8, Modality.DENIED: 5}  # of a hundred
_WORDS: Mapping[str, Mapping[Modality | str, str]] = {  # how a language puts a fact
    "vi": {
        Modality.ASSERTED: "",
        Modality.PLANNED: "sẽ ",
        Modality.POSSIBLE: "có thể ",
        Modality.DENIED: "không ",
        "speaker": "theo {}, ",
        "date": "vào {}, ",
        "and": " và ",
    },
    "en": {
        Modality.ASSERTED: "",
        Modality.PLANNED: "soon ",
        Modality.POSSIBLE: "possibly ",
        Modality.DENIED: "never ",
        "speaker": "according to {}, ",
        "date": "as of {}, ",
        "and": " and ",
    },
}


@dataclass(frozen=True, slots=True)
class World:
    """All things, and how likely an article is to name each of them: cumulative weights, of all and of each topic."""

    things: Sequence[Thing]
    weights: Sequence[float]
    topics: Sequence[tuple[Sequence[Thing], Sequence[float]]]


Reading = tuple[Article, tuple[Sentence, ...], Extraction]


def readings(ontology: Ontology, *, number: int, seed: int) -> Iterator[Reading]:
    """Made-up articles, as extraction would read them."""
    random = Random(seed)
    world = _world(ontology, random, number)
    relations = sorted(name for name, relation in ontology.relations.items() if not relation.datatype)
    random.shuffle(relations)
    writer = _Writer(ontology, world, relations, list(itertools.accumulate(zipf(len(relations)))), random)
    for article in range(number):
        yield writer.write(article)


def zipf(number: int) -> list[float]:
    """How likely each of some ranks is, the first the most, as weights."""
    return [(rank + 1) ** -EXPONENT for rank in range(number)]


def _world(ontology: Ontology, random: Random, articles: int) -> World:
    known = things(ontology, random, max(articles * THINGS_OF_ARTICLE, 40))
    topics: list[list[Thing]] = [[] for _ in range(max(articles // ARTICLES_OF_TOPIC, 2))]
    for number, thing in enumerate(known):
        topics[number % len(topics)].append(thing)
    weighed = [(topic, list(itertools.accumulate(zipf(len(topic))))) for topic in topics]
    return World(known, list(itertools.accumulate(zipf(len(known)))), weighed)


# Articles


@dataclass(frozen=True, slots=True)
class _Stated:
    """What one sentence says; ``start`` and ``end``: where the words that say it stand in it."""

    subject: Thing
    relation: str
    objects: tuple[Thing, ...]
    modality: Modality
    speaker: Thing | None
    date: str
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Writer:
    ontology: Ontology
    world: World
    relations: Sequence[str]
    weights: Sequence[float]  # of relations, cumulative
    random: Random

    def write(self, number: int) -> Reading:
        """The article of a number."""
        lang = self.random.choices(("vi", "en"), (3, 1))[0]
        topic = self.world.topics[number % len(self.world.topics)]
        stated = [self._worded(self._stated(topic), lang) for _ in range(SENTENCES)]
        starts = list(itertools.accumulate((len(said.text) + 1 for said in stated), initial=0))
        text = "\n".join(said.text for said in stated)
        date = (
            f"{self.random.randrange(2024, 2027)}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}"
        )
        publisher = self.random.choice(_PUBLISHERS)
        article = Article(f"tin/{number:06}.txt", text, lang, title=stated[0].text[:70], publisher=publisher, date=date)
        sentences = tuple(
            Sentence(start, start + len(said.text), said.text, (), ())
            for start, said in zip(starts, stated, strict=False)
        )
        return article, sentences, self._extraction(text, list(zip(starts, stated, strict=False)))

    def _stated(self, topic: tuple[Sequence[Thing], Sequence[float]]) -> _Stated:
        while True:
            subject, relation = self._thing(topic), self._relation()
            tried = dict.fromkeys(self._thing(topic) for _ in range(self.random.choice((2, 3, 4, 5))))
            objects = tuple(
                one for one in tried if one != subject and self.ontology.allows(subject.type, relation, one.type)
            )
            if objects:
                modality = self.random.choices(list(_MODALITIES), list(_MODALITIES.values()))[0]
                speaker = self._thing(topic) if self.random.random() < 0.2 else None
                speaker = speaker if speaker and speaker.type in ("Person", "Organization") else None
                return _Stated(subject, relation, objects, modality, speaker, self._date())

    def _thing(self, topic: tuple[Sequence[Thing], Sequence[float]]) -> Thing:
        near = self.random.random() < NEAR
        things, weights = topic if near else (self.world.things, self.world.weights)
        return self.random.choices(things, cum_weights=weights)[0]

    def _relation(self) -> str:
        return self.random.choices(self.relations, cum_weights=self.weights)[0]

    def _date(self) -> str:
        """A year, a month or a day, mostly none."""
        whole = (
            f"{self.random.randrange(2020, 2030)}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}"
        )
        return whole[: self.random.choices((0, 4, 7, 10), (15, 2, 2, 1))[0]]

    def _worded(self, said: _Stated, lang: str) -> _Stated:
        words = _WORDS[lang]
        labels = self.ontology.relations[said.relation].labels
        verb = next((label.text for label in labels if label.lang == lang), said.relation)
        before = words["speaker"].format(said.speaker.name) if said.speaker else ""
        before += words["date"].format(said.date) if said.date else ""
        before = before[:1].upper() + before[1:]
        objects = words["and"].join(one.name for one in said.objects)
        core = f"{said.subject.name} {words[said.modality]}{verb} {objects}"
        return _Stated(
            said.subject, said.relation, said.objects, said.modality, said.speaker, said.date,
            f"{before}{core}.", len(before), len(before) + len(core),
        )  # fmt: skip

    def _extraction(self, text: str, stated: Sequence[tuple[int, _Stated]]) -> Extraction:
        named: dict[Thing, int] = {}
        facts = []
        for start, said in stated:
            subject, *objects = (named.setdefault(one, len(named)) for one in (said.subject, *said.objects))
            speaker = named.setdefault(said.speaker, len(named)) if said.speaker else None
            quote = said.text[said.start : said.end]
            evidence = (Evidence(start + said.start, start + said.end, quote),)
            sure = round(0.5 + self.random.random() * 0.49, 2)
            facts += [
                Fact(subject, said.relation, object, said.modality, speaker, evidence, sure, said.date)
                for object in objects
            ]
        entities = tuple(_entity(key, thing, text) for thing, key in named.items())
        return Extraction(entities, tuple(sorted(set(facts), key=repr)))


def _entity(key: int, thing: Thing, text: str) -> Entity:
    start = text.index(thing.name)
    mention = Mention(start, start + len(thing.name), thing.name, thing.type, 0, 0, "name")
    return Entity(key, thing.name, thing.type, thing.aliases, (mention,))
