"""Settings: the only reader of the environment. A wrong setting stops the start with one line."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from reports.documents import brand as brands
from reports.documents.brand import Brand, BrandFaults
from survey import mail_server

SECRET_BYTES = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
KNOWN = frozenset({
    "SOUNDINGS_DATA", "SOUNDINGS_SECRET_KEY", "SOUNDINGS_LINK_KEY", "SOUNDINGS_BASE_URL", "SOUNDINGS_DEMONSTRATION",
    "SOUNDINGS_ORGANISATION", "SOUNDINGS_CONTACT", "SOUNDINGS_THREADS", "SOUNDINGS_MAIL", "SOUNDINGS_MAIL_FROM", "SOUNDINGS_PROXY_HOPS",
    "SOUNDINGS_WORKER", "SOUNDINGS_BRAND", "SOUNDINGS_BACKUPS_KEPT",
})  # fmt: skip


class SettingFault(Exception):  # noqa: N818 - a fault of a setting, shown as one line
    """A setting that stops the start; its text names the setting, what is wrong and the cure, never a secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside, checked."""

    data: Path
    database_url: str
    secret_key: str
    link_key: str
    base_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    demonstration: bool = False
    organisation: str = "Council Digital Network"
    contact: str = "research@example.org"
    mail: str = field(default="console", repr=False)
    mail_from: str = ""
    proxy_hops: int = 0
    threads: int = 8
    worker: str = "embedded"
    brand: Brand = field(default_factory=brands.default)
    backups_kept: str = "7/4/12"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Secrets that are not given are made once and kept beside the data."""
    unknown = sorted(name for name in environment if name.startswith("SOUNDINGS_") and name not in KNOWN)
    if unknown:
        raise SettingFault(f"{unknown[0]}: there is no such setting. The settings are {', '.join(sorted(KNOWN))}.")
    data = _folder(environment)
    brand = _brand(environment)
    host = _host(environment)
    port = _number(environment, "PORT", 8000, 1, 65535)
    base_url = environment.get("SOUNDINGS_BASE_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104
    settings = Settings(
        data=data,
        database_url=_database_url(environment.get("DATABASE_URL", f"sqlite:///{data / 'soundings.sqlite'}")),
        secret_key=_secret(environment, "SOUNDINGS_SECRET_KEY", data / "secret-key"),
        link_key=_secret(environment, "SOUNDINGS_LINK_KEY", data / "link-key"),
        base_url=base_url.rstrip("/"),
        host=host,
        port=port,
        demonstration=_flag(environment, "SOUNDINGS_DEMONSTRATION"),
        organisation=_line(environment, "SOUNDINGS_ORGANISATION", brand.name),
        contact=_line(environment, "SOUNDINGS_CONTACT", "research@example.org"),
        mail=_mail(environment),
        mail_from=_mail_from(environment),
        proxy_hops=_number(environment, "SOUNDINGS_PROXY_HOPS", 0, 0, 5),
        threads=_number(environment, "SOUNDINGS_THREADS", 8, 1, 64),
        worker=_choice(environment, "SOUNDINGS_WORKER", ("embedded", "separate")),
        brand=brand,
        backups_kept=_backups_kept(environment),
    )
    if settings.secret_key == settings.link_key:
        raise SettingFault("SOUNDINGS_LINK_KEY: the same as SOUNDINGS_SECRET_KEY. Give each its own random characters.")
    _check_base_url(settings)
    return settings


def _check_base_url(settings: Settings) -> None:
    try:
        parts = urlsplit(settings.base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not settings.base_url.isprintable() or host is None or parts.scheme not in {"http", "https"} or port == 0:
        raise SettingFault("SOUNDINGS_BASE_URL: not a web address. Give it as https://survey.example.org.")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingFault("SOUNDINGS_BASE_URL: only scheme, host and port, without a path or a password.")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise SettingFault("SOUNDINGS_BASE_URL: answers may not travel unencrypted. Use an https address.")


def _folder(environment: Mapping[str, str]) -> Path:
    data = Path(environment.get("SOUNDINGS_DATA", "var")).absolute()
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        raise SettingFault(
            "SOUNDINGS_DATA: this folder cannot be made. Name a folder that may be written to."
        ) from None
    if data.stat().st_mode & 0o002:
        raise SettingFault("SOUNDINGS_DATA: others can write to this folder. Run: chmod o-w on it.")
    return data


def _brand(environment: Mapping[str, str]) -> Brand:
    """The publisher's brand, or the one that ships."""
    folder = environment.get("SOUNDINGS_BRAND", "")
    if not folder:
        return brands.default()
    try:
        return brands.read(Path(folder).absolute())
    except BrandFaults as error:
        raise SettingFault(f"SOUNDINGS_BRAND: {error.faults[0]}") from None


def _host(environment: Mapping[str, str]) -> str:
    host = environment.get("HOST", "127.0.0.1")
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", host):
        raise SettingFault("HOST: not a name or address to listen at. Give it as 127.0.0.1.")
    return host


def _number(environment: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and lowest <= int(text) <= highest):
        raise SettingFault(f"{name}: not a whole number from {lowest} to {highest}.")
    return int(text)


def _flag(environment: Mapping[str, str], name: str) -> bool:
    return _choice(environment, name, ("0", "1")) == "1"


def _choice(environment: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    value = environment.get(name, words[0])
    if value not in words:
        raise SettingFault(f"{name}: not one of {', '.join(words)}.")
    return value


def _line(environment: Mapping[str, str], name: str, default: str) -> str:
    value = environment.get(name, default).strip()
    if not value or len(value) > 200 or not value.isprintable():
        raise SettingFault(f"{name}: give one line of 1 to 200 printable characters.")
    return value


def _mail(environment: Mapping[str, str]) -> str:
    text = environment.get("SOUNDINGS_MAIL", mail_server.CONSOLE)
    try:
        mail_server.parse(text)
    except ValueError as fault:
        raise SettingFault(f"SOUNDINGS_MAIL: {fault}.") from None
    return text


def _mail_from(environment: Mapping[str, str]) -> str:
    """The address that mails come from; needed where a server sends them."""
    sender = environment.get("SOUNDINGS_MAIL_FROM", "")
    if not sender and environment.get("SOUNDINGS_MAIL", mail_server.CONSOLE) == mail_server.CONSOLE:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}", sender):
        raise SettingFault(
            "SOUNDINGS_MAIL_FROM: not an e-mail address that mails can come from. Give survey@example.org."
        )
    return sender


def _backups_kept(environment: Mapping[str, str]) -> str:
    text = environment.get("SOUNDINGS_BACKUPS_KEPT", "7/4/12")
    if text and re.fullmatch(r"[1-9]\d{0,3}/\d{1,4}/\d{1,4}", text) is None:
        raise SettingFault("SOUNDINGS_BACKUPS_KEPT: not days/weeks/months such as 7/4/12, or empty for no backups.")
    return text


def _secret(environment: Mapping[str, str], name: str, path: Path) -> str:
    given = environment.get(name)
    secret = _kept_secret(name, path) if given is None else given
    if len(secret) < SECRET_BYTES or len(set(secret)) < 10:
        raise SettingFault(f"{name}: too short or too plain. Give at least {SECRET_BYTES} random characters.")
    return secret


def _kept_secret(name: str, path: Path) -> str:
    """The secret in a file beside the data, made where there is none; never printed."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
    if path.stat().st_mode & 0o077:
        raise SettingFault(f"{name}: its file {path.name} can be read by others. Run: chmod 600 on it.")
    return path.read_text().strip()


def _database_url(url: str) -> str:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingFault("DATABASE_URL: not a database address. Give sqlite:////path or postgresql://….") from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingFault("DATABASE_URL: only PostgreSQL or a SQLite file are supported.")
    if not Path(parsed.database).absolute().parent.is_dir():
        raise SettingFault("DATABASE_URL: the folder of the SQLite file is not there. Make it first.")
    return url
