"""The rehearsal's audit must see what it is there for: lost, altered, doubled and foreign events."""

from datetime import UTC, datetime

import pytest

from tests.load.audit import compare_lease
from tests.load.journal import Journal
from tests.load.report import Report

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STORED = [(1, 5, '"k7"'), (2, 6, "true"), (3, 5, "null")]


@pytest.fixture
def journal() -> Journal:
    """Three answers, sent; the first two acknowledged."""
    kept = Journal("sitting", "attempt", "lease")
    for slot, value in ((5, "k7"), (6, True), (5, None)):
        kept.write(slot, value).sent = 1
    kept.acknowledge([1, 2], [], NOW)
    return kept


def test_what_was_acknowledged_and_stored_is_no_difference(journal: Journal) -> None:
    report = Report()
    counts = compare_lease(journal, STORED, report)
    assert report.differences == []
    assert (counts["acknowledged"], counts["stored"], counts["unheard stored"]) == (2, 3, 1)


def test_an_event_never_acknowledged_may_be_missing(journal: Journal) -> None:
    report = Report()
    counts = compare_lease(journal, STORED[:2], report)
    assert report.differences == []
    assert counts["unheard gone"] == 1


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        (STORED[1:], "acknowledged, but not stored"),
        ([(1, 5, '"q2"'), *STORED[1:]], "stored otherwise than acknowledged"),
        ([*STORED[:2], (3, 5, "true")], "stored otherwise than acknowledged"),
        ([*STORED, STORED[0]], "stored twice"),
        ([*STORED, (4, 7, "true")], "stored, but never sent"),
    ],
)
def test_every_other_difference_is_counted(
    journal: Journal, stored: list[tuple[int, int, str]], fault: str
) -> None:
    assert compare_lease(journal, stored, Report())[fault] == 1


def test_a_number_acknowledged_but_never_given_out_is_a_contradiction(journal: Journal) -> None:
    journal.acknowledge([9], [], NOW)
    assert journal.contradictions == ["number 9 was acknowledged, but never given out"]


def test_a_failing_check_fails_the_rehearsal() -> None:
    report = Report()
    report.equal("things", 1, 2)
    assert report.differences
    assert "FAILED" in report.text()
