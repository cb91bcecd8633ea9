"""Each layout reads its golden file as the `.json` beside it says: kind, sender, cleaned rows."""

import json
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from schemas.submissions import RAW_OF_KIND
from tasks.csv_text import csv_cells
from tasks.grids import is_numbering
from tasks.normalise import ReferenceWords, clean
from tasks.office import SHIPPED_REFERENCE, Limits
from tasks.sheets import parse

GOLDEN = Path(__file__).parent / "layouts"
FILES = sorted(GOLDEN.glob("*.csv"))


def read(path: Path) -> dict:
    """Return what is read of a file: its kind, sender and month, and the cleaned rows."""
    parsed = parse(path, path.name, Limits())
    assert parsed.kind is not None, parsed.refusal
    table = RAW_OF_KIND[parsed.kind]
    cleaned = clean(table, parsed.frame.with_columns(sha256=pl.lit("golden")), WORDS)
    kept = ["row_no", *(["kind"] if parsed.kind == "bien_dong" else []), *table.fields]
    rows = [
        {name: str(value) for name, value in row.items() if value is not None}
        for row in cleaned.rows.select(kept).to_dicts()
    ]
    return {
        "kind": parsed.kind,
        "unit": parsed.stated_unit,
        "period": parsed.stated_period,
        "rows": rows,
        "repairs": cleaned.repairs.select("row_no", "rule", "before", "after").rows(),
    }


WORDS = ReferenceWords.load(SHIPPED_REFERENCE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_file_reads_as_it_should(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(read(path)))
    assert found == expected


def messy(path: Path, target: Path) -> Path:
    """Write a golden file as a workbook that people made of it: nothing of that is a row."""
    cells = csv_cells(path, Limits()).rows()
    first = next(
        n
        for n, row in enumerate(cells)
        if {"Họ và tên", "Trạng thái", "Giá trị", "HỌ VÀ TÊN ĐỐI TƯỢNG"} & {*row}
    )
    header = [f"{n}. {cell.upper()} *" if cell else None for n, cell in enumerate(cells[first], 1)]
    numbers = [f"({n})" for n in range(1, len(header) + 1)]
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Bìa").write_string(0, 0, "UBND xã")
        sheet = book.add_worksheet(f"{SHEET_OF[path.stem]} tháng 7")
        lines = [["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], *cells[:first], [], header, numbers]
        for row in (row for row in cells[first + 1 :] if not is_numbering(row)):
            lines += [row, [], header, [], numbers]
        for number, line in enumerate([*lines, ["Tổng cộng"], [], [None, "Người lập"]], 2):
            sheet.write_row(number, 3, line)
    return target


HEADED = {"Họ và tên", "HỌ VÀ TÊN ĐỐI TƯỢNG", "Trạng thái", "Kết quả", "Giá trị"}
SHEET_OF = {
    "bien_dong_tang": "Tăng",
    "tai_khoan": "Tài khoản",
    "xac_thuc": "Xác thực",
    "ket_qua": "Kết quả",
    "bao_cao": "Báo cáo",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_messy_workbook_reads_as_the_golden_file(path: Path, tmp_path: Path) -> None:
    expected, found = read(path), read(messy(path, tmp_path / "a.xlsx"))
    for side in (expected, found):
        side["repairs"] = [repair[1:] for repair in side["repairs"]]
        side["rows"] = [{**row, "row_no": ""} for row in side["rows"]]
    assert found == expected


def test_every_kind_has_a_golden_file() -> None:
    assert {read(path)["kind"] for path in FILES} == set(RAW_OF_KIND)
