"""Made-up things for made-up articles: persons, firms, places, concepts ... with names from syllables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from kg.ontology import Label, Ontology

LISTED = 300  # things of the ontology, scattered among the made-up ones


def _words(text: str, mark: str = " ") -> tuple[str, ...]:
    return tuple(text.split(mark))


_SURNAMES = _words("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý")
_MIDDLE = _words("Văn Thị Minh Đức Thanh Quốc Hữu Ngọc Kim Thu Xuân Gia Bảo Hải Đình Công")
_GIVEN = _words(
    "An Anh Bình Chi Cường Dũng Duy Đạt Giang Hà Hải Hạnh Hằng Hiếu Hòa Hùng Hương Khánh Lan Linh Long Mai Nam Nga "
    "Ngân Nhung Phong Phúc Phương Quân Quang Sơn Tâm Thảo Thắng Thủy Trang Trung Tuấn Vinh Yến"
)
_PLACES = _words("Tam Kỳ Phước Bình Sơn Tân Thạnh Mỹ Hòa Đông Lộc An Khê Long Xuyên Thủy Nguyên Vĩnh Châu Giang Cẩm")
_FIRMS = ("Công ty", "Tập đoàn", "Ngân hàng", "Viện", "Trường Đại học", "Quỹ", "Hiệp hội")
_HEADS = {
    "Resource": ("năng lượng", "điện", "khí", "than", "nước", "đất hiếm", "dầu"),
    "Technology": ("công nghệ", "chip", "pin", "mạng", "mô hình", "phần mềm"),
    "Concept": ("thị trường", "chính sách", "ngành", "lao động", "giá", "xuất khẩu", "đầu tư", "môi trường"),
}
_QUALITIES = _words(
    "tái tạo|mặt trời|gió|hạt nhân|sinh học|thông minh|bền vững|số|xanh|nông thôn|đô thị|quốc tế|nội địa|ven biển|"
    "công nghiệp|gia đình|tự động|giá rẻ|cao cấp|thế hệ mới|lưu trữ|phân tán|tập trung|sạch|lượng tử|di động",
    mark="|",
)
_STARTS = _words("al bra cor den el fa gar hel is jo kar lu mar nor or per quin ros sil tor ul ven wil xan yar zel")
_ENDS = _words("an bek dor ex fin gon ic kor lan mir nov ora pax rin ston tek ura vix well yon")
_BUSINESSES = ("Systems", "Labs", "Energy", "Bank", "Motors", "Group", "University", "Foundation")


@dataclass(frozen=True, slots=True)
class Thing:
    """What made-up articles write about."""

    name: str
    type: str  # local name of its class
    aliases: tuple[str, ...]


def things(ontology: Ontology, random: Random, number: int) -> list[Thing]:
    """So many things of different names, some of them of the ontology."""
    listed = [thing for thing in ontology.known if any(label.lang == "vi" for label in thing.labels)]
    chosen = random.sample(listed, min(LISTED, len(listed), number // 4))
    found = {name: Thing(name, thing.type, ()) for thing in chosen for name in [_vietnamese(thing.labels)]}
    makers = list(_MAKERS)
    while len(found) < number:
        made = random.choice(makers)(random)
        found.setdefault(made.name, made)
    mixed = list(found.values())
    random.shuffle(mixed)
    return mixed


def _vietnamese(labels: Sequence[Label]) -> str:
    return next(label.text for label in labels if label.lang == "vi")


# Names


def _person(random: Random) -> Thing:
    given = random.choice(_GIVEN)
    middle = random.sample(_MIDDLE, random.choice((1, 1, 2)))
    return Thing(" ".join((random.choice(_SURNAMES), *middle, given)), "Person", (given,))


def _stranger(random: Random) -> Thing:
    first, last = _syllables(random, 2), _syllables(random, 2)
    return Thing(f"{first} {last}", "Person", (last,))


def _firm(random: Random) -> Thing:
    own = " ".join(random.sample(_GIVEN, random.choice((2, 2, 3))))
    return Thing(f"{random.choice(_FIRMS)} {own}", "Organization", (own,) if random.random() < 0.5 else ())


def _business(random: Random) -> Thing:
    own, kind = _syllables(random, 2), random.choice(_BUSINESSES)
    return Thing(f"{own} {kind}", "Organization", (own[:2].upper() + kind[0],) if random.random() < 0.2 else ())


def _place(random: Random) -> Thing:
    return Thing(" ".join(random.sample(_PLACES, random.choice((2, 2, 3)))), "Place", ())


def _concept(random: Random) -> Thing:
    kind = random.choice(list(_HEADS))
    return Thing(
        " ".join((random.choice(_HEADS[kind]), *random.sample(_QUALITIES, random.choice((1, 2, 3))))), kind, ()
    )


def _product(random: Random) -> Thing:
    return Thing(f"{_syllables(random, 2)} {random.randrange(1, 100)}", "Product", ())


def _event(random: Random) -> Thing:
    about = random.choice(_QUALITIES), random.choice(_PLACES), 2020 + random.randrange(8)
    return Thing("Hội nghị {} {} {}".format(*about), "Event", ())


_MAKERS: tuple[Callable[[Random], Thing], ...] = (
    _person, _person, _stranger, _firm, _firm, _business, _place, _concept, _concept, _product, _event,
)  # fmt: skip


def _syllables(random: Random, number: int) -> str:
    return "".join((*random.choices(_STARTS, k=number), random.choice(_ENDS))).capitalize()
