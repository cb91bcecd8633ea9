"""The workbook of `chitra simulate`: what is beside what would be, and the months ahead, drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from schemas.period import month_number, month_vi
from tasks.office import Office, Refused
from tasks.render import Chart, Sheet, xlsx_bytes
from tasks.simulation_words import FIGURES_VI, changed_words
from tasks.visible import write_bytes

Row = dict[str, Any]

SIDES = {"actual": "hiện nay", "simulated": "mô phỏng"}
PART_VI = {
    "people": "Số người",
    "amount": "Số tiền chi",
    "arrears": "Truy lĩnh",
    "recovery": "Truy thu",
    "held": "Tạm giữ",
    "receivable": "Còn phải thu",
}
CATEGORY = {"category_code": "Mã loại", "name": "Loại đối tượng"}
PARTS = {
    "by_commune": ("Theo xã", {"commune_code": "Mã xã", "name": "Xã"}),
    "by_scheme": ("Theo nguồn", {"scheme": "Nguồn"}),
    "by_category": ("Theo loại", CATEGORY),
    "by_month": ("Theo tháng hưởng", {"entitlement_month": "Tháng hưởng"}),
}
AHEAD_VI = {"people": "Số người", "need": "Cần chi"}
NEED_PARTS_VI = {
    "arrears": "Truy lĩnh",
    "retry": "Chi lại",
    "recovery": "Truy thu",
    "paid_ahead": "Đã chi trước",
    "without_rate": "Chưa có mức (người)",
}
CHANGES_VI = {
    "starts": "Bắt đầu",
    "stops": "Thôi hưởng",
    "aged_out": "Hết tuổi",
    "band_changes": "Đổi hệ số tuổi",
}
AHEAD_FOOTER = (
    "Theo sổ hiện có: tuổi tăng dần, quyết định đã nhận tính từ tháng ghi trong đó; không đoán "
    "người mới.",
    "Cần chi = trợ cấp tháng, trừ phần đã chi trước, cộng truy lĩnh, chi lại, truy thu đang treo ở "
    "kỳ đang mở; gồm cả người đang tạm giữ.",
    "Chưa có mức: tháng đó chưa có mức đã xác nhận nên giữ lại, không ước đoán số tiền.",
)
OF_SIMULATED = "Các cột từ “Truy lĩnh” đến “Đổi hệ số tuổi” là của bên mô phỏng."
LONGEST_NAME = 44
NO_CATEGORY = "(không ghi loại)"
INSIDE = "Thư mục đang đứng nằm trong thư mục đơn vị. Ghi nơi để tệp: --out."
MISSING_FOLDER = "Không có thư mục {}. Tạo thư mục đó rồi chạy lại."
TAKEN = "Tệp {} đã có và khác kết quả này. Ghi tên khác: --out."


def simulation_book(office: Office, result: Row) -> bytes:
    """Return the workbook of a simulation; the same result gives the same bytes."""
    title = _title(office, result)
    sheets: list[Sheet] = []
    if result["actual"] is not None:
        sheets += [_summary(title, result), *(_part(title, result, name) for name in PARTS)]
    if result["months"]:
        sheets += [_months(title, result), _budget(title, result), _categories(title, result)]
    return xlsx_bytes(sheets)


def save_book(office: Office, month: str, data: bytes, out: Path | None) -> Path:
    """Write a workbook to `out`, a file or a folder, else into the current folder.

    In a folder it takes the first name that is free: no earlier simulation is written over.
    Refused where that would be inside the office's own folder without being asked for.
    """
    path = (out or Path.cwd()).absolute()
    if out is None and path.resolve().is_relative_to(office.home.resolve()):
        raise Refused(INSIDE)
    if path.is_dir():
        path = next(name for name in _names(path, month) if _is_free(name, data))
    if not path.parent.is_dir():
        raise Refused(MISSING_FOLDER.format(path.parent))
    if not _is_free(path, data):
        raise Refused(TAKEN.format(path))
    write_bytes(path, data)
    return path


def _names(folder: Path, month: str) -> Iterable[Path]:
    yield folder / f"mo_phong_{month}.xlsx"
    yield from (folder / f"mo_phong_{month}_{number}.xlsx" for number in count(2))


def _is_free(path: Path, data: bytes) -> bool:
    return not path.exists() or (path.is_file() and path.read_bytes() == data)


def _title(office: Office, result: Row) -> tuple[str, ...]:
    """Return the lines that head every sheet: whose it is, which month, what was changed."""
    return (
        office.name,
        f"MÔ PHỎNG KỲ {_vi(result['month'])} (để tham khảo, không phải bảng chi)",
        f"Thay đổi: {changed_words(result['settings'])}",
    )


# --- one month ----------------------------------------------------------------------------------


def _summary(title: tuple[str, ...], result: Row) -> Sheet:
    """Return the sheet of the month's figures, one a line."""
    rows = [{"figure": label, **_flat({"": name}, result)} for name, label in FIGURES_VI.items()]
    headers = {"figure": "Chỉ tiêu", **_headers({"": ""}, result, differing="")}
    return Sheet("Tổng hợp", _frame(rows, headers), headers, title, tuple(result["notes"]))


