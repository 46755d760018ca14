"""What is chosen of a wave before it is computed: lists that join the menu, and authorities that may be named."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class PeerList(Base):
    """One authority in a list of a wave; the list's name is that of the group."""

    __tablename__ = "peer_list"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    authority: Mapped[str] = mapped_column(String(80), primary_key=True)


class NamedAuthority(Base):
    """An authority that chose to be named to the others that chose it too, in one wave."""

    __tablename__ = "named_authority"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(80), primary_key=True)
