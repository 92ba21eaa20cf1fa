"""Where the files beside the code are, in a checkout and in a wheel."""

from pathlib import Path

import tiejun

PACKAGE = Path(tiejun.__file__).parent
CHECKOUT = PACKAGE.parents[1]


def resource_dir(name: str) -> Path:
    """Return the folder `templates` or `migrations`.

    A checkout has them at its root, a wheel inside the package. The checkout wins, because an editable
    install leaves a stale copy in site-packages.
    """
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / name
    return PACKAGE / name
