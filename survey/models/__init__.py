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
    Wave,
)
from survey.models.imports import PendingImport, SavedMapping
from survey.models.operations import AuditEntry, Job, OutboxMessage, ProducedFile
from survey.models.people import Person, RoleGrant, SignInCode, WebSession
from survey.models.register import Authority, AuthorityAttribute, AuthoritySuccession
from survey.models.results import RESEARCH_TABLES, RESULT_TABLES, Release, ReleasePeerGroup
from survey.models.sealed import SealedEquality, SealedText, SpentKey, Submission

__all__ = [
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
    "OutboxMessage",
    "Participation",
    "ParticipationServiceArea",
    "PendingImport",
    "Person",
    "ProducedFile",
    "Release",
    "ReleasePeerGroup",
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
