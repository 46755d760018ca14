"""The commands of a wave from plan to close, with their refusals."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from questionnaires import files
from survey import editions, people, register, schema, waves
from survey.cli import main
from survey.db import Database
from survey.vocabulary import EditionState, RoleName


@pytest.fixture
def soundings(tmp_path, now, questionnaires):
    """The command line on a database of its own, with a researcher, a questionnaire and two authorities."""
    url = f"sqlite:///{tmp_path}/soundings.sqlite"
    database = Database(url)
    schema.upgrade(database)
    with database.session() as session, database.write(session):
        person = people.add(session, "r@x.example", "Rae", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        people.add(session, "nobody@x.example", "Noel", now=now, actor="system")
        edition = editions.store_file(session, questionnaires / "four-dimensions.toml", now=now, actor="system")
        edition.state = EditionState.APPROVED
        file = b"code,name,type\nX1,Exeborough,district\nX2,Wyeshire,county\n"
        register.import_authorities(session, file, on=now.date(), now=now, actor="system")
        session.commit()
    database.dispose()
    environment = {"SOUNDINGS_DATA": str(tmp_path / "data"), "DATABASE_URL": url}

    def run(*words):
        return CliRunner(env=environment).invoke(main, words)

    return run


def planned(soundings, *more):
    opens = datetime.now(UTC) - timedelta(days=1)
    words = ["wave", "plan", "2026", "--title", "A wave", "--questionnaire", "four-dimensions", "--version", "1"]
    words += ["--opens", f"{opens:%Y-%m-%d} 12:00", "--deadline", f"{opens + timedelta(days=30):%Y-%m-%d} 12:00"]
    return soundings(*words, "--as", "r@x.example", *more)


def test_a_wave_can_ask_a_self_assessment(soundings):
    code, version = files.SELF_ASSESSMENT
    missing = planned(soundings, "--self-assessment", code)
    assert (missing.exit_code, f"There is no questionnaire {code}" in missing.output) == (1, True)
    stored = soundings("questionnaire", "store", str(files.path(code, version)), "--as", "r@x.example")
    assert stored.exit_code == 0, stored.output
    wrong = planned(soundings, "--self-assessment", "four-dimensions")
    assert (wrong.exit_code, "not a questionnaire for an authority" in wrong.output) == (1, True)
    assert planned(soundings, "--self-assessment", code, "--self-assessment-version", version).exit_code == 0
    assert soundings("wave", "add", "2026", "X1", "--as", "r@x.example").exit_code == 0
    closed = soundings("wave", "open", "2026", "--as", "r@x.example")
    assert (closed.exit_code, f"{code} {version} is not approved yet" in closed.output) == (1, True)


def test_a_wave_from_plan_to_close(soundings, tmp_path):
    assert planned(soundings).exit_code == 0
    assert "2 authorities were added" in soundings("wave", "add", "2026", "X1", "X2", "--as", "r@x.example").output
    assert "0 authorities were added" in soundings("wave", "add", "2026", "X1", "--as", "r@x.example").output
    heads = tmp_path / "h.csv"
    heads.write_text("authority,headcount\nX1,90\nX2,600\n")
    answered = soundings("headcounts", "import", "--wave", "2026", str(heads), "--as", "r@x.example")
    assert "2 staff numbers" in answered.output
    assert "is open until" in soundings("wave", "open", "2026", "--as", "r@x.example").output
    out, people_ = tmp_path / "links.csv", tmp_path / "addresses.csv"
    people_.write_text("authority,address\nX1,a@x.example\nX1,b@x.example\n")
    dry = soundings("wave", "invite", "2026", "--addresses", str(people_), "--dry-run", "--as", "r@x.example")
    assert dry.output == "X1: 2 new, 0 have a link already.\n  x.example: 2\n"
    done = soundings(
        "wave", "invite", "2026", "--addresses", str(people_), "--shared", "--send", "--links", str(out), "--as", "r@x.example"
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "X1: a shared link for at most 100 answers." in done.output
    assert "2 mails are queued." in done.output
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["authority"], row["address"]) for row in rows][-1] == ("X2", "")
    assert len(rows) == 4
    one_more = ("wave", "invite", "2026", "--addresses", str(people_), "--as", "r@x.example")
    people_.write_text("authority,address\nX1,c@x.example\n")
    assert soundings(*one_more).output == "X1: 1 new link.\n"
    early = soundings("wave", "close", "2026", "--as", "r@x.example")
    assert (early.exit_code, "--reason" in early.output) == (1, True)
    assert soundings("wave", "close", "2026", "--reason", "A rehearsal", "--as", "r@x.example").exit_code == 0
    assert "2026\tclosed\t2 authorities" in soundings("wave", "list").output


@pytest.mark.parametrize("who", ["nobody@x.example", "unknown@x.example"])
def test_only_the_research_team_runs_waves(soundings, who):
    refused = soundings("wave", "add", "2026", "X1", "--as", who)
    assert refused.exit_code == 1
    assert len(refused.output.splitlines()) == 1


def test_an_ambiguous_hour_is_refused_with_one_line(soundings):
    refused = planned(soundings, "--last-start", "2026-10-25 01:30")
    assert refused.exit_code == 1
    assert "happens twice" in refused.output


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("authority,address\nX1,nobody\n", "row 2, column 'address'"),
        ("authority,address\n,a@x.example\n", "row 2, column 'authority'"),
        ("address\na@x.example\n", "no column 'authority'"),
        ("", "empty"),
    ],
)
def test_a_bad_list_of_addresses_is_refused_with_place_and_remedy(soundings, tmp_path, text, fault):
    planned(soundings)
    soundings("wave", "add", "2026", "X1", "--as", "r@x.example")
    file = tmp_path / "addresses.csv"
    file.write_text(text)
    refused = soundings("wave", "invite", "2026", "--addresses", str(file), "--as", "r@x.example")
    assert refused.exit_code == 1
    assert fault in refused.output


def test_the_summer_of_the_wave_is_told_in_its_own_clock():
    assert waves.moment("2026-06-01 12:00").hour == 11


def test_a_link_is_renewed_and_withdrawn(soundings, tmp_path):
    assert planned(soundings).exit_code == 0
    soundings("wave", "add", "2026", "X1", "--as", "r@x.example")
    soundings("wave", "open", "2026", "--as", "r@x.example")
    out, addresses = tmp_path / "links.csv", tmp_path / "addresses.csv"
    addresses.write_text("authority,address\nX1,a@x.example\n")
    soundings("wave", "invite", "2026", "--addresses", str(addresses), "--links", str(out), "--as", "r@x.example")
    which = ["--wave", "2026", "--authority", "X1", "--address", "a@x.example", "--as", "r@x.example"]
    renewed = soundings("link", "renew", *which)
    assert renewed.exit_code == 0, renewed.output
    assert "/r/" in renewed.output
    assert renewed.output.strip() not in out.read_text()
    assert soundings("link", "withdraw", *which).output == "The link is withdrawn.\n"
    shared = soundings("link", "withdraw", "--wave", "2026", "--authority", "X1", "--as", "r@x.example")
    assert (shared.exit_code, "X1 has no shared link in wave 2026." in shared.output) == (1, True)


def test_smaller_groups_are_set_with_a_reason(soundings):
    planned(soundings)
    fewer = ("wave", "sizes", "2026", "--median", "5", "--quartiles", "8", "--as", "r@x.example")
    refused = soundings(*fewer)
    assert refused.exit_code == 1
    assert "why so few are enough" in refused.stderr
    kept = soundings(*fewer, "--because", "A pilot with nine authorities.")
    assert kept.stdout == "Wave 2026: a median needs 5 authorities, quartiles need 8.\n"
    assert soundings(*fewer[:-1], "nobody@x.example", "--because", "x").exit_code == 1


def test_answers_by_shared_links_are_noted_as_looked_at_once_the_wave_is_closed(soundings):
    planned(soundings)
    soundings("wave", "add", "2026", "X1", "--as", "r@x.example")
    soundings("wave", "open", "2026", "--as", "r@x.example")
    note = ("wave", "link-reviewed", "2026")
    early = soundings(*note, "X1", "--as", "r@x.example")
    assert (early.exit_code, "is not closed yet" in early.stderr) == (1, True)
    assert soundings("wave", "close", "2026", "--reason", "A test.", "--as", "r@x.example").exit_code == 0
    assert soundings(*note, "--as", "r@x.example").stdout == ""  # nothing waits
    unknown = soundings(*note, "X1", "--as", "r@x.example")
    assert (unknown.exit_code, "X1: no answers by a shared link of it wait" in unknown.stderr) == (1, True)
    assert soundings(*note, "X1", "--as", "nobody@x.example").exit_code == 1
