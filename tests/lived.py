"""An office that did, by its own commands, all that an office does: for what must survive it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.ingest import ingest
from flows.prepare import prepare
from flows.publish import publish
from flows.reconcile import reconcile
from flows.release import release
from flows.resolve import resolve
from flows.treasury import treasury
from tasks import keys, recorded, warehouse
from tasks.office import Office
from tests.house import House, dieu_chinh, giam, new_house, own_account, tang

JUNE, JULY, AUGUST = "2024-06", "2024-07", "2024-08"
ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
LATE_RATE = "NC_BB_51_60,2000000,2023-07,2024-06,NĐ 55/2023,thử,yes"
OUTPUTS = ("outbox", "returned", "published")


class Lived:
    """One office: every verb as its command runs it, outputs and all."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def home(self) -> Path:
        return self.house.home

    @property
    def now(self) -> tuple[str, str]:
        return str(self.home), self.house.day.isoformat()

    def on(self, day: str) -> House:
        self.house.day = date.fromisoformat(day)
        return self.house

    def copied(self, folder: Path) -> Lived:
        shutil.copytree(self.home, folder)
        return Lived(replace(self.house, home=folder))

    def approve(self, month: str, digest: str, *names: str) -> None:
        for name in names:
            release(*self.now, month, digest, name, "đã đối chiếu")

    def answer(self, month: str, *answers: dict[str, Any]) -> None:
        """Let every provider say what it paid; nothing is taken yet."""
        given = {answer["dossier_no"]: answer for answer in answers}
        rows = [
            {"payment_id": one["payment_id"], "amount": one["amount"], "status": "THANH_CONG"}
            | {k: v for k, v in given.get(one["dossier_no"], {}).items() if k != "dossier_no"}
            for one in self.house.table("payment", f"month_text(month) = '{month}'")
        ]
        self.house.send("ket_qua", rows, None)

    def decide(self, reference: Any, word: str, **other: Any) -> None:
        said = {"reference": str(reference), "word": word, "by": "Chi", "reason": "đã gọi điện"}
        resolve(*self.now, said | other)


def lived(home: Path) -> Lived:
    """Return an office in the third month of its life."""
    office = Lived(new_house(home))
    _make_key(office.house.office())
    signed = "require_signature = true"
    office.house.set_release(signed, "require_treasury = true", "second_approver_above = 1")
    _june(office)
    _july(office)
    _august(office)
    return office


def _make_key(office: Office) -> None:
    """Do what `chitra keys` does, with a key that is the same every time."""
    made = keys.make(office, practice=b"lived")
    with warehouse.opened(office) as connection:
        recorded.note(connection, office, "keys", key=made, public=keys.public_text(office))


def _june(office: Lived) -> None:
    """Two people approve, the Treasury confirms, some payments fail."""
    house = office.on("2024-06-03")
    house.send("TANG", [tang(f"H{n}", "BT06D", "01/2020", **ROSTER) for n in range(6)])
    house.send("TANG", [tang("N1", "NC_BB_51_60", "01/2020", **ROSTER)], "03220")
    house.send("TANG", [tang("X1", "KHONG_CO", "06/2024")], "03220")
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    ingest(*office.now)
    digest = prepare(*office.now, JUNE, None, "An", False)["digest"]
    office.on("2024-06-05")
    office.approve(JUNE, digest, "Bình", "Dũng")
    office.on("2024-06-07")
    treasury(*office.now, JUNE, "2024-06-06", "KB 12", "Em")
    office.on("2024-06-12")
    failed = {"dossier_no": "H1", "status": "LOI", "error_code": "TK_DONG"}
    office.answer(JUNE, failed, {"dossier_no": "H2", "status": "HOAN_TRA", "error_code": "KHAC"})
    house.send("ket_qua", [{"payment_id": "PHI06", "amount": 9_000, "status": "THANH_CONG"}], None)
    ingest(*office.now)
    reconcile(*office.now, JUNE)


def _july(office: Lived) -> None:
    """A rate loaded late, decisions, a month prepared twice, then published with a full copy."""
    house = office.on("2024-07-02")
    house.add_reference("fixed_amounts.csv", LATE_RATE)
    (stray,) = house.table("result_exception", "rule = 'RS01'")
    office.decide(stray["event_no"], "ignored")
    (paid,) = house.table("payment", "dossier_no = 'H5'")
    office.decide(paid["payment_id"], "failed", is_against_provider=True)
    house.send("GIAM", [giam("H3", "BT06D", "06/2024", "CHET", death_date="10/04/2024")])
    house.send("tai_khoan", [own_account("H4", "5550001112")])
    ingest(*office.now)
    prepare(*office.now, JULY, AUGUST, "An", False)
    house.set_release("require_treasury = false")
    digest = prepare(*office.now, JULY, None, "Lan", False)["digest"]
    office.on("2024-07-05")
    office.approve(JULY, digest, "Bình")
    office.on("2024-07-19")
    publish(*office.now, JULY, full=True, reader="kiem_toan")


def _august(office: Lived) -> None:
    """Prepared and not released."""
    house = office.on("2024-08-02")
    renamed = {"full_name": "Vừ A Khác", "gender": "Nam"}
    house.send("DIEU_CHINH", [dieu_chinh("H4", "BT06D", "08/2024", "CAI_CHINH", **renamed)])
    office.answer(JULY)
    ingest(*office.now)
    reconcile(*office.now)
    prepare(*office.now, AUGUST, None, "An", False)


def outputs(home: Path) -> dict[str, str]:
    """Return the hash of every file that an office shows, by its path."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in OUTPUTS
        for path in sorted((home / part).rglob("*"))
        if path.is_file()
    }


def tables(office: Lived) -> dict[str, list[tuple]]:
    """Return all rows of the warehouse, in one order."""
    with warehouse.opened(office.house.office()) as connection:
        return {
            table.table_name: warehouse.rows(
                connection, f"SELECT * FROM main.{table.table_name} ORDER BY ALL"
            )
            for table in warehouse.TABLES
        }
