"""The files for a machine that runs the service: every setting is known, every command exists, the documents name them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from survey import config
from survey.cli import COMMANDS
from survey.cli.setup import DEPLOYMENT

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
FILES = sorted(path.name for path in DEPLOYMENT.iterdir())
UNITS = [name for name in FILES if name.endswith((".service", ".timer"))]


def test_every_setting_of_the_file_is_known_and_good(tmp_path: Path):
    lines = (DEPLOYMENT / "soundings.env").read_text().splitlines()
    given = dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line))
    given = {name: value.strip("'") for name, value in given.items()} | {"SOUNDINGS_DATA": str(tmp_path)}
    settings = config.read(given)
    assert (settings.proxy_hops, settings.is_https) == (1, True)
    assert settings.mail.startswith("smtp://")


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_put_somewhere_by_the_documents(name: str):
    ending = name.rpartition(".")[2]
    assert f'"$files/{name}"' in OPERATIONS or f'"$files"/*.{ending}' in OPERATIONS


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_every_unit_runs_a_command_that_exists_as_the_services_user(name: str):
    text = (DEPLOYMENT / name).read_text()
    called = re.findall(r"/opt/soundings/bin/soundings ([a-z]+)", text)
    assert called
    assert set(called) <= set(COMMANDS)
    assert "User=soundings\n" in text
    for promise in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "UMask=0077"):
        assert promise in text


def test_every_timer_has_its_service():
    timers = [name.removesuffix(".timer") for name in UNITS if name.endswith(".timer")]
    assert timers
    assert not [name for name in timers if f"{name}.service" not in UNITS]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path):
    for name in UNITS:
        text = (DEPLOYMENT / name).read_text().replace("/opt/soundings/bin/soundings", "/bin/true")
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not [line for line in done.stderr.splitlines() if str(tmp_path) in line]
