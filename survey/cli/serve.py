"""`soundings serve`: the web server, with its threads for mail, housekeeping and jobs."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click
import waitress

from survey import delivery, housekeeping, worker
from survey.cli.opening import opened
from survey.config import Settings
from survey.db import Database
from survey.demonstration import entrances
from survey.errors import Refusal
from survey.web import logs
from survey.web.application import create_app

WHY_NOT = {
    errno.EADDRINUSE: "another program uses it. Stop that program, or choose another port",
    errno.EACCES: "this user may not use it. Choose a port from 1024",
    errno.EADDRNOTAVAIL: "this machine has no such address. Check HOST, or choose another port",
}


@click.command()
@click.option("--print-links", is_flag=True, help="Print a ready link for each role of the demonstration.")
def serve(*, print_links: bool) -> None:
    """Serve the pages at HOST and PORT (127.0.0.1 and 8000) until stopped with Ctrl+C."""
    with opened() as service:
        links = entrances.links(service.session, service.settings) if print_links else []
        service.session.close()  # no reading may stay open for as long as the server runs
        app = create_app(service.settings, database=service.database)
        signal.signal(signal.SIGTERM, _stop)
        with _listening(service.settings) as port, _helpers(service.settings, service.database):
            quiet = service.settings.demonstration  # on a visitor's screen the links to enter by must stay in sight
            logs.to_stream(sys.stderr, least=logging.ERROR if quiet else logging.INFO)
            server = waitress.create_server(
                app,
                sockets=[port],
                threads=service.settings.threads,
                ident=None,
                channel_timeout=60,
                clear_untrusted_proxy_headers=False,  # which of them count is decided in survey/web/proxies.py
            )
            for role, url in links:
                click.echo(f"{role}\t{url}")
            click.echo(f"Serving at {service.settings.base_url} - stop with Ctrl+C.", err=True)
            server.run()


def _listening(settings: Settings) -> socket.socket:
    """The port, taken: from here on, browsers can connect."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=1024)
    except (OSError, UnicodeError) as fault:
        number = fault.errno if isinstance(fault, OSError) else 0
        why = WHY_NOT.get(number or 0, "there is no such address. Check HOST, or choose another port")
        raise Refusal(
            f"Port {settings.port} at {settings.host} cannot be used: {why}, for example PORT={settings.port + 1}."
        ) from None


@contextmanager
def _helpers(settings: Settings, database: Database) -> Iterator[None]:
    """Threads beside the server, told to stop when it stops."""
    stop = threading.Event()
    transport = delivery.transport_for(settings, sys.stderr)
    threads = [
        threading.Thread(target=delivery.keep_delivering, args=(database, settings, transport, stop), daemon=True),
        threading.Thread(target=housekeeping.keep_house, args=(database, settings, stop), daemon=True),
        *(threading.Thread(target=one.work, args=(stop,), daemon=True) for one in worker.embedded(database, settings)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=worker.GRACE + 5)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise SystemExit(0)  # the server finishes what it is answering, then ends
