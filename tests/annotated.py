"""A small annotated article, in the shape of a gold file."""

TEXT = "OpenAI hợp tác với tập đoàn Nvidia và AMD.\nSam Altman điều hành công ty này. Ông dự kiến thăm Hà Nội."
GOLD = {
    "id": "1",
    "lang": "vi",
    "entities": [
        {"id": "a", "type": "Organization", "name": "OpenAI", "aliases": ["công ty này"]},
        {"id": "b", "type": "Organization", "name": "Nvidia", "aliases": ["tập đoàn Nvidia"]},
        {"id": "c", "type": "Person", "name": "Sam Altman", "aliases": []},
        {"id": "d", "type": "Place", "name": "Hà Nội", "aliases": []},
    ],
    "facts": [
        {
            "s": "a",
            "p": "partnersWith",
            "p_alt": [],
            "o": "b",
            "modality": "asserted",
            "attributed_to": None,
            "evidence": "OpenAI hợp tác với tập đoàn Nvidia và AMD.",
            "s_text": "OpenAI",
            "o_text": "Nvidia",
            "cue": "hợp tác với",
            "optional": False,
        },
        {
            "s": "c",
            "p": "leads",
            "p_alt": ["worksFor"],
            "o": "a",
            "modality": "asserted",
            "attributed_to": None,
            "evidence": "Sam Altman điều hành công ty này.",
            "s_text": "Sam Altman",
            "o_text": "công ty này",
            "cue": "điều hành",
            "optional": True,
        },
        {
            "s": "c",
            "p": "visits",
            "p_alt": [],
            "o": "d",
            "modality": "planned",
            "attributed_to": "c",
            "evidence": "dự kiến thăm Hà Nội",
            "s_text": None,
            "o_text": "Hà Nội",
            "cue": "thăm",
            "optional": False,
        },
    ],
}
