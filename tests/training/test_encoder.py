"""The shipped encoder: pruned vocabulary, 4-bit weights, output remembered."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from kg.models.encoder import Encoder, load_encoder
from kg.parse import MODELS
from kg.training.encoder import BLOCK, hugging_face_name, pruned, read_blocks

FOLDER = MODELS / "encoder"


@pytest.fixture(scope="module")
def encoder() -> tuple[Encoder, Any]:
    return load_encoder(FOLDER)


def test_pruned_pieces_are_numbered_anew() -> None:
    tokenizer: dict[str, Any] = {
        "model": {"unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["x", -1.0], ["a", -2.0]]},
        "added_tokens": [{"id": 0, "content": "<s>"}],
        "post_processor": {"special_tokens": {"<s>": {"ids": [0]}}},
    }
    result = pruned(tokenizer, [0, 1, 3])
    assert result["model"] == {"unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["a", -2.0]]}
    assert tokenizer["model"]["vocab"][2] == ["x", -1.0]


def test_tensor_names() -> None:
    assert hugging_face_name("emb.word") == "embeddings.word_embeddings.weight"
    assert hugging_face_name("l0.aln.b") == "encoder.layer.0.attention.output.LayerNorm.bias"


def test_other_files_are_refused() -> None:
    with pytest.raises(ValueError, match="not an e5-small"):
        read_blocks(b"PK\x03\x04 something else")
    assert BLOCK.itemsize == 18


def test_vietnamese_and_names_have_pieces(encoder: tuple[Encoder, Any]) -> None:
    tokenizer = encoder[1]
    text = "Ngân hàng Nhà nước nghiêng về OpenAI, Nvidia: 6,6% “khuỷu” nghệ thuật thưởng thức"
    assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"]
    assert tokenizer.tokenize("Nvidia") == ["▁Nvidia"]


def test_weights_are_the_4_bit_blocks(encoder: tuple[Encoder, Any]) -> None:
    weight = encoder[0].model.embeddings.word_embeddings.weight
    sizes = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    assert weight.shape == (sizes["vocab_size"], sizes["hidden_size"])
    block = weight[100, :32].detach().numpy()
    steps = np.unique(np.diff(np.unique(block)))
    assert len(np.unique(block)) <= 16
    assert np.allclose(steps / steps.min(), np.round(steps / steps.min()), atol=1e-3)


def test_output_does_not_depend_on_the_batch(encoder: tuple[Encoder, Any]) -> None:
    model, tokenizer = encoder
    both = tokenizer(["Hà Nội có mưa", "Giá dầu thế giới giảm mạnh hôm nay"], padding=True, return_tensors="pt")
    together = model(both["input_ids"], attention_mask=both["attention_mask"], output_hidden_states=True)
    model.forget()
    one = tokenizer(["Hà Nội có mưa"], return_tensors="pt")
    alone = model(one["input_ids"], attention_mask=one["attention_mask"], output_hidden_states=True)
    length = one["input_ids"].shape[1]
    assert torch.equal(together.hidden_states[-2][0][:length], alone.hidden_states[-2][0])
    assert len(alone.hidden_states) == 4
