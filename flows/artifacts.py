"""What a run leaves for people in Prefect's pages: counts, files and folders, never a person.

Received files may be named after people, so they are shown by their kind and hash. The functions
that make a page are plain; only `put` speaks to the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dashboards
from flows.standing import vi
from flows.step import step
from flows.steps import opened
from schemas.period import month_number, month_text
from schemas.quality import RULES
from tasks import cycles, outbox, reconciliation, warehouse
from tasks.amount_words import dotted

Row = dict[str, Any]

MOST_ROWS = 300
KINDS_VI = {"increase": "Tăng", "decrease": "Giảm", "adjustment": "Điều chỉnh"}
OUTCOMES_VI = {"taken": "đã nhận", "returned": "trả lại cả tệp", "duplicate": "đã có từ trước"}
FINDINGS = """
SELECT commune_name, rule, severity, sum(findings)::BIGINT AS findings
FROM ({select})
WHERE cycle = $month AND severity IN ('reject', 'warn')
GROUP BY ALL
ORDER BY severity, findings DESC, commune_name, rule
"""
EXCEPTIONS = "SELECT rule, count(*) AS lines FROM open_exception GROUP BY rule ORDER BY rule"


@dataclass(frozen=True)
class Page:
    """One artifact: text in Markdown, or the rows of a table, or an address to follow."""

    key: str  # letters without accents, digits and dashes; the same key is a newer version
    about: str
    text: str = ""
    rows: tuple[Row, ...] = ()
    link: str = ""


@step("Đếm số liệu để hiển thị", minutes=60, repeatable=True)
def counts(home: str, today: str, month: str | None) -> Row:
    """Return what pages tell of a month (None: the open one): changes, findings, exceptions."""
    with opened(home, today, is_read_only=True) as (office, connection):
        number = cycles.open_month(connection, office) if month is None else month_number(month)
        reconciliation.stage_open_exceptions(connection)
        findings = FINDINGS.format(select=dashboards.select("quality_by_commune"))
        changes = dashboards.select("delta_by_commune")
        return {
            "month": month_text(number),
            "changes": warehouse.dicts(connection, changes, month=number),
            "findings": warehouse.dicts(connection, findings, month=number),
            "exceptions": warehouse.dicts(connection, EXCEPTIONS),
        }


@step("Liệt kê tệp đã ghi kỳ {month}", minutes=60, repeatable=True)
def files_written(home: str, month: str, folders: list[str]) -> list[Row]:
    """Return name, hash, rows and VND of every file that these folders of a month list."""
    return [
        {
            "Thư mục": folder,
            "Tệp": entry["name"],
            "Số dòng": entry["rows"],
            "Số tiền (đồng)": dotted(entry["total_vnd"]) if entry["total_vnd"] else "",
            "SHA-256": entry["sha256"],
        }
        for folder, entry in outbox.entries(Path(home) / "outbox" / month)
        if folder in folders
    ]


@step("Tính mã của tệp đã công bố", minutes=60, repeatable=True)
def files_published(home: str, paths: list[str]) -> list[Row]:
    """Return name and hash of files below a home."""
    return [{"Tệp": path, "SHA-256": outbox.sha256_of(Path(home) / path)} for path in paths]


def of_ingest(home: str, result: Row, found: Row) -> list[Page]:
    """Return the pages of what was received."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for one in result["files"]:
        group = (one["kind"] or "không nhận ra", OUTCOMES_VI[one["outcome"]])
        groups.setdefault(group, []).append(one)
    rows = [
        (
            *group,
            dotted(len(files)),
            *(
                dotted(sum(one[name] for one in files))
                for name in ("rows_in", "rows_taken", "rows_rejected")
            ),
        )
        for group, files in sorted(groups.items())
    ]
    headers = ("Loại tệp", "Kết quả", "Số tệp", "Số dòng", "Nhận", "Trả lại")
    text = [f"### {ingested(result)}", "", *table(headers, rows, numbers=4)]
    return [
        Page("nhan-tep", "Tệp vừa nhận", "\n".join(text)),
        quality(found),
        folder("thu-muc-tra-lai", "Tệp trả lại cho nơi gửi", Path(home) / "returned"),
    ]


def ingested(result: Row) -> str:
    """Return in a sentence what an ingest took."""
    new = [one for one in result["files"] if one["outcome"] != "duplicate"]
    taken, rejected = (sum(one[name] for one in new) for name in ("rows_taken", "rows_rejected"))
    waiting = f" {len(result['waiting'])} tệp đang được chép, để lần sau." * bool(result["waiting"])
    if not new:
        return "Không có tệp mới." + waiting
    return (
        f"{dotted(len(new))} tệp mới: nhận {dotted(taken)} dòng, trả lại {dotted(rejected)} dòng."
        + waiting
    )


def of_month(home: str, month: str, about: str, text: str, files: list[Row]) -> list[Page]:
    """Return the pages of whatever writes a month's files: summary, files, their folder."""
    return [
        Page(f"ky-{month}-tom-tat", f"{about} kỳ {vi(month)}", text),
        Page(f"ky-{month}-tep", f"Tệp đã ghi kỳ {vi(month)}", rows=tuple(files[:MOST_ROWS])),
        folder(f"ky-{month}-thu-muc", f"Thư mục kỳ {vi(month)}", Path(home) / "outbox" / month),
    ]