def _part(title: tuple[str, ...], result: Row, part: str) -> Sheet:
    """Return a sheet with one row per commune, scheme, category or month of entitlement."""
    tab, keys = PARTS[part]
    figures = {name: name for name in PART_VI}
    rows = [{**_key(row, keys), **_flat(figures, row, "amount")} for row in result[part]]
    headers = {**keys, **_headers(PART_VI, result, differing="amount")}
    drawn = tuple(name for name in headers if name in ("amount_actual", "amount_simulated"))
    chart = Chart(f"Số tiền chi {tab.lower()}", "name", drawn)
    return Sheet(
        tab,
        _frame(rows, headers),
        headers,
        title,
        total=_flat(figures, result, "amount"),
        chart=chart if part == "by_commune" else None,
    )


# --- the months ahead ---------------------------------------------------------------------------


def _months(title: tuple[str, ...], result: Row) -> Sheet:
    """Return the sheet of the months ahead, with a chart of what each scheme needs."""
    first = result["months"][0]
    found = {row["scheme"]: None for one in result["months"] for row in one["by_scheme"]}
    rows = [_month_row(one, list(found)) for one in result["months"]]
    is_other = first["simulated"] is not None
    needs = {scheme: f"{scheme} {_word(first)}" for scheme in found}
    headers = {
        "month": "Kỳ",
        **_headers(AHEAD_VI, first, differing="need"),
        **needs,
        **NEED_PARTS_VI,
        **CHANGES_VI,
    }
    # People of one month are people of the next, so they are not added up.
    summed = [name for name in rows[0] if not name.startswith(("month", "people", "without"))]
    return Sheet(
        "Dự toán",
        _frame(rows, headers),
        headers,
        title,
        (*AHEAD_FOOTER, *([OF_SIMULATED] if is_other else [])),
        {name: sum(row[name] for row in rows) for name in summed},
        chart=_needs_chart(list(found), is_other),
    )


def _needs_chart(schemes: list[str], is_other: bool) -> Chart:
    """Return schemes stacked over the months, and what would be as a line."""
    title = "Cần chi từng kỳ theo nguồn"
    if not is_other:
        return Chart(title, "month", tuple(schemes), is_stacked=True)
    title = f"{title} (cột: hiện nay, đường: mô phỏng)"
    return Chart(title, "month", tuple(schemes), is_stacked=True, line="need_simulated")


def _month_row(one: Row, schemes: list[str]) -> Row:
    """Return a line of the months: what is added and who changes is of the simulated side."""
    needs = {row["scheme"]: row["actual"]["need"] for row in one["by_scheme"]}
    shown = one["simulated"] or one["actual"]
    return {
        "month": _vi(one["month"]),
        **_flat({name: name for name in AHEAD_VI}, one, "need"),
        **{scheme: needs.get(scheme, 0) for scheme in schemes},
        **{name: shown[name] for name in (*NEED_PARTS_VI, *CHANGES_VI)},
    }


