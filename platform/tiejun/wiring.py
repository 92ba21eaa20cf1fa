"""What factory and command line tie together alike: features tell the bank what they cite and use."""

from question_bank.words import said
from tiejun.bank import usage
from tiejun.bank.law_reviews.things import contribute
from tiejun.cases.law_changes import CASE, cases_citing
from tiejun.practice.usage import practised
from tiejun.study.law_changes import LESSON, lessons_citing


def wire() -> None:
    """Make known to the bank what other features cite and use; any number of times."""
    contribute(CASE, cases_citing)
    contribute(LESSON, lessons_citing)
    usage.contribute(said("已用于练习"), practised)
