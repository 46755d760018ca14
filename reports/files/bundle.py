"""The bundle: everything that a release's numbers were computed from and the numbers, in one file that checks itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import digest, quality
from reports.files import answer_table, writing
from reports.files.answer_table import Fields
from reports.frames import Responses
from reports.publication import Results
from reports.rules import Rules

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DESCRIPTOR, RULES, QUESTIONNAIRE = "datapackage.json", "rules.toml", "questionnaire.toml"
QUALITY, SELF_ASSESSMENT, PREVIOUS = "quality.json", "self-assessment.toml", "previous/"
RESPONSES, TABLES = "responses.csv", "tables/"
INPUTS = ("authorities", "headcounts", "assessments", "menu", "dropped", "successions")
NOT_DE_IDENTIFIED = (
    "This file is not de-identified: it has a row for each person who answered, with authority, service area and tier, "
    "also where fewer than 11 people are alike. Keep it where personal data belong, give it to nobody who holds "
    "microdata of the same wave, and delete it when the numbers are checked."
)
PEOPLE = "respondents"
"""The one table that is in no bundle: rows of people, which the answers give again."""

_Kind = TypeVar("_Kind", bound=np.generic)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a file in the archive has no time, so that another day gives the same bytes
_MODE = 0o600 << 16
_MEDIA = {"csv": "text/csv", "json": "application/json", "toml": "application/toml"}
_TYPES = {"string": "string", "Float64": "number", "Int64": "integer", "boolean": "boolean"}


@dataclass(frozen=True)
class Sources:
    """What the numbers of a wave are computed from, beside the rules.

    `text` is the questionnaire as it is written; `sections` are its optional sections that were asked, None for all.
    `menu` are the peer groups as they were frozen, `dropped` what the audit against earlier releases dropped of them.
    `successions` belong to an earlier wave: who has replaced whom since.
    """

    text: str
    responses: Responses
    authorities: pd.DataFrame | None = None
    headcounts: pd.DataFrame | None = None
    assessments: pd.DataFrame | None = None
    self_assessment: str | None = None
    sections: tuple[str, ...] | None = None
    menu: pd.DataFrame | None = None
    dropped: pd.DataFrame | None = None
    successions: pd.DataFrame | None = None

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire as it was asked."""
        whole = loader.parse(self.text)
        return whole if self.sections is None else whole.without_optional_sections(self.sections)

    def reduced(self, rules: Rules) -> Sources:
        """The same with nothing of a person but what the computation needs, in an order that tells nothing.

        Answers to scored items, authority, service area, tier and design weight; seconds become one flag, programmes
        whether the person took part in any.
        """
        return replace(
            self,
            responses=_reduced(self.responses, self.questionnaire, rules),
            authorities=_sorted(self.authorities),
            headcounts=_sorted(self.headcounts),
            assessments=_sorted(self.assessments),
            dropped=_sorted(self.dropped),
            successions=_sorted(self.successions),
        )

    @property
    def input_digest(self) -> str:
        """SHA-256 of all of it but the questionnaire, whatever the order of rows and the names of authorities."""
        return digest.of_inputs(*self._inputs)

    def gave(self, input_digest: str | None) -> bool:
        """Whether these are the inputs with that digest, also where it was taken while names still counted."""
        return digest.is_of(input_digest, *self._inputs)

    @property
    def _inputs(self) -> digest.Inputs:
        return self.responses, self.authorities, self.headcounts, self.assessments, self.successions


def write(
    results: Results, sources: Sources, *, audience: str, release: str | None = None, previous: Sources | None = None
) -> bytes:
    """The bundle as a ZIP file: a Data Package of version 2, the same bytes for the same content.

    `results` hold the frames as the audience sees them: `research` and `published` as `publication.for_file` gives
    them, `release` as a release stores them. Only a bundle that is not published holds answers. `release` is the label.
    """
    rules = results.rules
    parts: dict[str, tuple[bytes, Fields | None]] = {
        RULES: (rules_text(rules).encode(), None),
        QUALITY: (writing.json_bytes(results.quality), None),
    }
    for name, frame in results.frames.items():
        if name != PEOPLE:
            parts[f"{TABLES}{name}.csv"] = (writing.csv_bytes(frame), _fields(frame))
    reduced = sources.reduced(rules)
    parts |= _parts_of(reduced, "", with_answers=audience != "published")
    about = _about(reduced, rules, audience, release)
    if previous is not None:
        earlier = previous.reduced(rules)
        parts |= _parts_of(earlier, PREVIOUS, with_answers=audience != "published")
        about |= {"previousSections": previous.sections, "previousDigest": earlier.input_digest}
    return _zipped({DESCRIPTOR: _descriptor(about, parts)} | {name: content for name, (content, _) in parts.items()})


