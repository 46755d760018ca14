"""Runs measurements of this folder, one after the other: `make bench` runs all, names run some.

A measurement is a module with a docstring and `main()`. Figures are ratios of things measured in one run, counts, or
bounds that the run is held to; a bound that is broken makes the exit code 1.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path


def main() -> int:
    chosen = _chosen(sys.argv[1:])
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    broken = 0
    for name in chosen:
        measurement = importlib.import_module(f"performance.{name}")
        print(f"\n{(measurement.__doc__ or name).splitlines()[0]}")
        broken += bool(measurement.main())
    return 1 if broken else 0


def _chosen(arguments: list[str]) -> list[str]:
    """The measurements that the command line names, or all of them."""
    names = sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)]))
    names = [name for name in names if not name.startswith("_")]
    parser = argparse.ArgumentParser(prog="python -m performance", description="Measures what the service costs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(names)}; without one, all of them")
    chosen: list[str] = parser.parse_args(arguments).names
    unknown = [name for name in chosen if name not in names]
    if unknown:
        parser.error(f"There is no measurement {', '.join(unknown)}.")
    return chosen or names


if __name__ == "__main__":
    sys.exit(main())
