"""What a worker of the server does before it answers anybody."""

import gc
from types import SimpleNamespace

import pytest
from flask import Flask

from tiejun.gunicorn_conf import post_worker_init


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_collector_does_not_walk_what_stays(app: Flask):
    kept = [[] for _ in range(1000)]
    before = gc.get_freeze_count()

    post_worker_init(SimpleNamespace(wsgi=app))

    assert gc.get_freeze_count() >= before + len(kept)
