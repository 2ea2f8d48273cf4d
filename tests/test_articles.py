"""Files and addresses -> articles: every format, every refusal, the network, the languages, and the laws."""

from __future__ import annotations

import gzip
import io
import os
import re
import socket
import subprocess
import sys
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from kg.articles import FORMATS, Source, detect, pdf, read, sources, values
from kg.articles.markdown import strip
from kg.errors import ArticleError, RequestError
from kg.model import Article

SAMPLES = Path("kg/samples")
STORY = [
    "OpenAI bắt tay Nvidia",
    "Sam Altman, CEO của OpenAI, cho biết công ty sẽ hợp tác với Nvidia và AMD trong nhiều năm tới để có đủ chip.",
    "Theo ông, trí tuệ nhân tạo phụ thuộc vào năng lượng, và năng lượng hạt nhân sẽ đóng vai trò rất quan trọng.",
]
TEXT = "\n".join(STORY)
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{STORY[0]} - Báo Thử</title>
<meta name="author" content="Lê An"><meta property="og:site_name" content="Báo Thử">
<meta property="article:published_time" content="2025-10-09T08:00:00+07:00">
<link rel="canonical" href="https://bao.example/ai"></head><body><nav><a href="/">Trang chủ</a></nav>
<article><h1>{STORY[0]}</h1><p>{STORY[1]}</p><p>{STORY[2]}</p></article><footer>Bản quyền</footer></body></html>"""
BOMB = gzip.compress(b"a" * 50_000_000)
LINKS = '<html><body><nav><a href="/">Trang chủ</a><a href="/a">Kinh tế</a></nav></body></html>'


def read_one(path: Path | str, **options: str) -> Article:
    (source,) = sources([str(path)])
    return read(source, **options)


def read_bytes(folder: Path, content: bytes | str, name: str = "bài.txt", **options: str) -> Article:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_one(path, **options)


def refusal(path: Path | str, **options: str) -> str:
    """The message with which a path is refused; it always names the path."""
    with pytest.raises(ArticleError) as caught:
        read_one(path, **options)
    assert Path(path).name in str(caught.value)
    return str(caught.value)


def old_letters(text: str) -> bytes:
    """Text in windows-1258, which has letters with hat or horn, but tone marks apart."""
    letters = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        letters.append(unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tones)
    return "".join(letters).encode("cp1258")


def show_lines(page: list[str]) -> str:
    """Drawing of lines one below the other, with a gap below empty ones."""
    lines = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in page)
    return f"BT /F 12 Tf 14 TL 50 700 Td {lines} ET"


def show_pieces(page: list[str]) -> str:
    """Drawing of lines as browsers do it whose font lacks Vietnamese letters: those come from another one."""
    drawn = []
    for row, line in enumerate(page):
        at = 0
        for piece in re.findall(r"[ -~]+|[^ -~]+", line):
            font = "F" if piece.isascii() else "G"
            place = f"1 0 0 1 50 {700 - 14 * row} Tm {6 * at} 0 Td"
            drawn.append(f"BT /{font} 12 Tf {place} <{piece.encode('utf-16-be').hex()}> Tj ET")
            at += len(piece)
    return " ".join(drawn)


def make_pdf(
    pages: list[list[str]], title: str = "", show: Callable[[list[str]], str] | None = None, *, packed: bool = False
) -> bytes:
    """A PDF whose font maps every letter to itself; ``show`` draws a page (show_lines if left out)."""
    show = show or show_lines
    letters = sorted({letter for page in pages for line in page for letter in line})
    pairs = "\n".join(f"<{ord(letter):04x}> <{ord(letter):04x}>" for letter in letters)
    cmap = f"1 begincodespacerange <0000> <ffff> endcodespacerange {len(letters)} beginbfchar {pairs} endbfchar"
    descendant = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << >> /DW 500 /W [32 7999 500] >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{6 + 2 * i} 0 R' for i in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /ToUnicode 4 0 R "
        f"/DescendantFonts [{descendant}] >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
        f"<< /Title <feff{title.encode('utf-16-be').hex()}> /CreationDate (D:20251008120000Z) >>",
    ]
    for index, page in enumerate(pages):
        stream = show(page)
        font = "/Resources << /Font << /F 3 0 R /G 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {7 + 2 * index} 0 R {font} >>")
        if packed:
            stream = zlib.compress(stream.encode()).hex() + ">"
        filters = " /Filter [ /ASCIIHexDecode /FlateDecode ]" if packed else ""
        objects.append(f"<< /Length {len(stream)}{filters} >>\nstream\n{stream}\nendstream")
    out = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body.encode())
    trailer = b"trailer << /Size %d /Root 1 0 R /Info 5 0 R >>" % (len(objects) + 1)
    return out + b"xref\n0 %d\n%s%s\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, trailer, len(out))


# Sources


def test_folders_are_searched_to_the_bottom_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a.TXT", "sub/c.md", "sub/deep/d.html", ".hidden.txt", ".git/e.txt", "f.docx", "g"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    assert [source.id for source in sources([str(tmp_path)])] == ["a.TXT", "b.txt", "sub/c.md", "sub/deep/d.html"]
    assert [source.id for source in sources([f"{tmp_path}/sub/../sub/"])] == ["c.md", "deep/d.html"]


def test_ids_do_not_depend_on_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tin.txt").write_text(TEXT)
    absolute = sources([str(tmp_path / "tin.txt")])
    monkeypatch.chdir(tmp_path)
    relative = [*sources(["tin.txt"]), *sources(["./tin.txt"]), *sources(["."])]
    assert {source.id for source in [*absolute, *relative]} == {"tin.txt"}


def test_one_file_given_twice_is_one_source_and_namesakes_are_told_apart(tmp_path: Path) -> None:
    for name in ("x/báo/tin.txt", "y/báo/tin.txt", "z/khác.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(TEXT)
    files = [str(tmp_path / "x/báo/tin.txt"), str(tmp_path / "y/báo/tin.txt"), str(tmp_path / "z")]
    assert [source.id for source in sources(files)] == ["x/báo/tin.txt", "y/báo/tin.txt", "khác.txt"]
    assert [source.id for source in sources([files[0], str(tmp_path / "x")])] == ["tin.txt"]
    assert [source.id for source in sources(files[::-1])] == ["khác.txt", "y/báo/tin.txt", "x/báo/tin.txt"]


def test_names_are_nfc_and_without_lone_surrogates(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "điện.txt")).write_text(TEXT)
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt")).write_text(TEXT)
    found = sources([str(tmp_path)])
    assert [source.id for source in found] == ["\\xff.txt", "điện.txt"]
    assert all(read(source).text == TEXT for source in found)


@pytest.mark.parametrize("content", [TEXT.encode(), PAGE.encode(), make_pdf([STORY])])
def test_standard_input_is_read_once_in_any_format(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    (source,) = sources(["-", "-"])
    assert source.id == f"stdin-{values.digest(content)}"
    assert STORY[1] in read(source).text


def test_addresses_keep_their_form_without_the_fragment() -> None:
    assert sources(["https://bao.example/tin#phần-2"])[0].id == "https://bao.example/tin"


# Refusals


def test_missing_paths_come_with_near_names(tmp_path: Path) -> None:
    (tmp_path / "điện-hạt-nhân.txt").write_text(TEXT)
    assert "did you mean " + str(tmp_path / "điện-hạt-nhân.txt") in refusal(tmp_path / "điện-hat-nhân.txt")
    assert f"{tmp_path / 'nope'} does not exist" in refusal(tmp_path / "nope/sub/a.txt")
    with pytest.raises(ArticleError, match="null byte"):
        sources(["a\0b.txt"])
    with pytest.raises(ArticleError, match="no file or folder"):
        read(Source("gone.txt", str(tmp_path / "gone.txt")))
    (tmp_path / "empty").mkdir()
    assert "kg reads files that end in .txt, .md" in refusal(tmp_path / "empty")


BAD = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \n\xc2\xa0\n", "holds no text"),
    "dots.md": (b"* * *\n...", "holds no text"),
    "nul.txt": (b"abc\0def", "NUL byte at position 3"),
    "old.txt": ("điện".encode("cp1258", "replace") + b"\xf0", "at position"),
    "latin.txt": (b"caf\xe9 sua da", "byte 0xE9 at position 3"),
    "half.txt": ("\ufeffđi".encode("utf-16-le") + b"\xe1", "UTF-16-LE text: byte 0xE1 at position 6"),
    "tin.docx": (b"PK\3\4", "save it as one of .txt, .md"),
    "links.html": (LINKS.encode(), "no article text"),
    "broken.pdf": (b"%PDF-1.7\nnothing", "is not a PDF file or is damaged"),
    "fake.pdf": (b"Xin", "is not a PDF file or is damaged"),
    "scan.pdf": (make_pdf([[]]), "its pages are pictures"),
    "names.txt": (b"OpenAI, Nvidia, Oracle, AMD", "cannot tell the language"),
    "histoire.txt": ("La société a signé un contrat avec ses rivaux.".encode(), "cannot tell the language"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_with_its_name_and_reason(name: str, tmp_path: Path) -> None:
    content, reason = BAD[name]
    (tmp_path / name).write_bytes(content)
    assert reason in refusal(tmp_path / name)


def test_streams_never_hang_and_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file" in refusal(tmp_path / "pipe.txt")
    assert "not a regular file" in refusal("/dev/zero")
    monkeypatch.setattr("kg.articles.MAX_BYTES", 100)
    (tmp_path / "large.txt").write_text(TEXT)
    assert "larger than 100 bytes" in refusal(tmp_path / "large.txt")


BOMBS = {
    "letters.txt": (b"va " * 2000, "holds more than 5,000 letters"),
    "letters.md": (b"va " * 2000, "holds more than 5,000 letters"),
    "tags.html": (b"<p>" * 200_000, "has more than 100,000 tags"),
    "pages.pdf": (make_pdf([STORY] * 8), "has more than 5 pages"),
    "drawn.pdf": (make_pdf([STORY * 200]), "more than 20,000 bytes drawn"),
    "packed.pdf": (make_pdf([STORY], show=lambda _: " " * 100_000, packed=True), "unpacks to more than kg reads"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_by_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MAX_LETTERS", 5000)
    monkeypatch.setattr(pdf, "MAX_PAGES", 5)
    monkeypatch.setattr(pdf, "MAX_DRAWN", 20_000)
    monkeypatch.setitem(pdf.LIMITS, "zlib_maximum_output_length", 20_000)
    content, reason = BOMBS[name]
    (tmp_path / name).write_bytes(content)
    assert reason in refusal(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_must_not_be_read_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "closed.txt").touch(mode=0)
    (tmp_path / "sub").mkdir(mode=0)
    readable, *closed = sources([str(tmp_path)])
    assert read(readable).text == TEXT
    for source in closed:
        with pytest.raises(ArticleError, match=r"Permission denied|directory"):
            read(source)


def test_encrypted_pdf(tmp_path: Path) -> None:
    for password, name in (("bí mật", "locked.pdf"), ("", "open.pdf")):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([STORY]))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        writer.write(tmp_path / name)
    assert "is encrypted; save a copy without a password" in refusal(tmp_path / "locked.pdf")
    assert STORY[1] in read_one(tmp_path / "open.pdf").text


def test_languages_and_dates_that_are_no_options(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    assert "language 'fr' is not supported" in refusal(tmp_path / "a.txt", lang="fr")
    with pytest.raises(RequestError, match="YYYY-MM-DD"):
        read_one(tmp_path / "a.txt", date="8/10")


# Formats


def test_plain_text_is_cleaned(tmp_path: Path) -> None:
    dirty = "\ufeff" + unicodedata.normalize("NFD", TEXT).replace(" ", "\xa0").replace("\n", "\u200b\r\n") + "\x07\xad"
    assert read_bytes(tmp_path, dirty).text == TEXT + " "
    assert read_bytes(tmp_path, TEXT.encode("utf-16")).text == TEXT
    assert read_bytes(tmp_path, b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT


def test_titles_and_dates(tmp_path: Path) -> None:
    article = read_bytes(tmp_path, TEXT, date="2025-10-08")
    assert (article.id, article.title, article.date) == ("bài.txt", STORY[0], "2025-10-08")
    assert read_bytes(tmp_path, STORY[1]).title == ""
    assert read_bytes(tmp_path, "rất dài " * 40 + "\n" + TEXT).title == ""


MARKDOWN = """---
title: "Điện hạt nhân trở lại"
author: Lê An
date: 2025-10-09
---
# Điện *hạt nhân* trở lại ##

