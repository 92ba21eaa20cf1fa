"""People: units, officers, accounts, roles, sign-in, training completions."""
