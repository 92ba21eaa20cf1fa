"""The days before the exam: laws, roster, training, real banks, starter bank, forms — by commands."""

import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from question_bank.assembly.blueprint import Blueprint
from question_bank.assembly.form import canonical_json
from tests.load.installation import Installation
from tests.load.officers import (
    Officer,
    invent,
    lay_staff,
    lay_units,
    read_passwords,
    roster_file,
    training_file,
)
from tests.load.report import Report
from tests.support.server import ROOT
from tiejun.audit import COMMAND_LINE
from tiejun.bank import form_service
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import ExamForm
from tiejun.clock import beijing
from tiejun.crypto import random_code

LAWS = 188
STARTER = ROOT / "question_bank" / "data" / "starter"
BLUEPRINT = ROOT / "question_bank" / "data" / "blueprints" / "demo-primary.json"
BANKS = "xlsx-zh-nolicence"
LEVEL = "provincial"


@dataclass
class World:
    """What stands ready: who there is, with which initial passwords, and who was not trained."""

    officers: list[Officer]
    untrained: list[Officer]
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)
    blueprint_id: int = 0

    def due(self) -> list[Officer]:
        """Return the officers who must sit this exam."""
        return [officer for officer in self.officers if officer.is_due]


def create(home: Installation, report: Report) -> None:
    """Make the empty installation."""
    home.run("db", "upgrade")
    home.run("db", "check")
    home.open_database()
    report.check(home.now() is not None, "no clock")


def import_laws(home: Installation, data: Path | None, report: Report, *, twice: bool) -> None:
    """Import the real law texts, or name the step as not run; the shipped register is there either way."""
    with home.database.transaction() as db:
        sync_register(db)
    if data is None:
        report.leave_out(f"{LAWS} real law versions (no DATA folder)")
        return
    found = home.run_json("laws", "import", data / "laws")
    report.equal("law versions read", found["read"], LAWS)
    report.equal("laws refused", (found["rejected"], found["problems"]), (0, []))
    report.equal("laws written", found["created"] + found["updated"] + found["unchanged"], LAWS)
    report.figure("law versions", found["read"])
    if twice:
        again = home.run_json("laws", "import", data / "laws")
        report.equal("laws unchanged when imported again", again["unchanged"], LAWS)


def import_people(
    home: Installation, count: int, rng: random.Random, report: Report, *, thorough: bool
) -> World:
    """Lay the units, import the roster from Excel twice, give the staff their accounts."""
    with home.database.transaction() as db:
        staff = lay_staff(db, lay_units(db), home.now())
    officers = invent(count, rng)
    roster, passwords = home.folder / "roster.xlsx", home.folder / "passwords.xlsx"
    roster_file(officers, roster)
    found = home.run_json("people", "import", roster, "--passwords", passwords)
    report.equal("officers created", (found["read"], found["created"], found["rejected"]), (count, count, 0))
    world = World(officers, [], read_passwords(passwords), staff)
    report.equal("initial passwords given out", len(world.logins), count)
    report.figure("officers on the roster", count)
    if thorough:
        _import_people_again(home, officers, report)
    return world


def _import_people_again(home: Installation, officers: list[Officer], report: Report) -> None:
    """The same roster again changes nothing; one faulty row, and nobody is imported."""
    again = home.run_json("people", "import", home.folder / "roster.xlsx")
    report.equal("officers unchanged when imported again", again["unchanged"], len(officers))
    wrong = Officer("查无此人", officers[0].id_number[:-1] + "?", officers[0].unit, "一般", False)
    path = home.folder / "faulty.xlsx"
    roster_file([*officers[1:4], wrong], path)
    found = home.run_json("people", "import", path, expect=1)
    report.equal("a faulty roster is refused by row", found["rejected"], 1)


