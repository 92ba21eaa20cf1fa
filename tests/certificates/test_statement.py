"""What the exams say and what the certificates read is the same thing."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tests.certificates.results import payload_for
from tiejun.certificates.rules import Level
from tiejun.certificates.statement import BadStatement, read_statement
from tiejun.exams import result_statements
from tiejun.exams.models import Exam, Sitting
from tiejun.exams.result_models import Result, Verdict
from tiejun.people.models import Person, TrainingCompletion, Unit

PERSON = Person(public_id=UUID(int=7), name="王建国", id_number_masked="510***********0427")


def said(verdict=Verdict.PASS, completion=None, is_xpcc=False):
    about = result_statements.Facts(
        attempt=str(UUID(int=9)),
        person=PERSON,
        unit=Unit(name="南江大队", province_code="51"),
        is_xpcc=is_xpcc,
        exam=Exam(title="省级初级岗位培训考试", level="provincial", tier="primary"),
        sitting=Sitting(starts_at=datetime(2026, 11, 19, 16, 30, tzinfo=UTC)),
        form_label="A",
    )
    return result_statements.statement(Result(revision=2, verdict=verdict, reason="复核"), about, completion)


def test_a_statement_of_the_exams_is_understood():
    completed = TrainingCompletion(
        class_name="2026年省级初级班", completed_on=date(2026, 10, 23), hours=40.0, syllabus_version="2026"
    )

    read = read_statement(said(completion=completed))

    assert read.key == f"{UUID(int=9)}:2"
    assert (read.person, read.name, read.unit) == (UUID(int=7), "王建国", "南江大队")
    assert (read.level, read.tier, read.passed) == (Level.PROVINCIAL, "primary", True)
    assert read.exam_day == date(2026, 11, 20)
    assert (read.training.class_name, read.training.hours) == ("2026年省级初级班", 40.0)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ABSENT])
def test_only_a_pass_is_a_pass(verdict):
    read = read_statement(said(verdict))

    assert not read.passed
    assert read.training is None


def test_the_xpcc_is_told():
    assert read_statement(said(is_xpcc=True)).is_xpcc


@pytest.mark.parametrize(
    "fault",
    [
        {"tier": "advanced"},
        {"level": "county"},
        {"exam_day": "19.11.2026"},
        {"person": None},
        {"revision": "two"},
        {"training": {"class_name": "班"}},
    ],
)
def test_a_statement_that_cannot_be_read_says_so(fault):
    with pytest.raises(BadStatement, match=r"exam\.result"):
        read_statement(payload_for(PERSON) | fault)
