"""The frozen encoder's output, kept on disk, so that each sentence is encoded once and not once per epoch.

Stanza calls ``extract_bert_embeddings`` for every batch; while training, ours takes its place.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

from kg.models.encoder import ENCODER, load_encoder

WIDTH = 384


class Features:
    """Float16 rows (words + 2, 384) per sentence: with one for its begin and one for its end, as Stanza has them."""

    def __init__(self, folder: Path, *, encoder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._encoder_folder = encoder
        self._encoder: tuple[Any, Any] | None = None
        self._rows: dict[tuple[str, ...], np.ndarray] = {}
        self._numbers = (folder / "features.bin").open("a+b")
        self._index = (folder / "features.jsonl").open("a+", encoding="utf-8")
        self._load()

    def _load(self) -> None:
        self._index.seek(0)
        available = self._numbers.seek(0, 2) // (2 * WIDTH)
        stored = (
            np.memmap(self._numbers, np.float16, "r", shape=(available, WIDTH)) if available else np.empty((0, WIDTH))
        )
        for line in self._index:
            if not line.endswith("]\n"):  # a run was stopped while it wrote
                self._index.write("\n")
                break
            words, offset = json.loads(line)
            if offset + len(words) + 2 <= available:
                self._rows[tuple(words)] = stored[offset : offset + len(words) + 2]

    def __call__(self, sentences: Sequence[Sequence[str]], *, ends: bool) -> list[torch.Tensor]:
        """One tensor (words, 384), or (words + 2, 384) with ``ends``, for each sentence."""
        rows = [self._row(tuple(words)) for words in sentences]
        return [torch.from_numpy(np.array(row if ends else row[1:-1], np.float32)) for row in rows]

    def _row(self, words: tuple[str, ...]) -> np.ndarray:
        row = self._rows.get(words)
        if row is None:
            from stanza.models.common.bert_embedding import extract_bert_embeddings

            if self._encoder is None:
                self._encoder = load_encoder(self._encoder_folder)
            model, tokenizer = self._encoder
            tensor = extract_bert_embeddings(ENCODER, tokenizer, model, [list(words)], "cpu", True)[0]
            model.forget()
            row = tensor.numpy().astype(np.float16)
            self._rows[words] = row
            self._numbers.seek(0, 2)
            offset = self._numbers.tell() // (2 * WIDTH)
            row.tofile(self._numbers)
            self._index.write(json.dumps([words, offset], ensure_ascii=False) + "\n")
        return row

    def save(self) -> None:
        self._numbers.flush()
        self._index.flush()


class _Frozen(torch.nn.Module):
    """Stands for the encoder where Stanza's trainers only look at its width."""

    class config:
        hidden_size = WIDTH


@contextlib.contextmanager
def cached(features: Features) -> Iterator[None]:
    """Within it, Stanza's tagger, parser and name tagger take the encoder's output from ``features``."""

    def extract(_name: str, _tokenizer: Any, _model: Any, sentences: Any, _device: Any, **options: Any) -> Any:
        return features(sentences, ends=options["keep_endpoints"])

    def load(*_: Any, **__: Any) -> tuple[Any, Any]:
        return _Frozen(), None

    with contextlib.ExitStack() as stack:
        for kind in ("pos", "depparse", "ner"):
            stack.enter_context(mock.patch(f"stanza.models.{kind}.model.extract_bert_embeddings", extract))
            stack.enter_context(mock.patch(f"stanza.models.{kind}.trainer.load_bert", load))
        yield
    features.save()
