"""The pieces of the guide page "From your tables" run, one after another."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import clapot

PAGE = ROOT / "docs" / "from-your-tables.md"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_piece_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    text = PAGE.read_text(encoding="utf-8")
    pieces = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    assert len(pieces) >= 8
    names: dict[str, Any] = {"__name__": "guide"}
    for number, piece in enumerate(pieces, 1):
        exec(compile(piece, f"{PAGE.name}, piece {number}", "exec"), names)  # noqa: S102
    said = capsys.readouterr().out
    assert "stock: unknown column `safty`; did you mean `safety`?" in said
    assert os.path.getsize("plan.svg") > 1_000
    plan = names["plan"]
    assert plan.status == "optimal" and clapot.verify(names["problem"], plan)
    assert not names["priced"].is_valid
    assert len(names["report"]) == len(plan.shipments)
    assert {d.code for d in names["problem"].warnings} == {"W501"}
