"""The commands of results: import, compute, approve, publish, export, load the demonstration, serve."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from survey import config, documents, kept_files, results, schema
from survey.cli import main
from survey.config import Settings
from survey.db import Database
from survey.demonstration import loading, sector
from survey.models import Submission

Command = Callable[..., Result]

SECRETS = {
    "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small demonstration, loaded once; the tests of this file add to it in their order."""
    folder = tmp_path_factory.mktemp("service")
    settings = Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'soundings.sqlite'}",
        secret_key=SECRETS["SOUNDINGS_SECRET_KEY"],
        link_key=SECRETS["SOUNDINGS_LINK_KEY"],
        base_url="http://127.0.0.1:8000",
        demonstration=True,
    )
    database = Database(settings.database_url)
    schema.upgrade(database)
    places = [one for one in sector.places() if one.type == "district"][:12]
    loading.load(database, settings, now=loading.datetime.now(loading.UTC), places=places)
    database.dispose()
    return folder


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    return {"SOUNDINGS_DATA": str(place), "SOUNDINGS_DEMONSTRATION": "1", **SECRETS}


@pytest.fixture
def run(environment: dict[str, str]) -> Command:
    def command(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={**environment, "DATABASE_URL": None})

    return command


def test_a_correction_is_computed_approved_by_a_second_person_and_published(run: Command) -> None:
    computed = run("release", "compute", "2025", "--as", "publisher-1@demonstration.example")
    assert (computed.exit_code, computed.stdout) == (0, "2025.2\n")
    alone = run("release", "approve", "2025.2", "--as", "publisher-1@demonstration.example")
    assert alone.exit_code == 1
    assert "second person" in alone.stderr
    second = run("release", "approve", "2025.2", "--as", "publisher-2@demonstration.example")
    assert second.exit_code == 0
    published = run("release", "publish", "2025.2", "--as", "publisher-1@demonstration.example")
    assert published.exit_code == 0
    gone = run("export", "results", "2025.1", "--out", "old.csv", "--as", "researcher@demonstration.example")
    assert gone.exit_code == 1
    assert "replaced by release 2025.2" in gone.stderr


def test_an_unknown_release_is_called_a_release(run: Command) -> None:
    for step in ("approve", "publish"):
        unknown = run("release", step, "2025.9", "--as", "publisher-1@demonstration.example")
        assert (unknown.exit_code, unknown.stderr) == (1, "There is no release 2025.9.\n")
    assert "such as 2026.1" in run("release", "approve", "2025", "--as", "publisher-1@demonstration.example").stderr


def test_an_open_wave_is_not_computed(run: Command) -> None:
    refused = run("release", "compute", "2026", "--as", "researcher@demonstration.example")
    assert refused.exit_code == 1
    assert "Close it first" in refused.stderr


