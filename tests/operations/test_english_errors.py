"""What services refuse is told in the reader's language."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from question_bank.words import listed, said
from tests.support.clock import ManualClock
from tiejun.access import public
from tiejun.app import create_app
from tiejun.errors import Problem, Rejected
from tiejun.settings import Settings


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def english(settings: Settings, clock: ManualClock) -> Iterator[FlaskClient]:
    def refuse() -> None:
        message = said("应为%(first)s或%(second)s", first=said("国家级"), second=said("省级"))
        raise Rejected(
            said("名单有误，没有登记任何人。"),
            [Problem(said("第%(number)s行", number=2), listed([said("考生"), said("监考")]), message)],
        )

    app = create_app(settings, clock)
    app.add_url_rule("/api/refused", "refused", public(refuse))
    client = app.test_client()
    client.set_cookie("language", "en")
    yield client
    app.extensions["tiejun"].database.dispose()


def test_a_problem_document_speaks_the_readers_language_to_its_last_field(english: FlaskClient):
    told = english.get("/api/refused").get_json()

    assert told["detail"] == "The list has faults; nobody was registered."
    assert told["problems"] == [
        {
            "where": "Line 2",
            "field": "Candidates, Invigilator",
            "message": "Should be National level or Provincial level",
        }
    ]
