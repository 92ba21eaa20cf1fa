"""The background worker: a thread that drains the outbox and closes what has expired."""

import logging
import threading
from datetime import timedelta

from tiejun import outbox
from tiejun.app import handlers
from tiejun.exams.scoring_service import score_due
from tiejun.exams.service import close_expired
from tiejun.installation import Core
from tiejun.study.streams import close_stale

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Runs a round every `settings.worker_seconds` until `stop()`; a failing round is logged, not fatal."""

    def __init__(self, core: Core) -> None:
        super().__init__(name="tiejun-worker", daemon=True)
        self.core = core
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopping.wait(self.core.settings.worker_seconds):
            try:
                run_round(self.core)
            except Exception:
                log.exception("background round failed")

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()


def run_round(core: Core) -> None:
    """Close expired attempts, score closed ones, then deliver what the outbox holds."""
    now = core.clock()
    with core.database.transaction() as db:
        close_expired(db, now)
        score_due(db, now, timedelta(seconds=core.settings.sync_grace_seconds))
        close_stale(db, now)
    outbox.drain(core.database, handlers(core.settings), now)
