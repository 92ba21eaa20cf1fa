"""HTTP as the rehearsal speaks it: one connection, counted; a cut is an exception, never a guess."""

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 30.0
IDLE = 1.0  # the server closes what is idle for two seconds, and a request just then would be cut off


class Cut(Exception):
    """No answer came: refused, reset, or nothing in time. Whether the server took the request is unknown."""


@dataclass
class Traffic:
    """What all clients together did; safe to use from many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    saves: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, number: int = 1) -> None:
        """Count something."""
        with self._lock:
            self.counts[name] += number

    def saved_after(self, seconds: float) -> None:
        """Note how long a save took that was acknowledged."""
        with self._lock:
            self.saves.append(seconds)

    def percentile(self, share: float) -> float:
        """Return the milliseconds within which `share` of the saves were acknowledged."""
        if not self.saves:
            return 0.0
        ordered = sorted(self.saves)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Reply:
    """An answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as an object."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def code(self) -> str:
        """The code of a problem document, or nothing."""
        if "json" not in (self.headers.get("Content-Type") or ""):
            return ""
        return str(self.json().get("code", ""))


class Wire:
    """A connection of one client, kept open while it works and made anew when it broke."""

    def __init__(self, port: int, traffic: Traffic) -> None:
        self.port = port
        self.traffic = traffic
        self._line: http.client.HTTPConnection | None = None
        self._used = 0.0

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Send one request and return the answer.

        Raises:
            Cut: if none came.
        """
        self.traffic.add("requests")
        try:
            line = self._open()
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self.traffic.add("requests cut off")
            raise Cut(f"{method} {path}: {error!r}") from error
        if reply.status >= 500:
            self.traffic.add(f"answers {reply.status}")
        return reply

    def ask_json(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Send JSON."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self.ask(method, path, sent, {"Content-Type": "application/json", **(headers or {})})

    def throw(self, method: str, path: str, body: object, headers: dict[str, str]) -> None:
        """Send JSON and hang up without waiting for an answer, as a failing network does."""
        self.traffic.add("requests without waiting for an answer")
        try:
            line = self._open()
            line.request(
                method, path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
            )
        except (OSError, http.client.HTTPException):
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _open(self) -> http.client.HTTPConnection:
        if time.monotonic() - self._used > IDLE:
            self.close()
        self._used = time.monotonic()
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        return self._line


def back_off(failures: int) -> None:
    """Wait before the next try: 0.1 s, doubling up to 2 s."""
    time.sleep(min(2.0, 0.1 * 2 ** (failures - 1)))
