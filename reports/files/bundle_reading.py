"""Opening a bundle that somebody gives: what it holds, and whether each of its files is as its checksum says."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from questionnaires.faults import QuestionnaireFaults
from reports.change import Before
from reports.files import answer_table, bundle, settings
from reports.files.bundle import DESCRIPTOR, INPUTS, PREVIOUS, QUALITY, QUESTIONNAIRE, RESPONSES, RULES, TABLES, Sources
from reports.files.tables import LARGEST_CONTENT, LARGEST_FILE, UNREADABLE, FileFaults
from reports.frames import ASSESSMENTS, AUTHORITIES, DROPPED, HEADCOUNTS, MENU, SUCCESSIONS
from reports.rules import Rules

AUDIENCES = ("research", "published", "release")
_SHAPES = dict(zip(INPUTS, (AUTHORITIES, HEADCOUNTS, ASSESSMENTS, MENU, DROPPED, SUCCESSIONS), strict=True))
_MOST_FILES = 200


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds. `sources` is None where it holds no answers; `altered` names what its checksums deny."""

    name: str
    audience: str
    method_version: str
    questionnaire_digest: str
    input_digest: str
    previous_digest: str | None
    rules: Rules
    sources: Sources | None
    previous: Sources | None
    tables: Mapping[str, bytes]
    quality: bytes
    altered: tuple[str, ...]


def read(path: Path) -> Bundle:
    """The bundle in a file. Raises FileFaults if it is none; a file that was altered is only named."""
    files = _contents(path)
    descriptor = _descriptor(files, path.name)
    about = _mapping(descriptor.get("soundings"))
    resources = _resources(descriptor)
    audience = str(about.get("audience"))
    if audience not in AUDIENCES or QUALITY not in files or RULES not in files:
        raise FileFaults(
            [f"{path.name}: not a bundle of this program. Give the bundle.zip of an analysis or a release."]
        )
    return Bundle(
        path.name,
        audience,
        str(about.get("methodVersion")),
        str(_mapping(about.get("questionnaire")).get("measurementDigest")),
        str(about.get("inputDigest")),
        None if about.get("previousDigest") is None else str(about["previousDigest"]),
        settings.parse_rules(files[RULES], name=f"{path.name}: {RULES}"),
        _sources(files, resources, "", about.get("optionalSections"), path.name),
        _sources(files, resources, PREVIOUS, about.get("previousSections"), path.name),
        {
            name.removeprefix(TABLES).removesuffix(".csv"): content
            for name, content in files.items()
            if name.startswith(TABLES)
        },
        files[QUALITY],
        tuple(_altered(files, resources, path.name)),
    )


def read_previous(path: Path) -> Sources:
    """The answers of an earlier wave in its bundle. Raises FileFaults if it was altered or holds none."""
    found = read(path)
    if found.altered:
        raise FileFaults(found.altered)
    if found.sources is None:
        raise FileFaults(
            [f"{path.name}: holds no answers, so no change can be computed. Give the bundle for research."]
        )
    return found.sources


def before(sources: Sources) -> Before:
    """The earlier wave as the computation takes it."""
    return Before(
        sources.responses, sources.questionnaire, sources.authorities, sources.headcounts, sources.successions
    )


def _contents(path: Path) -> dict[str, bytes]:
    """Every file of the archive. Sizes are checked before anything is unpacked."""
    if not path.is_file():
        raise FileFaults([f"{path.name}: there is no such file."])
    if path.stat().st_size >= LARGEST_FILE:
        raise FileFaults([f"{path.name}: larger than {LARGEST_FILE / 1e6:.0f} MB. Is it the right file?"])
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > _MOST_FILES or len(names) < len(entries):
                raise FileFaults([f"{path.name}: holds files twice, or too many. Is it the right file?"])
            if sum(entry.file_size for entry in entries) >= LARGEST_CONTENT:
                raise FileFaults(
                    [f"{path.name}: unpacks to more than {LARGEST_CONTENT / 1e6:.0f} MB. Is it the right file?"]
                )
            return {entry.filename: archive.read(entry) for entry in entries}
    except UNREADABLE as error:
        raise FileFaults([f"{path.name}: not readable as a ZIP file. Give the bundle as it was written."]) from error


def _descriptor(files: Mapping[str, bytes], name: str) -> Mapping[str, object]:
    try:
        found = json.loads(files[DESCRIPTOR])
    except (KeyError, ValueError, RecursionError) as error:
        raise FileFaults([f"{name}: no readable {DESCRIPTOR} in it. Give the bundle as it was written."]) from error
    return _mapping(found)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _resources(descriptor: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """What the descriptor says of each file, by its path."""
    listed = descriptor.get("resources")
    found = [_mapping(one) for one in listed] if isinstance(listed, list) else []
    return {str(one.get("path")): one for one in found}


def _altered(files: Mapping[str, bytes], resources: Mapping[str, Mapping[str, object]], name: str) -> list[str]:
    faults = [f"{name}: {path} is missing." for path in resources if path not in files]
    for path, content in files.items():
        if path == DESCRIPTOR:
            continue
        if path not in resources:
            faults.append(f"{name}: {path} is not in the list of files.")
        elif resources[path].get("hash") != f"sha256:{hashlib.sha256(content).hexdigest()}":
            faults.append(f"{name}: {path} was altered: it is not what its checksum says.")
    return faults


def _sources(
    files: Mapping[str, bytes],
    resources: Mapping[str, Mapping[str, object]],
    folder: str,
    sections: object,
    name: str,
) -> Sources | None:
    """The inputs in a folder of the bundle; None where there are no answers."""
    if f"{folder}{RESPONSES}" not in files or f"{folder}{QUESTIONNAIRE}" not in files:
        return None
    kept = tuple(str(one) for one in sections) if isinstance(sections, list) else None
    try:
        text = files[f"{folder}{QUESTIONNAIRE}"].decode("utf-8")
        own = files.get(f"{folder}{bundle.SELF_ASSESSMENT}", b"").decode("utf-8") or None
        asked = Sources(text, answer_table.NOBODY, sections=kept).questionnaire
    except UnicodeDecodeError as error:
        raise FileFaults([f"{name}: a questionnaire in it is not written in UTF-8."]) from error
    except QuestionnaireFaults as error:
        raise FileFaults([f"{name}: {fault}" for fault in error.faults]) from error
    schema = _mapping(resources.get(f"{folder}{RESPONSES}", {}).get("schema"))
    fields = schema.get("fields")
    responses = answer_table.read(
        files[f"{folder}{RESPONSES}"],
        [_mapping(one) for one in fields] if isinstance(fields, list) else [],
        asked,
        name=f"{name}: {folder}{RESPONSES}",
    )
    tables = {
        one: answer_table.read_input(files[f"{folder}{one}.csv"], shape, name=f"{name}: {folder}{one}.csv")
        for one, shape in _SHAPES.items()
        if f"{folder}{one}.csv" in files
    }
    return Sources(text, responses, **tables, self_assessment=own, sections=kept)
