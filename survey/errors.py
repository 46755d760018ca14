"""Refusals: what the service will not do, each as a sentence that may be shown to the person who asked."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """Base of all refusals. `status` is the HTTP status of the page that shows the sentence."""

    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refusal):
    """The thing is not there, or not there for this person: both read the same."""

    status = 404


class NotAllowed(Refusal):
    """The person may see the thing but not do this with it."""

    status = 403


class NotNow(Refusal):
    """The state of the thing does not allow it: a wave that has closed, a release not yet approved."""


class TooMany(Refusal):
    """A limit is reached: tries, rows, bytes."""

    status = 429


class Unavailable(Refusal):
    """The service cannot write just now; nothing was saved."""

    status = 503


class BadInput(Refusal):
    """What was sent cannot be read. `faults` holds one line per fault, each with its place and remedy."""

    status = 422

    def __init__(self, sentence: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.faults = faults
