"""Writes of the exam administrator: exams and sittings. Who sits them stands in registration_service."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank.words import listed, said
from tiejun.audit import Actor, record
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.clock import beijing
from tiejun.errors import Conflict, NotFound, Problem, Rejected
from tiejun.exams.admin_rules import form_at, window_problems
from tiejun.exams.law_days import law_problems
from tiejun.exams.models import Exam, Registration, Sitting, SittingForm, SittingStaff
from tiejun.exams.result_models import MakeUpCase
from tiejun.people.models import Account, Person, Unit

INVIGILATOR = "invigilator"
MARKER = "marker"


@dataclass(frozen=True)
class ExamSpec:
    """An exam (考试项目) to be made; level and tier are those of its blueprint."""

    title: str
    level: str
    tier: str
    blueprint_id: int
    unit_id: int


@dataclass(frozen=True)
class SittingSpec:
    """A sitting (场次) as it shall be; an empty venue means online, an empty title that of the day."""

    exam_id: int
    starts_at: datetime
    ends_at: datetime
    duration_seconds: int
    venue: str
    form_ids: tuple[int, ...]
    staff: tuple[tuple[int, str], ...] = ()  # (account, duty)
    title: str = ""
    allows_api: bool = False
    is_make_up: bool = False


def create_exam(db: Session, spec: ExamSpec, actor: Actor, now: datetime) -> Exam:
    """Add an exam held by a unit on a blueprint.

    Raises:
        NotFound: if there is no such blueprint or unit.
        Rejected: naming the field, if level or tier are not the blueprint's or the title is taken.
    """
    blueprint = db.get(Blueprint, spec.blueprint_id)
    if blueprint is None or db.get(Unit, spec.unit_id) is None:
        raise NotFound(said("没有这个命题细目表或主办单位。"))
    problems = []
    if (spec.level, spec.tier) != (blueprint.level, blueprint.tier):
        problems.append(
            Problem(said("考试"), said("命题细目表"), said("命题细目表的级别或层级与考试不一致。"))
        )
    if not spec.title.strip():
        problems.append(Problem(said("考试"), said("考试名称"), said("请填写考试名称。")))
    taken = select(Exam.id).where(Exam.title == spec.title.strip(), Exam.unit_id == spec.unit_id)
    if db.scalar(taken) is not None:
        problems.append(Problem(said("考试"), said("考试名称"), said("主办单位已有同名考试，请换一个名称。")))
    if problems:
        raise Rejected(said("考试没有保存。"), problems)
    exam = Exam(
        title=spec.title.strip(),
        level=spec.level,
        tier=spec.tier,
        blueprint_id=blueprint.id,
        unit_id=spec.unit_id,
        created_by=actor.name,
        created_at=now,
    )
    db.add(exam)
    db.flush()
    record(db, actor, "exam.created", ("exam", exam.public_id), now, title=exam.title)
    return exam


def create_sitting(db: Session, spec: SittingSpec, actor: Actor, now: datetime) -> Sitting:
    """Add a sitting of an exam with its forms and staff.

    Raises:
        NotFound: if there is no such exam.
        Rejected: naming each field: a window that is over or too short, no form, a form that is burnt
            (used in another sitting), not of the exam's blueprint or citing an article that is not in
            force on the sitting's day, an unknown account.
    """
    exam = db.get(Exam, spec.exam_id)
    if exam is None:
        raise NotFound(said("没有这个考试项目。"))
    _refuse_faults(db, exam, spec, None, now)
    sitting = Sitting(
        exam_id=exam.id,
        unit_id=exam.unit_id,
        created_by=actor.name,
        created_at=now,
        is_make_up=spec.is_make_up,
    )
    _write(sitting, spec)
    db.add(sitting)
    db.flush()
    _set_forms(db, sitting, spec.form_ids)
    _set_staff(db, sitting, spec.staff)
    db.flush()
    record(db, actor, "sitting.created", ("sitting", sitting.public_id), now, **_told(spec))
    return sitting


def edit_sitting(db: Session, sitting_id: int, spec: SittingSpec, actor: Actor, now: datetime) -> Sitting:
    """Change a sitting before its start; candidates keep their seats and get the forms of the new set.

    Exam, and whether it is a make-up, stay as they were made.

    Raises:
        NotFound: if there is no such sitting.
        Conflict: if it has begun (`sitting_started`).
        Rejected: as `create_sitting`; also when a make-up would move past somebody's due day.
    """
    sitting = locked_before_start(db, sitting_id, now)
    spec = replace(spec, exam_id=sitting.exam_id, is_make_up=sitting.is_make_up)
    _refuse_faults(db, db.get_one(Exam, sitting.exam_id), spec, sitting.id, now)
    _refuse_overdue(db, sitting.id, spec.starts_at)
    _write(sitting, spec)
    if form_ids(db, sitting.id) != sorted(spec.form_ids):
        _set_forms(db, sitting, spec.form_ids)
        _deal_again(db, sitting.id)
    _set_staff(db, sitting, spec.staff)
    record(db, actor, "sitting.edited", ("sitting", sitting.public_id), now, **_told(spec))
    return sitting


def locked_before_start(db: Session, sitting_id: int, now: datetime) -> Sitting:
    """Return a sitting that has not begun, locked so that two administrators can't write at once.

    Raises:
        NotFound: if there is no such sitting.
        Conflict: if it has begun (`sitting_started`).
    """
    sitting = db.scalars(select(Sitting).where(Sitting.id == sitting_id).with_for_update()).one_or_none()
    if sitting is None:
        raise NotFound(said("没有这个场次。"))
    if now >= sitting.starts_at or sitting.closed_at is not None:
        raise Conflict(said("场次已经开始，不能再更改安排和名单。"), code="sitting_started")
    return sitting


def form_ids(db: Session, sitting_id: int) -> list[int]:
    """Return the forms of a sitting, ascending: the order in which they are dealt."""
    rows = db.scalars(select(SittingForm.form_id).where(SittingForm.sitting_id == sitting_id))
    return sorted(rows)


def _refuse_faults(db: Session, exam: Exam, spec: SittingSpec, own_id: int | None, now: datetime) -> None:
    duration = timedelta(seconds=spec.duration_seconds)
    problems = window_problems(spec.starts_at, spec.ends_at, duration, now)
    problems += _form_problems(db, exam, spec.form_ids, own_id)
    problems += law_problems(db, spec.form_ids, spec.starts_at, spec.ends_at)
    problems += _staff_problems(db, spec.staff)
    if problems:
        raise Rejected(said("场次没有保存。"), problems)


def _refuse_overdue(db: Session, sitting_id: int, starts_at: datetime) -> None:
    """Refuse to move a make-up past somebody's due day unseen: that needs a reason, given on the board."""
    rows = db.scalars(
        select(Person.name)
        .join(MakeUpCase, MakeUpCase.person_id == Person.id)
        .join(Registration, Registration.id == MakeUpCase.registration_id)
        .where(
            Registration.sitting_id == sitting_id,
            MakeUpCase.due_on < beijing(starts_at).date(),
            MakeUpCase.overdue_reason.is_(None),
        )
        .order_by(Person.name)
    ).all()
    if rows:
        names = listed(rows[:10])
        message = said(
            "改到这一天，%(names)s等%(n)s人将超过补考期限。请先在补考页把他们改到别的场次，或写明原因。",
            names=names,
            n=len(rows),
        )
        raise Rejected(said("场次没有保存。"), [Problem(said("场次"), said("开始时间"), message)])


