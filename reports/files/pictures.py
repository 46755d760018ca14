"""Pictures and the report of every authority and of the sector, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import narrative, peers, say_do_reading
from reports.charts.dots import dots
from reports.charts.radar import radar
from reports.charts.say_do import say_do
from reports.documents import authority_report, html_report, place_pictures, sector_report
from reports.documents.brand import Brand
from reports.documents.imprint import Imprint
from reports.files.writing import file_name
from reports.profile import profile, sector_profile, with_elected
from reports.publication import Results

_BY_AUTHORITY = (
    "scores",
    "standings",
    "own_profile",
    "items",
    "group_scores",
    "cell_scores",
    "divergence",
    "tier_gaps",
    "elected_gaps",
    "tier_item_gaps",
    "leadership",
    "dont_know",
    "say_do",
    "change",
)
_FEWEST_AXES = 3


def write_authorities(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    names: Mapping[str, str],
    directory: Path,
    imprint: Imprint,
    *,
    publisher: Brand | None = None,
) -> Iterator[str]:
    """`authorities/<code>/` with radar.svg, dots.svg, report.html and report.pdf; gives each code back as it is done.

    Who has a self-assessment gets self-assessment.svg besides.

    `frames` are the published ones at full precision; `names` gives the name of a code. Codes become directory names
    from a fixed alphabet; two codes that would share one get a number.
    """
    stems = [stem for stem in _BY_AUTHORITY if stem in frames]
    parts = {stem: dict(list(frames[stem].groupby("authority", sort=False))) for stem in stems}
    used: set[str] = set()
    for code in pd.unique(frames["scores"]["authority"]):
        own = {stem: parts[stem].get(code, frames[stem].iloc[:0]) for stem in stems}
        own["benchmarks"] = frames["benchmarks"]
        if "change" in frames:
            own["benchmarks_restated"] = frames["benchmarks_restated"]
        folder = directory / "authorities" / _unused(file_name(code), used)
        folder.mkdir(parents=True)
        _authority(own, questionnaire, code, names.get(code, code), folder, imprint, publisher=publisher)
        if "say_do" in frames:
            _say_do(frames["say_do"], questionnaire, code, names.get(code, code), folder, imprint)
        yield str(code)


def write_sector(
    safe: Results,
    questionnaire: Questionnaire,
    authorities: pd.DataFrame | None,
    directory: Path,
    imprint: Imprint,
    *,
    publisher: Brand | None = None,
) -> None:
    """The sector's radar.svg, dots.svg, report.html and report.pdf, from published results."""
    middle = sector_profile(safe.frames["benchmarks"], questionnaire, peer_group=peers.ALL)
    caption = narrative.sector_caption(middle, peer_group=peers.ALL, release=imprint.release, method=imprint.method)
    _draw(middle, caption, directory)
    report = html_report.sector(
        safe.frames, questionnaire, authorities=authorities, quality=safe.quality, imprint=imprint
    )
    (directory / "report.html").write_text(report, encoding="utf-8")
    given = sector_report.Given(authorities, safe.quality, safe.rules)
    document = sector_report.sector(safe.frames, questionnaire, given, imprint=imprint, publisher=publisher)
    (directory / "report.pdf").write_bytes(document)


def write_everybody(
    safe: Results,
    questionnaire: Questionnaire,
    authorities: pd.DataFrame | None,
    directory: Path,
    imprint: Imprint,
    *,
    publisher: Brand | None = None,
) -> None:
    """Pictures with every authority in them, without names, and the sector's report that has them: research audience only.

    The report is report-research.pdf beside report.pdf, which may be published, so that no one is taken for the other.
    With `item_analysis` among the frames its annex has each question beside the others.
    """
    shown = place_pictures.shown(
        safe.frames["scores"],
        safe.frames["agreement"],
        authorities,
        questionnaire,
        rules=safe.rules,
        imprint=imprint,
    )
    if not shown:
        return
    for one in shown:
        (directory / f"authorities-{one.kind}.svg").write_bytes(one.draw("wide"))
    given = sector_report.Given(authorities, safe.quality, safe.rules, everybody=shown)
    document = sector_report.sector(safe.frames, questionnaire, given, imprint=imprint, publisher=publisher)
    (directory / "report-research.pdf").write_bytes(document)


def _authority(  # noqa: PLR0917 - private, and each is a thing of its own
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    code: str,
    name: str,
    folder: Path,
    imprint: Imprint,
    *,
    publisher: Brand | None,
) -> None:
    numbers = frames["scores"], frames["benchmarks"], frames["standings"]
    own = profile(*numbers, questionnaire, authority=code, peer_group=peers.ALL)
    own = with_elected(own, frames.get("group_scores"), authority=code)
    caption = narrative.caption(own, name=name, peer_group=peers.ALL, release=imprint.release, method=imprint.method)
    _draw(own, caption, folder)
    report = html_report.authority(frames, questionnaire, code=code, name=name, imprint=imprint)
    (folder / "report.html").write_text(report, encoding="utf-8")
    document = authority_report.authority(
        frames, questionnaire, code=code, name=name, imprint=imprint, publisher=publisher
    )
    (folder / "report.pdf").write_bytes(document)


def _draw(shown: pd.DataFrame, caption: narrative.Caption, folder: Path) -> None:
    if len(shown):
        (folder / "dots.svg").write_bytes(dots(shown, caption))
    if len(shown) >= _FEWEST_AXES:
        (folder / "radar.svg").write_bytes(radar(shown, caption))


def _say_do(  # noqa: PLR0917 - the same
    frame: pd.DataFrame, questionnaire: Questionnaire, code: str, name: str, folder: Path, imprint: Imprint
) -> None:
    """The authority's own word beside what its officers see, where it said anything."""
    apart = say_do_reading.rows(frame, questionnaire.dimensions, authority=code)
    if len(apart) >= _FEWEST_AXES and any(row.assessed is not None for row in apart):
        caption = say_do_reading.caption(apart, name=name, release=imprint.release, method=imprint.method)
        (folder / "self-assessment.svg").write_bytes(say_do(apart, caption))


def _unused(name: str, used: set[str]) -> str:
    candidate, number = name, 1
    while candidate.lower() in used:
        number += 1
        candidate = f"{name}-{number}"
    used.add(candidate.lower())
    return candidate
