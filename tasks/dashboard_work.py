"""What is to be done after a month: who, how many, and the list that names each case.

The numbers are those of the lists themselves, from their manifests: page and list cannot differ.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.commune_kinds import CONFIRM, STILL_CASH
from tasks.outbox import MANIFEST
from tasks.printed import INDEX, INDEX_HEADERS, Kind
from tasks.small_counts import LEAST

LISTS, FOLLOWUP, REPORTS = "lists", "followup", "reports"
COMMUNE, POLICE, TELECOM, BANK = "Xã, thị trấn", "Công an xã", "Nhà mạng", "Ngân hàng"
PROVIDER, OFFICE = "Đơn vị chi trả", "Phòng"
ACTORS = (OFFICE, COMMUNE, PROVIDER, POLICE, BANK, TELECOM)  # in the order of the page
BY_COMMUNE = "#theo-xa"  # where the page links to each commune's own workbook


@dataclass(frozen=True)
class Chore:
    """One kind of work, and the list of a month that holds its cases, one a row.

    `still_open` is a column of the list that only cases filled that nobody has decided yet.
    """

    actor: str
    what: str
    unit: str
    folder: str
    file: str
    still_open: str = ""


@dataclass(frozen=True)
class CommuneChore:
    """One kind of work of communes: a sheet of each commune's workbook, or one CSV of them all."""

    what: str
    unit: str
    sheet: str
    kind: Kind


@dataclass(frozen=True)
class Todo:
    """Work that is left of a month: how many cases, and where they are named."""

    actor: str
    what: str
    unit: str
    count: int
    amount: int | None  # VND, where the list sums it and it is not that of a few people
    link: str
    link_text: str


CHORES = (
    Chore(
        OFFICE,
        "Quyết định các dòng kết quả không khớp (ngoại lệ) bằng “chitra resolve”",
        "dòng",
        FOLLOWUP,
        "ngoai_le.csv",
        still_open="Số ngày chờ",
    ),
    Chore(OFFICE, "Xử lý lượt chi lỗi, hoàn trả", "lượt", FOLLOWUP, "that_bai.csv"),
    Chore(OFFICE, "Gỡ các khoản đang tạm giữ", "khoản", LISTS, "tam_giu.csv"),
    Chore(OFFICE, "Thu hồi, trừ dần khoản còn phải thu", "khoản", LISTS, "con_phai_thu.csv"),
    Chore(OFFICE, "Xử lý chênh lệch đã quá thời hạn", "khoản", LISTS, "qua_thoi_han.csv"),
    Chore(OFFICE, "Xem lại các cảnh báo về tài khoản", "dòng", LISTS, "can_xem.csv"),
    Chore(OFFICE, "Sửa dòng chưa đạt mẫu của ngân hàng", "dòng", LISTS, "dong_chua_dat.csv"),
    Chore(OFFICE, "Làm rõ phí khác mức đã thỏa thuận", "lượt", FOLLOWUP, "phi_lech_{month}.csv"),
    Chore(
        COMMUNE,
        "Trình quyết định đổi mức, thôi hưởng do độ tuổi trong ba tháng tới",
        "người",
        LISTS,
        "sap_doi_do_tuoi.csv",
    ),
    Chore(COMMUNE, "Gia hạn giấy ủy quyền sắp hết hạn", "giấy", LISTS, "uy_quyen_het_han.csv"),
    Chore(PROVIDER, "Trả kết quả các lượt chi còn chờ", "lượt", FOLLOWUP, "cho_ket_qua.csv"),
    Chore(POLICE, "Xác minh, cấp số định danh", "người", LISTS, "de_nghi_cong_an.csv"),
    Chore(BANK, "Xác minh tài khoản", "tài khoản", LISTS, "de_nghi_ngan_hang.csv"),
    Chore(TELECOM, "Xác minh, đăng ký lại SIM chính chủ", "SIM", LISTS, "de_nghi_nha_mang.csv"),
)
COMMUNE_CHORES = (
    CommuneChore(
        "Vận động người còn nhận tiền mặt mở tài khoản", "người", "Còn tiền mặt", STILL_CASH
    ),
    CommuneChore("Xác nhận giấy ủy quyền nhận thay", "người", "Ủy quyền cần xác nhận", CONFIRM),
)


