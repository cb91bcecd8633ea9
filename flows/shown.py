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

from schemas.published import CHANNELS_VI, SILENCE_VI, STATUSES_VI
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
WAITS_VI = {"second_approver": ", chờ người duyệt thứ hai", "treasury": ", chờ Kho bạc"}
FILE_OUTCOMES_VI = {"taken": "đã nhận", "returned": "trả lại", "duplicate": "đã có"}
SHOWN_FILES = 40
REBUILT_VI = {
    "written": "Bị thiếu, đã ghi lại",
    "replaced": "Đã bị sửa, đã thay bằng bản đúng",
    "kept": "Không do chương trình ghi, để nguyên",
}
NOT_SIGNED = "Tệp chưa ký: đơn vị chưa có khóa. Chạy “chitra keys”, rồi chạy lại lệnh này."

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
    if "second_approver" in result["missing"]:
        say(
            f"Kỳ {result['month']}: {result['approver']} đã duyệt {number(result['payments'])} "
            f"khoản, {number(result['amount'])} đồng. Số tiền này cần hai người duyệt: chưa ghi "
            "tệp nào. Người thứ hai chạy cùng lệnh với tên mình (--approver)."
        )
        return
    names = ", ".join(result["approvers"]) or result["approver"]
    if result["was_released"]:
        say(f"Kỳ {result['month']} đã được {names} duyệt từ trước; không ghi thêm người duyệt.")
    if "treasury" in result["missing"]:
        say(
            f"Kỳ {result['month']}: {names} đã duyệt {number(result['payments'])} khoản, "
            f"{number(result['amount'])} đồng. Bảng gửi Kho bạc ở outbox/{result['month']}/"
            "treasury/. Tệp chi trả chờ Kho bạc: có xác nhận thì chạy “chitra treasury "
            f"{result['month']} --confirmed-on NGÀY --reference SỐ-CHỨNG-TỪ”."
        )
        return
    _payment_files(result["files"])
    say(
        f"Kỳ {result['month']}: {names} đã duyệt {number(result['payments'])} khoản, "
        f"{number(result['amount'])} đồng. Tệp ở outbox/{result['month']}/payments/."
    )
    say(f"Đã ký bằng khóa {result['key']}." if result["key"] else NOT_SIGNED)
    if result["receipt"]:
        say(
            f"Biên nhận: {result['receipt']['path']}; đầu nhật ký {result['receipt']['head']}. Ghi "
            "16 chữ này lên bản giấy ký duyệt, cất biên nhận cùng bản sao lưu."
        )


def keyed(result: Row) -> None:
    say(f"Khóa ký của đơn vị: {result['key']}. Khóa công khai: {result['public']}.")
    if result["made"]:
        say("Gửi tệp khóa công khai cho các đơn vị chi trả, đọc mã khóa qua điện thoại để họ so.")
        say("Chép keys/office.key ra thẻ nhớ cất két: ai có tệp này ký được thay đơn vị.")


def handed_over(result: Row) -> None:
    say(
        f"Kỳ {result['month']}, {result['provider']}: {number(result['rows'])} dòng, "
        f"{number(result['total_vnd'])} đồng, đã ghi vào {result['out']}:"
    )
    for name in result["files"]:
        say(f"  {name}")


def file_checked(result: Row) -> None:
    """Say of one file whether it is what was approved, and who signed it."""
    approved, signed = result["approved"], result["signed"]
    if approved:
        say(
            f"{result['file']}: đúng tệp {approved['name']} kỳ {approved['month']} "
            f"({approved['folder']}), {number(approved['rows'])} dòng, "
            f"{number(approved['total_vnd'])} đồng."
        )
    if signed:
        say(f"{result['file']}: chữ ký đúng của khóa {signed['key']}; đã ký: {signed['says']}.")
    for problem in result["problems"]:
        console.print(f"[red]Sai:[/red] {escape(result['file'])}: {escape(problem)}.")


def confirmed(result: Row) -> None:
    day = "/".join(reversed(result["confirmed_on"].split("-")))
    if result["files"]:
        _payment_files(result["files"])
    say(
        f"Kỳ {result['month']}: Kho bạc xác nhận ngày {day}, chứng từ {result['reference']}. "
        f"Tệp chi trả ở outbox/{result['month']}/payments/."
    )
    if result["note"]:
        console.print(f"[yellow]Lưu ý:[/yellow] {escape(result['note'])}")


