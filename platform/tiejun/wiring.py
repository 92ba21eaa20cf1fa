"""What the factory and the command line tie together alike: what features tell the bank about law."""

from tiejun.bank.law_followers import follow
from tiejun.bank.law_reviews.things import contribute
from tiejun.cases.law_changes import CASE, cases_citing
from tiejun.exams.law_days import told_after_import
from tiejun.study.law_changes import LESSON, lessons_citing


def wire() -> None:
    """Make known to the bank what other features cite and rest on; any number of times."""
    contribute(CASE, cases_citing)
    contribute(LESSON, lessons_citing)
    follow("sittings", told_after_import)