def _form_problems(db: Session, exam: Exam, wanted: Collection[int], own_id: int | None) -> list[Problem]:
    if not wanted:
        return [Problem(said("场次"), said("试卷"), said("请至少选择一份试卷。"))]
    rows = db.execute(
        select(ExamForm, Sitting.id, Sitting.title)
        .outerjoin(SittingForm, SittingForm.form_id == ExamForm.id)
        .outerjoin(Sitting, Sitting.id == SittingForm.sitting_id)
        .where(ExamForm.id.in_(wanted))
    ).all()
    problems = []
    if len(rows) != len(set(wanted)):
        problems.append(Problem(said("场次"), said("试卷"), said("选中的试卷不存在。")))
    for form, used_by, title in rows:
        if form.blueprint_id != exam.blueprint_id:
            problems.append(
                Problem(
                    said("场次"),
                    said("试卷"),
                    said("试卷%(label)s不属于本考试的命题细目表。", label=form.label),
                )
            )
        elif used_by is not None and used_by != own_id:
            problems.append(
                Problem(
                    said("场次"),
                    said("试卷"),
                    said("试卷%(label)s已用于场次“%(title)s”，不能再用。", label=form.label, title=title),
                )
            )
    return problems


def _staff_problems(db: Session, staff: Sequence[tuple[int, str]]) -> list[Problem]:
    wanted = {account_id for account_id, _ in staff}
    known = set(db.scalars(select(Account.id).where(Account.id.in_(wanted), Account.is_active)))
    problems = (
        [Problem(said("场次"), said("工作人员"), said("选中的监考或阅卷账号不存在或已停用。"))]
        if wanted - known
        else []
    )
    if any(duty not in (INVIGILATOR, MARKER) for _, duty in staff):
        problems.append(Problem(said("场次"), said("工作人员"), said("工作人员只能是监考或阅卷。")))
    return problems


