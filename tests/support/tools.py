"""Which programs of the machine the tests can use, and what is left out without them.

A missing program skips the tests that need it, and the run's last lines say so; `REQUIRE_ALL=1` turns
each of them into a failure, so that nobody takes a skipped engine for a tested one.
"""

import glob
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

POSTGRES_FOLDERS = "/usr/lib/postgresql/*/bin"
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")

not_run: dict[str, str] = {}


def require_all() -> bool:
    """Return whether a missing tool is a failure."""
    return os.environ.get("REQUIRE_ALL", "") not in ("", "0")


def postgres_bin() -> Path | None:
    """Return the folder of initdb and pg_ctl, newest server first."""
    folders = sorted(glob.glob(POSTGRES_FOLDERS), key=lambda name: float(name.split("/")[-2]), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(str(Path(on_path).resolve().parent))
    complete = (Path(name) for name in folders if (Path(name) / "initdb").exists())
    return next((folder for folder in complete if (folder / "pg_ctl").exists()), None)


def chromium() -> Path | None:
    """Return the browser named by TIEJUN_CHROMIUM, or one in its usual place."""
    named = os.environ.get("TIEJUN_CHROMIUM")
    candidates = (named,) if named else BROWSERS
    return next((Path(name) for name in candidates if Path(name).exists()), None)


def real_data() -> Path | None:
    """Return the folder named by TIEJUN_TEST_DATA, if there is one."""
    named = os.environ.get("TIEJUN_TEST_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def missing(what: str, reason: str, *, may_be_absent: bool = False) -> NoReturn:
    """Skip the running test because `what` is not there, and remember it for the closing lines.

    Raises:
        pytest.fail.Exception: under REQUIRE_ALL, unless `may_be_absent`.
        pytest.skip.Exception: otherwise.
    """
    not_run[what] = reason
    if require_all() and not may_be_absent:
        pytest.fail(f"{what}: {reason} (REQUIRE_ALL=1)", pytrace=False)
    pytest.skip(f"{what}: {reason}")
