"""A learner's page without a browser: opens streams and sends beats as js/study/count.js does."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.support.world import csrf_token
from tiejun.settings import Settings
from tiejun.study.sources import Source, token_for

ARTICLE = Source("lesson", "00000000-0000-0000-0000-00000000000a", "执法程序", "law", 600)
VIDEO = Source("lesson", "00000000-0000-0000-0000-00000000000b", "现场检查", "business", 300, is_video=True)


@dataclass
class Page:
    """One open page of one person."""

    client: FlaskClient
    token: str
    csrf: str
    stream: str = ""
    nonce: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    def open(self) -> int:
        return self._post("/study/streams", {"source": self.token})

    def beat(self, *, visible: bool = True, idle: float = 0, position: float | None = None) -> int:
        sent = {"nonce": self.nonce, "visible": visible, "idle": idle, "position": position}
        return self._post(f"/study/streams/{self.stream}/beats", sent)

    def leave(self) -> int:
        return self.client.post(
            f"/study/streams/{self.stream}/end", data={"csrf_token": self.csrf}
        ).status_code

    def _post(self, address: str, sent: dict[str, Any]) -> int:
        answer = self.client.post(address, json=sent, headers={"X-CSRFToken": self.csrf})
        self.body = answer.get_json()
        if answer.status_code == 200:
            self.stream, self.nonce = self.body["stream"], self.body["nonce"]
        return answer.status_code


def page_of(client: FlaskClient, person_id: int, source: Source, settings: Settings) -> Page:
    """Return an opened page; the client must be signed in."""
    page = Page(client, token_for(source, person_id, settings), csrf_token(client, "/password"))
    assert page.open() == 200, page.body
    return page
