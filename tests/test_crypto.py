"""Seals and tokens: what was altered or made with another key is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiejun.crypto import BadSeal, keyed_hash, read_token, seal, sign_token, unseal

KEY, OTHER = "k" * 32, "o" * 32


@given(st.text(max_size=60))
def test_a_sealed_text_comes_back_and_never_looks_the_same(text: str) -> None:
    one, two = seal(text, KEY, "column"), seal(text, KEY, "column")
    assert unseal(one, KEY, "column") == unseal(two, KEY, "column") == text
    assert one != two


@pytest.mark.parametrize(("key", "purpose"), [(OTHER, "column"), (KEY, "another column")])
def test_a_seal_opens_only_for_its_key_and_purpose(key: str, purpose: str) -> None:
    with pytest.raises(BadSeal):
        unseal(seal("519900", KEY, "column"), key, purpose)


def test_an_altered_seal_is_refused() -> None:
    sealed = seal("519900", KEY, "column")
    for altered in (sealed[:-4] + "AAA=", sealed[3:], "a2." + sealed[3:], ""):
        with pytest.raises(BadSeal):
            unseal(altered, KEY, "column")


def test_a_token_says_what_was_signed_and_nothing_else() -> None:
    token = sign_token({"a": 1}, KEY, "attempt")
    assert read_token(token, KEY, "attempt") == {"a": 1}
    head, body, signature = token.split(".")
    other = sign_token({"a": 2}, KEY, "attempt").split(".")[1]
    for forged in (
        f"{head}.{other}.{signature}",
        f"h2.{body}.{signature}",
        f"{head}.{body}",
        "中文.中文.中文",
    ):
        with pytest.raises(BadSeal):
            read_token(forged, KEY, "attempt")
    with pytest.raises(BadSeal):
        read_token(token, OTHER, "attempt")


def test_a_keyed_hash_depends_on_key_and_purpose() -> None:
    hashes = {keyed_hash("519900", key, purpose) for key in (KEY, OTHER) for purpose in ("a", "b")}
    assert len(hashes) == 4
