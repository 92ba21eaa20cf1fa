"""An author's pages: my cases, and the editor, whose every button sends the whole form."""

from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.bank.law_queries import laws_for_choice
from tiejun.bank.queries import cited_articles
from tiejun.cases import editing, queries, rules, service
from tiejun.cases.draft import Draft
from tiejun.cases.editing import Sent, by_field
from tiejun.cases.service import Author
from tiejun.cases.views import bp, shown
from tiejun.clock import beijing
from tiejun.errors import Conflict, DomainError, Problem, Rejected
from tiejun.files.kinds import BadFile
from tiejun.files.pictures import keep_picture
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

__all__ = ["bp"]


@bp.get("/cases/mine")
@require(Permission.CASE_WRITE)
def mine() -> ResponseReturnValue:
    """List what this author has written, each by its latest version."""
    return _mine()


@bp.post("/cases/mine")
@require(Permission.CASE_WRITE)
def create() -> ResponseReturnValue:
    """Begin a case under its title; the editor comes next."""
    who = persona()
    title = request.form.get("title", "").strip()
    try:
        with transaction() as db:
            author = Author(who.account_id, who.name, who.unit_id)
            made = service.create_case(db, title, author, actor(), now())
    except Rejected as error:
        return _mine(error), error.status
    return redirect(url_for(".edit", public_id=made.public_id), 303)


@bp.get("/cases/<uuid:public_id>/edit")
@require(Permission.CASE_WRITE)
def edit(public_id: UUID) -> ResponseReturnValue:
    """Show the draft in the editor; a version that cannot be changed is only shown."""
    with reading() as db:
        version = queries.own_case(db, persona(), public_id)
    if version.state not in service.EDITABLE:
        return redirect(url_for(".version", public_id=public_id, number=version.number), 303)
    return _editor(public_id)


@bp.post("/cases/<uuid:public_id>/edit")
@require(Permission.CASE_WRITE)
def save(public_id: UUID) -> ResponseReturnValue:
    """Save the draft and carry out a button; files are attached with whatever button was pressed."""
    draft, act = Draft.read(request.form), request.form.get("act", "save")
    draft.apply(act)
    try:
        problems = _write(public_id, draft, act)
    except (Rejected, Conflict, BadFile) as error:
        return _editor(public_id, draft, error), error.status
    if problems:
        refused = Rejected(said("已保存为草稿，但还不能提交审核，请补全下面的内容。"), problems)
        return _editor(public_id, None, refused), refused.status
    return _after(public_id, act)


@bp.post("/cases/<uuid:public_id>/images")
@require(Permission.CASE_WRITE)
def add_image(public_id: UUID) -> ResponseReturnValue:
    """Take a picture for the text; the answer is what the editor's script expects."""
    upload = request.files.get("image")
    try:
        if upload is None or not upload.filename:
            raise BadFile(said("没有收到图片。"))
        with reading() as db:
            queries.own_case(db, persona(), public_id)
        kept = keep_picture(settings(), upload.stream, upload.filename, settings().max_upload_mb)
        with transaction() as db:
            version = queries.own_case(db, persona(), public_id, lock=True)
            row = service.attach(db, version, [kept], actor(), now(), inline=True)[0]
    except (BadFile, Conflict) as error:
        return jsonify({"message": translated(error.message)}), error.status
    return jsonify({"url": url_for(".file", public_id=public_id, file_id=row.public_id)})


@bp.post("/cases/<uuid:public_id>/take-back")
@require(Permission.CASE_WRITE)
def take_back(public_id: UUID) -> ResponseReturnValue:
    """Take a case out of review, to go on writing."""
    with transaction() as db:
        service.take_back(db, queries.own_case(db, persona(), public_id, lock=True), actor(), now())
    notice(_("已撤回，可以继续修改。"))
    return redirect(url_for(".edit", public_id=public_id), 303)


@bp.post("/cases/<uuid:public_id>/revise")
@require(Permission.CASE_WRITE)
def revise(public_id: UUID) -> ResponseReturnValue:
    """Begin the next version of a published case."""
    with transaction() as db:
        service.revise(db, queries.own_case(db, persona(), public_id, lock=True), actor(), now())
    notice(_("已建立新的一版草稿；在它公布之前，学员读到的仍是原来的一版。"))
    return redirect(url_for(".edit", public_id=public_id), 303)


def _write(public_id: UUID, draft: Draft, act: str) -> list[Problem]:
    with reading() as db:
        queries.own_case(db, persona(), public_id)  # before anything is stored for a stranger
    sent = Sent(draft, act, editing.kept(settings(), request.files.getlist("attachments")))
    with transaction() as db:
        version = queries.own_case(db, persona(), public_id, lock=True)
        return editing.carry_out(db, version, sent, actor(), now())


def _after(public_id: UUID, act: str) -> ResponseReturnValue:
    if act == "submit":
        notice(_("已提交审核。审核人不能是您自己；有结果时会列在“今天”页。"))
        return redirect(url_for(".mine"), 303)
    if act == "save":
        notice(_("草稿已保存。"))
    anchor = {"cite": "citations", "unit": "units", "file": "attachments"}.get(act.partition("-")[0])
    return redirect(url_for(".edit", public_id=public_id, _anchor=anchor), 303)


def _mine(error: Rejected | None = None) -> str:
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "state")}
    with reading() as db:
        page = queries.mine(db, persona(), asked["q"], asked["state"], request.args.get("page", 1, type=int))
    return render_template("cases/mine.html", page=page, asked=asked, error=error)


def _editor(public_id: UUID, draft: Draft | None = None, error: DomainError | None = None) -> str:
    with reading() as db:
        version = queries.own_case(db, persona(), public_id)
        draft = draft or Draft.of(version)
        if error is not None and error.code == "changed":
            draft.revision = version.revision
        cited = cited_articles(db, draft.citations)
        laws = laws_for_choice(db, beijing(now()).date())
    return render_template(
        "cases/edit.html",
        **shown(version),
        draft=draft,
        cited=cited,
        laws=laws,
        error=error,
        errors=by_field(error),
        limits=rules,
        max_mb=settings().max_upload_mb,
    )
