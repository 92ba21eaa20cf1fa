"""What may be decided on a thing of another feature, on the page of its review.

The bank knows no other feature: each tells it (`tell`), as it tells what it cites.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tiejun.access import Persona
from tiejun.bank.law_reviews.models import LawReview


@dataclass(frozen=True)
class Standing:
    """The addresses to which the reader may send a decision, "" for none; `held` says why not now.

    `reanchor` and `retire` take a form, `rewrite` begins the next version by one, `edit` is the page of a
    version that is being written. `submitted` is the number of the version that waits for its second reader.
    """

    reanchor: str = ""
    rewrite: str = ""
    edit: str = ""
    retire: str = ""
    held: str = ""
    submitted: int | None = None


Teller = Callable[[Session, Persona, LawReview], Standing]
_TELLERS: dict[str, Teller] = {}


def tell(kind: str, teller: Teller) -> None:
    """Make known who tells of things of a kind; for the factory, any number of times."""
    _TELLERS[kind] = teller


def standing_of(db: Session, who: Persona, review: LawReview) -> Standing:
    """Return what `who` may decide on the thing of an open review; nothing on what nobody tells of."""
    teller = _TELLERS.get(review.kind)
    return teller(db, who, review) if teller is not None and review.decided_at is None else Standing()
