"""`python -m tiejun` is the `tiejun` command."""

from tiejun.cli import main

main()