def test_a_table_and_a_workbook_are_exported_and_never_overwritten(run: Command, tmp_path: Path) -> None:
    researcher = ("--as", "researcher@demonstration.example")
    table, book = tmp_path / "standings.csv", tmp_path / "all.xlsx"
    assert run("export", "results", "2024.1", "--table", "standings", "--out", str(table), *researcher).exit_code == 0
    whole = run("export", "results", "2024.1", "--out", str(book), *researcher)
    assert (whole.exit_code, whole.stdout, whole.stderr) == (0, "", f"{book}: all tables of release 2024.1.\n")
    assert table.read_text().startswith("authority,peer_group,measure,score,gap")
    assert book.read_bytes().startswith(b"PK")
    again = run("export", "results", "2024.1", "--out", str(book), *researcher)
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_all_reports_are_exported_in_one_file(run: Command, place: Path, tmp_path: Path) -> None:
    """Made by a real child within its limits; only what is missing is made, so most of them lie ready as stand-ins."""
    settings = config.read({"SOUNDINGS_DATA": str(place), "SOUNDINGS_DEMONSTRATION": "1", **SECRETS})
    database = Database(settings.database_url)
    with database.session() as session:
        release = results.get(session, "2024.1", now=datetime.now(UTC))
        codes = [code for code, _ in results.authorities(session, release)]
    database.dispose()
    for code in codes[1:]:
        kept_files.write(documents.path(settings, documents.key(settings, release, code)), b"%PDF stands in")
    out, researcher = tmp_path / "all.zip", ("--as", "researcher@demonstration.example")
    exported = run("export", "documents", "2024.1", "--out", str(out), *researcher)
    assert (exported.exit_code, f"{len(codes) + 1} reports" in exported.stderr) == (0, True), exported.stderr
    with zipfile.ZipFile(out) as packed:
        assert len(packed.namelist()) == len(codes) + 1
        assert packed.read("sector.pdf").startswith(b"%PDF-1.")
    again = run("export", "documents", "2024.1", "--out", str(out), *researcher)
    assert (again.exit_code, "was left as it is" in again.stderr) == (1, True)
    other = run("export", "documents", "2024.1", "--out", str(tmp_path / "all.tar"), *researcher)
    assert (other.exit_code, "End its name in .zip." in other.stderr) == (1, True)
    member = ("--as", "member@demonstration.example")
    assert run("export", "documents", "2024.1", "--out", str(tmp_path / "b.zip"), *member).exit_code == 1


def test_a_release_is_exported_as_a_bundle_and_computed_again(run: Command, tmp_path: Path) -> None:
    """With self-assessments and headcounts; without a database, and never over another file."""
    out, researcher = tmp_path / "2024.1.zip", ("--as", "researcher@demonstration.example")
    agreed = ("--agreed-by", "publisher-1@demonstration.example", "--reason", "To check the numbers")
    exported = run("export", "bundle", "2024.1", "--out", str(out), *agreed, *researcher)
    assert "not de-identified" in exported.stderr
    assert exported.exit_code == 0, exported.output
    assert out.stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(main, ["release", "verify", str(out)], env={"DATABASE_URL": None})
    assert again.exit_code == 0, again.stderr
    with zipfile.ZipFile(out) as packed:
        assert {"assessments.csv", "self-assessment.toml", "headcounts.csv", "tables/say_do.csv"} <= set(
            packed.namelist()
        )
    assert run("export", "bundle", "2024.1", "--out", str(out), *agreed, *researcher).exit_code == 1
    member = ("--as", "member@demonstration.example")
    refused = run("export", "bundle", "2024.1", "--out", str(tmp_path / "b.zip"), *agreed, *member)
    assert (refused.exit_code, "for researchers" in refused.stderr) == (1, True)


def test_a_member_exports_nothing(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "all.xlsx"
    refused = run("export", "results", "2024.1", "--out", str(out), "--as", "member@demonstration.example")
    assert refused.exit_code == 1
    assert not out.exists()


def test_microdata_leave_with_their_codebook_and_are_never_overwritten(run: Command, tmp_path: Path) -> None:
    rows, codebook = tmp_path / "rows.csv", tmp_path / "codebook.csv"
    words = ("export", "microdata", "--wave", "2025", "--out", str(rows), "--codebook", str(codebook))
    done = run(*words, "--as", "researcher@demonstration.example")
    assert (done.exit_code, done.stdout) == (0, "")
    count = len(rows.read_text().splitlines()) - 1
    assert done.stderr.startswith(f"{rows}: {count} rows; withheld: authority in ")
    assert rows.stat().st_mode & 0o077 == 0  # nobody else of the machine may read it
    assert codebook.read_text().startswith("column,question,kind")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codebook.csv", "rows.csv"]
    again = run(*words, "--as", "researcher@demonstration.example")
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("wave", "email", "sentence"),
    [
        ("2025", "publisher-1", "Microdata are for researchers."),
        ("2025", "member", "Microdata are for researchers."),
        ("2026", "researcher", "Microdata are exported when it has closed."),
        ("2031", "researcher", "There is no wave 2031."),
    ],
)
def test_microdata_are_refused_with_the_reason(
    run: Command, tmp_path: Path, wave: str, email: str, sentence: str
) -> None:
    out = tmp_path / "rows.xlsx"
    refused = run("export", "microdata", "--wave", wave, "--out", str(out), "--as", f"{email}@demonstration.example")
    assert (refused.exit_code, sentence in refused.stderr) == (1, True)
    assert not list(tmp_path.iterdir())


