"""Every page that the demo's people can reach by links: it answers, fits, is accessible and stays here."""

from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.journeys.demo_town import LOGINS, demo_settings, served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Contexts
from tests.support.server import Server
from tiejun.app import create_app
from tiejun.settings import Settings

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
VISIBLE_H1 = "[...document.querySelectorAll('h1')].filter(one => one.offsetParent !== null).length"
STRANGERS_PAGES = ["/sign-in", "/verify", "/api/v1/"]


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("pages")) as server:
        yield server


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Map:
    """Return the application's URL rules: one example of each is looked at, for each person."""
    app = create_app(Settings.from_env(demo_settings(tmp_path_factory.mktemp("rules"))))
    app.extensions["tiejun"].database.dispose()
    return app.url_map


@pytest.fixture(scope="module")
def checked() -> set[str]:
    """Return the rules whose page Chromium has looked at: the template is the same for everybody."""
    return set()


class Reader(HTMLParser):
    """What a page without scripts holds: its title, its links, how many h1."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.heads = 0
        self.title = ""
        self._in_title = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        self.heads += tag == "h1"
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


class Walk:
    """One person following links, one example of each URL rule; `faults` says what was wrong where.

    The first who comes to a rule sees its page in Chromium; the others are only answered by it.
    """

    def __init__(self, context: BrowserContext, rules: Map, address: str, checked: set[str]) -> None:
        self.page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._rules = rules.bind(urlsplit(address).netloc)
        self._checked = checked
        self._todo: deque[tuple[str, str]] = deque()

    def go(self, *start: str) -> None:
        """Visit the pages, and all that can be reached from them."""
        for path in start:
            self._note(path, "the start")
        while self._todo:
            path, endpoint = self._todo.popleft()
            answer = self.page.request.get(self.address + path)
            if answer.status != 200:
                self.faults.append(f"{path}: {answer.status}")
            elif "text/html" in answer.headers["content-type"]:
                self._read(path, Reader(answer.text()))
                if path == "/" or endpoint not in self._checked:
                    self._checked.add(endpoint)
                    self.faults += [f"{path}: {fault}" for fault in self._look(path)]

    def _note(self, path: str, found_on: str) -> None:
        try:
            endpoint, _values = self._rules.match(urlsplit(path).path, method="GET")
        except HTTPException:
            self.faults.append(f"{path}: no such address, but a link on {found_on}")
            return
        if endpoint not in self.seen and endpoint != "static":
            self.seen.add(endpoint)
            self._todo.append((path, endpoint))

    def _read(self, path: str, page: Reader) -> None:
        if not page.title.removesuffix("·铁军"):
            self.faults.append(f"{path}: no title")
        if page.heads == 0:
            self.faults.append(f"{path}: no h1")
        for link in page.links:
            parts = urlsplit(urljoin(self.address + path, link))
            if f"{parts.scheme}://{parts.netloc}" == self.address:
                self._note(parts.path + (f"?{parts.query}" if parts.query else ""), path)

    def _look(self, path: str) -> Iterator[str]:
        self.page.goto(self.address + path)
        if (heads := self.page.evaluate(VISIBLE_H1)) != 1:
            yield f"{heads} h1"
        yield from violations(self.page)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            if (over := self.page.evaluate(SIDEWAYS)) > 0:
                yield f"{over} px too wide for {size['width']}"


def watched(page: Page) -> list[str]:
    """Return a list that fills with the answers that are a fault of the server, and with script errors."""
    broken: list[str] = []
    page.on("response", lambda answer: broken.append(answer.url) if answer.status >= 500 else None)
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    return broken


@pytest.mark.parametrize("login", LOGINS)
def test_every_page_within_reach_is_sound(town: Server, contexts: Contexts, rules, checked, login):
    walk = Walk(contexts.new(viewport=DESKTOP), rules, town.url, checked)
    broken = watched(walk.page)
    sign_in(walk.page, town.url, login)

    walk.go("/")

    assert walk.faults + broken + contexts.refused + contexts.strayed == []
    assert len(walk.seen) >= 4


def test_the_pages_for_everybody_are_sound(town: Server, contexts: Contexts, rules, checked):
    walk = Walk(contexts.new(viewport=DESKTOP), rules, town.url, checked)
    broken = watched(walk.page)

    walk.go(*STRANGERS_PAGES)

    assert walk.faults + broken + contexts.refused + contexts.strayed == []
