"""The one style of all pictures: colours with checked contrast, sizes, and the two widths."""

from __future__ import annotations

from typing import Literal, TypeAlias

Size: TypeAlias = Literal["wide", "narrow"]

PAPER = "#ffffff"
INK = "#1d2733"  # words: 15.2 to 1 on paper
QUIET = "#4d5966"  # captions and scales: 7.2 to 1
OWN = "#0b4f6c"  # the authority itself: 8.9 to 1
PEERS = "#dcd8cf"  # middle half of the peers, always with the outline below
PEERS_EDGE = "#857e70"  # 4.0 to 1: what must be seen without colour
ZONE = "#eef1f3"  # where a difference is not called one; its edge is that of PEERS_EDGE
MEDIAN = "#4a453c"  # 9.6 to 1
SAID = "#8a3b12"  # what an authority says of itself, always as a square: 7.9 to 1
WEB = "#cdd3d8"  # scale lines, carry no meaning of their own

WIDTH: dict[Size, float] = {"wide": 720.0, "narrow": 320.0}
MARGIN: dict[Size, float] = {"wide": 16.0, "narrow": 12.0}
HEADING: dict[Size, float] = {"wide": 21.0, "narrow": 18.0}
WORDS: dict[Size, float] = {"wide": 17.0, "narrow": 16.0}
SMALL: dict[Size, float] = {"wide": 15.0, "narrow": 14.0}
LEADING = 1.32  # distance of lines, in sizes

DOT = 6.0
WHISKER = 3.0
CAP = 8.0  # half the height of a whisker's ends: taller than the dot, so that a short interval shows too
SCALE = (0, 25, 50, 75, 100)
