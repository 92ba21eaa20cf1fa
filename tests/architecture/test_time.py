"""Only the clock asks the machine for the time; everybody else is told."""

import re

from tests.architecture.sources import ROOT, python_files

ASKS = re.compile(
    r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.time)\s*\(|func\.(?:now|current_timestamp)\s*\("
)
CLOCK = ROOT / "platform" / "tiejun" / "clock.py"


def test_only_the_clock_asks_the_machine_for_the_time():
    asking = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files()
        if path != CLOCK
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ASKS.search(line)
    ]

    assert asking == []
