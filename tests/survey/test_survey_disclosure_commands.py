"""`soundings disclosure`: exit code 0 where nobody is told about, 1 with a line for each finding; the ledger; the cost."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, insert, select, update

from survey import schema
from survey.cli import main
from survey.models import RESULT_TABLES, ReleaseNamed, ReleasePeerGroup

SCORES, GROUPS, BENCHMARKS = (RESULT_TABLES[name] for name in ("scores", "group_scores", "benchmarks"))


@pytest.fixture
def run(closed, monkeypatch, tmp_path):
    """The commands on the database of a wave that has closed."""
    monkeypatch.setattr(schema, "require_current", lambda _: None)
    environment = {
        "SOUNDINGS_DATA": str(tmp_path / "data"),
        "DATABASE_URL": closed.database.url.render_as_string(hide_password=False),
    }

    def command(*words: str) -> Result:
        closed.session.rollback()  # no reading stays open beside the command
        return CliRunner().invoke(main, ["disclosure", *words], env=environment)

    return command


def change(closed, statement) -> None:
    with closed.database.write(closed.session):
        closed.session.execute(statement)
        closed.session.commit()


def told_twice(closed) -> tuple[int, int]:
    """The ids of a release and of its correction."""
    return closed.published().id, closed.published().id


def test_an_audit_without_a_finding_counts_and_ends_with_0(closed, run) -> None:
    told_twice(closed)
    done = run("audit")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Nobody is pinned: ")
    assert " 2 releases, " in done.stdout


def test_a_group_of_one_is_found_and_ends_with_1(closed, run) -> None:
    """The median of a group of one is that one's score."""
    release = closed.published().id
    change(closed, insert(ReleasePeerGroup).values(release_id=release, peer_group="list:One", authority="A05"))
    median = {"release_id": release, "peer_group": "list:One", "measure": "agile", "n": 1, "restated_for": None}
    scored = closed.session.execute(
        SCORES.select().where(SCORES.c.release_id == release, SCORES.c.authority == "A05", SCORES.c.measure == "agile")
    ).one()
    change(closed, insert(BENCHMARKS).values(**median, median=round(scored.score)))
    done = run("audit")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Wave 2026: with the group list:One, a score on agile can be worked out. Correct the release.\n"
    )


def test_a_stored_figure_of_ten_people_is_found(closed, run) -> None:
    release, _ = told_twice(closed)
    mine = (SCORES.c.release_id == release, SCORES.c.authority == "A03", SCORES.c.measure == "mindset")
    change(closed, update(SCORES).where(*mine).values(n=10))
    done = run("audit")
    assert done.exit_code == 1
    assert "Release 2026.1: scores of A03 mindset tells of fewer than 11 people.\n" in done.stderr
    assert "Releases 2026.1 and 2026.2: mindset of A03 has other people in each.\n" in done.stderr


def test_shown_parts_that_leave_a_few_people_are_found(closed, run) -> None:
    """Of 14 people 11 are frontline: their score beside the whole would tell of the three others."""
    release = closed.published().id
    mine = (GROUPS.c.release_id == release, GROUPS.c.authority == "A03", GROUPS.c.group == "frontline")
    shown = {"n": 11, "score": 50.0, "lower": 40.0, "upper": 60.0, "reason": None}
    change(closed, update(GROUPS).where(*mine, GROUPS.c.measure == "agile").values(**shown))
    done = run("audit")
    assert done.exit_code == 1
    assert done.stderr == "Release 2026.1: group_scores of A03 tier agile tells of fewer than 11 people.\n"


def test_the_ledger_lists_each_group_of_each_release(closed, run) -> None:
    told_twice(closed)
    rows = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert {row[0] for row in rows} == {"2026.1", "2026.2"}
    everybody = next(row for row in rows if row[0] == "2026.1" and row[2] == "all")
    assert everybody[3:5] == ["everybody", "14"]
    assert int(everybody[5]) > 0


def test_the_ledger_says_which_authorities_are_in_each_group(closed, run) -> None:
    closed.published()
    rows = {row[2]: row for row in (line.split("\t") for line in run("list", "--members").stdout.splitlines())}
    assert rows["type:county"][6] == "A13 A14"
    assert rows["all"][6].split() == [f"A{number:02d}" for number in range(1, 15)]
    assert all(len(row[6].split()) == int(row[4]) for row in rows.values())


def test_the_ledger_has_a_row_for_each_table_and_says_to_whom(closed, run) -> None:
    """Thirteen of fourteen authorities have scores, and each reads its own; nobody chose to be named."""
    closed.published()
    rows = {row[2]: row for row in (line.split("\t") for line in run("list", "--members").stdout.splitlines())}
    shown = select(func.count()).where(SCORES.c.reason.is_(None)).select_from(SCORES)
    assert rows["table scores"][3:6] == ["its own authority", "13", str(closed.session.scalar(shown))]
    assert "A14" not in rows["table scores"][6].split()  # five answers
    assert rows["table average_officer"][3] == "everybody"
    assert rows["table item_analysis"][3] == "the research team"
    assert "table benchmarks" not in rows  # its figures are those of the groups
    assert "names" not in rows


def test_the_ledger_tells_what_is_told_by_name(closed, run) -> None:
    """Two chose it: four dimensions of each are told to the other."""
    release = closed.published()
    change(
        closed, insert(ReleaseNamed).values([{"release_id": release.id, "authority": one} for one in ("A01", "A02")])
    )
    rows = [line.split("\t") for line in run("list", "--members").stdout.splitlines()]
    assert rows[-1][2:] == ["names", "those named", "2", "8", "A01 A02"]


def test_the_cost_is_told_by_table_and_rule(closed, run) -> None:
    """Of 14 authorities one has five answers: 1 of 14 scores is withheld."""
    closed.published()
    rows = [line.split("\t") for line in run("cost", "2026.1").stdout.splitlines()]
    assert ["too_few_people", "7.1%"] in [[row[1], row[3]] for row in rows if row[0] == "scores"]
    assert run("cost", "2026.7").exit_code == 1
