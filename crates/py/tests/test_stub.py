"""The stub has the docstrings of the extension module, and the words of its options."""

import ast
import importlib.util
from types import ModuleType
from typing import Any

import pytest
from conftest import ROOT

import clapot


def tool() -> ModuleType:
    """The program that writes them."""
    spec = importlib.util.spec_from_file_location("stub_docs", ROOT / "crates/py/stub_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(alias: str) -> list[Any]:
    """The words of a type of the stub."""
    [node] = [
        node.value
        for node in ast.parse(tool().STUB.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == alias
    ]
    assert isinstance(node, ast.Subscript)
    return list(ast.literal_eval(node.slice))


def test_the_stub_has_the_docstrings_of_the_extension() -> None:
    stub_docs = tool()
    source = stub_docs.STUB.read_text(encoding="utf-8")
    assert stub_docs.documented(source) == source, "run `python stub_docs.py` with the built package"
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    bare = [
        f"{name}.{member.name}"
        for name, node in classes.items()
        for member in node.body
        if isinstance(member, ast.FunctionDef) and not member.name.startswith("_") and not ast.get_docstring(member)
    ]
    assert bare == []


@pytest.mark.filterwarnings("ignore:W524")
def test_the_words_of_the_stub_are_those_of_the_engine(problem: clapot.Problem) -> None:
    for method in words("_Method"):
        assert clapot.route(problem, method=method, work_limit=200, time_limit=20).method == method
    with pytest.raises(clapot.OptionError) as refused:
        clapot.route(problem, method="best")  # type: ignore[arg-type]
    assert all(method in str(refused.value) for method in words("_Method"))
    for name in words("_ProblemTable"):
        assert problem.table(name).columns == clapot.schema(name)["column"]
    floors = clapot.generate_floors(problem)
    for name in words("_FloorTable"):
        assert floors.table(name).columns == clapot.schema(name)["column"]


def test_a_schema_tells_columns_types_and_what_must_be_there() -> None:
    rows = {row["column"]: row for row in clapot.schema("orders")}
    assert rows["order_id"] == {"column": "order_id", "type": "text", "required": True}
    assert rows["deliver_by"] == {"column": "deliver_by", "type": "date", "required": False}
    assert clapot.schema("decisions")["column"][:3] == ["order_id", "line_id", "node_id"]
    with pytest.raises(clapot.OptionError, match="no table 'order'; there are nodes, items"):
        clapot.schema("order")  # type: ignore[arg-type]


def test_versions_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    clapot.show_versions()
    said = capsys.readouterr().out
    assert said.startswith(f"clapot     {clapot.__version__}\npython     3.")
    assert "polars" in said


def test_faults_are_told_by_kind_and_column() -> None:
    many = [
        clapot.Diagnostic("E301", "unknown-reference", "error", "lines", n, "sku", f"there is no SKU `O'Neil {n}`", "", None)
        for n in range(60)
    ]
    other = clapot.Diagnostic("E205", "not-positive", "error", "lines", 4, "qty", "not above 0", "", None, more=7)
    warning = clapot.Diagnostic("W501", "unknown-column", "warning", "orders", None, None, "unknown column `x`", "", None)
    assert str(clapot.InputError([warning, *many[:2], other, *many[2:]])).splitlines() == [
        "E301 lines row 0 sku: there is no SKU `O'Neil 0`",
        "E301 lines row 1 sku: there is no SKU `O'Neil 1`",
        "E301 lines row 2 sku: there is no SKU `O'Neil 2`",
        "  and 57 more E301 in lines sku",
        "E205 lines row 4 qty: not above 0",
        "  and 7 more E205 in lines qty",
        "W501 orders: unknown column `x`",
    ]


def test_ids_are_shown_as_they_are() -> None:
    from test_tables_in import lamps

    lines = {"order_id": ["anna", "ben"], "line_id": ["1", "1"], "sku": ["lamp", 'O\'Neil "7" \\x'], "qty": [1, 1]}
    with pytest.raises(clapot.InputError) as caught:
        clapot.Problem.from_tables(**lamps(lines=lines))
    assert str(caught.value) == 'E301 lines row 1 sku: there is no SKU `O\'Neil "7" \\x`'