def test_answers_are_imported_once(run: Command, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("authority,tier,mindset_hierarchy\nD019,manager,4\nD019,frontline,dk\n", encoding="utf-8")
    words = ("responses", "import", "--wave", "2026", "--questionnaire", "digital-maturity-staff", str(file))
    before = submissions(place)
    first, second = run(*words), run(*words)
    assert first.exit_code == 0
    assert second.exit_code == 1
    assert "before" in second.stderr
    assert submissions(place) == before + 2


def test_a_fault_in_a_file_is_one_line_with_its_place(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("authority,mindset_hierarchy\nD019,7\nNOWHERE,4\n", encoding="utf-8")
    refused = run("responses", "import", "--wave", "2026", "--questionnaire", "digital-maturity-staff", str(file))
    assert refused.exit_code == 1
    assert "row 2, column 'mindset_hierarchy'" in refused.stderr
    assert "row 3, column 'authority'" in refused.stderr


def test_the_demonstration_is_kept_when_loaded_again(run: Command, place: Path) -> None:
    before = submissions(place)
    again = run("demonstration", "load")
    assert (again.exit_code, submissions(place)) == (0, before)
    assert "there already" in again.stderr


def test_links_are_printed_again_on_request(run: Command) -> None:
    printed = run("demonstration", "links")
    assert printed.exit_code == 0
    assert [line.split("\t")[0] for line in printed.stdout.splitlines()][:2] == ["officer", "lead"]


def test_without_the_setting_there_is_no_demonstration(environment: dict[str, str]) -> None:
    for words in (("demonstration", "load"), ("demonstration", "links"), ("serve", "--print-links")):
        refused = CliRunner().invoke(main, words, env={**environment, "SOUNDINGS_DEMONSTRATION": "0"})
        assert refused.exit_code == 1
        assert "SOUNDINGS_DEMONSTRATION=1" in refused.stderr


def test_an_empty_database_is_not_served(environment: dict[str, str], tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["serve"], env={**environment, "SOUNDINGS_DATA": str(tmp_path)})
    assert refused.exit_code == 1
    assert "soundings migrate" in refused.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_busy_port_is_one_clear_line(environment: dict[str, str], taken: int) -> None:
    refused = CliRunner().invoke(main, ["serve"], env={**environment, "PORT": str(taken)})
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"Port {taken} at 127.0.0.1 cannot be used: another program uses it. Stop that program, "
        f"or choose another port, for example PORT={taken + 1}.\n"
    )


def test_links_are_printed_when_the_server_answers_and_it_stops_when_told(
    environment: dict[str, str], taken: int
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("soundings")), "serve", "--print-links"]
    surroundings = {"PATH": os.environ["PATH"], **environment, "PORT": str(port)}
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().rstrip("\n").split("\t") for _ in range(6)]
        officer = dict(lines)["officer"]  # type: ignore[arg-type]
        with urllib.request.urlopen(officer) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
        assert time.monotonic() - began < 15
        server.communicate()
    assert [role for role, _ in lines] == ["officer", "lead", "member", "researcher", "publisher-1", "publisher-2"]
    assert all(url.startswith(f"http://127.0.0.1:{port}/") for _, url in lines)


def submissions(folder: Path) -> int:
    database = Database(f"sqlite:///{folder / 'soundings.sqlite'}")
    with database.session() as session:
        count = session.scalar(select(func.count()).select_from(Submission))
    database.dispose()
    return count or 0
