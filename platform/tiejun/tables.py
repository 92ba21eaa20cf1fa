"""All tables in one place, for migrations and tests."""

from tiejun import audit, outbox
from tiejun.bank import models as bank
from tiejun.bank.law_reviews import models as law_reviews
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

__all__ = ["METADATA", "MODULES"]

# Importing a module is what adds its tables; naming each here keeps the imports from looking unused.
MODULES = (
    audit,
    outbox,
    files,
    people,
    bank,
    law_reviews,
    exams,
    results,
    certificates,
    notices,
    practice,
    study,
    cases,
)
METADATA = Base.metadata
