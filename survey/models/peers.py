"""Peer groups of a wave that the research team adds to the menu."""

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
