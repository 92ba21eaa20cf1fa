"""Install what the tests need of the machine, where that is possible: as root, with apt.

PostgreSQL's server programs, Chromium and a Chinese font. Where they cannot be installed, this names
them, and the tests that need them are skipped; `REQUIRE_ALL=1` makes that a failure.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from scripts.fetch_assets import system_has_chinese_font
from tests.support import tools


@dataclass(frozen=True)
class Tool:
    """One thing to have: how to tell, and the Debian package that brings it."""

    name: str
    package: str
    present: Callable[[], bool]


TOOLS = (
    Tool("PostgreSQL server programs", "postgresql", lambda: tools.postgres_bin() is not None),
    Tool("Chromium", "chromium", lambda: tools.chromium() is not None),
    Tool("Chinese font", "fonts-noto-cjk", system_has_chinese_font),
)


def install(packages: list[str]) -> None:
    """Install Debian packages; what failed shows in what is still missing afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"tools: installing {', '.join(packages)}", flush=True)
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            [command[0], "-qq", *command[1:]],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            print(f"tools: {' '.join(command)} ended with {done.returncode}", file=sys.stderr)


def main() -> int:
    """Return 1 if something is missing that REQUIRE_ALL wants."""
    missing = [tool for tool in TOOLS if not tool.present()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install([tool.package for tool in missing])
        missing = [tool for tool in TOOLS if not tool.present()]
    for tool in missing:
        print(f"tools: no {tool.name} here (Debian package {tool.package}); what needs it will not run")
    return 1 if missing and tools.require_all() else 0


if __name__ == "__main__":
    raise SystemExit(main())
