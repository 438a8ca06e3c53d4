"""What import-linter cannot hold: SQL is written in ``store/`` only, and no module but its launcher knows the app."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "mediatui").rglob("*.py"))
RUNS_SQL = {"execute", "executemany", "executescript"}
CONNECTS = {"sqlite3.connect", "aiosqlite.connect"}
SQL = re.compile(
    r"\bSELECT\b.*\bFROM\b|\bINSERT (OR \w+ )?INTO\b|\bUPDATE\b.*\bSET\b|\bDELETE FROM\b|\bWHERE |\b(ORDER|GROUP) BY\b"
    r"|\bIS (NOT )?NULL\b|[=<>] \?|\bIN \(\?|^(BEGIN|COMMIT|ROLLBACK|PRAGMA)\b",
    re.DOTALL,
)
MAY_HAVE_SQL = re.compile(
    r"execut|connect|\b(SELECT|INSERT|UPDATE|DELETE|WHERE|BY|NULL|IN|BEGIN|COMMIT|ROLLBACK|PRAGMA)\b|[=<>][\"'\s]+\?"
)
"""What a file has in it that has SQL: only such a file is parsed, which takes its time."""
MAY_IMPORT_APP = re.compile(r"\btui\b.*\bapp\b", re.DOTALL)
APP = "mediatui.tui.app"


def texts() -> Iterator[tuple[Path, str]]:
    """Every module of the package and its text."""
    return ((path, (ROOT / path).read_text()) for path in MODULES)


def text_of(node: ast.AST) -> str:
    """The text of a string, with an ellipsis for what an f-string puts in; empty for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def name_of(called: ast.expr) -> str:
    """The name of what is called, with that of the module or object in front of it."""
    if isinstance(called, ast.Attribute):
        return f"{called.value.id if isinstance(called.value, ast.Name) else ''}.{called.attr}"
    return called.id if isinstance(called, ast.Name) else ""


def sql_in(tree: ast.Module) -> Iterator[str]:
    """Line and text of every call that runs SQL and of every string, other than docstrings, that has some of it."""
    nodes = list(ast.walk(tree))
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            if called.rpartition(".")[2] in RUNS_SQL or called in CONNECTS:
                yield f"{node.lineno}: {called}()"
        elif isinstance(node, ast.Constant | ast.JoinedStr) and node not in docstrings and SQL.search(text_of(node)):
            yield f"{node.lineno}: {text_of(node)!r}"


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that is named in an import, those for the type checker only included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield str(node.module)


@pytest.mark.parametrize(
    "line",
    [
        'connection.execute("x")',
        'where = "state = ?"',
        "where = \"state <> 'ok' AND size IS NULL\"",
        'query = f"SELECT {columns} FROM torrents"',
        'query = f"class IN (?{more})"',
        'begin = "BEGIN"',
        "sqlite3.connect(path)",
    ],
)
def test_sql_is_recognised(line: str) -> None:
    assert list(sql_in(ast.parse(line)))
    assert MAY_HAVE_SQL.search(line)


def test_only_the_store_writes_sql() -> None:
    found = [
        f"{path}:{where}"
        for path, text in texts()
        if path.parts[1] != "store" and MAY_HAVE_SQL.search(text)
        for where in sql_in(ast.parse(text))
    ]
    assert found == []


def test_no_module_but_the_launcher_imports_the_app() -> None:
    found = [str(path) for path, text in texts() if MAY_IMPORT_APP.search(text) and APP in imports(ast.parse(text))]
    assert found == ["mediatui/tui/launch.py"]
