"""What reading a file of questions gave, for every format whose questions are not rows of a sheet.

Public: `QuestionReport`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from question_bank.item import Item, Problem


@dataclass(slots=True)
class QuestionReport:
    """What became of a file, as `spreadsheet.ImportReport`; `images` are the files its items show.

    `rows` and `faulty_rows` name the place of each item and of each question that became none. `codes` are
    the ids that stood in the file, by which items are known again; all others were made up here.
    """

    read: int = 0
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    faulty_rows: list[str] = field(default_factory=list)
    images: Mapping[str, bytes] = field(default_factory=dict)
    image_names: Mapping[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
