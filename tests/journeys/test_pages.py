"""Every page that the demo's people can reach by following links: answers, fits, is accessible, stays here."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response
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
FILES = (".pdf", ".xlsx", ".json")
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
    """Return the pages that axe has looked at: their templates are the same for everybody."""
    return set()


class Walk:
    """One person following links, one example of each URL rule; `faults` says what was wrong where."""

    def __init__(self, context: BrowserContext, rules: Map, address: str, checked: set[str]) -> None:
        self.page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._rules = rules.bind(urlsplit(address).netloc)
        self._checked = checked
        self._todo: deque[str] = deque()

    def go(self, start: list[str]) -> None:
        """Visit the pages, and all that can be reached from them."""
        self._todo.extend(path for path in start if self._is_new(path))
        while self._todo:
            path = self._todo.popleft()
            if urlsplit(path).path.endswith(FILES):
                self._fetch(path)
            else:
                self._look(path)

    def _is_new(self, path: str) -> bool:
        try:
            endpoint, _values = self._rules.match(urlsplit(path).path, method="GET")
        except HTTPException:
            self.faults.append(f"{path}: no such address")
            return False
        fresh = endpoint not in self.seen and endpoint != "static"
        self.seen.add(endpoint)
        return fresh

    def _fetch(self, path: str) -> None:
        answer = self.page.request.get(self.address + path)
        if answer.status != 200 or not answer.body():
            self.faults.append(f"{path}: {answer.status}")

    def _look(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        self.faults += [f"{path}: {fault}" for fault in self._faults(answer, path)]
        links = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for link in links:
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == self.address:
                found = parts.path + (f"?{parts.query}" if parts.query else "")
                if self._is_new(found):
                    self._todo.append(found)

    def _faults(self, answer: Response | None, path: str) -> Iterator[str]:
        if answer is None or answer.status != 200:
            yield f"answered {answer.status if answer else 'nothing'}"
        if not self.page.title().removesuffix("·铁军"):
            yield "no title"
        if (heads := self.page.evaluate(VISIBLE_H1)) != 1:
            yield f"{heads} h1"
        yield from self._accessibility(path)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)
            if (over := self.page.evaluate(SIDEWAYS)) > 0:
                yield f"{over} px too wide for {size['width']}"

    def _accessibility(self, path: str) -> Iterator[str]:
        endpoint, _values = self._rules.match(urlsplit(path).path, method="GET")
        key = path if path == "/" else endpoint
        if key == "/" or key not in self._checked:
            self._checked.add(key)
            yield from violations(self.page)


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

    walk.go(["/"])

    assert walk.faults + broken + contexts.refused + contexts.strayed == []
    assert len(walk.seen) >= 4


def test_the_pages_for_everybody_are_sound(town: Server, contexts: Contexts, rules, checked):
    walk = Walk(contexts.new(viewport=DESKTOP), rules, town.url, checked)
    broken = watched(walk.page)

    walk.go(STRANGERS_PAGES)

    assert walk.faults + broken + contexts.refused + contexts.strayed == []
