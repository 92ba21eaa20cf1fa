"""The background threads: one drains the outbox and closes what has expired, one makes and mails notices.

A third, for large files of items, runs `tiejun.bank.import_jobs.run_imports`.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from tiejun import outbox
from tiejun.app import handlers
from tiejun.clock import beijing
from tiejun.exams.scoring_service import score_due
from tiejun.exams.service import close_expired
from tiejun.installation import Core
from tiejun.mail import is_configured
from tiejun.notices.delivery import deliver
from tiejun.notices.rules import is_scan_due
from tiejun.notices.service import scan
from tiejun.study.streams import close_stale

log = logging.getLogger(__name__)


def run_round(core: Core) -> None:
    """Close expired attempts, score closed ones, then deliver what the outbox holds."""
    now = core.clock()
    with core.database.transaction() as db:
        close_expired(db, now)
        score_due(db, now, timedelta(seconds=core.settings.sync_grace_seconds))
        close_stale(db, now)
    outbox.drain(core.database, handlers(core.settings), now)


class NoticeRound:
    """Looks for notices every few minutes and when a day began; sends the mails that are due each time."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def __call__(self, core: Core) -> None:
        """Run one round; a scan that fails is repeated in the next one."""
        now = core.clock()
        if is_scan_due(self._last, beijing(now)):
            scan(core.database, now, is_configured(core.settings))
            self._last = beijing(now)
        deliver(core.database, core.settings, now)


class Worker(threading.Thread):
    """Runs a round every `settings.worker_seconds` until `stop()`; a failing round is logged, not fatal."""

    def __init__(
        self, core: Core, work: Callable[[Core], None] = run_round, name: str = "tiejun-worker"
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.core = core
        self._work = work
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopping.wait(self.core.settings.worker_seconds):
            try:
                self._work(self.core)
            except Exception:
                log.exception("background round failed")

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
