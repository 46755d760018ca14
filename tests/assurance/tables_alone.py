"""What `soundings analyse` computes, as its tables: without the workbook, which takes longer than all of the numbers."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from reports.documents import workbook
from reports.files import bundle
from survey.cli import main


def analysed(*words: str, with_bundle: bool = False) -> None:
    """Run the command for a second opinion that reads tables alone; T10 and the tests of documents open workbooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "results", lambda *_, **__: b"")
        if not with_bundle:
            patch.setattr(bundle, "write", lambda *_, **__: b"")
        ran = CliRunner().invoke(main, ["analyse", *words, "--no-pictures"])
    assert ran.exit_code == 0, ran.output
