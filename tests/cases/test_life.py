"""The life of a case: draft, review by another person, published, a next version, retired."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.bank.samples import CODE
from tests.cases.conftest import BODY, Desk, draft
from tiejun.audit import AuditEvent
from tiejun.cases import duties, queries, service
from tiejun.cases.models import CaseComment, CaseState
from tiejun.cases.queries import LibraryFilter
from tiejun.cases.service import Decision
from tiejun.errors import Conflict, Forbidden, NotFound, Rejected
from tiejun.html import CLEANER

ALL = LibraryFilter()


def titles(desk: Desk, login: str, wanted: LibraryFilter = ALL) -> list[str]:
    who = desk.persona(login)
    with desk.database.reading() as db:
        return [version.title for version in queries.library(db, who, wanted).rows]


def test_a_case_is_read_once_another_has_published_it(desk: Desk):
    public_id = desk.write()
    assert titles(desk, "officer1") == []

    desk.submit(public_id)
    assert titles(desk, "officer1") == []

    desk.decide(public_id)
    assert titles(desk, "officer1") == ["雨水井里的异味"]
    with desk.database.reading() as db:
        version = queries.published_case(db, desk.persona("officer1"), public_id)
        assert (version.state, version.cleaner, version.body) == (CaseState.PUBLISHED, CLEANER, BODY)


@pytest.mark.parametrize("outcome", [CaseState.PUBLISHED, CaseState.RETURNED])
def test_an_author_cannot_review_their_own_case(desk: Desk, outcome: CaseState):
    public_id = desk.write()
    desk.submit(public_id)

    with pytest.raises(Forbidden, match="不能审核自己的材料"):
        desk.decide(public_id, "trainer", outcome)

    with desk.database.reading() as db:
        assert desk.latest(db, public_id).state == CaseState.IN_REVIEW
        assert db.scalars(select(CaseComment)).all() == []


def test_nobody_at_a_command_line_reviews(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)

    nobody = Decision(CaseState.PUBLISHED, "", None, "命令行")

    with desk.database.transaction() as db, pytest.raises(Forbidden):
        service.decide(db, desk.latest(db, public_id), nobody, desk.actor("trainer"), desk.clock())


def test_who_reviews_for_another_province_does_not_find_it(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    stranger = desk.persona("shaanxi_trainer")

    with desk.database.reading() as db:
        assert queries.queue(db, stranger).rows == []
        with pytest.raises(NotFound):
            queries.case_to_decide(db, stranger, public_id)
        with pytest.raises(NotFound):
            queries.version_of_case(db, stranger, public_id, 1)


def test_what_comes_back_keeps_the_comment_and_is_a_duty_of_its_author(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    reviewer, author = desk.persona("item_reviewer"), desk.persona("trainer")
    with desk.database.reading() as db:
        [waiting] = duties.duties(db, reviewer, desk.clock())
        assert duties.duties(db, author, desk.clock()) == []
    assert waiting.address == f"/cases/{public_id}/review"

    desk.decide(public_id, outcome=CaseState.RETURNED)

    with desk.database.reading() as db:
        version = desk.latest(db, public_id)
        assert version.state == CaseState.RETURNED
        assert [(comment.text, comment.outcome) for comment in version.comments] == [
            ("请补证据", CaseState.RETURNED)
        ]
        assert version in [queries.version_of_case(db, author, public_id, 1)]


def test_returning_without_a_word_is_refused(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    mute = Decision(CaseState.RETURNED, "", desk.world.accounts["item_reviewer"].id, "审题人")

    with desk.database.transaction() as db, pytest.raises(Rejected):
        service.decide(db, desk.latest(db, public_id), mute, desk.actor("item_reviewer"), desk.clock())


@pytest.mark.parametrize("state", [CaseState.IN_REVIEW, CaseState.PUBLISHED])
def test_what_is_in_review_or_published_cannot_be_changed(desk: Desk, state: CaseState):
    public_id = desk.write()
    desk.submit(public_id)
    if state == CaseState.PUBLISHED:
        desk.decide(public_id)

    with desk.database.transaction() as db:
        version = desk.latest(db, public_id)
        with pytest.raises(Conflict):
            service.save_draft(db, version, draft().text("/"), version.revision, desk.clock())
        with pytest.raises(Conflict):
            service.submit(db, version, draft().text("/"), desk.actor("trainer"), desk.clock())
        with pytest.raises(Conflict):
            service.attach(db, version, [], desk.actor("trainer"), desk.clock(), inline=False)


def test_a_case_is_decided_once(desk: Desk):
    public_id = desk.publish()

    with pytest.raises(Conflict, match="不在审核中"):
        desk.decide(public_id, "trainer2", CaseState.RETURNED)


def test_an_author_takes_back_what_nobody_has_decided_on(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)

    with desk.database.transaction() as db:
        service.take_back(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())

    with pytest.raises(Conflict):
        desk.decide(public_id)
    with desk.database.transaction() as db, pytest.raises(Conflict):
        service.take_back(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())


def test_a_next_version_is_written_while_the_old_one_is_read(desk: Desk):
    public_id = desk.publish()
    with desk.database.transaction() as db:
        copy = service.revise(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())
        assert (copy.number, copy.state, copy.is_anonymous) == (2, CaseState.DRAFT, False)
        with pytest.raises(Conflict):
            service.revise(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())
    new = draft(title="雨水井里的异味（修订）")
    with desk.database.transaction() as db:
        version = desk.latest(db, public_id)
        assert [row.unit for row in version.units] == ["E2"]
        assert [(row.law_id, row.article) for row in version.citations] == [(CODE, "2")]
        service.save_draft(db, version, new.text("/"), version.revision, desk.clock())
    desk.submit(public_id, text=new)
    assert titles(desk, "officer1") == ["雨水井里的异味"]

    desk.decide(public_id)

    assert titles(desk, "officer1") == ["雨水井里的异味（修订）"]
    with desk.database.reading() as db:
        old = queries.version_of_case(db, desk.persona("trainer"), public_id, 1)
        assert (old.state, old.title) == (CaseState.SUPERSEDED, "雨水井里的异味")


def test_a_retired_case_is_gone_for_readers_and_kept_for_its_author(desk: Desk):
    public_id = desk.publish()
    with desk.database.transaction() as db, pytest.raises(Rejected):
        service.retire(db, desk.latest(db, public_id), "", desk.actor("trainer2"), desk.clock())

    with desk.database.transaction() as db:
        service.retire(db, desk.latest(db, public_id), "依据已废止", desk.actor("trainer2"), desk.clock())

    assert titles(desk, "officer1") == []
    with desk.database.reading() as db:
        with pytest.raises(NotFound):
            queries.published_case(db, desk.persona("officer1"), public_id)
        assert (
            queries.version_of_case(db, desk.persona("trainer"), public_id, 1).case.retired_why
            == "依据已废止"
        )
    with desk.database.transaction() as db, pytest.raises(Conflict):
        service.retire(db, desk.latest(db, public_id), "再一次", desk.actor("trainer2"), desk.clock())


def test_two_windows_do_not_overwrite_each_other_unasked(desk: Desk):
    public_id = desk.write()

    with desk.database.transaction() as db, pytest.raises(Conflict) as refused:
        service.save_draft(db, desk.latest(db, public_id), draft().text("/"), 1, desk.clock())

    assert refused.value.code == "changed"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"units": ["Z9"]}, "units"),
        ({"citations": [("no-such-law", "1")]}, "citations"),
        ({"citations": [(CODE, "999")]}, "citations"),
    ],
)
def test_units_and_articles_that_do_not_exist_are_refused_at_their_field(desk: Desk, other, field: str):
    public_id = desk.write()

    with desk.database.transaction() as db, pytest.raises(Rejected) as refused:
        service.save_draft(db, desk.latest(db, public_id), draft(**other).text("/"), 2, desk.clock())

    assert [problem.field for problem in refused.value.problems] == [field]


def test_every_act_stands_in_the_audit_trail(desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    desk.decide(public_id, outcome=CaseState.RETURNED)
    desk.submit(public_id)
    desk.clock.time += timedelta(hours=1)
    desk.decide(public_id)
    with desk.database.transaction() as db:
        service.revise(db, desk.latest(db, public_id), desk.actor("trainer"), desk.clock())

    with desk.database.reading() as db:
        found = db.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == str(public_id)).order_by(AuditEvent.id)
        ).all()
    assert [event.action for event in found] == [
        "case.created",
        "case.submitted",
        "case.returned",
        "case.submitted",
        "case.published",
        "case.revised",
    ]


@pytest.mark.parametrize(
    ("author", "is_local", "readers", "strangers"),
    [
        ("trainer", False, ["officer1", "shaanxi_officer", "national_admin"], []),
        (
            "trainer",
            True,
            ["officer1", "unit_admin", "trainer", "national_admin"],
            ["shaanxi_officer", "stranger"],
        ),
        ("county_trainer", True, ["officer1", "trainer", "national_admin"], ["shaanxi_officer"]),
    ],
)
def test_a_case_for_the_own_province_is_read_in_it_and_above_it(
    desk: Desk, author: str, is_local: bool, readers: list[str], strangers: list[str]
):
    public_id = desk.publish(author, draft(is_local=is_local))

    assert [login for login in (*readers, *strangers) if titles(desk, login)] == readers
    for login in strangers:
        who = desk.persona(login)
        with desk.database.reading() as db:
            with pytest.raises(NotFound):
                queries.published_case(db, who, public_id)
            assert queries.citing(db, who, CODE, "2") == []


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        (LibraryFilter(text="逐井"), True),
        (LibraryFilter(text="h3"), False),
        (LibraryFilter(text="100%"), False),
        (LibraryFilter(unit="E2"), True),
        (LibraryFilter(unit="E"), True),
        (LibraryFilter(unit="E1"), False),
        (LibraryFilter(law=CODE), True),
        (LibraryFilter(law=CODE, article="2"), True),
        (LibraryFilter(law=CODE, article="3"), False),
        (LibraryFilter(author="trainer"), True),
        (LibraryFilter(author="trainer2"), False),
        (LibraryFilter(text="逐井", page=9), True),
    ],
)
def test_the_library_is_narrowed_by_word_unit_law_and_author(
    desk: Desk, wanted: LibraryFilter, is_found: bool
):
    desk.publish()

    assert bool(titles(desk, "officer1", wanted)) is is_found
