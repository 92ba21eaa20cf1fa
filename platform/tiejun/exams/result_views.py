"""Pages of results: a sitting's for the administration, one's own, and the record sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField

from tiejun.access import Permission, persona, require
from tiejun.calendar_cn import load_calendar
from tiejun.clock import beijing
from tiejun.exams import result_queries as queries
from tiejun.exams import result_service as service
from tiejun.exams.admin_queries import page_of, sitting_row
from tiejun.exams.marking_rules import Policy
from tiejun.exams.result_export import result_list
from tiejun.exams.result_models import FollowUpState, MakeUpState, Verdict
from tiejun.exams.result_record import record_sheet
from tiejun.exams.result_rules import RELEASE_WORD, VERDICT_TONES, VERDICT_WORDS, Bin, ceiling, histogram
from tiejun.exams.typed_word import TypedWord
from tiejun.prints.render import render_exam_record
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("results", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {
    "verdict_words": VERDICT_WORDS,
    "verdict_tones": VERDICT_TONES,
    "Verdict": Verdict,
    "MakeUpState": MakeUpState,
    "FollowUpState": FollowUpState,
}


class ReleaseForm(Form):
    """The word that releases results, typed by hand."""

    word = StringField(
        _l("确认发布"),
        [TypedWord(RELEASE_WORD, _l("请输入“发布”两个字。"))],
        filters=[lambda text: text.strip() if text else text],
    )


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to."""

    text: str
    verdict: str

    def fits(self, row: queries.ResultRow) -> bool:
        """Return whether a row belongs to the list."""
        said = not self.verdict or row.verdict == self.verdict
        words = f"{row.person.name} {row.unit.name} {row.person.id_number_masked}"
        return said and self.text in words


@bp.get("/sittings/<uuid:public_id>/results")
@require(Permission.RESULT_VIEW)
def sitting(public_id: UUID) -> ResponseReturnValue:
    """Show the results of a sitting as far as they stand, with the next act and what blocks it."""
    return _page(public_id, ReleaseForm())


@bp.post("/sittings/<uuid:public_id>/declare")
@require(Permission.RESULT_DECLARE)
def declare(public_id: UUID) -> ResponseReturnValue:
    """Declare the results: scores are fixed, nobody outside sees them yet."""
    with transaction() as db:
        row = sitting_row(db, persona(), public_id, now(), Permission.RESULT_DECLARE)
        made = service.declare_sitting(db, row.sitting, actor(), now(), Policy.of(settings()))
    notice(_("已宣布%(n)s人的成绩。核对后发布，考生才能看到。", n=len(made)))
    return redirect(url_for(".sitting", public_id=public_id), 303)


@bp.post("/sittings/<uuid:public_id>/release")
@require(Permission.RESULT_DECLARE)
def release(public_id: UUID) -> ResponseReturnValue:
    """Release the results: certificates are numbered, make-up periods begin."""
    form = ReleaseForm(request.form)
    if not form.validate():
        return _page(public_id, form)
    calendar = load_calendar(settings().holidays)
    with transaction() as db:
        row = sitting_row(db, persona(), public_id, now(), Permission.RESULT_DECLARE)
        done = service.release_sitting(db, row.sitting, actor(), now(), calendar)
    notice(_("已发布%(n)s人的成绩。", n=len(done)))
    return redirect(url_for(".sitting", public_id=public_id), 303)


@bp.get("/sittings/<uuid:public_id>/results.xlsx")
@require(Permission.RESULT_VIEW)
def export(public_id: UUID) -> ResponseReturnValue:
    """Give the results as a workbook, narrowed as the list is."""
    with reading() as db:
        room = queries.room(db, persona(), public_id, now(), Policy.of(settings()))
    made = result_list(room, [row for row in room.rows if _asked().fits(row)])
    name = f"results-{beijing(room.row.sitting.starts_at):%Y%m%d}.xlsx"
    return made, {"Content-Type": XLSX, "Content-Disposition": f'attachment; filename="{name}"'}


@bp.get("/sittings/<uuid:public_id>/record.pdf")
@require(Permission.SITTING_VIEW)
def record(public_id: UUID) -> ResponseReturnValue:
    """Give the exam record sheet for printing and signing."""
    with reading() as db:
        row = sitting_row(db, persona(), public_id, now())
        made = render_exam_record(record_sheet(db, persona(), row, now()), now())
    name = f"record-{beijing(row.sitting.starts_at):%Y%m%d}.pdf"
    return made, {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}


@bp.get("/my/results")
@require(Permission.EXAM_SIT)
def mine() -> ResponseReturnValue:
    """List one's own released results."""
    with reading() as db:
        found = queries.mine(db, persona().person_id)
    return render_template("results/mine.html", rows=found, **WORDS)


@bp.get("/my/results/<uuid:public_id>")
@require(Permission.EXAM_SIT)
def my_result(public_id: UUID) -> ResponseReturnValue:
    """Show one's own result of a sitting: points by section, verdict, what follows."""
    with reading() as db:
        found = queries.my_result(db, persona().person_id, public_id)
        sections = queries.section_scores(db, found.result, now())
    today = beijing(now()).date()
    return render_template("results/my_result.html", found=found, sections=sections, today=today, **WORDS)


def _asked() -> Asked:
    return Asked(request.args.get("q", "").strip(), request.args.get("verdict", ""))


def _page(public_id: UUID, form: ReleaseForm) -> ResponseReturnValue:
    with reading() as db:
        room = queries.room(db, persona(), public_id, now(), Policy.of(settings()))
    shown = [row for row in room.rows if _asked().fits(row)]
    bins = _bins(room)
    page = render_template(
        "results/sitting.html",
        room=room,
        row=room.row,
        page=page_of(shown, request.args.get("page", 1, int)),
        bins=bins,
        top=ceiling(bins),
        form=form,
        said={said: sum(one.verdict == said for one in room.rows) for said in Verdict},
        declares=persona().covers(Permission.RESULT_DECLARE, room.row.unit.path),
        **WORDS,
    )
    return page, 422 if form.errors else 200


def _bins(room: queries.Room) -> Sequence[Bin]:
    scores = [float(row.total) for row in room.rows if row.total is not None]
    return histogram(scores, room.total_points, room.cut_score) if scores else []
