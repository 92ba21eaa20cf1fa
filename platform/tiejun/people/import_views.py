"""Pages that import the roster and the training completions: look first, then take over."""

import base64
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from tiejun import uploads
from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.errors import Rejected
from tiejun.people import workbooks
from tiejun.people.roster import RosterPlan, plan_roster, write_roster
from tiejun.people.training import TrainingPlan, plan_training, write_training
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("people_import", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # rows of a preview


class UploadForm(FlaskForm):
    """One workbook."""

    file = FileField(_l("Excel 文件（.xlsx）"), [FileRequired(_l("请选择文件。"))])


def spreadsheet(content: bytes, filename: str) -> Response:
    """Answer with a workbook to be saved."""
    return Response(
        content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )


@bp.get("/people/template.xlsx")
@require(Permission.PEOPLE_IMPORT)
def roster_template() -> ResponseReturnValue:
    """Hand out the empty roster."""
    return spreadsheet(workbooks.roster_template(), "roster.xlsx")


@bp.get("/training/template.xlsx")
@require(Permission.TRAINING_IMPORT)
def training_template() -> ResponseReturnValue:
    """Hand out the empty table of completions."""
    return spreadsheet(workbooks.training_template(), "training.xlsx")


@bp.route("/people/import", methods=["GET", "POST"])
@require(Permission.PEOPLE_IMPORT)
def roster() -> ResponseReturnValue:
    """Take a roster and show what it would do."""
    return _look(Permission.PEOPLE_IMPORT, plan_roster, "people/import")


@bp.post("/people/import/<digest>")
@require(Permission.PEOPLE_IMPORT)
def take_roster(digest: str) -> ResponseReturnValue:
    """Take over a roster that was looked at; answer with the initial passwords, once."""
    content = uploads.fetch(settings(), digest)
    with transaction() as db:
        plan = plan_roster(db, content, _scopes(Permission.PEOPLE_IMPORT), settings(), _today())
        made = write_roster(db, plan, settings(), actor(), now())
    packed = base64.b64encode(workbooks.password_list(made)).decode() if made else ""
    return render_template("people/import_done.html", report=plan.report, made=made, packed=packed)


@bp.route("/training/import", methods=["GET", "POST"])
@require(Permission.TRAINING_IMPORT)
def training() -> ResponseReturnValue:
    """Take a table of completions and show what it would do."""
    return _look(Permission.TRAINING_IMPORT, plan_training, "people/training")


@bp.post("/training/import/<digest>")
@require(Permission.TRAINING_IMPORT)
def take_training(digest: str) -> ResponseReturnValue:
    """Take over completions that were looked at."""
    content = uploads.fetch(settings(), digest)
    with transaction() as db:
        plan = plan_training(db, content, _scopes(Permission.TRAINING_IMPORT), settings(), _today())
        write_training(db, plan, actor(), now())
    report = plan.report
    notice(
        _(
            "培训记录已导入：新增 %(created)s 条，更正 %(updated)s 条，未变 %(unchanged)s 条。",
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
        )
    )
    return redirect(url_for("people.roster"), 303)


def _look(
    permission: Permission, plan: Callable[..., RosterPlan | TrainingPlan], pages: str
) -> ResponseReturnValue:
    """Show the form, or what the uploaded file would do; the file is kept for the second step."""
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template(f"{pages}.html", form=form), 422 if form.is_submitted() else 200
    content = form.file.data.read()
    try:
        with reading() as db:
            found = plan(db, content, _scopes(permission), settings(), _today())
    except Rejected as refused:
        form.file.errors = [translated(refused.message)]
        return render_template(f"{pages}.html", form=form), 422
    digest = uploads.keep(settings(), content)
    page = render_template(f"{pages}_preview.html", plan=found, digest=digest, shown=SHOWN)
    return page, 422 if found.report.problems else 200


def _scopes(permission: Permission) -> tuple[str, ...]:
    return persona().scopes(permission)


def _today() -> date:
    return beijing(now()).date()
