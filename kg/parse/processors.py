"""Our models as Stanza processors: ``import kg.parse.processors``, then ``stanza.Pipeline(lang, **options())``.

Five processors share one pass of the network: the tokenizer leaves its vectors with the document, and the others read
them. A document that comes with words already (from CoNLL-U, or pretokenized) is encoded by the first that needs it.
Stanza and torch are imported with this module, so import it late.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stanza.models.common.doc import Document
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import Processor, ProcessorVariant, register_processor, register_processor_variant
from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS

from kg.model import Schemas
from kg.parse.decode import tags_of
from kg.parse.facts import FactReader
from kg.parse.folders import MODELS
from kg.parse.reader import Encoded, Reader

PROCESSORS = ("tokenize", "pos", "lemma", "depparse", "ner")
FACTS = "facts"
_encoded: weakref.WeakKeyDictionary[Document, tuple[Reader, Encoded]] = weakref.WeakKeyDictionary()

reader = functools.cache(Reader)


def options(models: Path = MODELS, schemas: Schemas = (), adapter: Path | None = None) -> dict[str, Any]:
    """What ``stanza.Pipeline`` needs besides the language to use our models, and to fetch nothing.

    With relations (``kg.ontology.Ontology.relation_texts``) a document also has ``proposals``, the facts between them;
    ``adapter`` is what examples taught about them (``kg learn``).

    >>> import stanza
    >>> pipeline = stanza.Pipeline("vi", **options())
    >>> [word.text for word in pipeline("OpenAI hợp tác với Nvidia.").sentences[0].words]
    ['OpenAI', 'hợp tác', 'với', 'Nvidia', '.']
    """
    return {
        "processors": dict.fromkeys(PROCESSORS, "kg") | ({FACTS: "kg"} if schemas else {}),
        "facts_schemas": schemas,
        "facts_adapter": adapter,
        "package": None,
        "dir": str(models),
        "resources_filepath": str(MODELS / "resources.json"),
        "download_method": None,
        "use_gpu": False,
        "logging_level": "ERROR",
        **{f"{name}_models": str(models) for name in (*PROCESSORS, FACTS)},
    }


class _Processor(ProcessorVariant):  # type: ignore[misc]
    OVERRIDE = True
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def __init__(self, config: dict[str, Any]) -> None:
        self.reader = reader(Path(config.get("models", MODELS)), config["lang"])

    def encoded(self, document: Document) -> Encoded:
        """The document's vectors, made now if its words came from elsewhere."""
        sentences = [[word.text for word in sentence.words] for sentence in document.sentences]
        by, known = _encoded.get(document, (None, None))
        if by is not self.reader or known is None or known.cut() != sentences:
            known = self.reader.read_words(sentences)
            _encoded[document] = (self.reader, known)
        return known


@register_processor_variant("tokenize", "kg")
class _Tokenizer(_Processor):
    REQUIRES_DEFAULT = frozenset()

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.pretokenized = config.get("pretokenized", False)
        self.split = not config.get("no_ssplit", False)

    def process(self, document: Document | str | list[list[str]]) -> Document:
        """The document cut into sentences and words; offsets are those of its text."""
        if self.pretokenized or isinstance(document, list):
            return self._pretokenized(document)
        text = document.text if isinstance(document, Document) else document
        encoded = self.reader.read(text, split=self.split)
        rows = [
            [
                {"id": number, "text": encoded.words[index], "start_char": start, "end_char": end}
                for number, index in enumerate(range(first, last), 1)
                for start, end in [encoded.spans[index]]
            ]
            for first, last in encoded.sentences
        ]
        result = Document(rows, text)
        _encoded[result] = (self.reader, encoded)
        return result

    def _pretokenized(self, document: Document | str | list[list[str]]) -> Document:
        if isinstance(document, Document) and document.sentences:
            return document
        lines: Sequence[str | list[str]]
        lines = document if isinstance(document, list) else str(getattr(document, "text", document)).split("\n")
        words = [line.split() if isinstance(line, str) else [word for word in line if word.strip()] for line in lines]
        return Document([[{"id": n, "text": word} for n, word in enumerate(line, 1)] for line in words if line])


@register_processor_variant("pos", "kg")
class _Tagger(_Processor):
    def process(self, document: Document) -> Document:
        """UPOS and XPOS."""
        document.set(["upos", "xpos"], self.reader.tags(self.encoded(document)))
        return document


@register_processor_variant("lemma", "kg")
class _Lemmatizer(_Processor):
    REQUIRES_DEFAULT = frozenset({"tokenize", "pos"})

    def process(self, document: Document) -> Document:
        """Lemmas; a Vietnamese one is the word itself, in small letters unless it is a name."""
        document.set(["lemma"], self.reader.lemmas(self.encoded(document), document.get("upos")))
        return document


@register_processor_variant("depparse", "kg")
class _Parser(_Processor):
    def process(self, document: Document) -> Document:
        """Heads and relations."""
        document.set(["head", "deprel"], self.reader.trees(self.encoded(document)))
        for sentence in document.sentences:
            sentence.build_dependencies()
        return document


class _VariantNERProcessor(NERProcessor):  # type: ignore[misc]
    """Stanza's processor of names, which alone does not reckon with variants."""

    def _set_up_final_config(self, config: dict[str, Any]) -> None:
        if hasattr(self, "_variant"):
            self.trainers: list[Any] = []
            self.model_paths = ["kg"]
        else:
            super()._set_up_final_config(config)


NAME_TO_PROCESSOR_CLASS["ner"] = _VariantNERProcessor


@register_processor_variant("ner", "kg")
class _NameTagger(_Processor):
    def process(self, document: Document) -> Document:
        """Names, as BIOES tags of the tokens and as ``document.ents``."""
        encoded = self.encoded(document)
        tags = []
        for (first, last), names, sentence in zip(encoded.sentences, encoded.names, document.sentences, strict=True):
            by_word = tags_of(names, last - first)
            tags += [by_word[token.id[0] - 1] for token in sentence.tokens]
        document.set(["ner"], tags, to_token=True)
        document.build_ents()
        return document


@register_processor(FACTS)
class _FactProcessor(Processor):  # type: ignore[misc]
    """What Stanza lacks: a processor of facts, for ours to be a variant of."""

    PROVIDES_DEFAULT = frozenset({FACTS})
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def process(self, document: Document) -> Document:
        """Stanza has no facts of its own."""
        raise NotImplementedError


@register_processor_variant(FACTS, "kg")
class _FactFinder(ProcessorVariant):  # type: ignore[misc]
    OVERRIDE = True
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def __init__(self, config: dict[str, Any]) -> None:
        self.reader = FactReader(
            Path(config.get("models", MODELS)), config["lang"], config["schemas"], config.get("adapter")
        )

    def process(self, document: Document) -> Document:
        """``document.proposals``, sorted; their places are letters of the document's text."""
        spans = [(one.tokens[0].start_char, one.tokens[-1].end_char) for one in document.sentences]
        document.proposals = self.reader.read(document.text, spans)
        return document
