"""A reviewer's pages: what waits, one case with the decision on it, taking a case out of use."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.bank.law_reviews.queries import exchanges_of
from tiejun.bank.law_reviews.service import review_to_decide
from tiejun.bank.queries import cited_articles
from tiejun.bank.secrecy import sight_of
from tiejun.cases import queries, reanchoring, rules, service
from tiejun.cases.author_views import bp
from tiejun.cases.editing import by_field
from tiejun.cases.law_changes import CASE
from tiejun.cases.models import CaseState
from tiejun.cases.service import Decision
from tiejun.cases.views import shown
from tiejun.errors import Conflict, Forbidden, Problem, Rejected
from tiejun.web import actor, joined, notice, now, reading, transaction, translated

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
    """Take a published case from its readers; out of the queue of law changes, lead back there."""
    review_id = request.form.get("review", type=UUID)
    with transaction() as db:
        version = queries.case_to_decide(db, persona(), public_id, lock=True)
        service.retire(db, version, request.form.get("why", "").strip(), actor(), now())
    notice(_("已停用，学员不再读到这个案例。"))
    back = url_for("law_reviews.review", public_id=review_id) if review_id else url_for(".library")
    return redirect(back, 303)


@bp.post("/cases/<uuid:public_id>/reanchor")
@require(Permission.ITEM_VIEW)
def reanchor(public_id: UUID) -> ResponseReturnValue:
    """Put a case that waits in the queue of law changes on another article, for a second reader to see."""
    review_id, who = request.form.get("review", type=UUID), persona()
    target = request.form.get("law", ""), request.form.get("article", "").strip()
    back = redirect(url_for("law_reviews.review", public_id=review_id or public_id), 303)
    try:
        with transaction() as db:
            version = queries.case_to_exchange(db, who, public_id, lock=True)
            review = review_to_decide(db, sight_of(who), review_id or public_id, CASE)
            draft = reanchoring.reanchor(db, version, review, target, actor(), now())
    except Rejected as error:
        notice(joined(translated(problem.message) for problem in error.problems), "over")
        return back
    notice(_("第 %(n)s 版已改引并提交，等第二人审核；在此之前，学员读到的仍是原来的一版。", n=draft.number))
    return back


def _decision(outcome: str, comment: str) -> Decision:
    who = persona()
    if outcome not in (CaseState.PUBLISHED, CaseState.RETURNED):
        raise Rejected(NOT_SAVED, [Problem(said("审核"), "outcome", said("请选择同意公布还是退回修改。"))])
    if len(comment) > COMMENT_MAX:
        raise Rejected(
            NOT_SAVED, [Problem(said("审核"), "comment", said("最多 %(most)s 个字符。", most=COMMENT_MAX))]
        )
    revision = request.form.get("revision", type=int)
    return Decision(CaseState(outcome), comment, who.account_id, who.name, revision)


NOT_SAVED = said("没有保存，请改正下面的内容。填写的内容都还在。")


def _page(public_id: UUID, comment: str, error: Rejected | None = None) -> str:
    with reading() as db:
        version = queries.case_to_decide(db, persona(), public_id)
        who = persona().account_id
        if not rules.may_decide(version.case.author_id, who, version.exchanged_by_id):
            raise Forbidden(said("不能审核自己的材料，请由另一人审核。"))
        if version.state != CaseState.IN_REVIEW:
            raise Conflict(said("这份材料不在审核中：可能已被撤回，或者另一人已经审核。"))
        cited = cited_articles(db, [(row.law_id, row.article) for row in version.citations])
        versions = queries.versions(db, version.case)
        exchanges = exchanges_of(db, CASE, version.case_id)
    return render_template(
        "cases/review.html",
        **shown(version),
        cited=cited,
        versions=versions,
        exchanges=exchanges,
        is_same_text=any(
            one.number == version.case.published and reanchoring.is_same_text(version, one)
            for one in versions
        ),
        comment=comment,
        error=error,
        errors=by_field(error),
        chosen=request.form.get("outcome", ""),
    )
