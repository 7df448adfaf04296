"""Writes the docstrings of the extension module into its stub, where editors read them.

    python stub_docs.py            # with the built package on the path

`tests/test_stub.py` says where the stub is behind.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

import clapot._clapot as extension

STUB = Path(__file__).parent / "python" / "clapot" / "_clapot.pyi"


def documented(source: str) -> str:
    """Return the stub with the docstrings that the extension module has now."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    text = source.encode()
    edits: list[tuple[int, int, str]] = []
    seen: set[str] = set()

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    def visit(node: ast.stmt, owner: object, path: str) -> None:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
            return
        thing = inspect.getattr_static(owner, node.name)
        doc = inspect.getdoc(thing if isinstance(node, ast.ClassDef) else getattr(owner, node.name, thing))
        name = f"{path}.{node.name}"
        first, last = node.body[0], node.body[-1]
        has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
        inner = " " * (node.col_offset + 4)
        shown = _literal(doc, inner) if doc and name not in seen else None
        seen.add(name)
        if isinstance(node, ast.FunctionDef):
            body = f"\n{inner}{shown}" if shown else " ..."
            end = at(last.end_lineno or 0, last.end_col_offset or 0)
            edits.append((_colon(text, at(first.lineno, first.col_offset)), end, body))
            return
        begin = at(first.lineno, first.col_offset)
        if shown and has_doc:
            edits.append((begin, at(first.end_lineno or 0, first.end_col_offset or 0), shown))
        elif shown:
            # Before the decorators of the first member.
            line = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
            edits.append((starts[line - 1], starts[line - 1], f"{inner}{shown}\n"))
        for member in node.body:
            visit(member, thing, name)

    for node in ast.parse(source).body:
        visit(node, extension, "")
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new.encode() + text[end:]
    return text.decode()


def _colon(text: bytes, body: int) -> int:
    """Where the colon before a body ends."""
    return text.rindex(b":", 0, body) + 1


def _literal(doc: str, indent: str) -> str:
    prefix = "r" if "\\" in doc else ""
    first, *rest = doc.splitlines()
    if not rest:
        return f'{prefix}"""{first}"""'
    more = textwrap.indent("\n".join(rest), indent, lambda line: bool(line.strip()))
    return f'{prefix}"""{first}\n{more}\n{indent}"""'


if __name__ == "__main__":
    STUB.write_text(documented(STUB.read_text(encoding="utf-8")), encoding="utf-8")
