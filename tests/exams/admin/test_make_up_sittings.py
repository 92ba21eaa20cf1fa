"""A make-up sitting as a copy of the last one, with a form drawn anew from the starter bank."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from question_bank.assembly.blueprint import load_blueprint
from tests.exams.admin.factories import ADMIN, DAY, HOUR
from tests.support.world import make_world
from tiejun.bank.form_service import create_blueprint, freeze_form
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import ExamForm, FormSlot, Item
from tiejun.bank.shipped import install_starter
from tiejun.clock import beijing
from tiejun.errors import DomainError, Rejected
from tiejun.exams.admin_service import ExamSpec, SittingSpec, create_exam, create_sitting, form_ids
from tiejun.exams.make_up_sittings import NewSitting, copy_for_make_up
from tiejun.exams.models import Sitting, SittingStaff


@pytest.fixture
def first(database, clock) -> Sitting:
    """Return a sitting on a form of the starter bank."""
    now = clock()
    with database.transaction() as db:
        world = make_world(db, now, officers=1)
        sync_register(db)
        install_starter(db, ADMIN, now)
        blueprint = create_blueprint(db, load_blueprint("demo-primary"), "provincial", ADMIN, now)
        form = freeze_form(db, blueprint.id, "first", ADMIN, now)
        spec = ExamSpec("岗位培训考试", "provincial", "primary", blueprint.id, world.units["sichuan"].id)
        exam = create_exam(db, spec, ADMIN, now)
        starts_at = now + DAY
        sitting = SittingSpec(
            exam.id,
            starts_at,
            starts_at + timedelta(minutes=90),
            3600,
            "三楼机考室",
            (form.id,),
            ((world.accounts["invigilator"].id, "invigilator"), (world.accounts["marker"].id, "marker")),
        )
        return create_sitting(db, sitting, ADMIN, now)


def items(db, form_id: int) -> set[int]:
    return set(db.scalars(select(FormSlot.item_id).where(FormSlot.form_id == form_id)))


def test_the_copy_has_length_and_staff_of_the_last_sitting_and_a_new_form(database, clock, first):
    starts_at = clock() + 20 * DAY
    with database.transaction() as db:
        made = copy_for_make_up(db, first.exam_id, NewSitting(starts_at), ADMIN, clock())

    assert (made.is_make_up, made.venue, made.duration_seconds) == (True, "三楼机考室", 3600)
    assert made.ends_at - made.starts_at == timedelta(minutes=90)
    with database.reading() as db:
        staff = select(SittingStaff.duty).where(SittingStaff.sitting_id == made.id)
        assert sorted(db.scalars(staff)) == ["invigilator", "marker"]
        old, new = form_ids(db, first.id)[0], form_ids(db, made.id)[0]
        assert old != new
        common = items(db, old) & items(db, new)
        assert len(common) <= 0.1 * len(items(db, new))


def test_a_window_of_weeks_is_not_copied_past_the_make_ups_day(database, clock, first):
    with database.transaction() as db:
        db.get_one(Sitting, first.id).ends_at = first.starts_at + 30 * DAY
        starts_at = (beijing(clock()) + 20 * DAY).replace(hour=9, minute=0)
        made = copy_for_make_up(db, first.exam_id, NewSitting(starts_at), ADMIN, clock())

    assert (beijing(made.starts_at).date(), made.ends_at - made.starts_at) == (starts_at.date(), 15 * HOUR)


def test_too_few_items_for_a_new_form_leave_everything_as_it_was(database, clock, first):
    with database.transaction() as db:
        used = items(db, form_ids(db, first.id)[0])
        db.execute(update(Item).where(Item.id.not_in(used)).values(state="retired"))

    with pytest.raises(DomainError) as caught, database.transaction() as db:
        copy_for_make_up(db, first.exam_id, NewSitting(clock() + 20 * DAY), ADMIN, clock())

    assert caught.value.code == "too_few_items"
    with database.reading() as db:
        assert db.scalar(select(func.count(Sitting.id))) == 1
        assert db.scalar(select(func.count(ExamForm.id))) == 1


def test_a_start_that_is_over_freezes_no_form(database, clock, first):
    with database.transaction() as db, pytest.raises(Rejected):
        copy_for_make_up(db, first.exam_id, NewSitting(clock() - HOUR), ADMIN, clock())

    with database.reading() as db:
        assert db.scalar(select(func.count(ExamForm.id))) == 1
