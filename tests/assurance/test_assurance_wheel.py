"""T22 and T39, short: the wheel holds everything, is the same bytes twice, and serves from an environment of its own.

The short form unpacks the wheel and uses the libraries that are here; the long form installs it into an empty
environment. Neither has the source in reach.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.assurance, pytest.mark.xdist_group("wheel")]
ROOT = Path(__file__).parents[2]
LONG = os.environ.get("ASSURANCE") == "long"
EPOCH = "1767225600"  # a day of its own, so that no clock has a say

Command = Callable[..., list[str]]


def built(out: Path) -> Path:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHON": sys.executable}
    done = subprocess.run(
        [ROOT / ".ci" / "wheel", out], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Path(done.stdout.split()[-1])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("the styles cannot be built: npm ci has not run here")
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel's packages lie."""
    folder = tmp_path_factory.mktemp("installed")
    if LONG:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [folder / "venv" / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--constraint", wheel.with_name("constraints.txt"), wheel], check=True)
        return next((folder / "venv" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def command(installed: Path) -> Command:
    """A command of the installed service, which must not find the source beside it."""
    if LONG:
        return lambda *words: [str(installed.parents[2] / "bin" / "soundings"), *words]
    program = (
        f"import sys; sys.path.insert(0, {str(installed)!r});"
        f"import survey.cli; assert survey.cli.__file__.startswith({str(installed)!r});"
        "survey.cli.main(prog_name='soundings')"
    )
    return lambda *words: [sys.executable, "-P", "-c", program, *words]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """As good as nothing: no path to the source, no home."""
    return {"PATH": os.environ["PATH"], "SOUNDINGS_DATA": str(folder / "data"), "MPLCONFIGDIR": str(folder), **more}


def run(command: Command, folder: Path, *words: str) -> str:
    done = subprocess.run(
        command(*words), cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@contextmanager
def running(command: Command, folder: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the service, which must end well when it is asked to."""
    process = subprocess.Popen(
        command(*words), cwd=folder, env=environment(folder, **more), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if "stop with Ctrl+C" in line:
                break
        else:
            pytest.fail(f"it ended with {process.wait(5)}: {''.join(said)[-1500:]}")
        yield process
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - began < 30
    finally:
        process.kill()
        process.communicate()


def free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def read(port: str, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def test_the_wheel_is_the_same_bytes_twice(wheel: Path, tmp_path: Path):
    assert built(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_no_data_no_key_and_no_test(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "migrations", "questionnaires", "reports", "survey"
    }  # fmt: skip
    assert not [name for name in names if re.search(r"sqlite|\.backup|-key$|node_modules|__pycache__|\.map$", name)]


def test_the_installed_service_serves_works_backs_up_and_restores(command: Command, tmp_path: Path):
    run(command, tmp_path, "migrate")
    run(command, tmp_path, "people", "add", "rhian@example.org", "Rhian Price")
    assert "secret_key\t(set, 64 characters)" in run(command, tmp_path, "config", "check")
    deployment = Path(run(command, tmp_path, "config", "files").strip())
    assert {"soundings.service", "soundings.env", "Caddyfile"} <= {path.name for path in deployment.iterdir()}
    port = free_port()
    with running(command, tmp_path, "serve", PORT=port), running(command, tmp_path, "worker"):
        assert read(port, "/readyz") == "ready\n"
        page = read(port, "/")
        sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert sheet is not None
        assert ".govuk-button" in read(port, sheet[1])
        assert "Cymraeg" in page
        run(command, tmp_path, "backup", "kept.backup")
    digest = run(command, tmp_path, "digest")
    run(command, tmp_path, "people", "add", "later@example.org", "Later")
    assert run(command, tmp_path, "digest") != digest
    assert digest.split()[0] in run(command, tmp_path, "restore", "--check", "kept.backup")
    run(command, tmp_path, "restore", "--replace", "kept.backup")
    assert run(command, tmp_path, "digest") == digest
    assert len(list((tmp_path / "data" / "backups").glob("before-restore-*.backup"))) == 1


def test_a_wheel_without_styles_would_be_caught(installed: Path, command: Command, tmp_path: Path):
    run(command, tmp_path, "migrate")
    manifest = installed / "survey" / "web" / "static" / "build" / "manifest.json"
    content = manifest.read_text()
    manifest.unlink()
    try:
        with (
            pytest.raises(pytest.fail.Exception, match="styles are not built"),
            running(command, tmp_path, "serve", PORT=free_port()),
        ):
            pass
    finally:
        manifest.write_text(content)
