"""Initial passwords: random, one an officer, shown once to whoever imported the roster.

They have 60 random bits, so a fast hash is as safe as a slow one, and 10,000 officers do not cost seven
minutes of argon2. At the first sign-in the officer must choose an own password, which is hashed slowly.
"""

import hashlib
import hmac
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, none easily taken for another
PREFIX = "initial$"


def new_initial_password() -> str:
    """Return twelve random signs in three groups: easy to read out, hard to guess."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def hash_initial(password: str) -> str:
    """Return the salted fast hash of an initial password."""
    salt = secrets.token_hex(8)
    return f"{PREFIX}{salt}${_digest(salt, password)}"


def is_initial(password_hash: str) -> bool:
    """Return whether a stored hash is one of an initial password."""
    return password_hash.startswith(PREFIX)


def initial_fits(password_hash: str, password: str) -> bool:
    """Return whether a password is the initial one; small letters and missing dashes are forgiven."""
    salt, _, digest = password_hash.removeprefix(PREFIX).partition("$")
    signs = password.upper().replace("-", "").replace(" ", "")
    typed = "-".join((signs[:4], signs[4:8], signs[8:]))
    return hmac.compare_digest(digest, _digest(salt, typed))


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
