"""Where the files are that these tests read."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = (ROOT / "platform", ROOT / "question_bank")
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "platform" / "tiejun" / "static"


def python_files() -> list[Path]:
    """Return the modules of the application and of the library."""
    return sorted(path for folder in CODE for path in folder.rglob("*.py"))


def templates() -> list[Path]:
    """Return every page and macro."""
    return sorted(TEMPLATES.rglob("*.html"))


def tracked(*patterns: str) -> list[Path]:
    """Return the committed or to-be-committed files that match git's `patterns`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]
