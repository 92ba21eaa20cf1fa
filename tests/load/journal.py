"""A candidate's own record: every number given out, whether it was sent, and when it was acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tiejun.exams.rules import canonical


@dataclass
class Entry:
    """One answer: what was written, and what became of it."""

    seq: int
    slot: int
    value: Any
    sent: int = 0
    acked_at: datetime | None = None
    is_late: bool = False

    @property
    def payload(self) -> tuple[int, str]:
        """Slot and value as the server compares them."""
        return self.slot, canonical(self.value)


@dataclass
class Journal:
    """All entries under one lease of one sitting."""

    sitting: str
    attempt: str
    lease: str
    entries: dict[int, Entry] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def write(self, slot: int, value: Any) -> Entry:
        """Give out the next number."""
        entry = Entry(len(self.entries) + 1, slot, value)
        self.entries[entry.seq] = entry
        return entry

    def saw(self, seq: int, slot: int, value: Any) -> Entry:
        """Note an event that somebody else numbered (the browser); the same number, the same payload."""
        entry = self.entries.setdefault(seq, Entry(seq, slot, value))
        if entry.payload != (slot, canonical(value)):
            self.contradictions.append(f"number {seq} was sent with two payloads")
        entry.sent += 1
        return entry

    def acknowledge(self, stored: Iterable[int], late: Iterable[int], now: datetime) -> None:
        """Note what the server says is on disk."""
        kept_late = set(late)
        for seq in stored:
            entry = self.entries.get(seq)
            if entry is None:
                self.contradictions.append(f"number {seq} was acknowledged, but never given out")
                continue
            entry.acked_at = entry.acked_at or now
            entry.is_late = seq in kept_late

    @property
    def acked(self) -> list[Entry]:
        """What the server acknowledged."""
        return [entry for entry in self.entries.values() if entry.acked_at]

    @property
    def waiting(self) -> list[Entry]:
        """What was given out and not acknowledged."""
        return [entry for entry in self.entries.values() if not entry.acked_at]

    def answers(self) -> dict[int, Any]:
        """Return the last acknowledged, counting value by slot; cleared answers are not in it."""
        last = {
            entry.slot: entry.value for entry in self.entries.values() if entry.acked_at and not entry.is_late
        }
        return {slot: value for slot, value in last.items() if value is not None}
