"""Names: their limits and classes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.extract.lexicon import Lexicon
from kg.extract.limits import written
from kg.extract.names import find_names
from kg.model import Name

from .notation import article_of

CASES = {
    "a title is no part of a name": (["ông/NOUN Sam_Altman/PROPN/Person nói/VERB"], {"Sam Altman": "Person"}),
    "a first name that was missed": (["gặp/VERB Sam/PROPN Altman/PROPN/Person"], {"Sam Altman": "Person"}),
    "a place joined to a person": (
        ["Mỹ/PROPN/Place là/AUX nước/NOUN", "Tổng_thống/NOUN Mỹ/PROPN Donald_Trump/PROPN/Person nói/VERB"],
        {"Mỹ": "Place", "Donald Trump": "Person"},
    ),
    "a class noun outvotes the recogniser": (
        ["tập_đoàn/NOUN Nvidia/PROPN/Person lãi/VERB", "Nvidia/PROPN/Person tăng/VERB"],
        {"Nvidia": "Organization"},
    ),
    "a class noun with a capital belongs to the name": (
        ["Theo/ADP Bộ/NOUN Y_tế/PROPN/Organization ,/PUNCT"],
        {"Bộ Y tế": "Organization"},
    ),
    "an office and its seat": (
        ["Theo/ADP UBND/PROPN/Organization tỉnh/NOUN Hà_Nam/PROPN/Place ,/PUNCT"],
        {"UBND tỉnh Hà Nam": "Organization"},
    ),
    "a model's number": (["mua/VERB Galaxy_Note/PROPN/Product 7/NUM ./PUNCT"], {"Galaxy Note 7": "Product"}),
    "a number that counts": (["bán/VERB cho/ADP FPT/PROPN/Organization 7/NUM máy/NOUN"], {"FPT": "Organization"}),
    "missed, but written as a name": (["đầu_tư/VERB vào/ADP a16z/NOUN ./PUNCT"], {"a16z": "Product"}),
    "found once, meant everywhere": (
        ["đến/VERB Cần_Thơ/PROPN/Place ./PUNCT", "Cần_Thơ/NOUN mưa/VERB ./PUNCT"],
        {"Cần Thơ": "Place"},
    ),
    "a sentence's first word is not yet a name": (["Năm/NOUN nay/PRON mưa/VERB ./PUNCT"], {}),
}


@pytest.mark.parametrize(("lines", "names"), CASES.values(), ids=CASES)
def test_names(lexicon: Lexicon, lines: list[str], names: dict[str, str]) -> None:
    sentences = article_of(*lines)[1]
    found = {
        written(sentence, span.first, span.last): span.type
        for sentence, spans in zip(sentences, find_names(sentences, lexicon), strict=True)
        for span in spans
    }
    assert found == names


@pytest.mark.parametrize("line", ["Ông/NOUN Trùm/PROPN", "12/NUM Angry/ADJ Men/NOUN"])
def test_what_people_make_is_called_as_they_like(lexicon: Lexicon, line: str) -> None:
    (sentence,) = article_of(line)[1]
    sentence = replace(sentence, names=(Name(0, len(sentence.words), "Product"),))
    ((span,),) = find_names([sentence], lexicon)
    assert written(sentence, span.first, span.last) == sentence.text


def test_one_class_for_all_places_of_a_name(lexicon: Lexicon) -> None:
    sentences = article_of("Nvidia/PROPN/Person tăng/VERB", "hãng/NOUN Nvidia/PROPN giảm/VERB")[1]
    assert [span.type for spans in find_names(sentences, lexicon) for span in spans] == ["Organization"] * 2