def _payment_files(files: list[Row]) -> None:
    rows = [(file["name"], file["rows"], file["total_vnd"]) for file in files]
    console.print(plain_table(("Tệp chi trả", "Số dòng", "Số tiền (đồng)"), rows, numbers=2))
    for file in files:
        if file.get("unfit"):
            console.print(f"[yellow]{escape(file['name'])}:[/yellow] {escape(file['note'])}.")


def reconciled(result: Row) -> None:
    """Say where each month stands, whole and by provider and channel: everything adds up."""
    headers = ("Kỳ", "Đơn vị", "Kênh", "Đã lệnh", "Đã chi", "Không chi được", "Hoàn trả", "Chờ")
    for one in result["months"]:
        rows = [
            [one["month"], group["provider"], CHANNELS_VI[group["channel"]]]
            + [group[name] for name in BECAME]
            for group in one["groups"]
        ]
        total = [one["month"], "Cộng", "", *(one[name] for name in BECAME)]
        console.print(plain_table(headers, [*rows, total], numbers=5))
        say(f"Kỳ {one['month']}: " + "; ".join(_became(one)) + ".")
        if one["exceptions"]:
            say(
                f"{number(one['exceptions'])} ngoại lệ chưa quyết định: xem "
                f"outbox/{one['month']}/followup/ngoai_le.csv, rồi “chitra resolve SỐ”."
            )


def reminded(result: Row) -> None:
    say(
        f"Kỳ {result['month']}: {number(result['reports_missing'])} nơi chưa báo cáo, "
        f"{number(result['results_missing'])} đơn vị chi trả chưa gửi đủ kết quả, "
        f"{number(result['changes_missing'])} xã chưa gửi biến động kỳ {result['changes_month']}."
    )
    for warning in result["warnings"]:
        console.print(f"[yellow]Lưu ý:[/yellow] {escape(warning)}")
    say(
        f"{number(result['letters'])} thư nhắc (tệp .txt, dán vào Zalo, thư điện tử) và "
        f"nhac_viec.xlsx: outbox/{result['month']}/followup/."
    )


BECAME = ("instructed", "paid", "failed", "returned", "pending")


def _became(one: Row) -> list[str]:
    """Return in words the VND of a month by what became of them; the first is the sum."""
    words = ("đã lệnh", "đã chi", "không chi được", "hoàn trả", "chờ kết quả")
    told = [
        f"{word} {number(one[f'{name}_amount'])} đồng"
        for name, word in zip(BECAME, words, strict=True)
    ]
    if one["silent"]:
        told[1] += (
            f", trong đó {number(one['silent'])} khoản {number(one['silent_amount'])} đồng "
            f"{SILENCE_VI}"
        )
    return told


def resolved(result: Row) -> None:
    """Say what a decision came to."""
    about = result["payment_id"] or f"ngoại lệ số {result['reference']}"
    if not result["changed"]:
        say(f"{about}: đã như vậy từ trước, không ghi gì thêm.")
    elif result["payment_id"] is None or result["word"] == "ignored":
        say(f"Đã ghi quyết định: bỏ qua ngoại lệ số {result['reference']}.")
    else:
        say(
            f"Đã ghi quyết định. {about} (kỳ {result['month']}): "
            f"{STATUSES_VI[result['status_before']]} → {STATUSES_VI[result['status']]}."
        )
    if result["changed"] and result["status"] in ("failed", "returned"):
        say("Kỳ đang mở sẽ chi lại khoản này; người quyết định không được duyệt kỳ đó.")


def published(result: Row) -> None:
    say(f"Đã công bố kỳ {result['month']} ({STATES_VI[result['state']]}):")
    for path in result["paths"]:
        say(f"  {path}")


def rebuilt(result: Row) -> None:
    say(
        f"Đã dựng lại sổ từ {number(result['entries'])} mục nhật ký (đầu nhật ký {result['head']})."
    )
    for name, told in REBUILT_VI.items():
        if result[name]:
            say(f"{told}: {number(len(result[name]))} tệp")
            for path in result[name][:SHOWN_FILES]:
                say(f"  {path}")
    if not (result["written"] or result["replaced"]):
        say("Mọi tệp ra đều đúng như làm lại.")


def backed_up(result: Row) -> None:
    say(
        f"Đã sao lưu {number(result['files'])} tệp vào {result['to']}: chép mới "
        f"{number(result['copied'])} tệp, {number(result['bytes'])} byte. "
        f"Đầu nhật ký {result['head']}."
    )
    if not result["encrypted"]:
        say("Bản sao không mã hóa và không có khóa ký. Muốn mã hóa: --recipient age1…")
    for path in result["lost"]:
        console.print(f"[red]Mất hoặc hỏng, không sao lưu được:[/red] {escape(path)}")


