"""The pages in a real browser: phone, desk, paper, keyboard, contrast; no script, no network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.dashboards.conftest import Board

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = {"width": 375, "height": 800}, {"width": 1200, "height": 900}
PAGES = ("index.html", "2023-12.html", "2024-07.html", "2024-08.html")
ENOUGH = 4.5  # contrast of WCAG 2 AA

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and os.environ.get("CHITRA_BROWSER") != "required",
    reason="no Chromium on this machine",
)

# Returns the texts that stand out too little from what is behind them.
TOO_PALE = """enough => {
    const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = colour => {
        const [r, g, b] = parts(colour).slice(0, 3).map(part => {
            const share = part / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let one = element; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (parts(colour).length === 3 || parts(colour)[3] > 0) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || element.closest('defs')) continue;
        const style = getComputedStyle(element);
        const front = light(element instanceof SVGElement ? style.fill : style.color);
        const back = light(behind(element));
        const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        if (contrast < enough) found.push(element.textContent.trim() + ' ' + contrast);
    }
    return found;
}"""


@dataclass
class Seen:
    """A page that is open, and what it asked for or complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


def opened(browser: Browser, path: Path, viewport: dict, scheme: str = "light") -> Seen:
    """Open a page without JavaScript, and write down what it asks for."""
    context = browser.new_context(
        viewport=viewport, color_scheme=scheme, java_script_enabled=False, locale="vi-VN"
    )
    seen = Seen(context.new_page())
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(path.as_uri())
    return seen


@pytest.fixture(scope="module")
def july(browser: Browser, board: Board) -> Seen:
    """July's page on a phone."""
    return opened(browser, board.folder / "2024-07.html", PHONE)


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone_and_ask_for_nothing(browser: Browser, board: Board, name: str) -> None:
    path = board.folder / name
    seen = opened(browser, path, PHONE)
    assert [url for url in seen.asked if not url.startswith("data:")] == [path.as_uri()]
    assert seen.complaints == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    seen.page.set_viewport_size(DESK)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]
    seen.page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(browser: Browser, board: Board, name: str) -> None:
    seen = opened(browser, board.folder / name, DESK)
    links = seen.page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert links
    for link in links:
        path, _, place = link.partition("#")
        assert not path or (board.folder / path).resolve().is_file(), link
        assert not place or seen.page.locator(f'[id="{place}"]').count() == 1, link
    seen.page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_headings_stand_in_order(browser: Browser, board: Board, name: str) -> None:
    seen = opened(browser, board.folder / name, DESK)
    levels = seen.page.locator("h1, h2, h3, h4").evaluate_all(
        "all => all.map(one => Number(one.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    seen.page.context.close()


def test_a_screen_reader_finds_its_way(july: Seen) -> None:
    page = july.page
    assert page.locator("html").get_attribute("lang") == "vi"
    assert [page.locator(mark).count() for mark in ("header", "main", "footer")] == [1, 1, 1]
    assert page.locator("nav:not([aria-label])").count() == 0
    tables = page.locator("table").count()
    assert page.locator("table > caption").count() == tables > 5
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("svg:not([aria-hidden=true]):not([role=img][aria-label])").count() == 0
    for section in page.locator("section").all():
        named = section.get_attribute("aria-labelledby")
        assert page.locator(f"h2#{named}").count() == 1
    # On a phone rows are drawn as cards: they stay rows of a table for those who hear them.
    stacked = page.locator("table.stack :is(thead, tbody, tr, th, td):not([role])")
    assert stacked.count() == 0


def test_numbers_on_the_page_are_the_published_metrics(july: Seen, board: Board) -> None:
    published = board.office.published / "parquet" / "progress.parquet"
    found = board.connection.execute(
        "SELECT metric, value FROM read_parquet($path) WHERE month = '2024-07'"
        " AND commune_code = '*' AND scheme = '*' AND provider = '*'",
        {"path": str(published)},
    ).fetchall()
    metrics = dict(found)
    shown = july.page.locator("[data-metric]").evaluate_all(
        "all => all.map(one => [one.dataset.metric, one.innerText])"
    )
    assert len(shown) >= 9
    for metric, text in shown:
        if text.endswith("%"):
            told = float(text.removesuffix("%").strip().replace(",", "."))
            assert told == pytest.approx(100 * float(metrics[metric]), abs=0.05)
        else:
            assert int(text.replace(".", "")) == metrics[metric]


def test_the_keyboard_reaches_all_links_in_order(browser: Browser, board: Board) -> None:
    seen = opened(browser, board.folder / "2024-07.html", DESK)
    page = seen.page
    stops = page.locator("a, summary").count()
    reached = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => {const all = [...document.querySelectorAll('a, summary')];"
                " const now = document.activeElement; const style = getComputedStyle(now);"
                " return [all.indexOf(now), style.outlineStyle, parseFloat(style.outlineWidth)]}"
            )
        )
    assert [place for place, _, _ in reached] == list(range(stops))
    assert all(style == "solid" and width >= 2 for _, style, width in reached)
    page.context.close()


def test_the_first_stop_leads_past_the_head(browser: Browser, board: Board) -> None:
    page = opened(browser, board.folder / "2024-07.html", DESK).page
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Đến nội dung chính"
    box = page.locator(":focus").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    page.context.close()


@pytest.mark.parametrize("name", ["index.html", "2024-07.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(browser: Browser, board: Board, name: str, scheme: str) -> None:
    seen = opened(browser, board.folder / name, DESK, scheme)
    assert seen.page.evaluate(TOO_PALE, ENOUGH) == []
    seen.page.context.close()


def test_it_prints_on_a_few_sheets_of_a4(browser: Browser, board: Board, tmp_path: Path) -> None:
    page = opened(browser, board.folder / "2024-07.html", DESK, "dark").page
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 5
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed  # 210 x 297 mm
    page.context.close()
