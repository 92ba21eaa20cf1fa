"""The queue of law changes as an Excel file."""

from collections.abc import Sequence

from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.queries import ReviewLine
from tiejun.bank.law_reviews.words import CAUSE_WORDS, DECISION_WORDS, KIND_WORDS
from tiejun.bank.queries import CitedArticle
from tiejun.clock import beijing
from tiejun.workbooks import Cell, Sheet, write_workbook

HEADINGS = (
    "种类",
    "内容",
    "单元",
    "作者",
    "原引条文",
    "缘由",
    "新条文",
    "文字相似",
    "列入时间",
    "决定",
    "决定人",
    "决定时间",
    "备注",
)


def reviews_workbook(lines: Sequence[ReviewLine]) -> bytes:
    """Return the list as a workbook; the new article is the one chosen, or else the likest."""
    return write_workbook([Sheet("法规变动待核", HEADINGS, [_cells(line) for line in lines])])


def _cells(line: ReviewLine) -> tuple[Cell, ...]:
    review = line.review
    score = review.candidates[0]["score"] if review.candidates and not review.target_law_id else None
    return (
        str(KIND_WORDS.get(review.kind, review.kind)),
        review.title,
        review.unit or "",
        review.writer,
        _article(line.cited),
        str(CAUSE_WORDS[review.cause]),
        _article(line.best) if line.best else "",
        score,
        f"{beijing(review.entered_at):%Y-%m-%d %H:%M}",
        _state(review),
        review.decided_by or "",
        f"{beijing(review.decided_at):%Y-%m-%d %H:%M}" if review.decided_at else "",
        review.note,
    )


def _state(review: LawReview) -> str:
    if review.decision is None:
        return "等第二人审核" if review.submitted_at else "待核"
    return str(DECISION_WORDS[review.decision])


def _article(cited: CitedArticle) -> str:
    title = cited.law.title if cited.law else cited.law_id
    return f"《{title}》{cited.article.label if cited.article else f'第{cited.number}条'}"