**OpenAI** [hợp tác](https://a.example/b_(c)) với __Nvidia__,
theo `snake_case_name` và ![ảnh](x.png).<br>

> Trích dẫn
1. Một <!-- ẩn -->
- [x] Hai
```python
code = 1
```
Tiêu đề
-------
5 * 3 và 2 * 4, \\*nguyên\\* https://a.example/x_y_z
"""


def test_markdown(tmp_path: Path) -> None:
    article = read_bytes(tmp_path, MARKDOWN, "bài.md", date="2000-01-01")
    assert article.text.split("\n") == [
        "Điện hạt nhân trở lại",
        "",
        "OpenAI hợp tác với Nvidia, theo snake_case_name và ảnh.",
        "",
        "Trích dẫn",
        "Một",
        "Hai",
        "",
        "Tiêu đề",
        "",
        "5 * 3 và 2 * 4, *nguyên* https://a.example/x_y_z",
        "",
    ]
    assert (article.title, article.author, article.date) == ("Điện hạt nhân trở lại", "Lê An", "2025-10-09")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("OpenAI ra đời năm\n2015. Nay khác.\n1. Một\n2. Hai", "OpenAI ra đời năm 2015. Nay khác.\nMột\nHai"),
        ("[Reuters]: OpenAI mua AMD.\n\nTin khác.", "[Reuters]: OpenAI mua AMD.\n\nTin khác."),
        ("Tin[^1] của [AP][1].\n\n[1]: https://ap.org 'AP'\n[^1]: Theo AP.", "Tin của AP.\n\n Theo AP."),
        ("Giá là 5 <b và c> d.", "Giá là 5 <b và c> d."),
        ('<p class="x" hidden>Giá <b>tăng</b><br/></p >', "Giá tăng"),
    ],
)
def test_markdown_loses_only_marks(markdown: str, text: str) -> None:
    assert strip(markdown) == text


@pytest.mark.parametrize("page", [PAGE.encode(), PAGE.encode("utf-16"), b'<?xml version="1.0"?>' + PAGE.encode()])
def test_web_pages(page: bytes, tmp_path: Path) -> None:
    article = read_bytes(tmp_path, page, "trang.HTM", date="2000-01-01")
    assert article == Article(
        "trang.HTM", TEXT, "vi", STORY[0], "Lê An", "Báo Thử", "2025-10-09", "https://bao.example/ai"
    )


def test_pages_say_which_letters_they_use(tmp_path: Path) -> None:
    page = PAGE.replace('charset="utf-8"', 'charset="windows-1258"')
    assert read_bytes(tmp_path, old_letters(page), "cũ.html").text == TEXT
    assert STORY[2] in read_bytes(tmp_path, page, "mới.html").text


def test_pdf(tmp_path: Path) -> None:
    first = ["Điện hạt nhân trở lại", "OpenAI hợp tác với Nvidia, Oracle và AMD để xây", "dựng các trung tâm dữ liệu."]
    second = ["Theo Sam Altman, cả các lò phản ứng nhỏ kiểu mô-", "đun state-of-the-", "art, nuclear reac-", "tors và"]
    third = ["ﬁnance đều cần thiết cho AI trong những năm tới."]
    pages = [["Báo Thử số 8", *page, f"Trang {number}"] for number, page in enumerate([first, second, third], 1)]
    article = read_bytes(tmp_path, make_pdf(pages, "Điện hạt nhân"), "bài.pdf")
    assert article.text.split("\n") == [
        "Điện hạt nhân trở lại",
        "OpenAI hợp tác với Nvidia, Oracle và AMD để xây dựng các trung tâm dữ liệu.",
        "Theo Sam Altman, cả các lò phản ứng nhỏ kiểu mô-đun state-of-the-art, nuclear reactors và finance đều cần "
        "thiết cho AI trong những năm tới.",
    ]
    assert (article.title, article.date) == ("Điện hạt nhân", "2025-10-08")
    assert read_bytes(tmp_path, make_pdf(pages, "bài.docx"), "b.pdf").title == "Điện hạt nhân trở lại"


def test_paragraphs_of_print(tmp_path: Path) -> None:
    lines = [
        "Câu đầu dài bằng cả dòng này.",
        "Câu hai cũng dài bằng vậy đó.",
        "",
        "Đoạn sau dài như đoạn trước.",
        "- Một",
        "- Hai",
    ]
    wanted = ["Câu đầu dài bằng cả dòng này. Câu hai cũng dài bằng vậy đó.", *lines[3:]]
    assert read_bytes(tmp_path, make_pdf([lines]), "bài.pdf").text.split("\n") == wanted
    assert read_bytes(tmp_path, make_pdf([lines], show=show_pieces), "vá.pdf").text.split("\n") == wanted


# Languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("OpenAI hợp tác với Nvidia.", "vi"),
        ("OpenAI hop tac voi Nvidia de phat trien tri tue nhan tao, theo ong Altman cho biet.", "vi"),
        ("Giá điện tăng", "vi"),
        ("VINGROUP MỞ NHÀ MÁY TẠI ẤN ĐỘ", "vi"),
        ("The New York Times và The Washington Post đưa tin về The Game Awards.", "vi"),
        ("OpenAI teams up with Nvidia.", "en"),
        ("Phạm Nhật Vượng founded VinFast in Hải Phòng.", "en"),
        ("NVIDIA TO INVEST IN OPENAI", "en"),
        ("Le gouvernement français a décidé de créer une société pour l'énergie nucléaire à côté de Paris.", ""),
        ("Die Regierung hat beschlossen, die Kernenergie wieder einzuführen, sagte der Minister gestern.", ""),
        ("La empresa se va a dedicar a la energía y tú lo sabes, según el señor presidente de la compañía.", ""),
        ("人工知能はエネルギーに依存する。", ""),
        ("", ""),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect(text) == language


def test_every_sentence_of_the_samples_tells_its_language() -> None:
    for path in SAMPLES.glob("*.txt"):
        language = path.name.split(".")[1]
        lines = path.read_text(encoding="utf-8").splitlines()
        assert 300 <= sum(len(line.split()) for line in lines) <= 600
        assert {detect(line) for line in lines} == {language}
        assert all(line == unicodedata.normalize("NFC", line.strip()) != "" for line in lines)


def test_samples_are_articles() -> None:
    articles = [read(source) for source in sources([str(path) for path in sorted(SAMPLES.glob("*.vi.txt"))])]
    assert [article.id for article in articles] == ["ai-nang-luong.vi.txt", "khoa-hoc.vi.txt", "xe-dien.vi.txt"]
    assert all(article.text.startswith(article.title + "\n") for article in articles)
    assert all(word in article.text for article in articles for word in ("Nvidia", "FPT", "AI", "Jensen Huang"))


# Laws


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ending=st.sampled_from(sorted(FORMATS)),
    start=st.sampled_from([b"", b"\xff\xfe", b"%PDF-1.4\n", make_pdf([STORY])[:-60], b"<html><body>", b"---\ntitle: "]),
    content=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"Và {text}".encode("utf-8", "replace")),
)
def test_any_bytes_give_clean_text_or_an_article_error(
    ending: str, start: bytes, content: bytes, tmp_path: Path
) -> None:
    try:
        article = read_bytes(tmp_path, start + content, f"a{ending}", lang="vi")
    except ArticleError as error:
        assert f"a{ending}" in str(error)
        return
    assert article == read_one(tmp_path / f"a{ending}", lang="vi")
    assert unicodedata.is_normalized("NFC", article.text)
    controls = {letter for letter in article.text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")}
    assert controls <= {"\n", "\t"}
    assert read_bytes(tmp_path, article.text, "b.txt", lang="vi").text == article.text


def test_the_package_is_light_and_its_libraries_are_silent(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make_pdf([STORY]).replace(b"startxref", b"startxxxx"))
    (tmp_path / "b.html").write_text(LINKS + "<div>" * 1000)
    (tmp_path / "c.html").write_text(PAGE)
    program = f"""
import sys
from kg import articles
assert not {{"lxml", "trafilatura", "pypdf", "httpx", "stanza", "torch"}} & set(sys.modules)
for source in articles.sources([{str(tmp_path)!r}]):
    try:
        articles.read(source)
    except articles.ArticleError:
        pass
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Addresses


class Site(BaseHTTPRequestHandler):
    """A server that misbehaves on request."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = {  # noqa: RUF012
        "/trang": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.encode()),
        "/tin.md": (200, {"Content-Type": "text/plain"}, f"# {TEXT}".encode()),
        "/tin": (200, {"Content-Type": "text/plain; charset=windows-1258"}, old_letters(TEXT)),
        "/bản-tin.pdf": (200, {"Content-Type": "application/octet-stream"}, make_pdf([STORY])),
        "/không-rõ": (200, {}, PAGE.encode()),
        "/ảnh": (200, {"Content-Type": "image/png"}, b"PNG"),
        "/lỗi": (500, {"Content-Type": "text/html"}, PAGE.encode()),
        "/cũ": (301, {"Location": "/trang"}, b""),
        "/vòng": (302, {"Location": "/v%C3%B2ng"}, b""),
        "/tệp": (302, {"Location": "file:///etc/passwd"}, b""),
        "/riêng": (302, {"Location": "http://10.0.0.1/admin"}, b""),
        "/khác": (302, {"Location": "http://127.0.0.1:9/"}, b""),
        "/số": (302, {"Location": "http://2130706434/"}, b""),
        "/bát-phân": (302, {"Location": "http://0177.0.0.2/"}, b""),
        "/sáu": (302, {"Location": "http://[::ffff:10.0.0.1]/"}, b""),
        "/dịch": (302, {"Location": "http://[64:ff9b::10.0.0.1]/"}, b""),
        "/lớn": (200, {"Content-Type": "text/plain"}, b"a" * 5000),
        "/bom": (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, BOMB),
        "/bom-kép": (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip, gzip"}, gzip.compress(BOMB)),
        "/nhỏ-giọt": (200, {"Content-Type": "text/plain"}, b"a" * 30),
    }

    def do_GET(self) -> None:
        if self.path == "/ch%E1%BA%ADm":
            time.sleep(1)
        status, headers, body = self.answers.get(unquote(self.path), (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        step = 1 if self.path.startswith("/nh%E1%BB%8F") else len(body) + 1
        for at in range(0, len(body), step):
            time.sleep(0.1 if step == 1 else 0)  # each byte in time, all of them too late
            self.wfile.write(body[at : at + step])

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: tests are silent."""


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: clients that leave early are what is tested."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with QuietServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.parametrize("path", ["/trang", "/tin.md", "/tin", "/bản-tin.pdf", "/không-rõ", "/cũ"])
def test_addresses_of_any_format(site: str, path: str) -> None:
    article = read_one(site + path)
    assert (article.id, article.title) == (site + path, STORY[0])
    assert STORY[1] in article.text
    assert article.address == site + quote("/trang" if path == "/cũ" else path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nope", "the server answers 404 Not Found"),
        ("/lỗi", "the server answers 500"),
        ("/ảnh", "is of the type image/png"),
        ("/vòng", "more than 5 redirects"),
        ("/tệp", "http and https only, not file"),
        ("/riêng", "redirects into a private network (10.0.0.1)"),
        ("/khác", "redirects into a private network (127.0.0.1)"),
        ("/lớn", "larger than 4,000 bytes"),
        ("/chậm", "no answer within 0.3 s"),
        ("/nhỏ-giọt", "no answer within 0.3 s"),
        ("/số", "redirects into a private network (2130706434)"),
        ("/bát-phân", "check the address"),
        ("/sáu", "redirects into a private network (::ffff:10.0.0.1)"),
        ("/dịch", "redirects into a private network (64:ff9b::10.0.0.1)"),
        ("/bom", "larger than 4,000 bytes"),
        ("/bom-kép", "is packed as 'gzip, gzip'"),
    ],
)
def test_fetches_that_fail_say_why(site: str, path: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = path in ("/chậm", "/nhỏ-giọt")
    monkeypatch.setattr("kg.articles.network.TIMEOUT", 0.3 if slow else 30.0)
    monkeypatch.setattr("kg.articles.MAX_BYTES", 4000)
    assert reason in refusal(site + path)


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise a moment later (DNS rebinding) is not asked again."""
    port = site.rpartition(":")[2]
    answers = {"bao.example": iter(["127.0.0.1"]), "khac.example": iter(["127.0.0.1"])}

    def resolve(host: str, *_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers[host]), 0))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **named: resolve(host) if host in answers else real(host, *rest, **named),
    )
    monkeypatch.setitem(Site.answers, "/sang", (302, {"Location": f"http://khac.example:{port}/trang"}, b""))
    assert read_one(f"http://bao.example:{port}/cũ").address == f"http://bao.example:{port}/trang"
    answers["bao.example"] = iter(["127.0.0.1"])
    with pytest.raises(ArticleError, match=r"private network \(khac.example\)"):
        read_one(f"http://bao.example:{port}/sang")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://a.example/b", "http and https only, not ftp"),
        ("http://", "names no host"),
        ("http://a.example:99999999/", "check the address"),
        ("http://127.0.0.1:1/", "check the address and the network"),
        ("https://user:secret@a.example/", "user name or password"),
    ],
)
def test_addresses_that_are_wrong(address: str, reason: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read_one(address)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)
