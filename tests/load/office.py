"""What the administration does over the pages: exam, sitting, registration, more time, make-up board."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tests.load.candidate import Candidate
from tests.load.pages import Astray, Page, Visitor
from tiejun.clock import beijing

TITLE = "演练：初级岗位培训考试"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def typed(instant: datetime) -> str:
    """Return an instant as a browser's field for date and time sends it, on Beijing's clocks."""
    return beijing(instant).strftime("%Y-%m-%dT%H:%M")


def public_id(page: Page) -> str:
    """Return the id in a page's address.

    Raises:
        Astray: if there is none.
    """
    found = re.search(UUID, page.path)
    if found is None:
        raise Astray(f"no id in {page.path}: {page.words[:400]}")
    return found.group()


def make_sitting(admin: Visitor, starts_at: datetime, hours: int) -> str:
    """Make an exam and its first sitting, for API clients too and with every free form; return its id."""
    page = admin.get("/exams/new")
    form = page.form("/exams/new").fill(title=TITLE)
    page = admin.post(form)
    if "/sittings/new" not in page.path:
        raise Astray(f"making the exam led to {page.path}: {page.words[:600]}")
    form = page.form("/sittings/new")
    form.fill(
        starts_at=typed(starts_at),
        ends_at=typed(starts_at + timedelta(hours=hours)),
        venue="演练考点",
        forms=form.offered("forms"),
        invigilators=form.offered("invigilators"),
        markers=form.offered("markers"),
        allows_api=True,
    )
    return public_id(admin.post(form))


def register(admin: Visitor, sitting: str, entries: Sequence[str]) -> Page:
    """Register the officers of a pasted list of logins or ID numbers."""
    page = admin.get(f"/sittings/{sitting}/register")
    return admin.post(page.form("/register/list").fill(people="\n".join(entries)))


def extend(invigilator: Visitor, sitting: str, minutes: int) -> Page:
    """Give everybody more time."""
    page = invigilator.get(f"/sittings/{sitting}/board")
    form = page.form("/board/extension").fill(minutes=minutes, reason="演练：考场停电")
    return invigilator.post(form)


def declare(admin: Visitor, sitting: str) -> Page:
    """Declare the results of a sitting."""
    page = admin.get(f"/sittings/{sitting}/results")
    return admin.post(page.form(f"/sittings/{sitting}/declare"))


def release(admin: Visitor, sitting: str) -> Page:
    """Release the results of a sitting; the word that confirms it is typed."""
    page = admin.get(f"/sittings/{sitting}/results")
    return admin.post(page.form(f"/sittings/{sitting}/release").fill(word="发布"))


def schedule_make_up(admin: Visitor, people: Iterable[Candidate], starts_at: datetime) -> None:
    """Put people into a new make-up sitting, ticked on the board by their names.

    Raises:
        Astray: if somebody is not on the board.
    """
    page = admin.get("/make-ups")
    form = page.form("/make-ups/schedule")
    by_name = {
        control.label.removeprefix("选择"): control.value for control in form.controls if control.label
    }
    missing = [who.name for who in people if who.name not in by_name]
    if missing:
        raise Astray(f"not on the make-up board: {missing}, there are {sorted(by_name)}")
    new = [value for value in form.offered("sitting") if value.startswith("new-")]
    form.fill(
        case=[by_name[who.name] for who in people],
        sitting=new[0],
        starts_at=typed(starts_at),
        venue="补考考点",
    )
    admin.post(form)
