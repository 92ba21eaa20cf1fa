"""What a score means and how a room's scores are shown: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from question_bank.words import listed, said
from tiejun.exams.result_models import Verdict

VERDICT_WORDS = {Verdict.PASS: said("合格"), Verdict.FAIL: said("不合格"), Verdict.ABSENT: said("缺考")}
VERDICT_TONES = {Verdict.PASS: "ok", Verdict.FAIL: "over", Verdict.ABSENT: "due"}
DECLARED = said("宣布成绩")
TRAINING_RECORDED = said("培训记录补登")
RELEASE_WORD = said("发布")
BINS = 10


def verdict(score: Decimal, cut_score: Decimal) -> Verdict:
    """Return pass from the cut score on, the cut score itself included.

    Source: the cut score is the blueprint's; 60 of 100 is a proposal (`regulation`), 环办执法〔2022〕21号
    names none.
    """
    return Verdict.PASS if score >= cut_score else Verdict.FAIL


@dataclass(frozen=True)
class Bin:
    """Scores from `low` up to, not including, `high`; the last bin includes the full score."""

    low: float
    high: float
    count: int
    is_passing: bool


def histogram(scores: Iterable[float], total: float, cut_score: float) -> list[Bin]:
    """Return the scores in ten bins of equal width over 0 to `total`; one from the cut score on passes."""
    width = total / BINS
    counts = [0] * BINS
    for score in scores:
        counts[min(int(score / width), BINS - 1)] += 1
    return [
        Bin(at * width, (at + 1) * width, count, at * width >= cut_score) for at, count in enumerate(counts)
    ]


def ceiling(bins: Iterable[Bin]) -> int:
    """Return a round number at or above the highest count, for the axis."""
    highest = max((one.count for one in bins), default=0)
    step = 5 if highest > 5 else 1
    return max(step, ceil(highest / step) * step)


@dataclass(frozen=True)
class Readiness:
    """What stands between a sitting and its results; all zero and `is_over` when they can be declared."""

    is_over: bool
    candidates: int
    open_attempts: int = 0
    late: int = 0
    unscored: int = 0
    first: int = 0
    second: int = 0
    third: int = 0

    def reasons(self) -> list[str]:
        """Return why results cannot be declared yet, a Chinese clause each; empty when they can."""
        marking = [
            said("%(words)s%(count)s题", words=words, count=count)
            for words, count in (
                (said("待评阅"), self.first),
                (said("待第二阅"), self.second),
                (said("待第三阅"), self.third),
            )
            if count
        ]
        found = [
            (not self.candidates, said("这个场次没有考生")),
            (not self.is_over, said("考试还没有结束")),
            (
                self.open_attempts,
                said("%(open_attempts)s人还在作答或刚刚收卷", open_attempts=self.open_attempts),
            ),
            (self.late, said("%(late)s人有逾时作答待两人裁定", late=self.late)),
            (self.unscored, said("%(unscored)s份答卷尚未机评", unscored=self.unscored)),
            (marking, said("主观题%(waiting)s", waiting=listed(marking))),
        ]
        return [words for applies, words in found if applies]
