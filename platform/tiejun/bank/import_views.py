"""Pages that import items from files of any format: look first, then take over."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from question_bank.formats.template import write_template
from question_bank.words import recalled, said
from tiejun import uploads
from tiejun.access import Permission, persona, require
from tiejun.bank import queries, words
from tiejun.bank.column_service import column_maps, explanations
from tiejun.bank.import_jobs import LARGE, asked_of, begin, plan_of
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile, read_item_file
from tiejun.bank.item_views import attachment
from tiejun.bank.secrecy import sight_of
from tiejun.bank.states import ItemState
from tiejun.bank.undo import hindrances, undo_batch
from tiejun.errors import DomainError, Rejected
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("bank_import", __name__)
PASTED = "粘贴的文字.txt"  # the name of a batch, stored
SHOWN = 200  # rows and faults of a preview


class UploadForm(FlaskForm):
    """A file of items or a typed text, and what its items are where they do not say so themselves."""

    file = FileField(_l("试题文件"))
    text = TextAreaField(_l("或粘贴文字"))
    purpose = SelectField(
        _l("用途"),
        [InputRequired()],
        choices=lambda: [SelectChoice(value, word) for value, word in words.purpose_choices()],
        description=_l("考试用题须归入大纲单元，练习用题可以不归。"),
    )
    unit = SelectField(
        _l("没有写明单元的行归入"),
        choices=lambda: (
            [SelectChoice("", _("不归入"))]
            + [SelectChoice(value, word) for value, word in words.unit_choices()]
        ),
    )
    is_reviewed = BooleanField(
        _l("这些试题已在别处由两人审定，导入后直接可用"),
        description=_l("不勾选则作为草稿导入，经两人审核后才能使用。勾选会记入审计日志。"),
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for one of the two."""
        if not field.data and not (self.text.data or "").strip():
            raise ValidationError(_("请选择文件，或在下面粘贴文字。"))

    def brought(self) -> tuple[bytes, str, Field]:
        """Return content and name of what was brought, and the field it came by; a file goes first."""
        if self.file.data:
            return self.file.data.read(), self.file.data.filename, self.file
        return self.text.data.encode(), PASTED, self.text


class ConfirmForm(FlaskForm):
    """The go-ahead for a file that was looked at; leaving rows out takes an explicit tick."""

    skip_faulty = BooleanField(_l("略去有误的行，只导入其余的行"))


@bp.get("/items/import/template.xlsx")
@require(Permission.ITEM_IMPORT)
def template() -> ResponseReturnValue:
    """Hand out the empty table."""
    return attachment(write_template(), "items-template.xlsx")


@bp.get("/items/import")
@require(Permission.ITEM_IMPORT)
def start() -> ResponseReturnValue:
    """Ask for a file."""
    return _start_page(UploadForm())


