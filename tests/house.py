"""An office in a temporary folder, driven as people drive it: files in, verbs, tables out."""

from __future__ import annotations

import atexit
import csv
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from expectations import runner
from flows import quality
from schemas.period import first_day, month_number, month_text
from tasks import (
    inbox,
    intake,
    payroll,
    reconciliation,
    release,
    resolution,
    warehouse,
)
from tasks.office import Office, init_office, load_office
from tasks.warehouse import Connection

COMMUNE = "03217"
HEADERS = {
    "dossier_no": "Mã hồ sơ",
    "full_name": "Họ và tên",
    "birth_date": "Ngày sinh",
    "gender": "Giới tính",
    "citizen_id": "Số định danh",
    "ethnicity": "Dân tộc",
    "village": "Thôn/bản",
    "category_code": "Mã loại đối tượng",
    "old_category_code": "Mã loại cũ",
    "coefficient": "Hệ số",
    "monthly_amount": "Mức trợ cấp",
    "units": "Số suất",
    "decision_no": "Số quyết định",
    "decision_date": "Ngày quyết định",
    "reason": "Lý do",
    "death_date": "Ngày chết",
    "note": "Ghi chú",
    "method": "Hình thức nhận",
    "holder_name": "Tên chủ tài khoản",
    "holder_citizen_id": "Số định danh chủ tài khoản",
    "relation": "Quan hệ",
    "authorisation_no": "Số văn bản ủy quyền",
    "authorisation_expires_on": "Ngày hết hạn ủy quyền",
    "phone": "Số điện thoại",
    "bank": "Mã ngân hàng (BIN)",
    "account_number": "Số tài khoản",
    "no_account_reason": "Lý do chưa có tài khoản",
    "subject": "Loại",
    "value": "Giá trị",
    "outcome": "Kết quả",
    "checked_on": "Ngày",
    "checked_by": "Đơn vị",
    "payment_id": "Mã chi trả",
    "amount": "Số tiền",
    "transacted_at": "Thời gian giao dịch",
    "transaction_no": "Số giao dịch",
    "status": "Trạng thái",
    "error_code": "Mã lỗi",
    "fee": "Phí",
}
MONTH_HEADERS = {
    "TANG": "Hưởng từ tháng",
    "GIAM": "Thôi hưởng từ tháng",
    "DIEU_CHINH": "Điều chỉnh từ tháng",
}
Row = Mapping[str, Any]


_kept_open: dict[Path, Connection] = {}


def keep_open(path: Path) -> None:
    """Keep a warehouse open for this process until the test ends: each session opens it sooner."""
    if path not in _kept_open and path.exists():
        _kept_open[path] = duckdb.connect(str(path))


def let_go() -> None:
    """Close the warehouses that are kept open; another process may then have them."""
    while _kept_open:
        _, connection = _kept_open.popitem()
        connection.close()


