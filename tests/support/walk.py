"""Every page of a person in process, without a browser: found by links, asked for again, measured."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from time import perf_counter
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.exceptions import HTTPException

from tiejun.installation import Core

HOST = "http://localhost"
# Files of the web server, whose time is not the application's.
SKIPPED = frozenset({"static"})


class Links(HTMLParser):
    """The links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of a link."""
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


@dataclass(frozen=True)
class Visit:
    """One request: which page, how long the server took, how many statements it sent to the database.

    `text` is empty for a download.
    """

    path: str
    endpoint: str
    status: int
    seconds: float
    queries: int
    is_page: bool
    text: str = field(repr=False)


class Walker:
    """A signed-in person who follows links: one example of each URL rule, or so many `examples`."""

    def __init__(self, app: Flask, client: FlaskClient, examples: int = 1) -> None:
        self._client, self._examples = client, examples
        core: Core = app.extensions["tiejun"]
        self._engine = core.database.engine
        self._rules = app.url_map.bind("localhost")

    def visit(self, path: str, endpoint: str) -> Visit:
        """Ask for one page and measure."""
        with counted(self._engine) as statements:
            started = perf_counter()
            answer = self._client.get(path)
            is_page = answer.mimetype == "text/html"
            body = answer.get_data()
            seconds = perf_counter() - started
        answer.close()
        text = body.decode() if is_page else ""
        return Visit(path, endpoint, answer.status_code, seconds, len(statements), is_page, text)

    def walk(self, *start: str) -> list[Visit]:
        """Return a visit to examples of every rule within reach of the first page and of `start`."""
        seen: dict[str, set[str]] = {}
        visits: list[Visit] = []
        todo: deque[tuple[str, str]] = deque(self._new(["/", *start], "/", seen))
        while todo:
            visits.append(self.visit(*todo.popleft()))
            todo.extend(self._new(Links(visits[-1].text).found, visits[-1].path, seen))
        return visits

    def _new(self, links: list[str], found_on: str, seen: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
        for link in links:
            parts = urlsplit(urljoin(f"{HOST}{found_on}", link))
            if f"{parts.scheme}://{parts.netloc}" != HOST:
                continue
            try:
                endpoint, _values = self._rules.match(parts.path, method="GET")
            except HTTPException:
                continue
            examples = seen.setdefault(endpoint, set())
            if endpoint not in SKIPPED and parts.path not in examples and len(examples) < self._examples:
                examples.add(parts.path)
                yield parts.path + (f"?{parts.query}" if parts.query else ""), endpoint


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that an engine sends meanwhile."""
    statements: list[str] = []

    def note(*said: object) -> None:
        statements.append(str(said[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