def changes(found: Row) -> Page:
    """Return how many lines change in each commune, and by how many VND a month."""
    rows = [
        (one["commune_name"], KINDS_VI[one["kind"]], dotted(one["lines"]), dotted(one["amount"]))
        for one in found["changes"]
    ]
    headers = ("Xã", "Biến động", "Số dòng", "Đồng mỗi tháng")
    title = f"### Biến động theo xã kỳ {vi(found['month'])}"
    lines = table(headers, rows, numbers=2) if rows else ["Không có biến động."]
    return Page(
        f"ky-{found['month']}-bien-dong",
        f"Biến động theo xã kỳ {vi(found['month'])}",
        "\n".join([title, "", *lines]),
    )


def quality(found: Row) -> Page:
    """Return how many rows each rule sent back or warned of, commune by commune."""
    words = {"reject": "trả lại", "warn": "cảnh báo"}
    rows = [
        (one["commune_name"], one["rule"], words[one["severity"]], dotted(one["findings"]))
        for one in found["findings"]
    ]
    said = sorted({one["rule"] for one in found["findings"]} & RULES.keys())
    lines = table(("Xã", "Quy tắc", "Xử lý", "Số lần"), rows, numbers=1) if rows else ["Không có."]
    return Page(
        f"ky-{found['month']}-chat-luong",
        f"Dòng bị trả lại, cảnh báo kỳ {vi(found['month'])}",
        "\n".join(
            [
                f"### Chất lượng dữ liệu kỳ {vi(found['month'])}",
                "",
                *lines,
                "",
                *(f"- **{rule}**: {RULES[rule].message}" for rule in said),
            ]
        ),
    )


def exceptions(found: Row) -> Page:
    """Return how many results fit no payment or contradict one, and nobody has decided yet."""
    rows = [
        (one["rule"], RULES[one["rule"]].message, dotted(one["lines"]))
        for one in found["exceptions"]
    ]
    lines = (
        [
            *table(("Quy tắc", "Nghĩa là", "Số dòng"), rows, numbers=1),
            "",
            "Xem `followup/ngoai_le.csv` trong thư mục của kỳ, rồi quyết định từng số bằng "
            "`chitra resolve`.",
        ]
        if rows
        else ["Không có ngoại lệ nào chờ quyết định."]
    )
    title = "### Ngoại lệ chưa quyết định"
    return Page("ngoai-le", "Ngoại lệ chưa quyết định", "\n".join([title, "", *lines]))


def reconciled(months: Sequence[Row]) -> Page:
    """Return what became of the money, month by month."""
    names = ("instructed", "paid", "failed", "returned", "pending")
    rows = [
        (
            vi(one["month"]),
            *(f"{dotted(one[name])} ({dotted(one[f'{name}_amount'])})" for name in names),
            dotted(one["exceptions"]),
        )
        for one in months
    ]
    headers = ("Kỳ", "Đã lệnh", "Đã chi", "Không chi được", "Hoàn trả", "Chờ", "Ngoại lệ")
    title = "### Đối soát: số khoản (số đồng)"
    lines = table(headers, rows, numbers=6)
    return Page("doi-soat", "Đối soát", "\n".join([title, "", *lines]))


def matched(months: Sequence[Row]) -> str:
    """Return in a sentence what a reconciliation found."""
    last = months[-1]
    return (
        f"Kỳ {vi(last['month'])}: đã chi {dotted(last['paid'])} trên {dotted(last['instructed'])} "
        f"khoản, chờ kết quả {dotted(last['pending'])} khoản, {dotted(last['exceptions'])} ngoại "
        "lệ."
    )


def of_publish(home: str, result: Row, files: list[Row]) -> list[Page]:
    """Return the pages of what was published."""
    month = result["month"]
    about = f"Tệp đã công bố kỳ {vi(month)}"
    return [
        Page(f"ky-{month}-cong-bo", about, rows=tuple(files[:MOST_ROWS])),
        folder("thu-muc-cong-bo", "Số liệu đã công bố", Path(home) / "published"),
    ]


def folder(key: str, about: str, path: Path) -> Page:
    """Return a link to a folder; browsers may want its address to be copied."""
    return Page(key, f"{about}: `{path}`", link=path.as_uri())


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> list[str]:
    """Return a table in Markdown whose last `numbers` columns are figures; long ones are cut."""
    all_rows = list(rows)
    lines = [
        _line(headers),
        _line(["---"] * (len(headers) - numbers) + ["---:"] * numbers),
        *(_line(row) for row in all_rows[:MOST_ROWS]),
    ]
    if len(all_rows) > MOST_ROWS:
        lines += ["", f"… và {dotted(len(all_rows) - MOST_ROWS)} dòng nữa."]
    return lines


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def put(pages: Iterable[Page]) -> None:
    """Show pages with the run that is running here."""
    from prefect.artifacts import (
        create_link_artifact,
        create_markdown_artifact,
        create_table_artifact,
    )

    for page in pages:
        if page.link:
            create_link_artifact(page.link, page.about, page.key, page.about)
        elif page.rows:
            create_table_artifact(list(page.rows), page.key, page.about)
        elif page.text:
            create_markdown_artifact(page.text, page.key, page.about)
