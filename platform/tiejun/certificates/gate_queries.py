"""What the card gate must know of a person: the roster on the day, and the certificates held."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.certificates.gate import Applicant, Held, Verdict, judge
from tiejun.certificates.models import Certificate
from tiejun.people.models import Person
from tiejun.people.queries import in_scope, needs, services


def ask(db: Session, id_hash: str, scopes: Sequence[str], day: date) -> tuple[Person | None, Verdict]:
    """Return the person with this ID number, if within reach, and the gate's verdict on `day`.

    Who serves nowhere within reach that day is not on the roster, whether known here or not.
    """
    person = db.scalars(select(Person).where(Person.id_number_hash == id_hash)).one_or_none()
    if person is None:
        return None, judge(None, ())
    serving = services(db, (Person.id == person.id) & in_scope(scopes), day)
    if not serving:
        return None, judge(None, ())
    # Of several posts the one entered last.
    service = max(serving, key=lambda one: one.posting.effective_from)
    level, tier = needs(db, service, day)
    applicant = Applicant(service.posting.is_permanent_staff, level.value, tier.value)
    rows = db.scalars(select(Certificate).where(Certificate.person_id == person.id))
    held = [Held(row.number, row.level, row.tier, row.valid_until, row.state(day)) for row in rows]
    return person, judge(applicant, held)
