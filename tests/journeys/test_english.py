"""The demo read in English: no Chinese but data, and no page too wide for its longer words."""

import json
import re
import sqlite3
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext
from werkzeug.routing import Map

from tests.architecture.sources import ROOT
from tests.architecture.test_catalogue import CATALOGUE
from tests.journeys.demo_town import LOGINS, demo_settings, served_demo, sign_in
from tests.support.browser import DESKTOP, PHONE, Contexts
from tests.support.server import Server
from tiejun.app import create_app
from tiejun.settings import Settings

CHINESE = re.compile(r"[\u3400-\u9fff]+")
SHOWN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-label")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is Chinese for a reason and in no table: the language's own name; words to be written so in files.
KEPT = {"中文", "题型", "题干", "答案", "五年", "年", "二十万元", "法规名称", "第", "条"}
# A description for programmers, in Chinese.
DESCRIPTIONS = {"api.documentation"}


class Words(HTMLParser):
    """The texts, spoken attributes and links of a page without its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.texts: list[str] = []
        self._silent = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("english")) as server:
        yield server


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Map:
    app = create_app(Settings.from_env(demo_settings(tmp_path_factory.mktemp("rules"))))
    app.extensions["tiejun"].database.dispose()
    return app.url_map


@pytest.fixture(scope="module")
def data(laid_demo: Path) -> str:
    """Return all that the demo's tables hold, and the titles of the syllabus."""
    found = {(ROOT / "question_bank" / "data" / "syllabus.json").read_text(encoding="utf-8")}
    with sqlite3.connect(laid_demo / "tiejun.db") as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found |= {plain(cell) for row in db.execute(f'SELECT * FROM "{table}"') for cell in row}
    return "\n".join(found)


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """Return what the catalogue holds: a page in English says none of it in Chinese."""
    with CATALOGUE.open("rb") as file:
        return {str(one.id) for one in read_po(file) if one.id and CHINESE.search(str(one.id))}


@pytest.fixture(scope="module")
def measured() -> set[str]:
    """Return the rules whose page was measured: its template is the same for everybody."""
    return set()


def plain(cell: object) -> str:
    """Return a cell as pages print it; JSON without its escapes."""
    try:
        return json.dumps(json.loads(cell), ensure_ascii=False) if isinstance(cell, str) else ""
    except ValueError:
        return str(cell)


def read_in_english(
    context: BrowserContext, rules: Map, address: str, start: str
) -> Iterator[tuple[str, str, Words]]:
    """Yield (path, endpoint, words) of one page of each rule within reach."""
    bound = rules.bind(urlsplit(address).netloc)
    todo, seen = deque([start]), set()
    while todo:
        path = todo.popleft()
        endpoint = bound.match(urlsplit(path).path, method="GET")[0]
        if endpoint in seen or endpoint == "static":
            continue
        seen.add(endpoint)
        answer = context.request.get(address + path)
        if "text/html" not in answer.headers["content-type"]:
            continue
        words = Words(answer.text())
        yield path, endpoint, words
        for link in words.links:
            parts = urlsplit(urljoin(address + path, link))
            if f"{parts.scheme}://{parts.netloc}" == address:
                todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))


@pytest.mark.parametrize("login", LOGINS)
def test_a_page_in_english_has_no_chinese_but_data(
    town: Server,
    contexts: Contexts,
    rules: Map,
    data: str,
    sentences: set[str],
    measured: set[str],
    login: str,
):
    context = contexts.new(viewport=PHONE)
    page = context.new_page()
    sign_in(page, town.url, login)
    context.add_cookies([{"name": "language", "value": "en", "url": town.url}])
    faults = []

    for path, endpoint, words in read_in_english(context, rules, town.url, "/"):
        if endpoint not in DESCRIPTIONS:
            chinese = [
                text for text in words.texts if not all(known(run, data) for run in CHINESE.findall(text))
            ]
            untold = [
                text
                for text in words.texts
                if text in sentences and f'"{text}"' not in data and text not in data.split("\n")
            ]
            faults += [f"{path}: {text}" for text in chinese + untold]
        if endpoint not in measured:
            measured.add(endpoint)
            page.goto(town.url + path)
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)
                if (over := page.evaluate(SIDEWAYS)) > 0:
                    faults.append(f"{path}: {over} px too wide for {size['width']}")

    assert faults == []


def known(run: str, data: str) -> bool:
    return run in KEPT or run in data
