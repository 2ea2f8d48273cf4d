"""The explorer in real Chromium, as people use it: served, and as one offline file. Nothing leaves the machine."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
from command import run_kg
from playwright.sync_api import Browser, BrowserContext, Page, expect
from rdflib import Graph
from served import FAR, publish, serving

from kg.ontology import load
from kg.web.explorer import STATIC

THREE = ("a.txt", "b.txt", "c.txt")  # articles
WRITTEN = """(() => {
    const names = document.querySelector('.triples canvas.names'), copy = document.createElement('canvas');
    if (!names?.width) return false;
    [copy.width, copy.height] = [names.width, names.height];
    const paper = copy.getContext('2d', { willReadFrequently: true });
    paper.drawImage(names, 0, 0);
    return paper.getImageData(0, 0, copy.width, copy.height).data.some(Boolean);
})()"""  # whether names stand in the picture of triples
EVIL = "<img src=x onerror=\"document.title='broken'\"></script><script>alert(1)</script>"
ID = "https://example.org/kg/id/"
IDLE = "document.querySelector('main')?.getAttribute('aria-busy') === 'false'"
expect.set_options(timeout=FAR * 1000)
OPEN = {"viewport": {"width": 1400, "height": 860}, "reduced_motion": "reduce"}

pytestmark = pytest.mark.skipif(not (STATIC / "index.html").exists(), reason="the explorer is not built: run make ui")


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serving(built) as (found, _):
        yield found


@pytest.fixture(scope="module")
def offline(built: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("offline") / "explorer.html"
    done = run_kg("export", "--format", "explorer", "--out", str(built), "-o", str(file), cwd=file.parent)
    assert done.returncode == 0, done.stderr
    return file.as_uri()


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Open an address with a state; at the end no other host was asked, and nothing failed."""
    asked: list[str] = []
    complaints: list[str] = []
    contexts: list[BrowserContext] = []
    homes = set()

    def open_page(home: str, state: str = "", **options: Any) -> Page:
        homes.add(home.removesuffix("/"))
        context = browser.new_context(**OPEN | options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{home}#{state}")
        until(page, IDLE)
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = (*homes, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == [] and complaints == []


def state(page: Page) -> dict[str, str]:
    """What the address says."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).fragment).items()}


def shown(page: Page) -> tuple[int, int]:
    """How many entities and facts are on show, as the page says."""
    entities, facts = page.locator(".amount b").all_text_contents()
    return int(entities.replace(".", "")), int(facts.replace(".", ""))


def until(page: Page, test: str) -> None:
    """Wait for what a script tells (Playwright's own waiting needs eval, which the page forbids)."""
    end = time.monotonic() + FAR
    while not page.evaluate(test):
        assert time.monotonic() < end, f"never: {test}"
        page.wait_for_timeout(50)


def spot(page: Page, name: str) -> tuple[float, float]:
    """Where on the screen an entity is drawn, as soon as it stays there."""
    before, at = None, None
    end = time.monotonic() + FAR
    while at is None or at != before:
        assert time.monotonic() < end, f"{name} is not drawn"
        page.wait_for_timeout(250)
        before, at = at, page.evaluate(f"window.kg?.place('{ID}{name}') ?? null")
    box = page.locator(".canvas").bounding_box()
    assert box
    return box["x"] + at["x"], box["y"] + at["y"]


def click_entity(page: Page, name: str) -> None:
    x, y = spot(page, name)
    page.mouse.move(x - 40, y - 40)
    page.mouse.click(x, y)


@pytest.fixture
def home(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


both = pytest.mark.parametrize("home", ["address", "offline"], indirect=True)


# The picture


@both
def test_a_name_is_found_with_and_without_tone_marks(show: Show, home: str) -> None:
    page = show(home)
    for typed in ("năng lượng", "NANG LUO", "nang luong"):
        page.fill("#search", typed)
        expect(page.locator("#search-found li").first).to_contain_text("năng lượng")
    page.press("#search", "Enter")
    expect(page.locator(".entity")).to_have_attribute("data-entity", f"{ID}nang-luong")


@both
def test_enter_takes_what_is_typed_though_the_answer_is_not_there_yet(show: Show, home: str) -> None:
    page = show(home)
    page.fill("#search", "openai")
    expect(page.locator("#search-found li").first).to_contain_text("OpenAI")
    page.evaluate("""
        const box = document.getElementById('search');
        box.value = 'nang luong';
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));
        box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    """)
    expect(page.locator(".entity")).to_have_attribute("data-entity", f"{ID}nang-luong")


def test_enter_takes_nothing_that_is_not_shown_and_finds_what_is_hidden(show: Show, address: str) -> None:
    page = show(address, "hidden=id:nvidia")
    page.fill("#search", "o")
    page.locator("#search-found li").first.wait_for()
    page.fill("#search", "")
    page.press("#search", "Enter")
    until(page, IDLE)
    assert page.locator(".entity").count() == 0
    page.fill("#search", "nvidia")
    page.press("#search", "Enter")
    expect(page.locator(".entity h2")).to_have_text("Nvidia")
    spot(page, "nvidia")


def test_the_opening_picture_says_how_much_it_shows_and_leads_to_more(show: Show, address: str) -> None:
    page = show(address, "limit=20")
    entities, facts = shown(page)
    total = int(re.findall(r"(\d+) thực thể", page.locator(".amount").inner_text().replace(".", ""))[0])
    assert 0 < entities <= 20 < total and facts > 0
    page.click(".amount >> text=Xem thêm")
    until(page, "document.querySelectorAll('.amount b')[0].textContent > 60")
    page.go_back()
    until(page, f"document.querySelectorAll('.amount b')[0].textContent == {entities}")


@both
def test_an_edge_opens_the_sentence_that_states_it_and_the_article(show: Show, home: str) -> None:
    page = show(home, "entity=id:openai")
    page.locator(".facts .open", has_text="Nvidia").first.click()
    quote = page.locator(".fact blockquote").first
    quote.wait_for()
    sentence, words = quote.inner_text(), quote.locator("mark").inner_text()
    assert words in sentence and "OpenAI" in sentence and "Nvidia" in sentence
    assert page.locator(".fact .mark").inner_text() in ("khẳng định", "dự kiến", "có thể", "phủ định")
    page.locator(".fact .quotes .link").first.click()
    marked = page.locator(".body mark.chosen")
    marked.first.wait_for()
    assert words.startswith(marked.first.inner_text())
    assert page.locator(".body mark").count() > 10  # all its facts are marked
    assert words in page.locator(".body").inner_text()


def test_every_sentence_is_shown_whatever_the_picture_leaves_out(show: Show, tmp_path: Path) -> None:
    for article in THREE:
        publish(tmp_path, load(), "Nvidia", article=article)
    with serving(tmp_path) as (address, _):
        page = show(address, "entity=id:nvidia&hidden=id:openai&articles=article:a.txt")
        page.locator(".facts .open", has_text="OpenAI").first.click()
        expect(page.locator(".fact .quotes .link")).to_have_count(3)
        page.locator(".fact .quotes .link").first.click()
        page.locator(".body mark.chosen").first.wait_for()
        page.locator(".fact h2 .name", has_text="OpenAI").click()  # out of the article, to the picture
        expect(page.locator(".entity h2")).to_have_text("OpenAI")
        until(page, IDLE)  # before the server ends


def test_a_click_on_the_picture_selects_and_the_keyboard_acts_on_it(show: Show, address: str) -> None:
    page = show(address)
    click_entity(page, "openai")
    expect(page.locator(".entity h2")).to_have_text("OpenAI")
    before = shown(page)
    page.keyboard.press("h")
    until(page, f"document.querySelectorAll('.amount b')[0].textContent != {before[0]}")
    assert state(page)["hidden"] == "id:openai" and page.evaluate(f"kg.place('{ID}openai')") is None
    page.keyboard.press("Control+z")
    until(page, f"document.querySelectorAll('.amount b')[0].textContent == {before[0]}")
    click_entity(page, "nvidia")
    page.keyboard.press("f")
    until(page, f"document.querySelectorAll('.amount b')[0].textContent < {before[0]}")
    assert state(page)["focus"] == "id:nvidia"
    page.keyboard.press("p")
    assert state(page)["pinned"] == "id:nvidia"
    page.keyboard.press("Escape")
    assert "selected" not in state(page)


def test_an_entity_dragged_stays_where_it_was_put(show: Show, address: str) -> None:
    page = show(address)
    x, y = spot(page, "vinfast")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y + 60, steps=8)
    page.mouse.up()
    until(page, "location.hash.includes('places')")
    placed = state(page)["places"]
    assert placed.startswith("id:vinfast,")
    page.reload()
    moved = spot(page, "vinfast")
    assert abs(moved[0] - x - 50) < 12 and abs(moved[1] - y - 60) < 12
    assert state(page)["places"] == placed


@both
def test_a_small_neighbourhood_opens_at_once_and_a_path_shows_the_evidence_of_every_hop(show: Show, home: str) -> None:
    page = show(home, "entity=id:amd")
    few = shown(page)
    page.fill("#search", "sam altman")
    page.locator("#search-found li", has_text="Sam Altman").first.click()
    until(page, f"document.querySelectorAll('.amount b')[0].textContent > {few[0]}")
    page.click("text=Tìm đường từ đây")
    page.fill("#target", "vinfast")
    page.locator("#target-found li", has_text="VinFast").first.click()
    path = page.locator(".paths details").first
    path.locator("ol > li").first.wait_for()
    hops = path.locator("ol > li")
    assert hops.count() >= 2
    for number in range(hops.count()):
        expect(hops.nth(number).locator("blockquote mark")).not_to_be_empty()


def test_filters_count_and_leave_out(show: Show, address: str) -> None:
    page = show(address, "lang=en")
    _, facts = shown(page)
    row = page.locator(".facets li", has_text="planned")
    planned = int(row.locator("small").inner_text())
    row.locator("input").uncheck()
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {facts - planned}")
    page.click("text=Clear filters")
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {facts}")
    page.locator(".range input").fill("0.8")
    until(page, f"document.querySelectorAll('.amount b')[1].textContent < {facts}")
    sure = shown(page)[1]
    page.goto(page.url.replace("tab=graph", "") + "&tab=table")
    page.locator("tbody tr").first.wait_for()
    shares = page.locator("tbody tr td:nth-child(5)").all_text_contents()
    assert len(shares) == sure and all(int(share.rstrip("%")) >= 80 for share in shares)
    page.locator("input[placeholder='2025-06']").first.fill("2025")
    page.keyboard.press("Tab")
    until(page, f"document.querySelectorAll('.amount b')[1].textContent < {sure}")
    assert all(date >= "2025" for date in page.locator("tbody tr td:nth-child(7)").all_text_contents())


def test_only_one_value_is_let_through_by_what_comes_later_too(show: Show, address: str) -> None:
    page = show(address, "tab=table&limit=20&lang=en")
    row = page.locator(".facets fieldset", has_text="Relations").locator("li").first
    relation = row.locator("span").inner_text()
    row.hover()
    row.locator(".only").click()
    few = shown(page)[1]
    page.click(".amount >> text=Show more")
    until(page, f"document.querySelectorAll('.amount b')[1].textContent > {few}")
    assert set(page.locator("tbody tr td:nth-child(2)").all_text_contents()) == {relation}
    page.click("text=Clear filters")
    person = page.locator(".facets li", has_text="person")
    number = int(person.locator("small").inner_text())
    person.hover()
    person.locator(".only").click()  # facts about persons, and what they link them with
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {number}")
    page.go_back()
    page.go_back()
    until(page, "document.querySelectorAll('.facets input:not(:checked)').length > 0")
    page.locator("header >> text=Tiếng Việt").click()
    page.go_back()
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {few}")
    assert page.evaluate("document.documentElement.lang") == "vi"  # a way of looking is no step


@both
def test_the_table_has_the_facts_of_the_picture(show: Show, home: str) -> None:
    page = show(home)
    _, facts = shown(page)
    page.keyboard.press("2")
    page.locator("tbody tr").first.wait_for()
    while page.locator(".table-view > .link").count():
        page.click(".table-view > .link")
    assert page.locator("tbody tr").count() == facts == shown(page)[1]
    page.click("th >> text=Độ tin cậy")
    first, last = (page.locator("tbody tr td:nth-child(5)").nth(n).inner_text() for n in (0, -1))
    assert int(first.rstrip("%")) <= int(last.rstrip("%"))
    page.locator("tbody tr .open").first.focus()
    page.keyboard.press("Enter")  # a button, as all of it
    page.locator(".fact blockquote").first.wait_for()


@both
def test_a_link_brings_everything_back(show: Show, home: str) -> None:
    told = "tab=table&lang=en&theme=dark&limit=50&hidden=id:nvidia&modalities=denied&confidence=0.5&selected=id:openai"
    page = show(home, told)
    expect(page.locator(".entity h2")).to_have_text("OpenAI")
    seen = shown(page)
    page.locator("header >> text=Graph").click()
    again = show(home, urlsplit(page.url).fragment)
    expect(again.locator(".entity h2")).to_have_text("OpenAI")
    assert shown(again) == seen
    assert {**state(again), "tab": "table"} == {key: values[0] for key, values in parse_qs(told).items()}
    assert again.evaluate("document.documentElement.dataset.look") == "dark"


@both
@pytest.mark.parametrize("limit", [0, 12])
def test_a_link_shows_the_same_whatever_was_read_before(show: Show, home: str, limit: int) -> None:
    link = f"tab=table&opened=id:amd&limit={limit}"

    def told(page: Page) -> tuple[tuple[int, int], list[str]]:
        until(page, f"{IDLE} && document.querySelector('tbody tr')")
        return shown(page), page.locator("tbody tr").all_inner_texts()

    fresh = told(show(home, link))
    (_, facts), _ = fresh
    page = show(home, "tab=table")  # reads all facts
    page.evaluate(f"location.hash = '{link}'")
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {facts}")
    assert told(page) == fresh
    for name in ("Sam Altman", "Oracle", "Microsoft"):  # the neighbourhoods are read, and some are opened
        page.fill("#search", name)
        page.locator("#search-found li", has_text=name).first.click()
        expect(page.locator(".entity h2")).to_have_text(name)
        until(page, IDLE)
    by_clicks = told(page)
    assert by_clicks[0][1] > facts
    assert told(show(home, urlsplit(page.url).fragment)) == by_clicks
    for _ in range(3):
        page.go_back()
    until(page, f"document.querySelectorAll('.amount b')[1].textContent == {facts}")
    assert told(page) == fresh


@pytest.mark.parametrize("width", [360, 900, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_width_in_both_themes(show: Show, address: str, width: int, scheme: str) -> None:
    for told in ("", "entity=id:openai", "tab=table", "tab=query", "tab=article&article=article:xe-dien.vi.txt"):
        page = show(address, told, viewport={"width": width, "height": 800}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, told
        ink, paper = (
            page.evaluate(f"getComputedStyle(document.body).{name}.match(/\\d+/g).slice(0, 3).map(Number)")
            for name in ("color", "backgroundColor")
        )
        assert contrast(ink, paper) >= 7
        assert (sum(paper) < 200) == (scheme == "dark")


def contrast(one: list[int], other: list[int]) -> float:
    """The contrast of two colours (WCAG 2.2)."""

    def light(colour: list[int]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Queries


@both
def test_all_examples_give_something_and_rows_open_their_evidence(show: Show, home: str) -> None:
    page = show(home, "tab=query")
    page.locator(".CodeMirror").wait_for()
    examples = page.locator(".examples option:not([disabled])").all_text_contents()
    assert len(examples) >= 12
    empty = []
    for label in examples:
        page.select_option(".examples select", label=label)
        page.locator(".results [role=status], .failure").first.wait_for()
        until(page, "!document.querySelector('.ask > p[role=status]')")
        assert page.locator(".failure").count() == 0, label
        if page.locator(".results [role=status]").inner_text().startswith("0 "):
            empty.append(label)
    assert len(empty) <= 2, empty  # what is asserted here and denied there, what depends on energy
    page.select_option(".examples select", label=examples[0])
    page.locator(".scroll tbody tr .link").first.click()
    page.locator(".fact blockquote mark").first.wait_for()


@both
def test_a_query_of_the_address_declares_its_prefixes(show: Show, home: str) -> None:
    page = show(home, "tab=query&query=" + quote("SELECT * { ?s kg:owns ?o }"))
    until(page, "document.querySelector('.CodeMirror')?.CodeMirror.getValue().startsWith('PREFIX kg:')")
    assert page.locator(".parseErrorIcon").count() == 0


@both
def test_back_gives_the_former_result_and_what_is_typed_stays(show: Show, home: str) -> None:
    page = show(home, "tab=query&query=" + quote("SELECT ('one' AS ?x) {}"))
    expect(page.locator(".scroll td").first).to_have_text("one")
    page.locator(".CodeMirror").wait_for()  # it may come after the result
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue(\"SELECT ('two' AS ?x) {}\")")
    page.click("text=Chạy")
    expect(page.locator(".scroll td").first).to_have_text("two")
    page.go_back()
    expect(page.locator(".scroll td").first).to_have_text("one")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue('ASK {}')")
    page.locator("header >> text=Bảng").click()
    page.locator("header >> text=Truy vấn").click()
    until(page, "document.querySelector('.CodeMirror')?.CodeMirror.getValue() === 'ASK {}'")


@both
def test_results_as_chart_and_as_graph_and_as_files(show: Show, home: str) -> None:
    page = show(home, "tab=query&query=" + quote("SELECT ?p (COUNT(?f) AS ?n) { ?f rdf:predicate ?p } GROUP BY ?p"))
    page.locator(".scroll tbody tr").first.wait_for()
    rows = page.locator(".scroll tbody tr").count()
    page.click("role=tab[name='Biểu đồ']")
    assert page.locator(".bars tr").count() == rows
    assert fetched(page, "CSV").startswith("p,n")
    assert "?p\t?n" in fetched(page, "TSV")
    assert len(json.loads(fetched(page, "JSON"))["results"]["bindings"]) == rows
    assert ElementTree.fromstring(fetched(page, "XML")).tag.endswith("sparql")
    page = show(home, "tab=query&query=" + quote("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?s kg:partnersWith ?o }"))
    page.locator(".triples canvas").first.wait_for()
    until(page, WRITTEN)
    page.click("role=tab[name='Bảng']")
    rows = page.locator(".scroll tbody tr").count()
    assert rows > 1
    for name, format in (("Turtle", "turtle"), ("N-Triples", "nt"), ("JSON-LD", "json-ld")):
        assert len(Graph().parse(data=fetched(page, name), format=format)) == rows
    page.locator(".scroll tbody tr .link").first.click()
    page.locator(".fact blockquote mark").first.wait_for()


def fetched(page: Page, name: str, menu: str = ".downloads") -> str:
    """What a download gives."""
    with page.expect_download() as download:
        page.locator(menu).get_by_text(name, exact=True).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


@both
def test_the_editor_completes_from_this_graph(show: Show, home: str) -> None:
    page = show(home, "tab=query&query=" + quote("ASK {}"))
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    for typed, completed in (("SELECT * { id:open", "id:openai"), (" kg:partn", "kg:partnersWith")):
        page.keyboard.type(typed)
        page.wait_for_timeout(500)  # the list that comes by itself is made anew with each letter
        page.keyboard.press("Control+Space")
        expect(page.locator(".CodeMirror-hints li").first).to_contain_text(completed)
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
    page.keyboard.type(" ?o }")
    page.keyboard.press("Control+Enter")
    page.locator(".results [role=status]").wait_for()
    assert not page.locator(".results [role=status]").inner_text().startswith("0 ")


@both
def test_a_wrong_query_says_where_and_labels_stay_text(show: Show, home: str) -> None:
    attack = "<img src=x onerror=alert(1)>"
    page = show(home, "tab=query&query=" + quote(f"SELECT ('{attack}' AS ?x) {{}}"))
    page.locator(".scroll td").first.wait_for()
    assert page.locator(".scroll td").first.inner_text() == attack and page.locator("img").count() == 0
    if home.startswith("http"):
        return  # a refused query is told in the browser's console too; the offline page shows what is said
    page = show(home, "tab=query&query=" + quote("SELECT * {\n ?x zz:y ?z }"))
    expect(page.locator(".failure")).to_contain_text("2")


def test_names_of_articles_stay_text(show: Show, tmp_path: Path) -> None:
    publish(tmp_path, load(), EVIL)
    with serving(tmp_path) as (address, _):
        run_kg("export", "--format", "explorer", "--out", str(tmp_path), "-o", "page.html", cwd=tmp_path)
        for home in (address, (tmp_path / "page.html").as_uri()):
            for told in ("entity=id:openai", "tab=table", "tab=article&article=article:news/b%25C3%25A0i.txt"):
                page = show(home, told)
                page.get_by_text(EVIL).first.wait_for()
                assert page.locator("img").count() == 0 and page.title() == "kg"


# Files


@both
def test_what_is_shown_is_exported(show: Show, home: str) -> None:
    page = show(home, "limit=30")
    entities, facts = shown(page)

    def export(name: str, nth: int = 0) -> bytes:
        page.click("header .menu > button")
        with page.expect_download() as download:
            page.locator("[role=menu] [role=menuitem]", has_text=name).nth(nth).click()
        return Path(download.value.path()).read_bytes()

    turtle = Graph().parse(data=export("Turtle"), format="turtle")
    (statements,) = turtle.query("SELECT (COUNT(?s) AS ?n) { ?s a rdf:Statement }")
    assert int(statements[0]) == facts

    def nodes(graphml: bytes) -> int:
        return len(list(ElementTree.fromstring(graphml).iter("{http://graphml.graphdrawing.org/xmlns}node")))

    assert nodes(export("GraphML")) == entities
    assert export("GEXF").count(b"<node id") == entities
    image = export("PNG")
    assert image.startswith(b"\x89PNG") and len(image) > 10_000
    whole = Graph().parse(data=export("Turtle", 1), format="turtle")
    (named,) = whole.query("SELECT (COUNT(DISTINCT ?e) AS ?n) { ?m <https://example.org/kg/ontology#refersTo> ?e }")
    assert len(whole) > len(turtle) and int(named[0]) > entities
    assert nodes(export("GraphML", 1)) == export("GEXF", 1).count(b"<node id") == int(named[0])


# Decisions


def test_a_fact_is_rejected_and_taken_back_on_the_page(show: Show, copy: Path) -> None:
    with serving(copy, "--allow-update", token="secret") as (address, _):
        page = show(address, "entity=id:openai")
        page.locator(".facts .open", has_text="Google").first.click()
        page.locator(".fact blockquote").first.wait_for()
        _, before = shown(page)
        page.fill(".token input", "secret")
        page.click("text=Bác bỏ")
        until(page, f"document.querySelectorAll('.amount b')[1].textContent < {before}")
        page.goto(f"{address}/#entity=id:openai&lang=en")
        page.locator(".decide summary").click()
        page.locator(".decide li >> text=Take back").first.click()
        page.locator(".entity").wait_for(state="detached")
        until(page, IDLE)
        page.goto("about:blank")  # what the page has read of others meanwhile would count, too
        page.goto(f"{address}/#entity=id:openai&lang=en")
        until(page, f"document.querySelectorAll('.amount b')[1]?.textContent == {before}")
        page.locator(".facts .open", has_text="Google").first.click()
        page.locator(".decide >> text=Correct").click()
        page.locator(".decide select").nth(1).select_option("denied")
        page.click("text=Save")
        until(page, "[...document.querySelectorAll('.facets li')].some((row) => row.textContent.includes('denied'))")
        assert "secret" not in page.url
        until(page, IDLE)  # before the server ends


def test_what_is_rejected_is_gone_from_its_article_and_the_way_back(show: Show, copy: Path) -> None:
    with serving(copy, "--allow-update", token="secret") as (address, _):
        page = show(address, "lang=en&tab=article&article=article:ai-nang-luong.vi.txt")
        page.locator(".body mark").first.click()
        page.locator(".fact blockquote").first.wait_for()
        before = page.locator("p.source").inner_text()
        page.fill(".token input", "secret")
        page.click("text=Reject")
        page.locator(".fact").wait_for(state="detached")
        expect(page.locator("p.source")).not_to_have_text(before)
        page.go_back()
        expect(page.locator(".panel")).to_contain_text("No longer in the graph")
        until(page, IDLE)


def test_a_fact_is_rejected_in_all_articles_that_state_it(show: Show, tmp_path: Path) -> None:
    for article in THREE:
        publish(tmp_path, load(), "Nvidia", article=article)
    with serving(tmp_path, "--allow-update", token="secret") as (address, _):

        def stated() -> int:
            ask = "SELECT ?st { ?st rdf:predicate kg:partnersWith }"
            answer = httpx.get(f"{address}/sparql", params={"query": ask}, headers={"accept": "text/csv"})
            return len(answer.text.splitlines()) - 1

        assert stated() == 3
        page = show(address, "entity=id:openai&lang=en")
        page.locator(".facts .open", has_text="Nvidia").first.click()
        page.fill(".token input", "secret")
        page.get_by_label("in all articles that state it (3)").check()
        page.click("text=Reject")
        page.locator(".fact").wait_for(state="detached")
        until(page, IDLE)
        assert stated() == 0


def test_entities_are_merged_and_parted_again_on_the_page(show: Show, copy: Path) -> None:
    with serving(copy, "--allow-update", token="secret") as (address, _):

        def linked(name: str) -> int:
            return int(httpx.get(f"{address}/api/search", params={"q": name}).json()["results"][0]["degree"])

        before = linked("Oracle")
        page = show(address, "entity=id:amd")
        page.fill(".token input", "secret")
        page.click("text=Gộp với")
        page.fill("#into", "oracle")
        page.locator("#into-found li", has_text="Oracle").first.click()
        expect(page.locator(".entity h2")).to_have_text("Oracle")
        until(page, IDLE)
        assert linked("Oracle") > before
        page.locator(".decide summary").click()
        page.click("text=Rút lại")
        page.locator(".entity").wait_for(state="detached")
        until(page, IDLE)
        assert linked("Oracle") == before
