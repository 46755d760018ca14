"""The house: small files, small functions, imports at the top, first lines that say why a file exists."""

from __future__ import annotations

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey", "questionnaires", "reports", "migrations")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
BANNED_NAMES = ("util", "utils", "helper", "helpers", "common", "misc", "shared")


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def code_lines(source: str) -> set[int]:
    """Numbers of the lines that hold code: no blank lines, no comments, no docstrings."""
    skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in skip
        for line in range(token.start[0], token.end[0] + 1)
    }
    return lines - docstring_lines(ast.parse(source))


def docstring_lines(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            first = node.body[0]
            found |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    lines = code_lines(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = len(lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            if length > LONGEST_FUNCTION:
                yield node.name, length


def imports_below_the_top(source: str) -> list[int]:
    tree = ast.parse(source)
    inside = [
        node.lineno
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return sorted(set(inside))


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_and_says_what_it_is_for(path: Path) -> None:
    source = path.read_text()
    assert len(code_lines(source)) <= LONGEST_FILE, "longer than a room: split it by its reasons to change"
    assert not list(long_functions(source))
    assert not imports_below_the_top(source)
    if source.strip():
        first = ast.get_docstring(ast.parse(source))
        assert first, "the first line says the file's one reason to change"
    assert path.stem not in BANNED_NAMES


def test_the_rulers_find_a_long_function_and_a_hidden_import() -> None:
    body = "\n".join(f"    x{i} = {i}" for i in range(41))
    assert list(long_functions(f"def f():\n{body}\n")) == [("f", 42)]  # 41 lines and the def
    assert imports_below_the_top("def f():\n    import os\n") == [2]
    assert code_lines('"""Doc\nstring."""\n\n# why\nx = 1\n') == {5}


def test_no_folder_has_a_name_that_invites_an_attic() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    parts = {part.lower() for line in tracked.splitlines() for part in Path(line).with_suffix("").parts}
    assert not parts & set(BANNED_NAMES)


def test_every_relationship_refuses_a_lazy_load() -> None:
    for path in python_files("survey/models"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "relationship":
                lazy = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg == "lazy"}
                assert lazy == {"lazy": "raise_on_sql"}, f"{path.name}:{node.lineno}"


def test_pages_and_commands_hold_no_query() -> None:
    """No select and no execute in a view or a command; that they import no table is an import contract."""
    for path in python_files("survey/web", "survey/cli"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                names = {alias.name for alias in node.names}
                assert not (module == "sqlalchemy" and names & {"select", "insert", "update", "delete", "text"}), (
                    path.name
                )
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                assert not called.endswith(("session.execute", "session.scalars", "session.scalar", "session.get")), (
                    f"{path.name}:{node.lineno} queries"
                )
