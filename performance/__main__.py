"""Runs every measurement in this folder, one after the other: `make bench`.

A measurement is a module with a docstring and `main()`. Figures are ratios of things measured in one run, counts, or
bounds that the run is held to; a bound that is broken makes the exit code 1.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path


def main() -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    broken = 0
    for module in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda found: found.name):
        if module.name.startswith("_"):
            continue
        measurement = importlib.import_module(f"performance.{module.name}")
        print(f"\n{(measurement.__doc__ or module.name).splitlines()[0]}")
        broken += bool(measurement.main())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
