"""A reviewer's pages: what waits, one case with the decision on it, taking a case out of use."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.bank.queries import cited_articles
from tiejun.cases import queries, rules, service
from tiejun.cases.author_views import bp
from tiejun.cases.editing import by_field
from tiejun.cases.models import CaseState
from tiejun.cases.service import Decision
from tiejun.cases.views import shown
from tiejun.errors import Conflict, Forbidden, Problem, Rejected
from tiejun.web import actor, notice, now, reading, transaction

# The blueprint is shared with the modules before; the factory takes it from here, the last.
__all__ = ["bp"]

COMMENT_MAX = 2000


@bp.get("/cases/reviews")
@require(Permission.CASE_REVIEW)
def reviews() -> ResponseReturnValue:
    """List the cases that wait for this person's decision."""
    with reading() as db:
        page = queries.queue(db, persona(), request.args.get("page", 1, type=int))
    return render_template("cases/reviews.html", page=page, due=rules.review_due)


@bp.get("/cases/<uuid:public_id>/review")
@require(Permission.CASE_REVIEW)
def review(public_id: UUID) -> ResponseReturnValue:
    """Show a submitted case with the decision to be taken."""
    return _page(public_id, "")


@bp.post("/cases/<uuid:public_id>/review")
@require(Permission.CASE_REVIEW)
def decide(public_id: UUID) -> ResponseReturnValue:
    """Publish the case, or return it with a comment."""
    comment = request.form.get("comment", "").strip()
    try:
        decision = _decision(request.form.get("outcome", ""), comment)
        with transaction() as db:
            version = queries.case_to_decide(db, persona(), public_id, lock=True)
            service.decide(db, version, decision, actor(), now())
    except Rejected as error:
        return _page(public_id, comment, error), error.status
    published = decision.outcome is CaseState.PUBLISHED
    notice(_("已公布，学员现在可以读到。") if published else _("已退回作者修改。"))
    return redirect(url_for(".reviews"), 303)


@bp.post("/cases/<uuid:public_id>/retire")
@require(Permission.CASE_REVIEW)
def retire(public_id: UUID) -> ResponseReturnValue:
    """Take a published case from its readers."""
    with transaction() as db:
        version = queries.case_to_decide(db, persona(), public_id, lock=True)
        service.retire(db, version, request.form.get("why", "").strip(), actor(), now())
    notice(_("已停用，学员不再读到这个案例。"))
    return redirect(url_for(".library"), 303)


def _decision(outcome: str, comment: str) -> Decision:
    who = persona()
    if outcome not in (CaseState.PUBLISHED, CaseState.RETURNED):
        raise Rejected(NOT_SAVED, [Problem(said("审核"), "outcome", said("请选择同意公布还是退回修改。"))])
    if len(comment) > COMMENT_MAX:
        raise Rejected(
            NOT_SAVED, [Problem(said("审核"), "comment", said("最多 %(most)s 个字符。", most=COMMENT_MAX))]
        )
    return Decision(CaseState(outcome), comment, who.account_id, who.name)


NOT_SAVED = said("没有保存，请改正下面的内容。填写的内容都还在。")


def _page(public_id: UUID, comment: str, error: Rejected | None = None) -> str:
    with reading() as db:
        version = queries.case_to_decide(db, persona(), public_id)
        if not rules.may_decide(version.case.author_id, persona().account_id):
            raise Forbidden(said("不能审核自己的材料，请由另一人审核。"))
        if version.state != CaseState.IN_REVIEW:
            raise Conflict(said("这份材料不在审核中：可能已被撤回，或者另一人已经审核。"))
        cited = cited_articles(db, [(row.law_id, row.article) for row in version.citations])
        versions = queries.versions(db, version.case)
    return render_template(
        "cases/review.html",
        **shown(version),
        cited=cited,
        versions=versions,
        comment=comment,
        error=error,
        errors=by_field(error),
        chosen=request.form.get("outcome", ""),
    )
