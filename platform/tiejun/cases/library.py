"""Cases that come with the product: JSON files under `tiejun/data/cases/`.

One file is one case; its name without `.json` is the case's code ("odour-night-shift"). Members:

    title       at most 120 characters
    summary     what happened in two or three sentences, at most 300 characters
    units       codes of the syllabus, at least one: ["C3", "B5"]
    citations   articles of the register, at least one: [{"law": "eco-env-code-2026", "article": "120-1"}]
    html        the text; tags as `tiejun.html.clean` allows, headings begin at h3
    minutes     reading time; optional, else estimated from the length
    medium      one of `tiejun.cases.words`, such as "水"; optional
    place       without names, such as "某市某县"; optional
    decision    how it ended; optional
    points      teaching points, one a line; optional
    questions   questions for discussion, one a line; optional

Files cannot be attached. Such a case belongs to the unit at the top, has no author among the accounts, and is
published at once: the project has reviewed it before it shipped it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor
from tiejun.cases import queries, service
from tiejun.cases.draft import Draft
from tiejun.cases.models import CaseMaterial
from tiejun.cases.rules import submission_problems
from tiejun.cases.service import Author
from tiejun.errors import Conflict, Rejected
from tiejun.people.models import Unit
from tiejun.settings import Settings

WRITER = "铁军案例编写组"
FOLDER = "data/cases"


def install_cases(db: Session, _settings: Settings, actor: Actor, now: datetime) -> int:
    """Publish the shipped cases that this installation does not have yet; return how many.

    Raises:
        Conflict: if there is no unit that they could belong to.
        Rejected: if a file is not as it should be.
    """
    top = db.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    if top is None:
        raise Conflict(said("还没有任何单位。请先导入单位和人员，再装入案例。"))
    present = set(db.scalars(select(CaseMaterial.code).where(CaseMaterial.code.is_not(None))))
    author = Author(None, WRITER, top.id)
    new = [(code, found) for code, found in shipped() if code not in present]
    for code, found in new:
        case = service.create_case(db, found["title"], author, actor, now)
        case.code = code
        publish_file(db, case, found, actor, now)
    return len(new)


def shipped() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (code, content) of the files that came with the product, by code."""
    folder = resources.files("tiejun").joinpath(FOLDER)
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".json"):
            yield path.name.removesuffix(".json"), json.loads(path.read_text(encoding="utf-8"))


def draft_of(found: dict[str, Any]) -> Draft:
    """Return a case file as the editor's fields."""
    draft = Draft(title=found["title"], body=found["html"], is_anonymous=True, revision=1)
    draft.units = list(found["units"])
    draft.citations = [(cited["law"], str(cited["article"])) for cited in found["citations"]]
    for name in ("summary", "minutes", "medium", "place", "decision", "points", "questions"):
        setattr(draft, name, str(found.get(name, "")))
    return draft


def publish_file(db: Session, case: CaseMaterial, found: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Write and publish the text of a case file.

    Raises:
        Rejected: if the file is not as it should be, naming each fault.
    """
    version = queries.latest(db, case)
    text = draft_of(found).text(f"/cases/{case.public_id}/files/")
    if problems := submission_problems(text):
        raise Rejected(said("案例“%(title)s”不完整。", title=found["title"]), problems)
    service.save_draft(db, version, text, version.revision, now)
    service.publish(db, version, actor, now)
