"""What a member's page shows, loaded by who asks: another authority reads the same as one that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from questionnaires.definition import Dimension
from reports.charts.style import Size
from reports.documents.inside_pictures import Drawn
from survey import findings, inside_results, results
from survey.errors import NotFound
from survey.inside_results import Found
from survey.people import Principal
from survey.readings import Comparison, Inside
from survey.vocabulary import RoleName
from survey.web.access import Asked

if TYPE_CHECKING:
    from reports.documents.finding_tables import Finding
    from survey.models.results import Release

READERS = (RoleName.MEMBER, RoleName.LEAD, RoleName.DEPUTY, RoleName.SIGNATORY)
NOT_THERE = "There are no results at this address, or they are not for you to see."


@dataclass(frozen=True, slots=True)
class OwnAuthority:
    """An authority of the person who asks, with the releases it is in, newest first."""

    code: str
    name: str
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class OneDimension:
    """A comparison, and the dimension of it that is looked at."""

    comparison: Comparison
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class InsideAuthority:
    """Service areas and tiers of one authority in one release, and what is found about their differences."""

    release: Release
    inside: Inside
    found: tuple[Found, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class InsidePicture:
    """The picture of a finding inside one authority, and how wide it is wanted."""

    release: Release
    authority: str
    drawn: Drawn
    size: Size


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a comparison, and how wide it is wanted. An empty dimension is the picture of all four."""

    comparison: Comparison
    kind: str
    size: Size
    dimension: Dimension | None = None


def own_authorities(asked: Asked) -> tuple[OwnAuthority, ...]:
    names = _own(asked.principal)
    found = results.taken_part(asked.session, tuple(names), now=asked.now)
    return tuple(
        OwnAuthority(code, name, tuple(release for release, codes in found if code in codes))
        for code, name in names.items()
    )


def comparison(asked: Asked) -> Comparison:
    release = _release(asked)
    return results.comparison(asked.session, release, asked.args["code"], asked.query.get("peer_group"))


def dimension(asked: Asked) -> OneDimension:
    loaded = comparison(asked)
    return OneDimension(loaded, _dimension(loaded, asked.args["dimension"]))


def inside(asked: Asked) -> InsideAuthority:
    release = _release(asked)
    parts = results.inside(asked.session, release, asked.args["code"])
    found = inside_results.of(asked.session, release, parts)
    return InsideAuthority(release, parts, found, findings.of_authority(asked.session, release, parts.authority))


def inside_picture(asked: Asked) -> InsidePicture:
    """The picture of one finding; where the authority has no such finding, a picture that is not there."""
    seen, kind = inside(asked), asked.args["kind"]
    found = next((one.picture for one in seen.found if one.picture and one.picture.kind == kind), None)
    if found is None:
        raise NotFound(NOT_THERE)
    return InsidePicture(seen.release, seen.inside.authority, found, size_of(asked))


def picture(asked: Asked) -> Picture:
    return Picture(comparison(asked), asked.args["kind"], size_of(asked))


def themes_picture(asked: Asked) -> Picture:
    loaded = comparison(asked)
    return Picture(loaded, "dots", size_of(asked), _dimension(loaded, asked.args["dimension"]))


def size_of(asked: Asked) -> Size:
    """How wide a picture is wanted; anything but a known width reads as a picture that is not there."""
    size = asked.query.get("size", "wide")
    if size not in ("wide", "narrow"):
        raise NotFound(NOT_THERE)
    return cast("Size", size)


def own_release(asked: Asked) -> tuple[Release, str]:
    """The release, and the name of the person's own authority."""
    return _release(asked), _own(asked.principal)[asked.args["code"]]


def _release(asked: Asked) -> Release:
    """The release, once it is sure that the authority is the person's own: before that, nothing is read at all."""
    if asked.args["code"] not in _own(asked.principal):
        raise NotFound(NOT_THERE)
    return results.get(asked.session, asked.args["label"], now=asked.now)


def _own(principal: Principal | None) -> dict[str, str]:
    grants = principal.grants if principal else ()
    named = {grant.authority_code: grant.authority_name for grant in grants if grant.role in READERS}
    return {code: name or code for code, name in sorted(named.items()) if code}


def _dimension(loaded: Comparison, code: str) -> Dimension:
    for candidate in loaded.questionnaire.dimensions:
        if candidate.code == code:
            return candidate
    raise NotFound(NOT_THERE)
