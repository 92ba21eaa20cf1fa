"""Everything that signs, seals or hashes, each with an algorithm id beside its result.

The ids are there because the ministry's world will ask for SM2, SM3 and SM4: a new algorithm gets a new id,
and what the old one made stays readable.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEAL_ID = "a1"  # AES-256-GCM, key = SHA-256 of the purpose and the installation's data key
TOKEN_ID = "h1"  # HMAC-SHA-256


class BadSeal(Exception):
    """A sealed text or token was made with another key or has been altered."""


def _derive(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def seal(text: str, key: str, purpose: str) -> str:
    """Encrypt `text`; `purpose` binds it to one use, so that it cannot be moved to another column."""
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_derive(key, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return f"{SEAL_ID}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, key: str, purpose: str) -> str:
    """Return the text that `seal` was given.

    Raises:
        BadSeal: if the key or purpose differs or the text was altered.
    """
    try:
        algorithm, data = sealed.split(".", 1)
        raw = base64.urlsafe_b64decode(data)
        if algorithm != SEAL_ID:
            raise BadSeal(f"algorithm {algorithm}")
        return AESGCM(_derive(key, purpose)).decrypt(raw[:12], raw[12:], purpose.encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise BadSeal("altered, or another key") from error


def keyed_hash(text: str, key: str, purpose: str) -> str:
    """Return a hash by which `text` can be found again, yet not guessed without the key."""
    return hmac.new(_derive(key, purpose), text.encode(), hashlib.sha256).hexdigest()


def sign_token(claims: dict[str, Any], key: str, purpose: str) -> str:
    """Return a token that carries `claims` in clear, signed for one purpose."""
    body = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"{TOKEN_ID}.{body}.{_signature(body, key, purpose)}"


def read_token(token: str, key: str, purpose: str) -> dict[str, Any]:
    """Return the claims of a token.

    Raises:
        BadSeal: if the signature does not fit.
    """
    parts = token.split(".")
    if len(parts) != 3 or parts[0] != TOKEN_ID:
        raise BadSeal("not a token")
    if not hmac.compare_digest(parts[2].encode(), _signature(parts[1], key, purpose).encode()):
        raise BadSeal("signature")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    return claims


def _signature(body: str, key: str, purpose: str) -> str:
    made = hmac.new(_derive(key, purpose), body.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def random_code(nbytes: int = 16) -> str:
    """Return an unguessable code in hexadecimal digits."""
    return secrets.token_hex(nbytes)


def digest(text: str) -> str:
    """Return the SHA-256 of `text` in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content`, such as an uploaded file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets without telling by the time taken where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
