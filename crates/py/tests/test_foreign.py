"""Tables as people have them: what ``DataFrame.to_csv`` writes, exports of spreadsheets, fixed tables in another directory."""

import shutil
from pathlib import Path

import clapot
import pandas as pd
import pytest

TABLES = ["nodes", "items", "stock", "orders", "lines", "exclusions", "services", "lanes", "rates", "quotes"]


def generated(to: Path) -> clapot.Problem:
    problem = clapot.generate(orders=40, nodes=4)
    problem.write(to)
    return clapot.Problem.read(to)


def test_what_a_data_frame_writes_is_read(tmp_path: Path) -> None:
    problem = generated(tmp_path / "whole")
    frames = tmp_path / "frames"
    frames.mkdir()
    shutil.copy(tmp_path / "whole" / "problem.toml", frames)
    for name in TABLES:
        # As pandas takes it: whole numbers with gaps are floats, days timestamps, truth objects.
        frame = pd.read_csv(tmp_path / "whole" / f"{name}.csv", dtype={"postcode": str, "days": str, "postcode_prefix": str})
        for column in {"deliver_by", "deliver_on", "available_from"} & set(frame.columns):
            frame[column] = pd.to_datetime(frame[column])
        for column in {"qty", "weight_g", "on_hand"} & set(frame.columns):
            frame[column] = frame[column].astype("float64")
        frame.to_csv(frames / f"{name}.csv", index=False, date_format="%Y-%m-%d %H:%M:%S")
    text = (frames / "lines.csv").read_text() + (frames / "orders.csv").read_text()
    assert ".0," in text and " 00:00:00" in text
    again = clapot.Problem.read(frames)
    for name in TABLES:
        pd.testing.assert_frame_equal(again.table(name).to_pandas(), problem.table(name).to_pandas())


def test_an_export_of_a_spreadsheet_is_told_whole(tmp_path: Path) -> None:
    generated(tmp_path / "whole")
    rates = pd.read_csv(tmp_path / "whole" / "rates.csv")
    rates.to_csv(tmp_path / "whole" / "rates.csv", sep=";", decimal=",", index=False)
    with pytest.raises(clapot.InputError) as refused:
        clapot.Problem.read(tmp_path / "whole")
    told = refused.value.diagnostics
    assert {d.code for d in told} >= {"E127", "E203"}
    assert any("a decimal comma? write " in d.message for d in told if d.column == "price")


def test_fixed_tables_come_from_the_site(tmp_path: Path) -> None:
    problem = generated(tmp_path / "tonight")
    site = tmp_path / "site"
    site.mkdir()
    for name in ["problem.toml", "nodes.csv", "rates.csv", "lanes.csv"]:
        shutil.move(tmp_path / "tonight" / name, site)
    with pytest.raises(clapot.InputError):
        clapot.Problem.read(tmp_path / "tonight")
    again = clapot.Problem.read(tmp_path / "tonight", site=site)
    assert [again.table(name).to_pandas().shape for name in TABLES] == [problem.table(name).to_pandas().shape for name in TABLES]
    with pytest.raises(clapot.FileError):
        clapot.Problem.read(tmp_path / "tonight", site=tmp_path / "nowhere")
