"""What people see on the terminal: short tables in Vietnamese, numbers with dots."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.amount_words import dotted
from tasks.simulation_words import FIGURES_VI, changed_words

Row = dict[str, Any]

STATES_VI = {
    "open": "đang mở",
    "prepared": "đã lập",
    "released": "đã duyệt chi",
    "reconciled": "đã đối soát",
    "published": "đã công bố",
}
FILE_OUTCOMES_VI = {"taken": "đã nhận", "returned": "trả lại", "duplicate": "đã có"}
SHOWN_FILES = 40

console = Console(highlight=False, soft_wrap=False)


def number(value: Any) -> str:
    """Return an amount or a count as people write it: `1.080.000`."""
    return "" if value is None else dotted(int(value))


def plain_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], numbers: int = 0) -> Table:
    """Return a table whose last `numbers` columns are figures."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, header in enumerate(headers):
        is_figure = place >= len(headers) - numbers
        table.add_column(header, justify="right" if is_figure else "left")
    for row in rows:
        table.add_row(*(cell_text(cell) for cell in row))
    return table


def cell_text(cell: Any) -> str:
    """Return a cell; a file's name must not be read as markup."""
    return number(cell) if isinstance(cell, int) else escape(str(cell or ""))


def facts(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print label and value, one pair a line."""
    table = Table.grid(padding=(0, 2))
    for label, value in pairs:
        table.add_row(label, cell_text(value))
    console.print(table)


def say(text: str) -> None:
    """Print a sentence that may hold names of files."""
    console.print(escape(text), soft_wrap=True)


def initialised(made: Row) -> None:
    say(f"Đã tạo {made['office']} (mã {made['code']}) tại {made['home']}.")
    say(f"Kỳ đầu tiên: {made['start_month']}. Chép tệp của xã vào inbox/ rồi chạy chitra ingest.")


def templated(result: Row) -> None:
    say(f"Đã viết mẫu {result['kind']} kỳ {result['month']}: {result['path']}")
    say(f"Điền các trang {', '.join(result['sheets'])}, rồi chép tệp vào inbox/.")


def ingested(result: Row) -> None:
    files = result["files"]
    new = [file for file in files if file["outcome"] != "duplicate"]
    if new:
        columns = ("name", "kind", "outcome", "rows_in", "rows_taken", "rows_rejected")
        rows = [
            [file["name"], file["kind"], FILE_OUTCOMES_VI[file["outcome"]]]
            + [file[column] for column in columns[3:]]
            for file in new[:SHOWN_FILES]
        ]
        headers = ("Tệp", "Loại", "Kết quả", "Số dòng", "Nhận", "Trả lại")
        console.print(plain_table(headers, rows, numbers=3))
    if len(new) > SHOWN_FILES:
        say(f"… và {number(len(new) - SHOWN_FILES)} tệp nữa.")
    taken, rejected = (sum(file[name] for file in new) for name in ("rows_taken", "rows_rejected"))
    say(
        f"{number(len(new))} tệp mới, {number(len(files) - len(new))} tệp đã có; "
        f"nhận {number(taken)} dòng, trả lại {number(rejected)} dòng."
    )
    if rejected or any(file["outcome"] == "returned" for file in new):
        say("Tệp trả lại cho nơi gửi: returned/.")
    for name in result["waiting"]:
        say(f"Tệp {name} đang được chép, sẽ nhận ở lần sau.")


def prepared(result: Row) -> None:
    facts(
        (
            ("Kỳ", result["month"]),
            ("Số khoản chi", result["payments"]),
            ("Tổng số tiền (đồng)", result["amount"]),
            ("Tạm giữ", result["held"]),
            ("Tăng", result["increases"]),
            ("Giảm", result["decreases"]),
            ("Điều chỉnh", result["adjustments"]),
        )
    )
    for alert in result["alerts"]:
        console.print(f"[yellow]Cảnh báo:[/yellow] {escape(alert)}")
    console.print(f"Mã xác nhận: [bold]{result['digest']}[/bold]", soft_wrap=True)


def released(result: Row) -> None:
    rows = [(file["name"], file["rows"], file["total_vnd"]) for file in result["files"]]
    console.print(plain_table(("Tệp chi trả", "Số dòng", "Số tiền (đồng)"), rows, numbers=2))
    for file in result["files"]:
        if file.get("unfit"):
            console.print(f"[yellow]{escape(file['name'])}:[/yellow] {escape(file['note'])}.")
    say(
        f"Kỳ {result['month']}: {result['approver']} đã duyệt {number(result['payments'])} khoản, "
        f"{number(result['amount'])} đồng. Tệp ở outbox/{result['month']}/payments/."
    )


def reconciled(result: Row) -> None:
    headers = ("Kỳ", "Đã lệnh", "Đã chi", "Không chi được", "Hoàn trả", "Chờ kết quả", "Ngoại lệ")
    names = ("month", "instructed", "paid", "failed", "returned", "pending", "exceptions")
    rows = [[one[name] for name in names] for one in result["months"]]
    console.print(plain_table(headers, rows, numbers=6))
    for one in result["months"]:
        say(f"Kỳ {one['month']}: đã chi {number(one['paid_amount'])} đồng.")


def published(result: Row) -> None:
    say(f"Đã công bố kỳ {result['month']} ({STATES_VI[result['state']]}):")
    for path in result["paths"]:
        say(f"  {path}")


def standing(result: Row) -> None:
    say(f"{result['office']}. Kỳ đang mở: {result['open_month']}.")
    if result["months"]:
        rows = [
            (
                month["month"],
                STATES_VI[month["state"]],
                month["approver"] or month["prepared_by"],
                *(month[name] for name in ("payments", "amount", "paid", "failed")),
            )
            for month in result["months"]
        ]
        headers = ("Kỳ", "Trạng thái", "Người lập/duyệt", "Khoản", "Đồng", "Đã chi", "Hỏng")
        console.print(plain_table(headers, rows, numbers=4))
    say(
        f"Đã nhận {number(result['files'])} tệp, {number(result['rows_in'])} dòng, "
        f"trả lại {number(result['rows_rejected'])} dòng."
    )


def explained(result: Row) -> None:
    from flows.explained import show

    show(result)


def simulated(result: Row) -> None:
    """Say what a month would cost beside what it costs, then the months ahead."""
    say(f"Mô phỏng kỳ {result['month']}. Thay đổi: {changed_words(result['settings'])}.")
    if result["actual"] is not None:
        rows = [
            (label, *_sides(result, name))
            for name, label in FIGURES_VI.items()
            if any(_sides(result, name))
        ]
        columns = ("", "Hiện nay", "Mô phỏng", "Chênh lệch")
        _sides_table(columns[: len(rows[0])] if rows else columns, rows)
    if result["months"]:
        months = [
            (one["month"], one["actual"]["people"], *_sides(one, "need"))
            for one in result["months"]
        ]
        headers = ("Kỳ", "Số người", "Cần chi", "Mô phỏng", "Chênh lệch")
        _sides_table(headers[: len(months[0])], months)
        for row in result["budget"]:
            say(_budget_words(row))
    for note in result["notes"]:
        console.print(f"[yellow]Lưu ý:[/yellow] {escape(note)}")
    say(f"Bảng tính và biểu đồ: {result['path']}. Sổ không thay đổi gì.")


def _sides(row: Row, name: str) -> tuple[int, ...]:
    """Return a figure as it is, and where something was changed as it would be and by how much."""
    actual, other = row["actual"][name], row["simulated"]
    return (actual,) if other is None else (actual, other[name], other[name] - actual)


def _sides_table(headers: Sequence[str], rows: list[tuple]) -> None:
    console.print(plain_table(headers, rows, numbers=len(headers) - 1))


def _budget_words(row: Row) -> str:
    other = row["simulated"]
    return (
        f"Năm {row['year']}, {row['scheme']}: đã chi {number(row['instructed'])} đồng, "
        f"còn cần {number(row['actual'])} đồng"
        + ("." if other is None else f" (mô phỏng {number(other)} đồng).")
    )


def sampled(result: Row) -> None:
    say(
        f"Đã viết {number(result['files'])} tệp cho {number(result['people'])} hồ sơ, "
        f"{number(result['months'])} kỳ, vào {result['directory']}."
    )


def verified(result: Row) -> None:
    if result["ok"]:
        say("Sổ chi trả, tệp đã ghi và tệp lưu đều khớp.")
    for problem in result["problems"]:
        console.print(f"[red]Sai:[/red] {escape(problem)}")
    for one in result.get("recomputed", ()):
        if one["equal"]:
            say(
                f"Kỳ {one['month']}: tính lại từ tệp lưu ra đúng như đã duyệt, từng byte; "
                f"mã xác nhận {one['digest']}."
            )
    if result.get("recomputed") == []:
        say("Chưa có kỳ nào được duyệt chi để tính lại.")


def demonstrated(result: Row) -> None:
    """Say where to look once a demo is over."""
    home = result["home"]
    say(f"Xong trong {number(result['seconds'])} giây. Mở xem:")
    for path, what in WHERE_TO_LOOK:
        say(f"  {f'{home}/{path}':<44} {what}")
    say("Truy vấn thử:")
    say(f"  $ {_shown_path(sys.executable)}")
    say("  >>> import duckdb")
    say(f'  >>> db = duckdb.connect("{home}/published/analytics.duckdb", read_only=True)')
    for query in QUERIES:
        say(f'  >>> db.sql("{query}").show()')
    say("Xem các kỳ, giải thích một hồ sơ:")
    for command in ("status", f"explain {EXPLAINED}"):
        say(f"  $ {_shown_path(sys.argv[0])} {command} --home {home}")


def _shown_path(program: str) -> str:
    """Return how to call a program from the folder one is in."""
    path = Path(program)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else program


WHERE_TO_LOOK = (
    ("outbox/<kỳ>/payments/", "tệp gửi đơn vị chi trả"),
    ("outbox/<kỳ>/treasury/", "bảng thanh toán gửi Kho bạc"),
    ("outbox/<kỳ>/lists/", "danh sách tăng, giảm, cần xác minh"),
    ("outbox/<kỳ>/followup/", "chưa có kết quả, thất bại, ngoại lệ"),
    ("outbox/<kỳ>/reports/", "báo cáo tiến độ"),
    ("returned/", "tệp trả lại cho nơi gửi, chỉ rõ từng dòng sai"),
    ("published/data_docs/", "trang kiểm tra dữ liệu của từng kỳ"),
    ("published/analytics.duckdb", "số liệu cho người phân tích"),
)
EXPLAINED = "TC-0000001"
QUERIES = (
    "SELECT month, provider, value FROM progress WHERE metric = 'paid_account_count'"
    " AND commune_code = '*' AND scheme = '*' ORDER BY ALL",
    "SELECT month, reason, count(*) FROM delta GROUP BY ALL ORDER BY ALL",
)


def demo_month(month: Row) -> None:
    """Print what an officer wants to know of a month of the demo."""
    paid = [sum(month[f"paid_{how}_{what}"] for how in ("account", "cash")) for what in UNITS]
    lines = [
        ("Người hưởng", month["beneficiaries"], month["due_amount"]),
        *((label, *(month[f"{name}_{what}"] for what in UNITS)) for name, label in CHANGES.items()),
        ("Truy lĩnh", None, month["arrears_amount"]),
        ("Truy thu", None, month["recovery_amount"]),
        ("Còn phải thu", None, month["receivable_amount"]),
        ("Tạm giữ", month["held_count"], month["held_amount"]),
        ("Tổng lệnh chi", month["payments"], month["amount"]),
        *(
            (f"  {name}", *(counted[f"instructed_{what}"] for what in UNITS))
            for name, counted in month["providers"].items()
        ),
        ("Đã chi", *paid),
        *((label, *(month[f"{name}_{what}"] for what in UNITS)) for name, label in UNPAID.items()),
        ("Dòng trả lại cho xã", month["rows_rejected"], None),
    ]
    console.print(f"\n[bold]Kỳ {month['month']}[/bold]")
    rows = [[label, number(count), number(amount)] for label, count, amount in lines]
    console.print(plain_table(("", "Số lượng", "Số tiền (đồng)"), rows, numbers=2))


UNITS = ("count", "amount")
CHANGES = {"increase": "Tăng", "decrease": "Giảm", "adjustment": "Điều chỉnh"}
UNPAID = {"failed": "Không chi được", "returned": "Hoàn trả", "pending": "Chờ kết quả"}
