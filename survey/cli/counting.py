"""How a count and what is counted stand in a line of a command."""

from __future__ import annotations


def counted(count: int, one: str, several: str = "") -> str:
    """A count with its noun, in the singular where there is one of it.

    >>> counted(1, "new link"), counted(0, "new link"), counted(2, "authority", "authorities")
    ('1 new link', '0 new links', '2 authorities')
    """
    return f"{count} {one if count == 1 else several or one + 's'}"


def are(count: int) -> str:
    """The verb that goes with a count.

    >>> are(1), are(2)
    ('is', 'are')
    """
    return "is" if count == 1 else "are"