def import_training(home: Installation, world: World, sitting_out: set[str], report: Report) -> None:
    """Record the training of those due, but not of those in `sitting_out`."""
    world.untrained = [officer for officer in world.due() if officer.name in sitting_out]
    trained = [officer for officer in world.due() if officer.name not in sitting_out]
    path = home.folder / "training.xlsx"
    training_file(trained, beijing(home.now()).date() - timedelta(days=20), path)
    found = home.run_json("training", "import", path)
    report.equal("completions recorded", (found["created"], found["problems"]), (len(trained), []))
    report.figure("training completions", len(trained))


def import_banks(home: Installation, data: Path | None, report: Report) -> None:
    """Import the real Excel banks as practice items; what is left out is what MANIFEST.json flags."""
    if data is None:
        report.leave_out("the real Excel banks (no DATA folder)")
        return
    taken, left_out = 0, 0
    for row in json.loads((data / "MANIFEST.json").read_text()):
        if not (row["file"] or "").startswith(BANKS):
            continue
        expected = row["expected"]
        flagged, name = set(expected["flagged_rows"]), Path(row["file"]).name
        words = (
            "items",
            "import",
            data / row["file"],
            "--purpose",
            "practice",
            "--state",
            "operational",
            "--skip-faulty",
        )
        found = home.run_json(*words, expect=3 if flagged else 0)
        report.equal(f"{name}: rows read", found["read"], expected["items"])
        rows = {int(problem["where"].rpartition("!")[2]) for problem in found["problems"]}
        report.equal(f"{name}: rows left out", rows, flagged)
        good = expected["items"] - len(flagged)
        # A row that the bank already has word for word is no second item.
        report.equal(f"{name}: rows taken", found["created"] + found["unchanged"], good)
        taken, left_out = taken + found["created"], left_out + len(rows)
    report.figure("practice items from real banks", f"{taken} taken, {left_out} faulty rows left out")


def import_starter(home: Installation, report: Report) -> None:
    """Import the starter bank, which is the demo's exam bank."""
    rows = [row for path in sorted(STARTER.glob("*.json")) for row in json.loads(path.read_text())["items"]]
    path = home.folder / "starter.json"
    path.write_text(json.dumps({"items": rows}, ensure_ascii=False))
    found = home.run_json("items", "import", path, "--purpose", "exam", "--state", "operational")
    report.equal("starter items taken", (found["created"], found["problems"]), (len(rows), []))
    report.check(len(rows) >= 120, f"only {len(rows)} starter items")
    report.figure("starter items", len(rows))


def freeze_forms(home: Installation, world: World, report: Report) -> None:
    """Make the blueprint and freeze forms A and B; at most a tenth of the items is common."""
    text = Blueprint.from_json(json.loads(BLUEPRINT.read_text()))
    now = home.now()
    with home.database.transaction() as db:
        world.blueprint_id = form_service.create_blueprint(db, text, LEVEL, COMMAND_LINE, now).id
        forms = [
            form_service.freeze_form(db, world.blueprint_id, random_code(), COMMAND_LINE, now) for _ in "AB"
        ]
        ids = [form.id for form in forms]
        report.equal("labels of the forms", [form.label for form in forms], ["A", "B"])
        report.equal("points of the forms", {form.total_points for form in forms}, {float(text.total_points)})
    check_overlap(home, ids, report)


def check_overlap(home: Installation, form_ids: list[int], report: Report) -> None:
    """Check that the last form has at most a tenth of its items in common with the others, and no key."""
    with home.database.reading() as db:
        *earlier, last = ({key.item_id for key in form_service.slot_keys(db, form)} for form in form_ids)
        papers = [db.get_one(ExamForm, form).paper for form in form_ids]
    common = last & set().union(*earlier)
    report.check(len(common) <= len(last) / 10, f"{len(common)} of {len(last)} items are common")
    label = chr(ord("A") + len(form_ids) - 1)
    report.figure(f"items of form {label} that earlier forms have", f"{len(common)} of {len(last)}")
    for paper in papers:
        told = json.loads(paper)
        report.equal("a paper is canonical JSON", paper.encode(), canonical_json(told))
        report.check('"key"' not in paper and "rationale" not in paper, "a paper shows a key")
