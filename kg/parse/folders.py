"""The files that a folder of models has, and a hash that names them."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from kg.errors import ModelError

MODELS = Path(__file__).parent.parent / "models"
FILES = ("config.json", "tokenizer.json", "weights.safetensors")
FACT_WEIGHTS = "facts.safetensors"
KNOWN_LEMMAS = "lemmas.tsv"  # in the folder of a language, where it needs one


def is_stock(models: Path) -> bool:
    """Whether a folder has Stanza's own models, as ``stanza.download`` lays them out, and none of ours."""
    return (models / "resources.json").is_file() and not (models / FILES[0]).is_file()


def reads_facts(models: Path) -> bool:
    """Whether a folder's models propose facts; without them only cue words find some."""
    return (models / FACT_WEIGHTS).is_file()


def check(lang: str, models: Path) -> None:
    """Raises ModelError, with what is missing, unless the folder has models of the language."""
    if not models.is_dir():
        raise ModelError(f"no models in {models}: name a folder with some, or run make train")
    if is_stock(models):
        if not (models / lang).is_dir():
            raise ModelError(
                f"Stanza's models in {models} have none for {lang!r}: download them, or leave --models out"
            )
    elif missing := [name for name in FILES if not (models / name).is_file()]:
        raise ModelError(f"models in {models} lack {', '.join(missing)}: install kg again, or run make train")
    elif lang not in (known := json.loads((models / FILES[0]).read_text(encoding="utf-8"))["labels"]["languages"]):
        raise ModelError(f"the models in {models} are for {' and '.join(known)}, not for {lang!r}: name another folder")


@functools.cache
def version(models: Path, lang: str) -> str:
    """A hash of the files of a language's models, 12 hex digits: names what a parse was made with."""
    digest = hashlib.blake2b(digest_size=6)
    ours = [*(models / name for name in (*FILES, FACT_WEIGHTS)), models / lang / KNOWN_LEMMAS]
    files = sorted(models.rglob("*.pt")) if is_stock(models) else ours
    for path in files:
        digest.update(path.name.encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
