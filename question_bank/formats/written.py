"""What writing a file of items gave.

Public: `Written`.
"""

from dataclasses import dataclass, field

from question_bank.words import Words


@dataclass(slots=True)
class Written:
    """The file, how many items are in it, and which are not and why: (code, reason)."""

    content: bytes = b""
    written: int = 0
    left_out: list[tuple[str, Words]] = field(default_factory=list)
