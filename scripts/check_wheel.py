"""Build the wheel, install it into a clean environment and ask it for a page.

What the checkout has beside the code (templates, migrations, front-end files) has to be in the wheel; only a
process that cannot see the checkout proves it.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

from scripts.compile_catalogues import compile_stale
from tests.support.server import free_port

ROOT = Path(__file__).resolve().parent.parent
ANSWERS_WITHIN = 60.0
NEEDED = (
    "tiejun/templates/base.html",
    "tiejun/migrations/env.py",
    "tiejun/static/vendor/bootstrap/bootstrap.min.css",
    "tiejun/static/css/tokens.css",
    "question_bank/data/syllabus.json",
    "tiejun/translations/en/LC_MESSAGES/messages.mo",
)
ENGLISH = "<h1>Sign in</h1>"
PAGES = ("/healthz", "/sign-in", "/static/vendor/bootstrap/bootstrap.min.css")


class WheelError(Exception):
    """The wheel cannot be used as it is; the message says why."""


def build(folder: Path) -> Path:
    """Build the wheel with the locked backend and return its path."""
    compile_stale()
    command = [sys.executable, "-m", "pip", "wheel", "-q", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(folder), str(ROOT)], check=True)
    wheel = next(folder.glob("tiejun-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise WheelError(f"the wheel lacks {', '.join(missing)}")
    return wheel


def install(folder: Path, wheel: Path) -> Path:
    """Make an environment of the locked packages and the wheel; return its `tiejun` command."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", "-q"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "core.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return folder / "bin" / "tiejun"


def environment(data_dir: Path) -> dict[str, str]:
    """Return what a production installation sets, and nothing of the checkout."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "TIEJUN_DATA_DIR": str(data_dir),
        "TIEJUN_SECRET_KEY": secrets.token_urlsafe(48),
        "TIEJUN_DATA_KEY": secrets.token_urlsafe(48),
    }


def get(address: str) -> int:
    """Return the status of one page; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            status: int = reply.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def get_english(address: str) -> str:
    """Return the text of one page as a reader of English gets it."""
    request = urllib.request.Request(address, headers={"Cookie": "language=en"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        text: str = reply.read().decode()
        return text


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Return when the server answers.

    Raises:
        WheelError: if it ends before, or takes longer than a minute.
    """
    give_up = time.monotonic() + ANSWERS_WITHIN
    while get(address) == 0:
        if server.poll() is not None or time.monotonic() > give_up:
            raise WheelError("`tiejun serve` does not answer")
        time.sleep(0.1)


def serve(tiejun: Path, folder: Path) -> None:
    """Migrate, serve and ask for a few pages, with the folder (not the checkout) as working directory."""
    settings = environment(folder / "data")
    (folder / "data").mkdir()
    subprocess.run([str(tiejun), "db", "upgrade"], cwd=folder, env=settings, check=True)
    port = free_port()
    with subprocess.Popen([str(tiejun), "serve", "--port", str(port)], cwd=folder, env=settings) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            statuses = {page: get(f"http://127.0.0.1:{port}{page}") for page in PAGES}
            english = get_english(f"http://127.0.0.1:{port}/sign-in")
        finally:
            server.terminate()
    faulty = {page: status for page, status in statuses.items() if status != 200}
    if faulty:
        raise WheelError(f"the served wheel answers {faulty}")
    if ENGLISH not in english:
        raise WheelError("the served wheel knows no English")


def main() -> int:
    """Return 1 with a sentence on stderr when the wheel is no good."""
    with tempfile.TemporaryDirectory(prefix="tiejun-wheel-") as name:
        folder = Path(name)
        try:
            wheel = build(folder)
            serve(install(folder / "venv", wheel), folder)
        except WheelError as error:
            print(f"wheel: {error}", file=sys.stderr)
            return 1
    print(f"wheel: {wheel.name} built, installed and served")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
