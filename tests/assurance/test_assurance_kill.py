"""T1, short form: kill -9 of the served application loses and doubles no acknowledged answer; its defects are caught."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("kill_under_load.py")
LONG = os.environ.get("ASSURANCE") == "long"
OFFICERS = {"sqlite": 200 if LONG else 120, "postgresql": 80}
pytestmark = pytest.mark.assurance


def run(url: str, data: Path, *options: str) -> dict[str, object]:
    command = [sys.executable, str(HARNESS), "--database", url, "--data", str(data), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(report))  # noqa: T201 - the figures belong to the verdict
    return report


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_acknowledged_answer_is_lost_or_doubled_when_the_server_is_killed(request, tmp_path, kind):
    url = f"sqlite:///{tmp_path}/s.sqlite" if kind == "sqlite" else request.getfixturevalue("new_postgresql_database")()
    report = run(url, tmp_path / "data", "--officers", str(OFFICERS[kind]), "--kills", "12")
    assert report["kills"] == 12
    assert report["surprises"] == []
    assert report["acknowledged"] == OFFICERS[kind]
    assert report["sealed"] == report["receipts"] == report["acknowledged"]
    assert (report["lost"], report["doubled"], report["integrity"]) == (0, 0, "ok")


def test_a_commit_after_the_reply_is_caught(tmp_path):
    url = f"sqlite:///{tmp_path}/s.sqlite"
    options = ("--officers", "60", "--kills", "25", "--defect", "commit-after-the-response")
    assert run(url, tmp_path / "data", *options)["lost"] > 0


def test_two_transactions_for_one_submission_are_caught(tmp_path):
    url = f"sqlite:///{tmp_path}/s.sqlite"
    report = run(url, tmp_path / "data", "--officers", "40", "--kills", "25", "--defect", "two-transactions")
    assert report["receipts"] != report["sealed"]
