"""Secrets of an officer's way in: tokens of links, keys of browsers, resume codes. Stored are only their hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 20  # 160 bits, 27 characters in a link
RESUME_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing that is misread aloud or on paper
RESUME_LENGTH = 12  # of 5 bits each
MOST_EPOCHS = 2**30  # leaves room to count up in a column of 31 bits
_MISREAD = str.maketrans("ILO", "110")


def token(link_key: str, invitation_id: int, epoch: int) -> str:
    """The token of a link, derived anew whenever a mail or a list of links is written; nothing stored holds it."""
    digest = _keyed(link_key, f"invitation:{invitation_id}:{epoch}")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode("ascii")


def hashed(secret: str) -> str:
    """SHA-256, in hexadecimal: how a token or a browser key is stored and looked for."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> str:
    """A key for a browser: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A random id of 128 bits, for drafts and sealed rows."""
    return secrets.token_hex(16)


def resume_code(link_key: str, draft_id: str) -> str:
    """What an officer types on another device, such as `7K3M-Q9XD-2TRA`: 60 bits, derived, so never stored in plain."""
    number = int.from_bytes(_keyed(link_key, f"resume:{draft_id}")[:8], "big")
    letters = [RESUME_ALPHABET[(number >> 5 * place) & 31] for place in range(RESUME_LENGTH)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, RESUME_LENGTH, 4))


def resume_hash(link_key: str, code: str) -> str:
    """How a resume code is stored: keyed, so that a copy of the database alone cannot be searched for it.

    Spaces, hyphens and case do not matter, and letters that look like figures are read as figures.
    """
    letters = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_MISREAD)
    return _keyed(link_key, f"resume-code:{letters}").hex()


def spent_hash(link_key: str, browser_key: str) -> str:
    """The mark that this browser's draft was submitted. It cannot be computed from anything that the draft held."""
    return _keyed(link_key, f"spent:{browser_key}").hex()


def new_epoch() -> int:
    """The epoch of a new link. It is random, because numbers of invitations can be given again after a restore.

    Counted from 1, a link made after the restore could be the very link that somebody else was sent before it.
    """
    return 1 + secrets.randbelow(MOST_EPOCHS)


def mark_of(link_key: str) -> str:
    """Tells whether a backup belongs to this link key, and nothing else about the key."""
    return _keyed(link_key, "mark").hex()


def _keyed(key: str, message: str) -> bytes:
    return hmac.digest(key.encode(), message.encode("utf-8", "surrogatepass"), "sha256")
