"""The demo: content, accounts, the clock shift."""
