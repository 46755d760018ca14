"""The import contracts name every module that they are about."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def test_every_module_of_the_service_but_pages_and_commands_must_know_no_flask() -> None:
    layers = {name for layer in CONTRACTS["survey"]["layers"] for name in re.split(r"[\s:|]+", layer)}
    expected = {f"survey.{name}" for name in layers - {"web", "cli"}}
    assert set(CONTRACTS["use-cases-know-no-web"]["source_modules"]) == expected


def test_pages_may_use_only_frames_charts_and_documents_of_the_reports() -> None:
    modules = {path.stem if path.is_file() else path.name for path in (ROOT / "reports").iterdir()}
    code = {
        name
        for name in modules
        if (ROOT / "reports" / f"{name}.py").exists() or any((ROOT / "reports" / name).rglob("*.py"))
    }
    expected = {f"reports.{name}" for name in code - {"__init__", "__pycache__", "frames", "charts", "documents"}}
    assert set(CONTRACTS["pages-draw-only"]["forbidden_modules"]) == expected
