"""The published encoder, its pruned vocabulary, and weights on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kg.models.network import Network, Sizes, batch_of
from kg.models.weights import Int7Linear, Int8Linear, load_network, read_tensors, save_network
from kg.parse import MODELS
from kg.parse.pieces import Pieces
from kg.training.encoder import BLOCK, network_tensors, numbers, pruned, read_blocks
from kg.training.material import labels_of


def test_pruned_pieces_are_numbered_anew() -> None:
    tokenizer: dict[str, Any] = {
        "model": {"unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["x", -1.0], ["a", -2.0]]},
        "added_tokens": [{"id": 0, "content": "<s>"}],
        "post_processor": {"special_tokens": {"<s>": {"ids": [0]}}},
    }
    result = pruned(tokenizer, [0, 1, 3])
    assert result["model"] == {"unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["a", -2.0]]}
    assert tokenizer["model"]["vocab"][2] == ["x", -1.0]


def test_other_files_are_refused() -> None:
    with pytest.raises(ValueError, match="not an e5-small"):
        read_blocks(b"PK\x03\x04 something else")
    assert BLOCK.itemsize == 18


def test_blocks_of_4_bits_become_numbers() -> None:
    block = np.zeros(1, BLOCK)
    block["scale"], block["q"][0, 0], block["q"][0, 1] = 0.5, 0x0F, 0x90
    values = numbers(block)
    assert values.shape == (32,)
    assert (values[0], values[1], values[16], values[17]) == (3.5, -4.0, -4.0, 0.5)


def test_tensors_get_the_networks_names_and_shapes() -> None:
    sizes = {"hidden_size": 4, "num_hidden_layers": 1, "intermediate_size": 8}
    shapes = {"emb.pos": 12, "emb.type": 8, "emb.ln.w": 4, "emb.ln.b": 4, "l0.fi.w": 32, "l0.fi.b": 8, "l0.fo.w": 32}
    shapes |= {f"l0.{part}.{kind}": 16 if kind == "w" else 4 for part in ("q", "k", "v", "ao") for kind in "wb"}
    shapes |= {"l0.fo.b": 4} | {f"l0.{part}.{kind}": 4 for part in ("aln", "oln") for kind in "wb"}
    result = network_tensors({name: np.ones(size, np.float32) for name, size in shapes.items()}, sizes)
    assert result["encoder.layers.0.query_key_value.weight"].shape == (12, 4)
    assert result["encoder.layers.0.outer.weight"].shape == (4, 8)
    assert result["encoder.positions.weight"].tolist() == [[2.0] * 4] * 3  # with the embedding of the type


def test_vietnamese_and_names_have_pieces() -> None:
    pieces = Pieces(MODELS / "tokenizer.json")
    text = "Ngân hàng Nhà nước nghiêng về OpenAI , Nvidia : “ khuỷu ” nghệ thuật thưởng thức"
    atoms = text.split()
    assert pieces.unknown not in {piece for atom in pieces(atoms) for piece in atom}
    assert [len(atom) for atom in pieces(["Nvidia", "hoà", "ngưỡng"])] == [1, 1, 1]
    assert pieces(["hoà"]) == pieces(["hòa"])


def test_saved_weights_are_nearly_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Network(Sizes(pieces=64, width=384, layers=1), labels_of([]))
    words = {"encoder.words.weight.q": torch.full((64 * 12, 16), 0x88, dtype=torch.uint8)}
    save_network(tmp_path, network, words=words | {"encoder.words.weight.scale": torch.ones(64 * 12).half()})
    loaded = load_network(tmp_path)
    assert loaded.sizes == network.sizes and loaded.labels == network.labels
    assert not loaded.encoder.words.weight.any()
    ours, theirs = network.encoder.layers[0].inner.weight, loaded.encoder.layers[0].inner.weight
    assert 0 < (ours - theirs).abs().max() < ours.abs().max() / 100
    assert set(read_tensors(tmp_path / "weights.safetensors")) == set(network.state_dict())


@pytest.mark.parametrize(("kind", "error"), [(Int8Linear, 0.01), (Int7Linear, 0.02)])
def test_whole_numbers_are_nearly_as_good_and_rows_do_not_depend_on_others(
    kind: type[Int8Linear], error: float
) -> None:
    torch.manual_seed(1)
    linear = torch.nn.Linear(64, 32)
    whole, inputs = kind(linear), torch.randn(5, 64)
    inputs[3] += 30  # away from zero
    inputs[4] *= 100
    result, exact = whole(inputs), linear(inputs)
    assert ((result - exact).abs().amax(1) < error * exact.abs().amax(1)).all()
    assert torch.equal(whole(inputs[:1]), result[:1])


def test_a_window_with_too_many_pieces_keeps_all_its_atoms() -> None:
    batch = batch_of([([[5, 6, 7, 8]] * 200, [False] * 200)], begin=0, end=2)
    assert batch.pieces.shape[1] <= 512
    assert batch.atoms == 200 == len(set(batch.atom_of_piece[0].tolist()) - {-1})