def rules_text(rules: Rules) -> str:
    """Rules as a rules file: one line a setting, all of them.

    >>> rules_text(Rules()).splitlines()[:2]
    ['method_version = "1"', 'confidence = 0.95']
    """
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in asdict(rules).items())
    return "".join(lines).replace("\x7f", "\\u007f")


def _reduced(responses: Responses, questionnaire: Questionnaire, rules: Rules) -> Responses:
    """Answers to scored items only, one flag for seconds, rows in the order of what they hold."""
    known = set(responses.items)
    items = tuple(item.code for item in questionnaire.scored_items if item.code in known)
    columns = [responses.items.index(code) for code in items]
    fast = None
    if responses.seconds is not None or responses.too_fast is not None:
        fast = quality.careless(responses, questionnaire, rules).too_fast
    codes = tuple(sorted(responses.authorities))
    places = {code: place for place, code in enumerate(codes)}
    lookup = np.array([places[code] for code in responses.authorities], dtype=np.int32)
    authority = lookup[responses.authority] if len(responses) else responses.authority
    answers = np.ascontiguousarray(responses.answers[:, columns])
    members = [authority, responses.service_area, responses.tier, fast, responses.weight, responses.took_part]
    order = np.lexsort([*answers.T[::-1], *(one for one in members[::-1] if one is not None)])
    return Responses(
        codes,
        authority[order],
        items,
        answers[order],
        responses.service_areas,
        _taken(responses.service_area, order),
        responses.tiers,
        _taken(responses.tier, order),
        _taken(responses.weight, order),
        None,
        _taken(fast, order),
        _taken(responses.took_part, order),
    )


def _taken(values: NDArray[_Kind] | None, order: NDArray[np.intp]) -> NDArray[_Kind] | None:
    return None if values is None else values[order]


def _sorted(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    """Rows in the order of their codes."""
    if frame is None:
        return None
    codes = [name for name in frame.columns if frame[name].dtype == "string"]
    return frame.sort_values(codes, kind="stable", ignore_index=True)


def _parts_of(sources: Sources, folder: str, *, with_answers: bool) -> dict[str, tuple[bytes, Fields | None]]:
    parts: dict[str, tuple[bytes, Fields | None]] = {f"{folder}{QUESTIONNAIRE}": (sources.text.encode(), None)}
    if sources.self_assessment is not None:
        parts[f"{folder}{SELF_ASSESSMENT}"] = (sources.self_assessment.encode(), None)
    if with_answers:
        parts[f"{folder}{RESPONSES}"] = answer_table.written(sources.responses, sources.questionnaire)
        for name in INPUTS:
            frame = getattr(sources, name)
            if frame is not None:
                parts[f"{folder}{name}.csv"] = (answer_table.input_bytes(frame), _fields(frame))
    return parts


def _about(sources: Sources, rules: Rules, audience: str, release: str | None) -> dict[str, object]:
    """What stands in the descriptor beside the list of files."""
    asked = sources.questionnaire
    own = sources.self_assessment
    return {
        "audience": audience,
        "release": release,
        "methodVersion": rules.method_version,
        "questionnaire": {
            "code": asked.code,
            "version": asked.version,
            "measurementDigest": loader.measurement_digest(asked),
        },
        "selfAssessmentDigest": None if own is None else loader.measurement_digest(loader.parse(own)),
        "inputDigest": sources.input_digest,
        "optionalSections": sources.sections,
        "significantDigits": writing.SIGNIFICANT_DIGITS,
    }


def _descriptor(about: Mapping[str, object], parts: Mapping[str, tuple[bytes, Fields | None]]) -> bytes:
    asked = about["questionnaire"]
    code = asked["code"] if isinstance(asked, Mapping) else ""
    content = {
        "$schema": PROFILE,
        "name": f"soundings-{code}".lower(),
        "title": f"Numbers of {about['release'] or code} and what they were computed from",
        **({} if about["audience"] == "published" else {"description": NOT_DE_IDENTIFIED}),
        "soundings": about,
        "resources": [_resource(name, content, fields) for name, (content, fields) in parts.items()],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _resource(path: str, content: bytes, fields: Fields | None) -> dict[str, object]:
    stem, _, ending = path.rpartition(".")
    about: dict[str, object] = {
        "name": stem.replace("/", "-").replace("_", "-"),
        "path": path,
        "format": ending,
        "mediatype": _MEDIA[ending],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if fields is not None:
        about |= {"type": "table", "schema": {"fields": fields, "missingValues": [""]}}
    return about


def _fields(frame: pd.DataFrame) -> Fields:
    return [{"name": name, "type": _TYPES.get(str(frame[name].dtype), "string")} for name in frame.columns]


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, _MODE
            archive.writestr(entry, content)
    return target.getvalue()
