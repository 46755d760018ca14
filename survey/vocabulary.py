"""The states and kinds of the service, as closed lists of words."""

from __future__ import annotations

from enum import StrEnum


class RoleName(StrEnum):
    """What a person with an account may be; the first five belong to one authority."""

    LEAD = "LEAD"
    DEPUTY = "DEPUTY"
    CONTRIBUTOR = "CONTRIBUTOR"
    SIGNATORY = "SIGNATORY"
    MEMBER = "MEMBER"
    RESEARCHER = "RESEARCHER"
    PUBLISHER = "PUBLISHER"
    OPERATOR = "OPERATOR"


AUTHORITY_ROLES = frozenset({RoleName.LEAD, RoleName.DEPUTY, RoleName.CONTRIBUTOR, RoleName.SIGNATORY, RoleName.MEMBER})


class EditionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    FIELDED = "fielded"
    RETIRED = "retired"


class WaveState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    GRACE = "grace"
    CLOSED = "closed"


class ParticipationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    HEADCOUNTS_RETURNED = "headcounts_returned"
    COLLECTING = "collecting"
    SIGNED_OFF = "signed_off"
    DRAFT_PROFILE = "draft_profile"
    RIGHT_OF_REPLY = "right_of_reply"
    AGREED = "agreed"
    DISPUTED = "disputed"
    RELEASED = "released"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class AssessmentState(StrEnum):
    """The self-assessment of an authority in a wave."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


class ReleaseState(StrEnum):
    COMPUTED = "computed"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Frame(StrEnum):
    """Where the number of eligible officers comes from."""

    INVITED = "invited"
    HEADCOUNT = "headcount"
    UNKNOWN = "unknown"


class InvitationKind(StrEnum):
    PERSONAL = "personal"
    SHARED = "shared"


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Outcome(StrEnum):
    """How an audited act ended."""

    DONE = "done"
    REFUSED = "refused"