def _write(sitting: Sitting, spec: SittingSpec) -> None:
    day = beijing(spec.starts_at)
    kind = "补考场" if spec.is_make_up else "场"
    sitting.title = spec.title.strip() or f"{day.year}年{day.month}月{day.day}日{kind}"
    sitting.starts_at = spec.starts_at
    sitting.ends_at = spec.ends_at
    sitting.duration_seconds = spec.duration_seconds
    sitting.venue = spec.venue.strip()
    sitting.allows_api = spec.allows_api


def _set_forms(db: Session, sitting: Sitting, wanted: Collection[int]) -> None:
    db.execute(delete(SittingForm).where(SittingForm.sitting_id == sitting.id))
    db.add_all(SittingForm(form_id=form_id, sitting_id=sitting.id) for form_id in sorted(set(wanted)))
    try:
        db.flush()
    except IntegrityError as error:
        # Two administrators chose the same form at the same moment: the table knows who was first.
        raise Conflict(said("选中的试卷刚刚被另一场次使用，请重新选择试卷。"), code="form_burnt") from error


def _set_staff(db: Session, sitting: Sitting, staff: Collection[tuple[int, str]]) -> None:
    db.execute(delete(SittingStaff).where(SittingStaff.sitting_id == sitting.id))
    db.add_all(
        SittingStaff(sitting_id=sitting.id, account_id=account_id, duty=duty)
        for account_id, duty in sorted(set(staff))
    )


def _deal_again(db: Session, sitting_id: int) -> None:
    forms = form_ids(db, sitting_id)
    for registration in db.scalars(select(Registration).where(Registration.sitting_id == sitting_id)):
        registration.form_id = form_at(registration.seat, forms)


def _told(spec: SittingSpec) -> dict[str, object]:
    return {
        "starts_at": spec.starts_at.isoformat(),
        "ends_at": spec.ends_at.isoformat(),
        "minutes": spec.duration_seconds / 60,
        "venue": spec.venue,
        "forms": sorted(spec.form_ids),
        "staff": sorted([account, duty] for account, duty in spec.staff),
        "allows_api": spec.allows_api,
        "is_make_up": spec.is_make_up,
    }
