"""How gunicorn runs us; `tiejun serve` fills in address and numbers through the command line."""

import gc
import logging
from typing import Any

from tiejun.bank.import_jobs import run_imports
from tiejun.db import REQUEST_THREADS
from tiejun.worker import NoticeRound, Worker

workers = 1
worker_class = "gthread"
threads = REQUEST_THREADS
control_socket_disable = True
preload_app = False
accesslog = None
errorlog = "-"
loglevel = "warning"
graceful_timeout = 20


def post_worker_init(worker: Any) -> None:
    """Write our log to the error stream, spare the collector the code, start the background threads."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # What is loaded now stays as long as the worker: walking it took a quarter of a second at each full
    # collection, in which no answer of the exam room was saved.
    gc.collect()
    gc.freeze()
    core = worker.wsgi.extensions["tiejun"]
    if core.settings.worker_seconds > 0:
        Worker(core).start()
        Worker(core, NoticeRound(), "tiejun-notices").start()
        Worker(core, run_imports, "tiejun-imports").start()
