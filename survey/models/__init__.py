"""The tables: columns, constraints and one-row properties. Queries live in the use-cases."""

from survey.models.assessments import Assessment, AssessmentAnswer, WaveAssessment
from survey.models.base import Base
from survey.models.collection import (
    Draft,
    Edition,
    EditionTranslation,
    Headcount,
    Invitation,
    Participation,
    ParticipationServiceArea,
    PrivacyNotice,
    Wave,
)
from survey.models.imports import PendingImport, SavedMapping
from survey.models.operations import AuditEntry, Job, OutboxMessage, ProducedFile
from survey.models.peers import NamedAuthority, PeerList
from survey.models.people import Person, RoleGrant, SignInCode, WebSession
from survey.models.register import Authority, AuthorityAttribute, AuthoritySuccession
from survey.models.results import (
    EQUALITY_TABLE,
    RESEARCH_TABLES,
    RESULT_TABLES,
    Release,
    ReleaseNamed,
    ReleasePeerGroup,
)
from survey.models.sealed import Rewriting, SealedEquality, SealedText, SpentKey, Submission

__all__ = [
    "EQUALITY_TABLE",
    "RESEARCH_TABLES",
    "RESULT_TABLES",
    "Assessment",
    "AssessmentAnswer",
    "AuditEntry",
    "Authority",
    "AuthorityAttribute",
    "AuthoritySuccession",
    "Base",
    "Draft",
    "Edition",
    "EditionTranslation",
    "Headcount",
    "Invitation",
    "Job",
    "NamedAuthority",
    "OutboxMessage",
    "Participation",
    "ParticipationServiceArea",
    "PeerList",
    "PendingImport",
    "Person",
    "PrivacyNotice",
    "ProducedFile",
    "Release",
    "ReleaseNamed",
    "ReleasePeerGroup",
    "Rewriting",
    "RoleGrant",
    "SavedMapping",
    "SealedEquality",
    "SealedText",
    "SignInCode",
    "SpentKey",
    "Submission",
    "Wave",
    "WaveAssessment",
    "WebSession",
]
