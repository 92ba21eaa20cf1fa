"""All tables in one place, for migrations and tests."""

from tiejun import audit, outbox
from tiejun.bank import import_models as item_imports
from tiejun.bank import models as bank
from tiejun.bank.five_years import models as five_years
from tiejun.bank.law_reviews import models as law_reviews
from tiejun.bank.life import models as life
from tiejun.bank.seals import models as seals
from tiejun.bank.usage import models as usage
from tiejun.cases import models as cases
from tiejun.certificates import models as certificates
from tiejun.db import Base
from tiejun.exams import models as exams
from tiejun.exams import result_models as results
from tiejun.files import models as files
from tiejun.notices import models as notices
from tiejun.people import models as people
from tiejun.practice import models as practice
from tiejun.study import models as study

__all__ = ["METADATA", "MODULES", "is_ours"]

# Importing a module is what adds its tables; naming each here keeps the imports from looking unused.
MODULES = (
    audit,
    outbox,
    files,
    people,
    bank,
    item_imports,
    law_reviews,
    five_years,
    usage,
    life,
    seals,
    exams,
    results,
    certificates,
    notices,
    practice,
    study,
    cases,
)
METADATA = Base.metadata

SEARCH = ("item_search", "ix_item_words_trigrams")
"""What a migration makes for the search of one engine only, with all that the engine makes beside it."""


def is_ours(_object: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    """Return whether a table or index of the database is one that the models describe, for Alembic."""
    return not (name or "").startswith(SEARCH)
