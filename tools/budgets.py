"""Size budgets and house rules that no linter knows: the last step of `make check`.

Owns the limits and how they are counted. Knows nothing about what the code does: it reads syntax
trees only, so it runs on a tree that does not import.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 500
MAX_MEDIAN_LINES = 150
MAX_FUNCTION_LINES = 60
CODE_FOLDERS = ("src", "tools", "bench", "tests", "examples")
# Names that say nothing about a duty; whatever lands there has a better place.
FORBIDDEN_MODULE_NAMES = frozenset({"util", "utils", "common", "helper", "helpers", "misc"})
ROOMS = frozenset(
    {
        *("model", "core", "store", "engine", "wire", "service", "gateway", "runner"),
        *("authoring", "yamlflow", "server", "worker", "cli"),
    }
)
PROGRAMS = ("tests", "porting", "programs")
_UNFINISHED = re.compile(r"\b(TODO|FIXME)\b|\bNotImplementedError\b")
_TEST_SHORTCUTS = re.compile(
    r"\btime\.sleep\(|\bunittest\.mock\b|\bMagicMock\b|\bmonkeypatch\.setattr\(time"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, and what to do about it."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def python_files(root: Path, folder: str) -> list[Path]:
    """Every Python file below `root/folder`, without virtual environments, sorted."""
    return sorted(
        path
        for path in (root / folder).rglob("*.py")
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def may_defer_imports(path: Path) -> bool:
    """Whether functions of this file (relative to the root) may import.

    Deferred loading is meant in the command line (start-up time), in facades (they are free until
    a name is used) and where the gateway chooses between in-process and HTTP.
    """
    parts = path.parts
    if parts[:2] != ("src", "signoff"):
        return True
    room = parts[2].removesuffix(".py")
    return room == "cli" or room not in ROOMS or parts[2:] == ("gateway", "connect.py")


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _size_problems(path: Path, lines: int, tree: ast.Module) -> Iterator[Problem]:
    if lines > MAX_FILE_LINES:
        yield Problem(path, lines, f"{lines} lines, at most {MAX_FILE_LINES}: split it by duty")
    for function in _functions(tree):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield Problem(
                path,
                function.lineno,
                f"{function.name} has {length} lines, at most {MAX_FUNCTION_LINES}",
            )


def _import_problems(path: Path, tree: ast.Module) -> Iterator[Problem]:
    if may_defer_imports(path):
        return
    seen: set[int] = set()
    for function in _functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno not in seen:
                seen.add(node.lineno)
                yield Problem(
                    path, node.lineno, f"import inside {function.name}: move it to the top"
                )


def _house_problems(path: Path, text: str, tree: ast.Module) -> Iterator[Problem]:
    module_names = {path.stem, *path.parts[:-1]}
    for name in sorted(module_names & FORBIDDEN_MODULE_NAMES):
        yield Problem(path, 1, f"no module is named {name!r}: name it by its duty")
    if path.parts[0] == "src" and text.strip() and ast.get_docstring(tree) is None:
        yield Problem(path, 1, "no module docstring: say what it owns and what it must not know")
    # These two name the very words they look for, and the programs are written as users write.
    if path.name in ("budgets.py", "test_budgets.py") or path.parts[:3] == PROGRAMS:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if path.parts[0] in ("src", "tests") and _UNFINISHED.search(line):
            yield Problem(path, number, "unfinished or left open: finish it, or leave it out")
        if path.parts[0] == "tests" and path.parts[1] != "support" and _TEST_SHORTCUTS.search(line):
            yield Problem(path, number, "no sleeps and no mocks in tests: wait with wait_until")


def check(root: Path) -> list[Problem]:
    """Every broken budget or house rule below `root`, in file order."""
    problems: list[Problem] = []
    source_sizes: list[int] = []
    for folder in CODE_FOLDERS:
        for absolute in python_files(root, folder):
            path = absolute.relative_to(root)
            text = absolute.read_text(encoding="utf-8")
            tree = ast.parse(text, filename=str(path))
            lines = len(text.splitlines())
            if folder == "src" and lines:
                source_sizes.append(lines)
            problems += _size_problems(path, lines, tree)
            problems += _import_problems(path, tree)
            problems += _house_problems(path, text, tree)
    median = statistics.median(source_sizes) if source_sizes else 0
    if median > MAX_MEDIAN_LINES:
        text = f"median file has {median:g} lines, at most {MAX_MEDIAN_LINES}: split the large ones"
        problems.append(Problem(Path("src"), 0, text))
    return problems


def main() -> int:
    """Print every problem of the repository this file lies in; 1 if there is any."""
    problems = check(Path(__file__).resolve().parent.parent)
    for problem in problems:
        print(problem)
    print(f"budgets: {len(problems)} problem(s)" if problems else "budgets: kept")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
