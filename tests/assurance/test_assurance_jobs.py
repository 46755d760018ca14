"""T28, short form: workers and children killed or put to sleep lose no job, do none twice, leave no half a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).with_name("kill_workers.py")
LONG = os.environ.get("ASSURANCE") == "long"
INTERRUPTIONS = 150 if LONG else 10
JOBS = 80 if LONG else 8
pytestmark = pytest.mark.assurance


def run(url: str, data: Path, *options: str) -> dict[str, object]:
    command = [sys.executable, str(HARNESS), "--database", url, "--data", str(data), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500 if LONG else 300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(report))  # noqa: T201 - the figures belong to the verdict
    return report


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_job_ends_once_however_often_its_worker_is_killed(request, tmp_path, kind):
    url = f"sqlite:///{tmp_path}/s.sqlite" if kind == "sqlite" else request.getfixturevalue("new_postgresql_database")()
    report = run(url, tmp_path / "data", "--jobs", str(JOBS), "--interruptions", str(INTERRUPTIONS))
    assert sum(report["interruptions"].values()) >= 5  # the harness did interrupt
    assert report["more_than_one_attempt"] >= 1  # and work that had begun
    assert report["done"] + report["dead"] == JOBS
    assert report["dead"] <= JOBS // 4  # killed five times by chance
    assert (report["unfinished"], report["lost"], report["doubled"], report["effect_of_unfinished"]) == (0, 0, 0, 0)
    assert report["seen_truncated"] == 0


@pytest.mark.parametrize(
    ("defect", "kinds", "found_as"),
    [
        ("acknowledge-first", "worker,child", "lost"),
        ("unguarded-end", "sleep", "doubled"),
        ("careless-file", "child", "seen_truncated"),
    ],
)
def test_a_planted_defect_is_caught(tmp_path, defect, kinds, found_as):
    """Acknowledged before the work; ended by whoever wakes up late; written under its final name from the start."""
    options = ("--defect", defect, "--kinds", kinds, "--jobs", "6", "--interruptions", "6")
    assert run(f"sqlite:///{tmp_path}/s.sqlite", tmp_path / "data", *options)[found_as] > 0
