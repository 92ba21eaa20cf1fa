"""What the factory and the command line tie together alike: what other features tell the bank.

Cases and study tell what they cite, exams when a form was last used and which sittings new law overtakes,
practice which versions it used.
"""

from question_bank.words import said
from tiejun.bank import batch_uses
from tiejun.bank.law_followers import follow
from tiejun.bank.law_reviews.standing import tell
from tiejun.bank.law_reviews.things import contribute
from tiejun.bank.release.queries import ask_for_uses
from tiejun.cases.law_changes import CASE, cases_citing
from tiejun.cases.reanchoring import case_standing
from tiejun.exams.form_uses import form_uses
from tiejun.exams.law_days import told_after_import
from tiejun.practice.usage import practised
from tiejun.study.law_changes import LESSON, lessons_citing


def wire() -> None:
    """Make known to the bank what other features cite, use and rest on; any number of times."""
    contribute(CASE, cases_citing)
    contribute(LESSON, lessons_citing)
    tell(CASE, case_standing)
    ask_for_uses(form_uses)
    follow("sittings", told_after_import)
    batch_uses.contribute(said("已用于练习"), practised)