@dataclass
class House:
    """One office: what it does on a day is what the command of that name does."""

    home: Path
    day: date
    files: int = field(default=0)

    def office(self) -> Office:
        office = load_office(self.home, self.day)
        keep_open(office.warehouse)
        return office

    def copied(self, folder: Path) -> House:
        """Return the same office in another folder, for one test to go on with."""
        shutil.copytree(self.home, folder)
        return replace(self, home=folder)

    def set(self, setting: str, value: str) -> None:
        """Change one line `setting = …` of office.toml."""
        path = self.home / "reference" / "office.toml"
        lines = [
            f"{setting} = {value}" if line.startswith(f"{setting} =") else line
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def set_release(self, *lines: str) -> None:
        """Put these lines into the [release] settings, in place of those that this put there."""
        path = self.home / "reference" / "office.toml"
        text = path.read_text(encoding="utf-8").split("\n[release]\n")[0]
        path.write_text("\n".join([text, "[release]", *lines, ""]), encoding="utf-8")

    def add_reference(self, name: str, line: str) -> None:
        """Append one line to a reference table."""
        with (self.home / "reference" / name).open("a", encoding="utf-8") as table:
            table.write(line + "\n")

    def send(self, kind: str, rows: Iterable[Row], commune: str | None = COMMUNE) -> Path:
        """Put a CSV into the inbox; `kind` is TANG, GIAM, DIEU_CHINH or a file kind."""
        rows = list(rows)
        names = list(dict.fromkeys(name for row in rows for name in row))
        self.files += 1
        folder = self.home / "inbox" / (commune or "khac")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.files:05d}_{kind}.csv"
        headers = HEADERS | {"effective_month": MONTH_HEADERS.get(kind, "Từ tháng")}
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(headers[name] for name in names)
            writer.writerows([row.get(name, "") for name in names] for row in rows)
        return path

    def ingest(self) -> list[intake.FileOutcome]:
        office = self.office()
        arrivals = inbox.arrivals(office)
        with warehouse.opened(office) as connection:
            for arrival in intake.new_arrivals(connection, arrivals):
                inbox.archive(office, arrival)
                inbox.stage(office, arrival)
            outcomes = intake.take(connection, office, arrivals, _judge(connection, office))
        return outcomes

    def prepare(self, month: str, through: str | None = None, by: str = "An") -> payroll.Prepared:
        office = self.office()
        with warehouse.opened(office) as connection:
            prepared = payroll.prepare(
                connection,
                office,
                month_number(month),
                month_number(through or month),
                by,
                _judge(connection, office),
            )
        return prepared

    def release(
        self, month: str, digest: str, approver: str = "Bình", accept: str | None = "đã xem"
    ) -> release.Released:
        office = self.office()
        with warehouse.opened(office) as connection:
            return release.release(
                connection, office, month_number(month), digest, approver, accept
            )

    def pay(self, month: str, through: str | None = None) -> release.Released:
        """Prepare and release a month."""
        return self.release(month, self.prepare(month, through).digest)

    def answer(self, month: str, *answers: Row, status: str = "THANH_CONG") -> None:
        """Send results for a month: `answers` by dossier, all other payments `status`."""
        given = {answer["dossier_no"]: answer for answer in answers}
        rows = [
            {
                "payment_id": payment["payment_id"],
                "amount": payment["amount"],
                "status": status,
                **{k: v for k, v in given.get(payment["dossier_no"], {}).items() if k in HEADERS},
            }
            for payment in self.table("payment", f"month = {month_number(month)}")
            if payment["channel"] != "none"
        ]
        for row in rows:
            row.pop("dossier_no", None)
        self.send("ket_qua", rows, None)
        self.ingest()
        self.reconcile(month)

    def reconcile(self, month: str) -> reconciliation.Reconciled:
        office = self.office()
        with warehouse.opened(office) as connection:
            found = reconciliation.reconcile(connection, office, month_number(month))
        return found[0]

    def resolve(
        self, reference: Any, word: str, by: str = "Chi", **other: Any
    ) -> resolution.Resolved:
        """Decide an exception, by its number, or a payment, by its id."""
        office = self.office()
        asked = resolution.Asked(str(reference), word, by, "đã gọi điện", **other)
        with warehouse.opened(office) as connection:
            return resolution.resolve(connection, office, asked)

    def table(self, name: str, where: str = "TRUE") -> list[dict[str, Any]]:
        """Return rows of a warehouse table, in the order of all columns."""
        with warehouse.opened(self.office()) as connection:
            return warehouse.frame(
                connection, f"SELECT * FROM {name} WHERE {where} ORDER BY ALL"
            ).to_dicts()

    def rules(self, where: str = "TRUE") -> list[tuple[str, str]]:
        """Return (rule, severity) of every issue, sorted."""
        return sorted((issue["rule"], issue["severity"]) for issue in self.table("issue", where))

    def items(self, month: str) -> list[tuple[str, str, str, str, int]]:
        """Return (dossier, family, entitlement month, kind, amount) of a month's items."""
        return sorted(
            (
                item["dossier_no"],
                item["family"],
                month_text(item["entitlement_month"]),
                item["kind"],
                item["amount"],
            )
            for item in self.table("payment_item", f"month = {month_number(month)}")
        )


def new_house(folder: Path, start_month: str = "2024-06", today: date | None = None) -> House:
    """Return a fresh office in a folder."""
    shutil.copytree(_template(start_month), folder, dirs_exist_ok=True)
    return House(folder, today or first_day(month_number(start_month)))


@cache
def _template(start_month: str) -> Path:
    """Return a fresh office with its empty tables, which take longest: made once a process."""
    home = Path(mkdtemp()) / "office"
    atexit.register(shutil.rmtree, home.parent)
    init_office(home, start_month)
    with warehouse.opened(load_office(home, first_day(month_number(start_month)))):
        pass
    return home


def _judge(connection: Connection, office: Office) -> runner.Judge:
    return runner.judge(quality.parameters(connection, office), runner.Tallies())


def tang(dossier: str, category: str, month: str, **other: Any) -> dict[str, Any]:
    """Return a TANG row that is taken as it stands; `month` is MM/YYYY."""
    return {
        "dossier_no": dossier,
        "full_name": f"Vừ A {dossier}",
        "birth_date": "15/03/1980",
        "gender": "Nam",
        "category_code": category,
        "decision_no": "12/QĐ-UBND",
        "decision_date": "20/05/2024",
        "effective_month": month,
        "reason": "MOI",
        **other,
    }


def giam(dossier: str, category: str, month: str, reason: str, **other: Any) -> dict[str, Any]:
    """Return a GIAM row of a dossier that `tang` started."""
    row = tang(dossier, category, month)
    del row["birth_date"], row["gender"]
    return row | {"reason": reason} | other


def dieu_chinh(
    dossier: str, category: str, month: str, reason: str, **other: Any
) -> dict[str, Any]:
    """Return a DIEU_CHINH row of a dossier that `tang` started."""
    return giam(dossier, category, month, reason, **other)


def own_account(dossier: str, number: str, **other: Any) -> dict[str, Any]:
    """Return a TAI_KHOAN row: the person's own account at Agribank."""
    return {
        "dossier_no": dossier,
        "full_name": f"Vừ A {dossier}",
        "method": "CHINH_CHU",
        "holder_name": f"VU A {dossier}",
        "phone": "0987654321",
        "bank": "970405",
        "account_number": number,
        **other,
    }
