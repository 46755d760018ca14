"""The bundle of `soundings analyse`: the same bytes always, verified whole, refused where a number differs, change."""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main

QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "four-dimensions.toml"
REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "public_staff_survey_responses.csv.gz"
ITEMS = [f"{dimension}_{n}" for dimension in ("mindset", "agile", "silos", "leadership") for n in range(1, 5)]
AREAS, TIERS = ("housing", "planning", "ict"), ("senior", "frontline", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen authorities, weights that are no round numbers, headcounts to rake to, and two waves."""
    place = tmp_path_factory.mktemp("files")
    chance = random.Random(20261123)  # noqa: S311 - made-up answers
    first = people(chance, 3.0)
    write(place / "R.csv", first)
    chance.shuffle(first)
    write(place / "shuffled.csv", first)
    write(place / "later.csv", people(chance, 3.6))
    codes = [f"a{number:02}" for number in range(14)]
    (place / "A.csv").write_text("code,name,type\n" + "".join(f"{code},'=Town,unitary\n" for code in codes))
    cells = [f"{code},{area},,{25 + at}\n" for code in codes for at, area in enumerate(AREAS)]
    (place / "H.csv").write_text("authority,service_area,tier,headcount\n" + "".join(cells))
    done = run(place, "R.csv", "first")
    assert done.exit_code == 0, done.output
    return place


def people(chance: random.Random, level: float) -> list[list[str]]:
    rows = []
    for number in range(14):
        for _ in range(15 + number):
            own = chance.gauss(level, 1.0)
            answers = [str(min(5, max(1, round(own + chance.gauss(0, 0.6))))) for _ in ITEMS]
            for at, item in enumerate(ITEMS):
                if item.endswith("_4"):  # the reverse-keyed ones
                    answers[at] = str(6 - int(answers[at]))
            rest = [chance.choice(AREAS), chance.choice(TIERS), f"{chance.uniform(0.4, 2):.3f}", chance.choice("29")]
            rows.append([f"a{number:02}", *rest[:3], rest[3] + "0", *answers])
    return rows


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([["authority", "service_area", "tier", "weight", "seconds", *ITEMS], *rows])


def words(place: Path, answers: str, out: str, *options: str) -> list[str]:
    files = ["--questionnaire", str(QUESTIONNAIRE), "--responses", str(place / answers)]
    others = ["--authorities", str(place / "A.csv"), "--headcounts", str(place / "H.csv"), "--no-pictures"]
    return ["analyse", *files, *others, "--out", str(place / out), *options]


def run(place: Path, answers: str, out: str, *options: str) -> Result:
    return CliRunner().invoke(main, words(place, answers, out, *options))


def verify(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["release", "verify", str(path), *options])


def bundle(folder: Path) -> Path:
    return folder / "first" / "bundle.zip"


def test_every_number_is_computed_again_and_identical(folder: Path) -> None:
    done = verify(bundle(folder))
    assert done.exit_code == 0, done.output
    assert "numbers in" in done.output


ELSEWHERE = {
    "one thread, the other end of the world": {
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C",
    },
    "many threads, another hash": {
        "OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4", "PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
    },
}  # fmt: skip
MOVED_CLOCK = (
    "import datetime, time_machine\n"
    "time_machine.travel(datetime.datetime(2031, 3, 30, 0, 59, 59, tzinfo=datetime.timezone.utc)).start()\n"
    "from survey.cli import main\n"
    "main()\n"
)


def elsewhere(words: list[str], settings: dict[str, str]) -> None:
    """A command in a process of its own, years later, with another zone, locale, hash and number of threads."""
    command = [sys.executable, "-c", MOVED_CLOCK, *words]
    done = subprocess.run(
        command, env={**os.environ, **settings}, timeout=120, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("where", ELSEWHERE)
def test_another_day_order_of_rows_zone_locale_hash_and_number_of_threads_give_the_same_bytes(
    folder: Path, where: str
) -> None:
    elsewhere(words(folder, "shuffled.csv", "second"), ELSEWHERE[where])
    assert (folder / "second" / "bundle.zip").read_bytes() == bundle(folder).read_bytes()
    for table in (folder / "first").glob("*.csv"):
        if table.name != "respondents.csv":  # its rows are numbered in the order of the file
            assert (folder / "second" / table.name).read_bytes() == table.read_bytes(), table.name
    assert (folder / "second" / "quality.json").read_bytes() == (folder / "first" / "quality.json").read_bytes()


@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_bundle_is_verified_on_another_day_in_another_place(folder: Path, where: str) -> None:
    elsewhere(["release", "verify", str(bundle(folder))], ELSEWHERE[where])


@pytest.mark.skipif(not REAL.is_file(), reason="the real answers are not here")
def test_the_real_file_as_two_waves_is_told_whole_and_computed_again(tmp_path: Path) -> None:
    """With its weights, units, tiers and made-up staff numbers: nothing warns, nearly all is told, all is verified."""
    real_halves(tmp_path)
    instrument = ["--questionnaire", str(QUESTIONNAIRE.parent / "public-staff-survey.toml"), "--no-pictures"]
    register = ["--authorities", str(REAL.parent / "public_staff_survey_authorities.csv")]
    previous: list[str] = []
    for name in ("then", "now"):
        files = ["--responses", str(tmp_path / f"{name}.csv"), "--headcounts", str(tmp_path / "H.csv")]
        given = [*files, *register, *instrument, *previous]
        done = CliRunner().invoke(main, ["analyse", *given, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert len(done.output.splitlines()) == 1, done.output  # the one line names columns that are no items
        assert "ignored: Q1, Q4" in done.output
        previous = ["--previous", str(tmp_path / name / "bundle.zip")]
    again = verify(tmp_path / "now" / "bundle.zip")
    assert again.exit_code == 0, again.output
    told = {path.stem: read(path) for path in (tmp_path / "now").glob("*.csv")}
    assert {row["weighting"] for row in told["scores"]} >= {"service_area_and_tier", "service_area"}
    assert all(30 < float(row["score"]) < 90 for row in told["scores"] if not row["reason"])
    assert all(row["omega"] and float(row["omega"]) > 0.7 for row in told["reliability"])
    assert {row["verdict"] for row in told["change"]} <= {"", "SIMILAR", "CANNOT_TELL"}  # halves of one wave
    assert all(abs(float(row["median"])) < 2 for row in told["sector_change"])
    assert all(float(row["gap"]) > 3 for row in told["sector_tier_gaps"])  # supervisors see it in a kinder light


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def real_halves(place: Path) -> None:
    """Every second answer as an earlier wave, the others as this one; in the everyday run a fourth of both."""
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    step = 2 if os.environ.get("ASSURANCE") == "long" else 8
    for at, name in enumerate(("then", "now")):
        with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[at::step]])
    cells = Counter((row[0], row[1], row[2]) for row in rows)
    with (place / "H.csv").open("w", encoding="utf-8", newline="") as file:
        staff = ([*cell, 2 * count if cell[2] == "supervisor" else 3 * count] for cell, count in sorted(cells.items()))
        csv.writer(file).writerows([["authority", "service_area", "tier", "headcount"], *staff])


def test_the_bundle_describes_itself_as_a_data_package(folder: Path) -> None:
    with zipfile.ZipFile(bundle(folder)) as archive:
        about = json.loads(archive.read("datapackage.json"))
        listed = {one["path"]: one for one in about["resources"]}
        assert set(archive.namelist()) == {"datapackage.json", *listed}
        for path, one in listed.items():
            content = archive.read(path)
            assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
            assert one["bytes"] == len(content)
            if one["format"] == "csv":
                header = next(csv.reader(io.StringIO(content.decode())))
                assert [field["name"] for field in one["schema"]["fields"]] == header
    assert about["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert about["soundings"]["methodVersion"] == "1"
    assert "tables/scores.csv" in listed
    assert not any("respondents" in path for path in listed)


READS: dict[str, Callable[[str], object]] = {
    "string": str, "number": float, "integer": int, "boolean": {"true": True, "false": False}.__getitem__,
}  # fmt: skip


def test_names_and_cells_are_what_the_specification_of_data_packages_asks_for(folder: Path) -> None:
    with zipfile.ZipFile(bundle(folder)) as archive:
        about = json.loads(archive.read("datapackage.json"))
        names = [about["name"], *(one["name"] for one in about["resources"])]
        assert len(set(names)) == len(names)
        assert not [name for name in names if not re.fullmatch(r"[-a-z0-9._/]+", name)]
        cells = 0
        for one in (one for one in about["resources"] if one.get("type") == "table"):
            fields = one["schema"]["fields"]
            assert one["schema"]["missingValues"] == [""]
            for row in csv.DictReader(io.StringIO(archive.read(one["path"]).decode(), newline="")):
                for field in fields:
                    if row[field["name"]]:
                        READS[field["type"]](row[field["name"]])
                        cells += 1
    assert cells > 1000


def test_the_validator_of_the_specification_finds_no_fault(folder: Path, tmp_path: Path) -> None:
    """Where it is installed; it would bring forty packages for this one question."""
    if importlib.util.find_spec("frictionless") is None:
        pytest.skip("frictionless is not here")
    with zipfile.ZipFile(bundle(folder)) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_it_holds_of_a_person_what_the_computation_needs_and_nothing_else(folder: Path) -> None:
    with zipfile.ZipFile(bundle(folder)) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("responses.csv").decode())))
    assert rows[0] == ["authority", "service_area", "tier", "too_fast", "weight", *ITEMS]  # seconds became one flag
    assert rows[1:] == sorted(rows[1:], key=lambda row: (row[0], AREAS.index(row[1]) if row[1] else -1))
    assert {cell for row in rows[1:] for cell in row[5:]} <= {"0", "1", "2", "3", "4"}


def altered(path: Path, target: Path, change: Callable[[str, bytes], bytes], *, mended: bool) -> Path:
    """The bundle with files changed; mended: its checksums say what the files are."""
    with zipfile.ZipFile(path) as archive:
        files = {name: change(name, archive.read(name)) for name in archive.namelist()}
    if mended:
        about = json.loads(files["datapackage.json"])
        for one in about["resources"]:
            one["hash"] = "sha256:" + hashlib.sha256(files[one["path"]]).hexdigest()
        files["datapackage.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def last_digit(name: str, content: bytes) -> bytes:
    """One score with another last digit, the twelfth."""
    if name != "tables/scores.csv":
        return content
    lines = content.decode().splitlines()
    cells = lines[2].split(",")
    cells[4] = cells[4][:-1] + str((int(cells[4][-1]) + 1) % 10)
    return "\n".join([*lines[:2], ",".join(cells), *lines[3:], ""]).encode()


@pytest.mark.parametrize("mended", [False, True])
def test_a_number_that_differs_in_its_last_digit_is_named(folder: Path, tmp_path: Path, mended: bool) -> None:
    refused = verify(altered(bundle(folder), tmp_path / "b.zip", last_digit, mended=mended))
    assert refused.exit_code == 1
    assert "scores, authority a00, measure mindset, score:" in refused.stderr
    assert ("tables/scores.csv was altered" in refused.stderr) is not mended


def test_another_answer_is_noticed_though_the_checksums_are_mended(folder: Path, tmp_path: Path) -> None:
    def swapped(name: str, content: bytes) -> bytes:
        if name != "responses.csv":
            return content
        lines = content.decode().splitlines()
        head, _, last = lines[1].rpartition(",")
        return "\n".join([lines[0], f"{head},{(int(last) + 1) % 5}", *lines[2:], ""]).encode()

    refused = verify(altered(bundle(folder), tmp_path / "b.zip", swapped, mended=True))
    assert refused.exit_code == 1
    assert "from other answers" in refused.stderr
    assert "computed again" in refused.stderr


def test_a_row_that_is_missing_or_made_up_is_named(folder: Path, tmp_path: Path) -> None:
    def shorter(name: str, content: bytes) -> bytes:
        return b"\n".join(content.split(b"\n")[:-2]) + b"\n" if name == "tables/standings.csv" else content

    def longer(name: str, content: bytes) -> bytes:
        return (
            content + content.splitlines()[1].replace(b"a00", b"a99") + b"\n"
            if name == "tables/scores.csv"
            else content
        )

    missing = verify(altered(bundle(folder), tmp_path / "b.zip", shorter, mended=True))
    assert (missing.exit_code, "standings, a13" in missing.stderr, "is missing" in missing.stderr) == (1, True, True)
    made_up = verify(altered(bundle(folder), tmp_path / "c.zip", longer, mended=True))
    assert (made_up.exit_code, "authority a99" in made_up.stderr) == (1, True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"authority,mindset_1\na00,3\n"])
def test_what_is_no_bundle_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    refused = verify(tmp_path / "b.zip")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert refused.stderr.startswith("b.zip: ")


def test_hostile_content_is_refused_and_not_computed(folder: Path, tmp_path: Path) -> None:
    def wrong(old: bytes, new: bytes, path: str) -> Callable[[str, bytes], bytes]:
        return lambda name, content: content.replace(old, new, 1) if name == path else content

    for number, change in enumerate((
        wrong(b"minimum_respondents = 11", b"minimum_respondents = 2", "rules.toml"),
        wrong(b"a00,", b"zz,", "responses.csv"),
        wrong(b"mindset_1", b"unheard_of", "responses.csv"),
        wrong(b'code = "four-dimensions"', b"code = ", "questionnaire.toml"),
        wrong(b"headcount", b"heads", "headcounts.csv"),
    )):  # fmt: skip
        refused = verify(altered(bundle(folder), tmp_path / f"{number}.zip", change, mended=True))
        assert refused.exit_code == 1, number
        assert refused.stderr.startswith(f"{number}.zip: "), refused.output


def test_a_published_bundle_holds_no_answers_and_is_verified_with_those_of_another(folder: Path) -> None:
    assert run(folder, "R.csv", "open", "--audience", "published").exit_code == 0
    path = folder / "open" / "bundle.zip"
    with zipfile.ZipFile(path) as archive:
        assert not {"responses.csv", "headcounts.csv", "authorities.csv"} & set(archive.namelist())
    alone = verify(path)
    assert (alone.exit_code, "holds no answers" in alone.stderr) == (1, True)
    assert verify(path, "--answers", str(bundle(folder))).exit_code == 0
    refused = run(folder, "later.csv", "never", "--previous", str(path))
    assert (refused.exit_code, "holds no answers" in refused.stderr) == (1, True)


def test_answers_with_renamed_authorities_are_the_same_answers(folder: Path, tmp_path: Path) -> None:
    """Two tellings of the same numbers: the published one under the old names, the answers under the new ones."""
    assert run(folder, "R.csv", "old_names", "--audience", "published").exit_code == 0
    kept = (folder / "A.csv").read_text()
    (tmp_path / "A.csv").write_text(kept.replace("Town", "City"))
    renamed = run(folder, "R.csv", "new_names", "--authorities", str(tmp_path / "A.csv"))
    assert renamed.exit_code == 0, renamed.output
    new, old = folder / "new_names" / "bundle.zip", folder / "old_names" / "bundle.zip"
    done = verify(old, "--answers", str(new))
    assert done.exit_code == 0, done.output
    assert (
        json.loads(zipfile.ZipFile(new).read("datapackage.json"))["soundings"]["inputDigest"]
        == json.loads(zipfile.ZipFile(old).read("datapackage.json"))["soundings"]["inputDigest"]
    )


def test_a_bundle_without_attributes_that_were_not_known_then_is_read(folder: Path, tmp_path: Path) -> None:
    def shorter(name: str, content: bytes) -> bytes:
        if name != "authorities.csv":
            return content
        rows = list(csv.reader(io.StringIO(content.decode())))
        target = io.StringIO()
        csv.writer(target, lineterminator="\n").writerows(row[:5] for row in rows)
        return target.getvalue().encode()

    done = verify(altered(bundle(folder), tmp_path / "b.zip", shorter, mended=True))
    assert done.exit_code == 0, done.output


def test_the_change_since_the_bundle_of_an_earlier_wave_is_verified_too(folder: Path) -> None:
    done = run(folder, "later.csv", "later", "--previous", str(bundle(folder)))
    assert done.exit_code == 0, done.output
    with (folder / "later" / "change.csv").open() as file:
        rows = {(row["authority"], row["measure"]): row for row in csv.DictReader(file)}
    assert len(rows) == 14 * 5
    assert {row["series"] for row in rows.values()} == {"same"}
    for wave, column in (("first", "before"), ("later", "after")):
        with (folder / wave / "scores.csv").open() as file:
            for own in csv.DictReader(file):  # on the same items, a wave's score is the one that it has already
                assert rows[own["authority"], own["measure"]][column] == own["score"]
    with (folder / "later" / "benchmarks.csv").open() as file:
        restated = [row for row in csv.DictReader(file) if row["restated_for"]]
    assert {row["restated_for"] for row in restated} == {"before", "after"}
    assert verify(folder / "later" / "bundle.zip").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new"), [('"methodVersion": "1"', '"methodVersion": "2"'), ('Digest": "', 'Digest": "0')]
)
def test_what_a_bundle_says_of_itself_must_be_true(folder: Path, tmp_path: Path, old: str, new: str) -> None:
    def otherwise(name: str, content: bytes) -> bytes:
        return content.replace(old.encode(), new.encode(), 1) if name == "datapackage.json" else content

    refused = verify(altered(bundle(folder), tmp_path / "b.zip", otherwise, mended=False))
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
