"""How often one lease may send: a bucket of tokens in the process's own memory.

An exam room shares one address, therefore nothing is ever limited by address.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from question_bank.words import said
from tiejun.errors import TooMany

BURST = 60
PER_SECOND = 20.0
KEPT = 20_000


class RateLimit:
    """Lets each key send `burst` requests at once and `per_second` of them on average."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self._buckets: OrderedDict[UUID, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: UUID, now: datetime) -> None:
        """Count one request.

        Raises:
            TooMany: if the bucket is empty.
        """
        with self._lock:
            left, since = self._buckets.pop(key, (float(self.burst), now))
            passed = max(now - since, timedelta()).total_seconds()
            left = min(self.burst, left + passed * self.per_second)
            self._buckets[key] = (max(0.0, left - 1), now)
            while len(self._buckets) > KEPT:
                self._buckets.popitem(last=False)
        if left < 1:
            raise TooMany(said("发送过于频繁，请稍候再试；本机上的作答不会丢失。"), retry_after=1)
