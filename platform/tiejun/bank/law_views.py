"""Pages of the law register."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from question_bank.law_compare import Change, Pairing
from tiejun.access import Permission, persona, require
from tiejun.bank import law_queries
from tiejun.bank.citing import citing
from tiejun.bank.law_comparison import CompareFilter, compare_laws
from tiejun.bank.law_queries import LawFilter
from tiejun.bank.law_reviews.queries import reader_of, waiting_count
from tiejun.bank.law_search import SearchFilter, search_articles
from tiejun.bank.rules import LawState, law_state, places
from tiejun.bank.secrecy import sight_of
from tiejun.clock import beijing
from tiejun.web import now, reading

bp = Blueprint("laws", __name__)


@bp.app_template_test("in_force")
def is_in_force(law: object, day: date) -> bool:
    """Return whether a law version is in force on `day`, for templates."""
    return state_of(law, day) is LawState.IN_FORCE


@bp.app_template_filter("law_state")
def state_of(law: object, day: date) -> LawState:
    """Return the state of a law version on `day`, for templates."""
    return law_state(getattr(law, "effective", None), getattr(law, "ceased", None), day)


@bp.get("/laws")
@require(Permission.LAW_VIEW)
def index() -> ResponseReturnValue:
    """Show the register, searched and filtered by the address."""
    today = beijing(now()).date()
    day = request.args.get("day", today, type=date.fromisoformat)
    state = _state(request.args.get("state", ""))
    wanted = LawFilter(_text("q"), _text("kind"), state, day, request.args.get("page", 1, type=int))
    with reading() as db:
        page = law_queries.find_laws(db, wanted)
        kinds = [(kind, kind) for kind in law_queries.kinds(db)]
    return render_template("laws/index.html", page=page, kinds=kinds, wanted=wanted, today=today)


@bp.get("/laws/search")
@require(Permission.LAW_VIEW)
def search() -> ResponseReturnValue:
    """Search the articles of all laws, filtered by the address."""
    today = beijing(now()).date()
    day = request.args.get("day", today, type=date.fromisoformat)
    state, page = _state(request.args.get("state", "")), request.args.get("page", 1, type=int)
    wanted = SearchFilter(_text("q"), _text("law"), _text("kind"), state, day, page)
    with reading() as db:
        found = search_articles(db, wanted)
        kinds = [(kind, kind) for kind in law_queries.kinds(db)]
        law = law_queries.get_law(db, wanted.law) if wanted.law else None
    return render_template("laws/search.html", found=found, wanted=wanted, kinds=kinds, law=law, today=today)


@bp.get("/laws/<law_id>")
@require(Permission.LAW_VIEW)
def law(law_id: str) -> ResponseReturnValue:
    """Show one version: dates, what it replaces, its articles."""
    with reading() as db:
        detail = law_queries.law_detail(db, law_id, _text("q"), request.args.get("page", 1, type=int))
        waiting = waiting_count(db, reader_of(persona()), law_id)
    today = beijing(now()).date()
    return render_template("laws/law.html", detail=detail, law=detail.law, today=today, waiting=waiting)


@bp.get("/laws/<law_id>/articles/<number>")
@require(Permission.LAW_VIEW)
def article(law_id: str, number: str) -> ResponseReturnValue:
    """Show one article: plain, printable, at an address that stays."""
    with reading() as db:
        detail = law_queries.article_detail(db, sight_of(persona()), law_id, number)
        groups = citing(db, persona(), law_id, number)
    today = beijing(now()).date()
    lines = places(detail.article.text)
    return render_template(
        "laws/article.html", detail=detail, law=detail.law, lines=lines, today=today, citing=groups
    )


@bp.get("/laws/<law_id>/compare/<other_id>")
@require(Permission.LAW_VIEW)
def compare(law_id: str, other_id: str) -> ResponseReturnValue:
    """Show two versions article by article, the older on the left."""
    wanted = compare_filter()
    with reading() as db:
        found = compare_laws(db, law_id, other_id, wanted)
    today = beijing(now()).date()
    return render_template("laws/compare.html", found=found, table=found.table, wanted=wanted, today=today)


def compare_filter() -> CompareFilter:
    """Return what the address asks of a comparison; without a word the articles that changed."""
    show, by = request.args.get("show", "changed"), request.args.get("by", "")
    return CompareFilter(
        Change(show) if show in tuple(Change) else None,
        Pairing(by) if by in tuple(Pairing) else None,
        request.args.get("page", 1, type=int),
    )


def _text(name: str) -> str:
    return request.args.get(name, "").strip()[:100]


def _state(value: str) -> LawState | None:
    """Return the state asked for; without a word in force, with an unknown one any."""
    if not value:
        return LawState.IN_FORCE
    return LawState(value) if value in tuple(LawState) else None
