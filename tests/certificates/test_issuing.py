"""From a result in the outbox to a numbered certificate, or to the reason why there is none."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests.certificates.results import revised
from tiejun import outbox
from tiejun.app import handlers
from tiejun.audit import AuditEvent
from tiejun.certificates.models import Certificate, CertificateCounter, ResultStatement
from tiejun.certificates.rules import Level, Outcome
from tiejun.certificates.service import built_in_issuer
from tiejun.certificates.statement import read_statement


def certificates(house):
    with house.database.reading() as db:
        return db.scalars(select(Certificate).order_by(Certificate.id)).all()


def outcomes(house):
    with house.database.reading() as db:
        rows = db.scalars(select(ResultStatement).order_by(ResultStatement.id)).all()
        return [row.outcome for row in rows]


def actions(house):
    with house.database.reading() as db:
        return db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()


def counter_at(house, last, province="51", level=Level.PROVINCIAL, year=2026):
    with house.database.transaction() as db:
        db.add(CertificateCounter(level=level, province=province, year=year, last=last))


def test_a_trained_pass_becomes_a_numbered_certificate(house):
    assert house.deliver(house.result()) == (1, 0)

    (made,) = certificates(house)
    assert (made.number, made.level, made.tier) == ("5120260001", "provincial", "primary")
    assert (made.name, made.id_masked, made.unit_path) == ("王建国", "510***********0427", "/1/2/3/4/")
    assert (made.issued_on, made.valid_until) == (date(2026, 11, 20), date(2031, 11, 19))
    assert (made.class_name, made.completed_on, made.hours) == ("2026年省级初级班", date(2026, 10, 23), 40)
    assert made.issuer_name == "四川省生态环境厅"
    assert len(made.code) == 32
    assert made.person_id == house.persons["officer"].id
    assert actions(house) == ["certificate.issued"]


def test_numbers_follow_one_another_whatever_the_tier(house):
    house.deliver(house.result(), house.result("colleague", tier="intermediate"), house.result("stranger"))

    assert [row.number for row in certificates(house)] == ["5120260001", "5120260002", "5120260003"]
    assert len({row.code for row in certificates(house)}) == 3


def test_the_same_statement_again_changes_nothing(house):
    result = house.result()
    house.deliver(result)
    with house.database.transaction() as db:
        message = outbox.Message("exam.result", f"{result['attempt']}:1", result, house.clock())
        handlers(house.settings)["exam.result"](db, message, house.clock())

    assert len(certificates(house)) == 1
    assert outcomes(house) == [Outcome.ISSUED]


def test_a_fail_earns_nothing(house):
    house.deliver(house.result(verdict="fail"), house.result("colleague", verdict="absent"))

    assert certificates(house) == []
    assert outcomes(house) == [Outcome.NOT_PASSED, Outcome.NOT_PASSED]


def test_a_pass_without_training_waits_and_is_certified_when_the_training_is_recorded(house):
    untrained = house.result(training=None)
    house.deliver(untrained)
    assert certificates(house) == []
    assert outcomes(house) == [Outcome.AWAITING_TRAINING]
    assert actions(house) == ["certificate.withheld"]

    house.deliver(revised(untrained, training=house.result()["training"]))

    assert [row.number for row in certificates(house)] == ["5120260001"]
    assert outcomes(house) == [Outcome.SUPERSEDED, Outcome.ISSUED]


def test_a_further_revision_of_a_pass_keeps_the_number(house):
    first = house.result()
    house.deliver(first)
    house.deliver(revised(first, reason="复核：加分"))

    assert [row.number for row in certificates(house)] == ["5120260001"]
    assert outcomes(house) == [Outcome.ISSUED, Outcome.ISSUED]


def test_a_correction_to_a_fail_revokes_and_a_later_pass_gets_a_new_number(house):
    first = house.result()
    house.deliver(first)
    second = revised(first, verdict="fail")
    house.deliver(second)

    (revoked,) = certificates(house)
    assert revoked.revoked_at == house.clock()
    assert "第2版" in revoked.revoke_reason

    house.deliver(revised(second, verdict="pass"))

    assert [row.number for row in certificates(house)] == ["5120260001", "5120260002"]
    assert certificates(house)[0].revoked_at is not None
    assert actions(house) == ["certificate.issued", "certificate.revoked", "certificate.issued"]


def test_an_older_revision_that_arrives_late_changes_nothing(house):
    first = house.result()
    house.deliver(revised(first, verdict="fail"))
    house.deliver(first)

    assert certificates(house) == []
    assert outcomes(house) == [Outcome.NOT_PASSED, Outcome.SUPERSEDED]


def test_the_year_is_that_of_the_issue_in_beijing(house):
    house.clock.time = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    house.deliver(house.result())
    house.clock.time = datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)
    house.deliver(house.result("colleague"))

    assert [row.number for row in certificates(house)] == ["5120260001", "5120270001"]
    assert certificates(house)[1].issued_on == date(2027, 1, 1)


def test_the_ministry_gives_eight_digits_and_no_provincial_certificate(house):
    ministry = house.with_settings(issuer="00")
    ministry.deliver(house.result(level="national"), house.result("colleague"))

    assert [row.number for row in certificates(house)] == ["20260001"]
    assert certificates(house)[0].issuer_name == "生态环境部"
    assert outcomes(house) == [Outcome.ISSUED, Outcome.BLOCKED]


def test_a_province_gives_no_national_certificate(house):
    house.deliver(house.result(level="national"))

    assert certificates(house) == []
    assert outcomes(house) == [Outcome.BLOCKED]


def test_the_xpcc_waits_for_its_code(house):
    person = house.result()["person"] | {"is_xpcc": True}
    house.deliver(house.result(person=person))
    assert outcomes(house) == [Outcome.BLOCKED]

    house.with_settings(xpcc_code="66").deliver(house.result("colleague", person=person))

    assert [row.number for row in certificates(house)] == ["6620260001"]


@pytest.mark.parametrize(
    ("last", "number", "outcome"),
    [(9998, "5120269999", Outcome.ISSUED), (9999, None, Outcome.BLOCKED)],
    ids=["the last number", "one past it"],
)
def test_after_9999_nothing_is_issued_and_nothing_lost(house, last, number, outcome):
    counter_at(house, last)
    assert house.deliver(house.result()) == (1, 0)

    assert [row.number for row in certificates(house)] == ([number] if number else [])
    assert outcomes(house) == [outcome]
    with house.database.reading() as db:
        assert db.scalars(select(CertificateCounter.last)).one() == 9999


def test_a_message_that_lacks_something_stays_in_the_outbox_and_blocks_no_other(house):
    broken = house.result()
    del broken["tier"]

    assert house.deliver(broken, house.result("colleague")) == (1, 1)
    assert [row.name for row in certificates(house)] == ["李敏"]


def test_a_failed_delivery_burns_no_number(house):
    statement = read_statement(house.result())

    def stopped_after_numbering():
        with house.database.transaction() as db:
            built_in_issuer(house.settings).receive(db, statement, house.clock())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_after_numbering()
    house.deliver(house.result("colleague"))

    assert [row.number for row in certificates(house)] == ["5120260001"]


def test_somebody_unknown_here_is_certified_and_seen_by_the_ministry_only(house):
    person = house.result()["person"] | {"public_id": "00000000-0000-0000-0000-00000000ffff"}
    house.deliver(house.result(person=person))

    (made,) = certificates(house)
    assert (made.person_id, made.unit_path) == (None, "/1/")


def test_demo_certificates_say_so(house):
    house.with_settings(mode="demo").deliver(house.result())

    assert certificates(house)[0].issuer_name == "四川省生态环境厅（演示）"
