"""T30, short: a wrong setting stops the start with one line that names it and its cure, and never shows a secret."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from survey import config, mail_server
from survey.config import SettingFault

SECRET = "s3cr3t-k3y-0123456789-abcdefghijklmnop"
GOOD = {"SOUNDINGS_SECRET_KEY": SECRET, "SOUNDINGS_LINK_KEY": SECRET[::-1]}

BAD = [
    ("SOUNDINGS_SECRET_KEY", ""),
    ("SOUNDINGS_SECRET_KEY", "short-secret"),
    ("SOUNDINGS_SECRET_KEY", "a" * 64),
    ("SOUNDINGS_SECRET_KEY", "changeme" * 8),
    ("SOUNDINGS_LINK_KEY", ""),
    ("SOUNDINGS_LINK_KEY", "too-short-to-be-a-key"),
    ("SOUNDINGS_LINK_KEY", "ab" * 40),
    ("SOUNDINGS_LINK_KEY", SECRET),  # one key for two purposes
    ("SOUNDINGS_BASE_URL", ""),
    ("SOUNDINGS_BASE_URL", "survey.example.org"),
    ("SOUNDINGS_BASE_URL", "http://survey.example.org"),
    ("SOUNDINGS_BASE_URL", "ftp://survey.example.org"),
    ("SOUNDINGS_BASE_URL", "https://"),
    ("SOUNDINGS_BASE_URL", "https://survey.example.org/path"),
    ("SOUNDINGS_BASE_URL", "https://survey.example.org?x=1"),
    ("SOUNDINGS_BASE_URL", "https://user:pass-w0rd@survey.example.org"),
    ("SOUNDINGS_BASE_URL", "https://survey.example.org:port"),
    ("SOUNDINGS_BASE_URL", "https://survey.example.org:99999"),
    ("SOUNDINGS_BASE_URL", "https://[::1"),
    ("SOUNDINGS_BASE_URL", "https://survey.example.org\nX: y"),
    ("SOUNDINGS_DEMONSTRATION", "yes"),
    ("SOUNDINGS_DEMONSTRATION", ""),
    ("SOUNDINGS_ORGANISATION", " "),
    ("SOUNDINGS_ORGANISATION", "Network\nBcc: x"),
    ("SOUNDINGS_CONTACT", "x" * 201),
    ("SOUNDINGS_CONTACT", "a\x1b[31mb"),
    ("SOUNDINGS_MAIL", "smtp"),
    ("SOUNDINGS_MAIL", ""),
    ("SOUNDINGS_MAIL", "smtp://"),
    ("SOUNDINGS_MAIL", "http://post:pass-w0rd@mail.example.org"),
    ("SOUNDINGS_MAIL", "smtp://post:pass-w0rd@mail.example.org:port"),
    ("SOUNDINGS_MAIL", "smtp://post:pass-w0rd@mail.example.org:0"),
    ("SOUNDINGS_MAIL", "smtp://post:pass-w0rd@mail.example.org/inbox"),
    ("SOUNDINGS_MAIL", "smtp://post@mail.example.org"),
    ("SOUNDINGS_MAIL", "smtp+plain://mail.example.org"),
    ("SOUNDINGS_MAIL", "smtp://post:pass-w0rd%0a@mail.example.org"),
    ("SOUNDINGS_MAIL", "smtp://[::1"),
    ("SOUNDINGS_MAIL_FROM", "Survey <survey@example.org>"),
    ("SOUNDINGS_MAIL_FROM", "survey@example.org\nBcc: x"),
    ("SOUNDINGS_MAIL_FROM", "survey"),
    ("SOUNDINGS_PROXY_HOPS", "-1"),
    ("SOUNDINGS_PROXY_HOPS", "6"),
    ("SOUNDINGS_PROXY_HOPS", "many"),
    ("SOUNDINGS_THREADS", "0"),
    ("SOUNDINGS_THREADS", "65"),
    ("SOUNDINGS_THREADS", "many"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "80a"),
    ("PORT", "-1"),
    ("PORT", "٨٠"),
    ("PORT", "9" * 5_000),
    ("HOST", ""),
    ("HOST", "a b"),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "not a database"),
    ("DATABASE_URL", "mysql://u:pass-w0rd@host/db"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "postgresql://u:pass-w0rd@host:port/db"),
    ("DATABASE_URL", "sqlite:////no/such/folder/soundings.sqlite"),
    ("SOUNDINGS_SECRETKEY", SECRET),  # a name with a slip is no setting
    ("SOUNDINGS_PEPPER", SECRET),
]


def environment(data: Path, **settings: str) -> dict[str, str]:
    return GOOD | {"SOUNDINGS_DATA": str(data)} | settings


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda text: repr(text[:24]))
def test_a_wrong_setting_is_refused_in_one_line_that_names_it_and_hides_secrets(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingFault) as refusal:
        config.read(environment(tmp_path, **{name: value}))
    line = str(refusal.value)
    assert line.startswith(f"{name}: ")
    assert line.isprintable()
    assert "\n" not in line
    assert line.endswith((".", "…"))
    assert not [secret for secret in (SECRET, SECRET[::-1], "short-secret", "pass-w0rd") if secret in line]


def test_good_settings_are_read(tmp_path: Path):
    settings = config.read(environment(tmp_path, SOUNDINGS_BASE_URL="https://survey.example.org/", PORT="8139"))
    assert (settings.base_url, settings.is_https, settings.port) == ("https://survey.example.org", True, 8139)
    assert settings.database_url == f"sqlite:///{tmp_path / 'soundings.sqlite'}"


@pytest.mark.parametrize("url", ["postgresql://u@h/db", "postgres://u@h/db", "postgresql+psycopg://u@h/db"])
def test_an_address_of_postgresql_gets_our_driver(tmp_path: Path, url: str):
    assert config.read(environment(tmp_path, DATABASE_URL=url)).database_url == "postgresql+psycopg://u@h/db"


def test_secrets_that_are_not_given_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path):
    first = config.read({"SOUNDINGS_DATA": str(tmp_path)})
    again = config.read({"SOUNDINGS_DATA": str(tmp_path)})
    assert first == again
    assert len({first.secret_key, first.link_key}) == 2
    assert len(first.secret_key) == 64
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secret-key", tmp_path / "link-key")} == {0o600}


def test_a_secret_that_others_can_read_stops_the_start(tmp_path: Path):
    config.read({"SOUNDINGS_DATA": str(tmp_path)})
    (tmp_path / "link-key").chmod(0o640)
    with pytest.raises(SettingFault, match="SOUNDINGS_LINK_KEY: its file link-key can be read by others"):
        config.read({"SOUNDINGS_DATA": str(tmp_path)})


def test_an_emptied_secret_file_stops_the_start(tmp_path: Path):
    config.read({"SOUNDINGS_DATA": str(tmp_path)})
    (tmp_path / "secret-key").write_text("")
    with pytest.raises(SettingFault, match="SOUNDINGS_SECRET_KEY"):
        config.read({"SOUNDINGS_DATA": str(tmp_path)})


def test_a_data_folder_that_others_can_write_to_stops_the_start(tmp_path: Path):
    tmp_path.chmod(0o777)
    with pytest.raises(SettingFault, match="SOUNDINGS_DATA: others can write"):
        config.read(environment(tmp_path))


def test_a_data_folder_that_is_a_file_stops_the_start(tmp_path: Path):
    (tmp_path / "data").write_text("")
    with pytest.raises(SettingFault, match="SOUNDINGS_DATA: "):
        config.read(environment(tmp_path / "data"))


def test_the_command_refuses_on_standard_error_with_exit_code_one_and_soon(tmp_path: Path):
    began = time.monotonic()
    run = soundings(tmp_path, "config", "check", PORT="80a")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "PORT: not a whole number from 1 to 65535.\n"
    assert time.monotonic() - began < 20  # two seconds on a quiet machine; the tests share theirs


def test_a_mail_server_needs_the_address_that_mails_come_from(tmp_path: Path):
    server = "smtp://post:s%2Fw@mail.example.org"
    with pytest.raises(SettingFault, match="SOUNDINGS_MAIL_FROM: not an e-mail address"):
        config.read(environment(tmp_path, SOUNDINGS_MAIL=server))
    settings = config.read(environment(tmp_path, SOUNDINGS_MAIL=server, SOUNDINGS_MAIL_FROM="survey@example.org"))
    assert mail_server.parse(settings.mail).password == "s/w"
    assert "s%2Fw" not in repr(settings)


def test_the_brand_gives_the_organisation_its_name_unless_one_is_given(tmp_path: Path):
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "brand.toml").write_text('name = "Rhwydwaith"')
    assert config.read(environment(tmp_path, SOUNDINGS_BRAND=str(folder))).organisation == "Rhwydwaith"
    both = config.read(environment(tmp_path, SOUNDINGS_BRAND=str(folder), SOUNDINGS_ORGANISATION="Another"))
    assert (both.organisation, both.brand.name) == ("Another", "Rhwydwaith")
    (folder / "brand.toml").write_text('name = "x"\n[colours]\nmain = "#ffffff"')
    with pytest.raises(SettingFault, match=r"SOUNDINGS_BRAND: brand\.toml: colours\.main: .* 1\.00 to 1 with white"):
        config.read(environment(tmp_path, SOUNDINGS_BRAND=str(folder)))


def test_config_check_prints_every_setting_and_masks_what_is_secret(tmp_path: Path):
    run = soundings(tmp_path, "config", "check", DATABASE_URL="postgresql://u:pass-w0rd@h/db?password=pass-w0rd",
                    SOUNDINGS_MAIL="smtps://post:pass-w0rd@mail.example.org", SOUNDINGS_MAIL_FROM="s@example.org")  # fmt: skip
    assert run.returncode == 0
    assert f"secret_key\t(set, {len(SECRET)} characters)" in run.stdout
    assert "mail\tsmtps://post:***@mail.example.org:465" in run.stdout
    assert "database_url\tpostgresql+psycopg://u:***@h/db" in run.stdout
    assert not [secret for secret in (SECRET, SECRET[::-1], "pass-w0rd") if secret in run.stdout + run.stderr]


def soundings(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from survey.cli import main; main(prog_name='soundings')", *arguments],
        env=environment(data, PATH=os.environ["PATH"], **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
