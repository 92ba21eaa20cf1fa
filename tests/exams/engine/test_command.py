"""The command that ends what ran out of time."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from tests.exams.engine.factories import HOUR, a_sitting, opened, the_attempt
from tiejun.exams.cli import exams

LONG_AGO = datetime(2020, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_close_expired_says_how_many_and_may_run_again(database, settings, monkeypatch):
    # The command asks the machine's clock, wherever it stands.
    attempt = opened(database, a_sitting(database, starts_at=LONG_AGO), LONG_AGO)
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)

    first = CliRunner().invoke(exams, ["close-expired"])
    again = CliRunner().invoke(exams, ["close-expired"])

    assert (first.exit_code, first.output.strip()) == (0, "结束 1 次应试")
    assert again.output.strip() == "结束 0 次应试"
    assert the_attempt(database, attempt).ended_at == LONG_AGO + HOUR