class MonthLists:
    """The lists of one month in the outbox, as their manifests tell of them."""

    def __init__(self, outbox: Path) -> None:
        self.outbox = outbox
        self._entries = {
            (folder, entry["name"]): entry
            for folder in (LISTS, FOLLOWUP, REPORTS)
            for entry in _manifest(outbox / folder)
        }

    def link(self, folder: str, name: str) -> str | None:
        """Return where a list lies, as seen from the pages; None where there is none."""
        if (folder, name) not in self._entries:
            return None
        return f"../../outbox/{self.outbox.name}/{folder}/{name}"

    def rows(self, folder: str, name: str) -> int:
        entry = self._entries.get((folder, name))
        return entry["rows"] if entry else 0

    def amount(self, folder: str, name: str) -> int:
        entry = self._entries.get((folder, name))
        return entry["total_vnd"] if entry else 0

    def csv_rows(self, folder: str, name: str) -> Iterator[dict[str, str]]:
        """Yield the rows of a CSV list."""
        if (folder, name) in self._entries:
            path = self.outbox / folder / name
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield from csv.DictReader(text)


def _manifest(folder: Path) -> list[dict[str, Any]]:
    path = folder / MANIFEST
    return json.loads(path.read_text(encoding="utf-8"))["files"] if path.is_file() else []


def todos(lists: MonthLists, month: str) -> list[Todo]:
    """Return the work that is left of a month; what is done is not named."""
    found = [_todo(lists, chore, chore.file.format(month=month)) for chore in CHORES]
    return [todo for todo in [*found, *_commune_todos(lists)] if todo.count]


def by_actor(found: Sequence[Todo]) -> list[tuple[str, list[Todo]]]:
    """Return work by who has to do it, the office first."""
    grouped = [(actor, [todo for todo in found if todo.actor == actor]) for actor in ACTORS]
    return [(actor, own) for actor, own in grouped if own]


def _todo(lists: MonthLists, chore: Chore, file: str) -> Todo:
    count, amount = lists.rows(chore.folder, file), lists.amount(chore.folder, file)
    if chore.still_open:
        cases = lists.csv_rows(chore.folder, file)
        count = sum(1 for case in cases if case[chore.still_open])
    told = amount if amount > 0 and count >= LEAST else None
    link = lists.link(chore.folder, file) or ""
    return Todo(chore.actor, chore.what, chore.unit, count, told, link, file)


def _commune_todos(lists: MonthLists) -> list[Todo]:
    printed: Counter[str] = Counter()
    for line in lists.csv_rows(LISTS, INDEX):
        if line[INDEX_HEADERS["file"]].startswith("xa_"):
            printed[line[INDEX_HEADERS["list"]]] += int(line[INDEX_HEADERS["rows"]])
    return [_commune_todo(lists, chore, printed[chore.sheet]) for chore in COMMUNE_CHORES]


def _commune_todo(lists: MonthLists, chore: CommuneChore, printed: int) -> Todo:
    """Return work of communes; where a month is too long to print, one CSV names all cases."""
    bulk = f"{chore.kind.name}.csv"
    link = lists.link(LISTS, bulk)
    count = printed + lists.rows(LISTS, bulk)
    where = (link, bulk) if link else (BY_COMMUNE, "tệp của từng xã")
    return Todo(COMMUNE, chore.what, chore.unit, count, None, *where)


def commune_link(lists: MonthLists, commune: str) -> str | None:
    """Return where a commune's own workbook of a month lies."""
    return lists.link(LISTS, f"xa_{commune}.xlsx")
