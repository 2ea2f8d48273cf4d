"""graph.html in real Chromium, from views made here: seen, searched, filtered and clicked as people do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from picture import FACTS, SMALL, big, iri, view
from playwright.sync_api import Browser, Page

from kg.explore import Edge, Quote, View
from kg.web import page

ATTACK = "</script><img src=x onerror=\"document.title='broken'\"><!-- \u2028 {{ 7 * 7 }}"


Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Open the page of a view from a file, without a network; at the end nothing was fetched and nothing failed."""
    fetched: list[str] = []
    complaints: list[str] = []
    contexts = []

    def open_page(shown: View, **options: object) -> Page:
        file = tmp_path / "graph.html"
        file.write_bytes(page.html(shown))
        context = browser.new_context(
            **{"viewport": {"width": 1200, "height": 800}, "reduced_motion": "reduce"} | options
        )  # type: ignore[arg-type]
        contexts.append(context)
        context.set_offline(True)
        opened = context.new_page()
        opened.on("request", lambda request: fetched.append(request.url))
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(file.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert fetched == [(tmp_path / "graph.html").as_uri()] and complaints == []


def drawn(opened: Page) -> tuple[set[str], set[str]]:
    """The labels of drawn entities, and the IRIs of drawn facts."""
    visible = opened.evaluate("kg.visible()")
    return {name for name in SMALL if iri(name) in visible["nodes"]}, set(visible["edges"])


def click(opened: Page, where: str, what: str) -> None:
    spot = opened.evaluate(f"kg.{where}({what!r})")
    opened.mouse.click(spot["x"], spot["y"])


def details(opened: Page) -> str:
    return opened.locator("#details").inner_text()


@pytest.fixture
def small(show: Show) -> Page:
    return show(view(SMALL, FACTS))


def test_an_edge_opens_its_sentence(small: Page) -> None:
    click(small, "edgePosition", "st:3")
    assert small.locator("#details mark").inner_text() == "Sam Altman lãnh đạo OpenAI"
    assert (
        small.locator("#details blockquote p").inner_text() == "Hôm qua, Sam Altman lãnh đạo OpenAI – theo nguồn tin."
    )
    for text in ("Cuộc đua AI", "báo/1.txt", "2026-11-26", "khẳng định", "90%", "bài báo"):
        assert text in details(small)


def test_facts_between_the_same_two_are_clicked_one_by_one(small: Page) -> None:
    for fact, label, modality in (
        ("st:0", "hợp tác với", "khẳng định"),
        ("st:1", "phụ thuộc", "dự kiến"),
        ("st:2", "hợp tác", "phủ nhận"),
    ):
        click(small, "edgePosition", fact)
        assert label in details(small) and modality in details(small)


def test_the_pointer_shows_what_can_be_clicked(small: Page) -> None:
    cursor = "getComputedStyle(document.querySelector('#graph')).cursor"
    for where, what in (("nodePosition", iri("OpenAI")), ("edgePosition", "st:4")):
        spot = small.evaluate(f"kg.{where}({what!r})")
        small.mouse.move(spot["x"], spot["y"])
        small.wait_for_function(f"{cursor} === 'pointer'")
        small.mouse.move(600, 70)
        small.wait_for_function(f"{cursor} !== 'pointer'")


def test_speaker_is_named_and_leads_to_the_speaker(small: Page) -> None:
    click(small, "edgePosition", "st:4")
    assert "có thể" in details(small)
    small.locator("#details dd .link", has_text="Sam Altman").click()
    assert small.locator("#details h3").inner_text() == "Sam Altman"


def test_a_node_lists_its_facts_and_each_opens_its_evidence(small: Page) -> None:
    click(small, "nodePosition", iri("OpenAI"))
    for text in ("OpenAI", "tổ chức", "bí danh", "4 quan hệ"):
        assert text in details(small)
    small.locator("#details .facts button", has_text="Sam Altman").click()
    assert small.locator("#details mark").inner_text() == "Sam Altman lãnh đạo OpenAI"
    small.locator(".close").click()
    assert "Bấm vào một cạnh" in details(small)


def test_a_fact_chosen_from_a_list_comes_into_view(small: Page) -> None:
    click(small, "nodePosition", iri("OpenAI"))
    small.evaluate("kg.network.moveTo({ position: { x: 9000, y: 9000 }, scale: 2 })")
    small.locator("#details .facts button", has_text="Sam Altman").click()
    small.wait_for_function(
        """() => {
            const spot = kg.edgePosition('st:3'), box = document.querySelector('#graph').getBoundingClientRect()
            return box.left < spot.x && spot.x < box.right && box.top < spot.y && spot.y < box.bottom
        }"""
    )


@pytest.mark.parametrize("text", ["năng lượng", "NANG LUONG", "nang l", "luong"])
def test_search_with_and_without_tone_marks(small: Page, text: str) -> None:
    small.fill("#search", text)
    assert small.locator("#hits li").first.inner_text() == "năng lượng"
    small.press("#search", "Enter")
    assert small.locator("#details h3").inner_text() == "năng lượng"
    middle = small.evaluate(f"kg.nodePosition({iri('năng lượng')!r})")
    box = small.locator("#graph").bounding_box()
    assert box and abs(middle["x"] - box["x"] - box["width"] / 2) < 2


def test_search_by_keys_alias_and_for_what_is_not_drawn(small: Page) -> None:
    small.fill("#search", "a")
    names = small.locator("#hits li").all_inner_texts()
    small.press("#search", "ArrowDown")
    small.press("#search", "Enter")
    assert names[1].startswith(small.locator("#details h3").inner_text())
    small.fill("#search", "bi danh")
    assert "OpenAI" in small.locator("#hits li").first.inner_text()
    small.fill("#search", "dang thi do")
    small.press("#search", "Enter")
    assert small.locator("#details h3").inner_text() == "Đặng Thị Đỗ"
    assert "Không có quan hệ" in details(small)
    small.fill("#search", "zzz")
    assert small.locator("#hits").inner_text() == "Không tìm thấy."
    small.press("#search", "Escape")
    assert small.locator("#hits").is_hidden()


def test_filters(small: Page) -> None:
    assert drawn(small) == (set(SMALL) - {"Đặng Thị Đỗ"}, {f"st:{n}" for n in range(5)})
    small.uncheck("[data-filter='type:Person']")
    assert drawn(small) == ({"OpenAI", "Nvidia", "năng lượng", "AI"}, {"st:0", "st:1", "st:2", "st:4"})
    small.check("[data-filter='type:Person']")
    small.uncheck("[data-filter='relation:partnersWith']")
    assert drawn(small)[1] == {"st:1", "st:3", "st:4"}
    small.click("[data-choose='relation:all']")
    small.uncheck("[data-filter='modality:denied']")
    assert drawn(small)[1] == {"st:0", "st:1", "st:3", "st:4"}
    small.click("[data-choose='modality:none']")
    assert drawn(small) == (set(), set())
    assert small.locator("#empty").inner_text() == "Bộ lọc đang ẩn tất cả."
    assert small.locator("#shown").inner_text() == "0 trong 6 thực thể · 0 trong 5 quan hệ"


def test_filters_work_from_the_keyboard(small: Page) -> None:
    small.focus("[data-filter='modality:planned']")
    small.keyboard.press("Space")
    assert "st:1" not in drawn(small)[1]


def test_language_can_be_switched(small: Page) -> None:
    click(small, "edgePosition", "st:3")
    small.click("#language")
    assert "leads" in details(small) and "asserted" in details(small)
    assert "organisation" in small.locator("#types").inner_text()
    assert small.locator("html").get_attribute("lang") == "en"


def test_a_click_on_nothing_closes_the_panel(small: Page) -> None:
    click(small, "nodePosition", iri("OpenAI"))
    box = small.locator("#graph").bounding_box()
    assert box
    small.mouse.click(box["x"] + box["width"] - 4, box["y"] + 4)
    assert "Bấm vào một cạnh" in details(small)


def test_text_never_becomes_html(show: Show) -> None:
    other = f"x {ATTACK}"
    bad = view({ATTACK: ATTACK, other: "Person"}, [(ATTACK, "leads", other, "asserted", ATTACK)])
    hostile = Quote(ATTACK, ATTACK, ATTACK, 0, ATTACK, ATTACK, ATTACK)
    edge = bad.edges[0]
    edge = Edge(edge.iri, edge.subject, edge.relation, edge.object, "asserted", edge.speaker, ATTACK, 0.5, (hostile,))
    opened = show(View(bad.nodes, (edge,), 2, 1, {"leads": {"vi": ATTACK}}, {ATTACK: {"vi": ATTACK}}))
    opened.fill("#search", "script")
    opened.press("#search", "Enter")
    opened.locator("#details .facts button").first.click()
    assert ATTACK in str(opened.locator("#details mark").text_content())
    assert opened.locator("img").count() == 0 and opened.title() == "kg"


def test_an_empty_graph_says_so(show: Show) -> None:
    assert show(View((), (), 0, 0, {}, {})).locator("#empty").inner_text() == "Đồ thị này chưa có quan hệ nào."


def test_five_hundred_entities_open_quickly_and_the_page_says_how_many_there_are(show: Show) -> None:
    shown = big(500)
    start = time.monotonic()
    opened = show(shown)
    assert opened.locator("#shown").inner_text() == "500 trong 4.812 thực thể · 499 quan hệ"
    assert time.monotonic() - start < 20  # page.html and Chromium, on a busy machine
    assert opened.evaluate("performance.now()") < 6000
    opened.fill("#search", "huyen")
    opened.press("#search", "Enter")
    assert opened.locator("#details h3").inner_text().startswith("huyện")


def test_a_phone_shows_the_panel_below(show: Show) -> None:
    phone = show(view(SMALL, FACTS), viewport={"width": 390, "height": 844}, has_touch=True)
    click(phone, "edgePosition", "st:3")
    graph, panel = phone.locator("#graph").bounding_box(), phone.locator("aside").bounding_box()
    assert graph and panel and panel["y"] >= graph["y"] + graph["height"] - 1 and graph["height"] > 250
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_what_articles_state_alike_is_drawn_once(show: Show) -> None:
    fact = ("OpenAI", "partnersWith", "Nvidia", "asserted", "")
    opened = show(view(SMALL, [fact, fact, fact]))
    assert drawn(opened)[1] == {"st:0"}
    assert opened.locator("#shown").inner_text() == "2 trong 6 thực thể · 3 quan hệ"


def test_served_with_its_headers_it_links_to_the_query_page(browser: Browser) -> None:
    opened, messages = browser.new_page(), []
    opened.on("console", lambda message: messages.append(message.text))
    headers = {"Content-Type": "text/html; charset=utf-8"} | page.HEADERS
    opened.route("**/*", lambda route: route.fulfill(body=page.html(view(SMALL, FACTS)), headers=headers))
    opened.goto("http://127.0.0.1:1/")
    assert opened.locator("#query").is_visible() and messages == []
    opened.close()


def test_a_notebook_shows_the_page_in_a_frame(browser: Browser) -> None:
    opened = browser.new_page()
    opened.set_content(page.show(view(SMALL, FACTS))._repr_html_())
    frame = opened.frame_locator("iframe")
    assert frame.locator("#shown").inner_text() == "5 trong 6 thực thể · 5 quan hệ"
    opened.close()


def test_the_page_is_one_file_the_same_each_time() -> None:
    shown = view(SMALL, FACTS)
    assert page.html(shown) == page.html(shown)
    ours = page.html(shown, title="<Đồ thị>", lang="en").decode()
    assert '<html lang="en">' in ours and "<title>&lt;Đồ thị&gt;</title>" in ours
    assert not re.search(r'(src|href)="(?!data:,|/#tab=query")', ours)