def _budget(title: tuple[str, ...], result: Row) -> Sheet:
    """Return the sheet of what each year needs: spent so far and still to come."""
    sides = [side for side in SIDES if result["months"][0][side] is not None]
    rows = [
        {
            "year": str(row["year"]),
            "scheme": row["scheme"],
            "instructed": row["instructed"],
            **{side: row[side] for side in sides},
            **{f"total_{side}": row["instructed"] + row[side] for side in sides},
        }
        for row in result["budget"]
    ]
    headers = {"year": "Năm", "scheme": "Nguồn", "instructed": "Đã chi các kỳ trước"}
    for side in sides:
        word = _word(result["months"][0], side)
        headers |= {side: f"Dự toán {word}", f"total_{side}": f"Đã chi và dự toán {word}"}
    total = {name: sum(row[name] for row in rows) for name in list(headers)[2:]}
    return Sheet("Ngân sách năm", _frame(rows, headers), headers, title, total=total)


def _categories(title: tuple[str, ...], result: Row) -> Sheet:
    """Return the sheet of regular VND by category, a column for every month ahead."""
    months = [one["month"] for one in result["months"]]
    side = "actual" if result["months"][0]["simulated"] is None else "simulated"
    lines: dict[tuple[Any, ...], Row] = {}
    for one in result["months"]:
        for row in one["by_category"]:
            key = _key(row, CATEGORY)
            line = lines.setdefault(
                tuple(key.values()), {**key, **dict.fromkeys((*months, "sum", "without_rate"), 0)}
            )
            line[one["month"]] = row[side]["regular"]
            line["sum"] += row[side]["regular"]
            line["without_rate"] = max(line["without_rate"], row[side]["without_rate"])
    rows = [lines[key] for key in sorted(lines)]
    counted = {**{month: _vi(month) for month in months}, "sum": "Cộng các kỳ"}
    headers = {**CATEGORY, **counted, "without_rate": "Chưa có mức (người)"}
    return Sheet(
        "Dự toán theo loại",
        _frame(rows, headers),
        headers,
        (*title, f"Trợ cấp tháng theo loại đối tượng, đồng ({SIDES[side]})"),
        total={name: sum(row[name] for row in rows) for name in counted},
    )


# --- cells --------------------------------------------------------------------------------------


def _key(row: Row, keys: Mapping[str, str]) -> Row:
    """Return the cells that say whose a row is; of a category without a code its family."""
    cells = {name: row[name] for name in keys}
    if "category_code" in keys and cells["category_code"] is None:
        family = row["family"]
        cells |= {"category_code": family, "name": f"Nhóm {family}" if family else NO_CATEGORY}
    if cells.get("entitlement_month"):
        cells["entitlement_month"] = _vi(cells["entitlement_month"])
    if cells.get("name"):
        cells["name"] = _short(cells["name"])
    return cells


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _flat(figures: Mapping[str, str], row: Row, differing: str | None = None) -> Row:
    """Return `<column>_actual` and `<column>_simulated` of a row, and the difference of one."""
    sides = [side for side in SIDES if row[side] is not None]
    cells = {
        f"{column}_{side}": row[side][name] for column, name in figures.items() for side in sides
    }
    for column in figures if differing is None else [differing]:
        if len(sides) == 2:
            cells["difference"] = cells[f"{column}_simulated"] - cells[f"{column}_actual"]
    return cells


def _headers(labels: Mapping[str, str], row: Row, differing: str) -> dict[str, str]:
    """Return the headers of the columns of `_flat`, the difference after its two figures."""
    headers = {}
    for name, label in labels.items():
        for side in SIDES:
            if row[side] is not None:
                headers[f"{name}_{side}"] = f"{label} {_word(row, side)}".strip().capitalize()
        if name == differing and row["simulated"] is not None:
            headers["difference"] = "Chênh lệch"
    return headers


def _word(row: Row, side: str = "actual") -> str:
    """Return the word for a side, none where there is only one."""
    return "" if row["simulated"] is None else SIDES[side]


def _frame(rows: list[Row], headers: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [[row.get(name) for name in headers] for row in rows], schema=list(headers), orient="row"
    )


def _vi(month: str) -> str:
    return month_vi(month_number(month))
