"""What the service's own log files must not hold: links, addresses, and ids of drafts and of sealed rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import keys
from survey.models import Draft, Invitation

_WORD = re.compile(r"[\w.+@-]{6,}")


def held(session: Session, logs: Sequence[Path], *, sealed: Collection[str], link_key: str) -> list[str]:
    """One sentence for each file and kind of secret that a line of it holds; never the secret."""
    kinds = {"the id of a sealed row": frozenset(sealed), **_secrets(session, link_key)}
    faults = []
    for path in logs:
        found: set[str] = set()
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                words = set(_WORD.findall(line)) | {word.lower() for word in _WORD.findall(line)}
                found |= {kind for kind, secrets in kinds.items() if not words.isdisjoint(secrets)}
        faults += [f"{path.name} holds {kind}." for kind in kinds if kind in found]
    return faults


def _secrets(session: Session, link_key: str) -> dict[str, frozenset[str]]:
    links = session.execute(select(Invitation.id, Invitation.epoch, Invitation.token_hash, Invitation.address)).all()
    tokens = {keys.token(link_key, row.id, row.epoch) for row in links}
    drafts = session.execute(select(Draft.id, Draft.browser_key_hash, Draft.resume_hash)).all()
    return {
        "a link": frozenset(tokens | {row.token_hash for row in links}),
        "the address of an officer": frozenset(row.address.lower() for row in links if row.address),
        "what leads to a draft": frozenset(one for row in drafts for one in row),
    }