def restored(result: Row) -> None:
    say(
        f"Đã khôi phục bản sao lưu ngày {result['day']} vào {result['home']}: "
        f"{number(result['files'])} tệp, {number(result['entries'])} mục nhật ký; làm lại "
        f"{number(result['outputs'])} tệp ra trong {minutes(result['seconds'])}."
    )
    say(f"Đầu nhật ký {result['head']}: so với biên nhận hoặc bản giấy (chitra verify --receipt).")


def drilled(result: Row) -> None:
    say(
        f"Diễn tập: bản sao lưu ngày {result['day']} khôi phục được trong "
        f"{minutes(result['seconds'])}, {number(result['outputs'])} tệp ra."
    )
    if result["same"]:
        say("Mọi tệp giống hệt của đơn vị.")
        return
    say("Khác với đơn vị (có thể do việc làm sau khi sao lưu; sao lưu rồi diễn tập lại):")
    for path in result["different"][:SHOWN_FILES]:
        say(f"  {path}")


def minutes(seconds: int) -> str:
    """Return a duration as people say it: `2 phút 5 giây`."""
    return f"{seconds // 60} phút {seconds % 60} giây" if seconds >= 60 else f"{seconds} giây"


def standing(result: Row) -> None:
    say(f"{result['office']}. Kỳ đang mở: {result['open_month']}.")
    last = result["last_backup"]
    say(f"Sao lưu lần cuối: {last}." if last else "Chưa sao lưu lần nào: chitra backup --to …")
    if result["months"]:
        rows = [
            (
                month["month"],
                STATES_VI[month["state"]] + WAITS_VI.get(month["waits_for"] or "", ""),
                month["approver"] or month["prepared_by"],
                *(month[name] for name in ("payments", "amount", "paid", "failed", "exceptions")),
            )
            for month in result["months"]
        ]
        headers = ("Kỳ", "Trạng thái", "Người lập/duyệt", "Khoản", "Đồng", "Đã chi", "Hỏng")
        console.print(plain_table((*headers, "Ngoại lệ"), rows, numbers=5))
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
        say("Sổ chi trả, tệp đã ghi, tệp lưu và nhật ký đều khớp.")
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


def serving(result: Row) -> None:
    """Say that an office's server runs, and where to look."""
    parts = {"server": "máy chủ", "worker": "worker"}
    started = [name for part, name in parts.items() if result[part] == "started"]
    was_up = "Máy chủ và worker đang chạy." if not started else f"Đã mở {' và '.join(started)}."
    say(
        was_up
        + (" Đã đặt các việc của prefect.yaml." if result["deployments"] != "unchanged" else "")
    )
    if result["runs_started_again"]:
        say(f"{number(result['runs_started_again'])} việc bị dừng giữa chừng được làm lại.")
    say(f"Mở trình duyệt: {result['address']}")
    say(f"Trang hỏi mật khẩu thì dán nguyên dòng trong tệp {result['password_file']}")
    say(f"  (người dùng {result['user']}; tệp chỉ tài khoản máy này đọc được).")
    say(f"Việc có vấn đề được ghi ở {result['notices']}")
    if not result["schedules"]:
        say("Lịch chạy đang tắt: mục [service] của office.toml có schedules = false.")
    if result["is_open_to_others"]:
        say("Máy khác trong mạng cũng mở được trang này: mật khẩu đi qua mạng không mã hóa.")
    say("Dừng: chitra down.")


MARKS = {"good": "[green]✓[/green]", "note": "[yellow]![/yellow]", "bad": "[red]✗[/red]"}


def examined(result: Row) -> None:
    """Say what each check found, and how to mend what is not well."""
    table = Table.grid(padding=(0, 2))
    for check in result["checks"]:
        mend = f"\n→ {escape(check['mend'])}" if check["mend"] else ""
        table.add_row(MARKS[check["state"]], check["name"], escape(check["found"]) + mend)
    console.print(table)
    bad = sum(check["state"] == "bad" for check in result["checks"])
    say(f"{bad} chỗ phải sửa." if bad else "Không có gì phải sửa.")


def stopped(result: Row) -> None:
    say("Đã dừng máy chủ và worker." if result["ended"] else "Không có gì đang chạy.")


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
    ("published/dashboard/index.html", "trang theo dõi: mở bằng trình duyệt, in được"),
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
