"""Pages of practice: the units, a run item by item, the wrong-answer notebook."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.scoring import ValueShapeError
from question_bank.syllabus import load_syllabus
from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.errors import NotFound
from tiejun.practice import forms, queries, rules, service
from tiejun.practice.models import PracticeRun
from tiejun.practice.queries import Step
from tiejun.web import notice, now, reading, transaction

bp = Blueprint("practice", __name__)


@bp.get("/practice")
@require(Permission.PRACTICE_USE)
def home() -> ResponseReturnValue:
    """Show modules and units with how far I am, and start a run."""
    wanted = forms.wanted_of(request.args)
    with reading() as db:
        units = queries.mastery(db, _me(), wanted)
        wrong = queries.notebook_units(db, _me())
        unfinished = queries.recent_run(db, _me())
    page = {"units": units, "wanted": wanted, "wrong": sum(wrong.values()), "unfinished": unfinished}
    known = {"modules": load_syllabus().modules, "UNFILED": queries.UNFILED}
    return render_template("practice/home.html", **page, **known, weak=rules.weakest(units))


@bp.post("/practice/runs")
@require(Permission.PRACTICE_USE)
def start() -> ResponseReturnValue:
    """Draw a run, and lead to its first item."""
    with transaction() as db:
        made = service.start(db, _me(), forms.asked_of(request.form), now())
    return redirect(url_for(".step", public_id=made.public_id, number=1), 303)


@bp.get("/practice/runs/<uuid:public_id>")
@require(Permission.PRACTICE_USE)
def run(public_id: UUID) -> ResponseReturnValue:
    """Show how a run went, or what is left of it."""
    with reading() as db:
        found = queries.progress(db, queries.my_run(db, _me(), public_id))
    return render_template("practice/run.html", progress=found, run=found.run)


@bp.get("/practice/runs/<uuid:public_id>/<int:number>")
@require(Permission.PRACTICE_USE)
def step(public_id: UUID, number: int) -> ResponseReturnValue:
    """Show one item: to be answered, to be judged by myself, or with its explanation."""
    with reading() as db:
        mine = queries.my_run(db, _me(), public_id)
        progress = queries.progress(db, mine)
        if number not in progress.outcomes and progress.next and number <= len(mine.versions):
            return redirect(url_for(".step", public_id=public_id, number=progress.next), 303)
        found = queries.step_of(db, mine, number)
    return _shown(found, progress)


@bp.post("/practice/runs/<uuid:public_id>/<int:number>")
@require(Permission.PRACTICE_USE)
def answer(public_id: UUID, number: int) -> ResponseReturnValue:
    """Take the answer to one item."""
    with transaction() as db:
        mine = queries.my_run(db, _me(), public_id)
        found = queries.step_of(db, mine, number)
        values, wrong = _read(found)
        if not wrong:
            service.answer(db, mine, number, values, now())
            return redirect(url_for(".step", public_id=public_id, number=number), 303)
        progress = queries.progress(db, mine)
    return _shown(found, progress, values, wrong), 422


@bp.post("/practice/runs/<uuid:public_id>/<int:number>/assessment")
@require(Permission.PRACTICE_USE)
def assess(public_id: UUID, number: int) -> ResponseReturnValue:
    """Take my own judgement of my essays."""
    with transaction() as db:
        mine = queries.my_run(db, _me(), public_id)
        text = queries.step_of(db, mine, number).text
        service.assess_own(db, mine, number, forms.ticks_of(text, request.form), now())
    return redirect(url_for(".step", public_id=public_id, number=number), 303)


@bp.get("/practice/notebook")
@require(Permission.PRACTICE_USE)
def notebook() -> ResponseReturnValue:
    """List the items that I answered wrongly and have not made good."""
    wanted = forms.wanted_of(request.args)
    with reading() as db:
        page = queries.notebook(db, _me(), wanted, request.args.get("page", 1, type=int))
        units = queries.notebook_units(db, _me())
    return render_template(
        "practice/notebook.html", page=page, units=units, wanted=wanted, days=rules.RIGHT_DAYS
    )


@bp.get("/practice/notebook/<uuid:public_id>")
@require(Permission.PRACTICE_USE)
def entry(public_id: UUID) -> ResponseReturnValue:
    """Show an item that I practised: my answers beside the key."""
    with reading() as db:
        found = queries.notebook_entry(db, _me(), public_id)
    today = beijing(now()).date()
    return render_template("practice/entry.html", entry=found, days=rules.RIGHT_DAYS, today=today)


@bp.post("/practice/notebook/<uuid:public_id>/removal")
@require(Permission.PRACTICE_USE)
def remove(public_id: UUID) -> ResponseReturnValue:
    """Take an item out of my notebook."""
    with transaction() as db:
        service.remove(db, _me(), public_id)
    notice(_("已移出错题本；作答记录仍在。"))
    return redirect(url_for(".notebook"), 303)


def _me() -> int:
    person_id = persona().person_id
    if person_id is None:
        raise NotFound(said("您的账户没有对应的人员档案，不能练习。"))
    return person_id


def _read(found: Step) -> tuple[list[object], dict[int, str]]:
    """Return the values that were sent, and what is wrong with them by part."""
    values = forms.values_of(found.text, request.form)
    missing = forms.unanswered(found.text, values, request.form)
    try:
        rules.judge(found.text, values)
    except ValueShapeError:
        return values, {0: _("作答的格式不对，请重新选择或填写。")}
    return values, {number: _("请作答；不会就点“不会，看答案”。") for number in missing}


def _shown(
    found: Step,
    progress: queries.Progress,
    values: list[object] | None = None,
    wrong: dict[int, str] | None = None,
) -> str:
    """Return the page of one item; before it is answered, nothing of the key is on it."""
    run: PracticeRun = progress.run
    seed = f"{run.seed}:{found.number}"
    orders = [rules.option_order(found.text, number, seed) for number, _part in enumerate(found.text.parts)]
    page = {"run": run, "step": found, "progress": progress, "orders": orders, "today": beijing(now()).date()}
    page["rubric_of"] = rules.rubric_of
    template = "practice/answered.html" if found.answer else "practice/question.html"
    return render_template(
        template, **page, values=values or [None] * len(orders), wrong=wrong or {}, share=rules.ESSAY_SHARE
    )
