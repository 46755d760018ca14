"""`soundings worker`: performs jobs apart from the web server, on this machine or on another."""

from __future__ import annotations

import signal
import threading

import click

from survey.cli.opening import opened
from survey.worker import Worker


@click.command()
def worker() -> None:
    """Perform jobs until stopped with Ctrl+C: computing releases, making documents. Any number may run."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened() as service:
        service.session.close()
        click.echo("Working on jobs - stop with Ctrl+C.", err=True)
        Worker(service.database, service.settings).work(stop)