@bp.post("/items/import")
@require(Permission.ITEM_IMPORT)
def look() -> ResponseReturnValue:
    """Keep a file and lead to its preview; a file that cannot be read at all is not kept."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _start_page(form), 422
    content, name, field = form.brought()
    asked: dict[str, Any] = {"name": name[-120:], "purpose": form.purpose.data, "unit": form.unit.data}
    if form.is_reviewed.data:
        asked["state"] = ItemState.OPERATIONAL.value
    try:
        return _kept_for(content, name, asked)
    except DomainError as refused:
        field.errors = [translated(refused.message)]
        return _start_page(form), 422


@bp.get("/items/import/<digest>/go-on")
@require(Permission.ITEM_IMPORT)
def go_on(digest: str) -> ResponseReturnValue:
    """Check a kept file whose columns were explained: at once, or in the background if it is large."""
    asked = asked_of(request.args)
    if _is_large(uploads.fetch(settings(), digest)):
        return _in_background(digest, asked)
    return redirect(url_for(".preview", digest=digest, **asked), 303)


@bp.get("/items/import/<digest>")
@require(Permission.ITEM_IMPORT)
def preview(digest: str) -> ResponseReturnValue:
    """Show what the import of a kept file would do."""
    file = _kept(digest)
    with reading() as db:
        report = import_items(db, file, _plan(dry_run=True), actor(), now())
        explained = explanations(db, file.remembered)
    columns = url_for("bank_columns.columns", digest=digest, **asked_of(request.args))
    return render_template(
        "bank/import_preview.html",
        file=file,
        report=report,
        form=ConfirmForm(),
        shown=SHOWN,
        plan=_plan(),
        explained=explained,
        columns=columns if file.is_table else "",
    )


@bp.post("/items/import/<digest>")
@require(Permission.ITEM_IMPORT)
def take(digest: str) -> ResponseReturnValue:
    """Import a file that was looked at."""
    file, form = _kept(digest), ConfirmForm()
    with transaction() as db:
        report = import_items(db, file, _plan(form.skip_faulty.data), actor(), now())
    if not report.is_written:
        raise Rejected(said("文件中有不合格的行，没有导入任何试题。"), report.problems[:SHOWN])
    counts = {"n": report.created, "changed": report.updated, "same": report.unchanged}
    notice(_("已导入：新增 %(n)s 题，更新 %(changed)s 题，未变 %(same)s 题。", **counts))
    return redirect(url_for(".batch", public_id=report.batch), 303)


@bp.get("/items/batches/<uuid:public_id>")
@require(Permission.ITEM_IMPORT)
def batch(public_id: UUID) -> ResponseReturnValue:
    """Show the report of one import."""
    with reading() as db:
        found = queries.get_batch(db, sight_of(persona()), public_id)
        stops = [] if found.undone_at else hindrances(db, found)
    report = recalled(found.report)
    return render_template("bank/batch.html", batch=found, report=report, shown=SHOWN, stops=stops)


@bp.post("/items/batches/<uuid:public_id>/undo")
@require(Permission.ITEM_IMPORT)
def undo(public_id: UUID) -> ResponseReturnValue:
    """Take an import back whole."""
    with transaction() as db:
        undone = undo_batch(db, sight_of(persona()), public_id, actor(), now())
    notice(_("已撤销：删去 %(n)s 题，退回 %(changed)s 题。", n=undone.items, changed=undone.versions))
    return redirect(url_for(".batch", public_id=public_id), 303)


def _start_page(form: UploadForm) -> str:
    with reading() as db:
        batches = queries.recent_batches(db, sight_of(persona()))
    return render_template("bank/import.html", form=form, batches=batches)


def _kept(digest: str) -> ItemFile:
    content = uploads.fetch(settings(), digest)
    unit = request.args.get("unit") or None
    name = request.args.get("name", "upload.xlsx")
    with reading() as db:
        maps = column_maps(db)
    return read_item_file(content, name, unit=unit, maps=maps)


def _plan(skip_faulty: bool = False, *, dry_run: bool = False) -> ImportPlan:
    return replace(plan_of(request.args, skip_faulty, dry_run=dry_run), sight=sight_of(persona()))


def _kept_for(content: bytes, name: str, asked: dict[str, Any]) -> ResponseReturnValue:
    """Keep a file and lead to what comes next; one that cannot be read at all is refused and not kept."""
    if _is_large(content):
        return _in_background(uploads.keep(settings(), content), asked)
    page = ".preview"
    try:
        with reading() as db:
            read_item_file(content, name, maps=column_maps(db))
    except DomainError as refused:
        if refused.code != "unknown_columns":
            raise
        page = "bank_columns.columns"
    return redirect(url_for(page, digest=uploads.keep(settings(), content), **asked), 303)


def _is_large(content: bytes) -> bool:
    # Without the worker nobody would ever look at a file in the background.
    return len(content) > LARGE and settings().worker_seconds > 0


def _in_background(digest: str, asked: dict[str, Any]) -> ResponseReturnValue:
    with transaction() as db:
        job = begin(db, digest, asked, sight_of(persona()), actor(), now())
    return redirect(url_for("bank_import_jobs.job", public_id=job.public_id), 303)
