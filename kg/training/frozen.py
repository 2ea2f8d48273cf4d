"""What of the encoder does not learn with the branch of facts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from kg.model import RelationText
from kg.models.network import Batch, Network, batch_of
from kg.parse.facts import Meanings
from kg.parse.pieces import Pieces
from kg.training.fact_data import Window

Wording = tuple[RelationText, ...]  # all relations of an ontology, in words


class Frozen:
    """What of the encoder does not learn: windows -> vectors of their pieces, relations -> what they mean."""

    def __init__(self, network: Network, pieces: Pieces) -> None:
        self.encoder, self.pieces = network.encoder.train(False), pieces
        self._read_meanings = Meanings(self.encoder, pieces)
        self._meanings: dict[RelationText, Tensor] = {}

    def batch(self, windows: Sequence[Window]) -> Batch:
        """The windows as the encoder reads them."""
        rows = [(self.pieces(window.atoms), window.glued) for window in windows]
        return batch_of(rows, begin=self.pieces.begin, end=self.pieces.end)

    def states(self, batch: Batch) -> Tensor:
        """Vectors of the pieces, (windows, longest, width)."""
        with _not_learning():
            states: Tensor = self.encoder(batch, 0)[-1]
            return states

    def meanings(self, schema: Wording) -> Tensor:
        """Vectors of what relations mean, and of what they admit, (relations, 3 * width)."""
        new = [text for text in schema if text not in self._meanings]
        if new:
            with _not_learning():
                self._meanings.update(zip(new, self._read_meanings(new), strict=True))
        return torch.stack([self._meanings[text] for text in schema])


@contextlib.contextmanager
def _not_learning() -> Iterator[None]:
    """How layers that do not learn are run, for others that do."""
    with torch.inference_mode(False), torch.no_grad():
        yield
