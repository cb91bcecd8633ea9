"""Release: a second person, exactly what was prepared, files that add up, and no second way."""

import csv
import json
from pathlib import Path

import pytest

from schemas.period import month_number
from tasks import ledger, outbox, warehouse
from tasks.office import InvariantBroken, Refused
from tests.house import House, new_house, own_account, tang

ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
JUNE = month_number("2024-06")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Three people: two accounts at different providers, one cash."""
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    people = {"H1": "011080000001", "H2": "011080000002", "H3": "011080000003"}
    house.send("TANG", [tang(h, "BT06D", "01/2024", citizen_id=i) for h, i in people.items()])
    house.send("tai_khoan", [own_account("H1", "0123456789")])
    house.send("tai_khoan", [own_account("H2", "2222222222", bank="970449")])
    house.ingest()
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def payment_rows(house: House) -> dict[str, list[dict]]:
    folder = house.office().outbox(JUNE) / "payments"
    return {
        path.name: list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))
        for path in sorted(folder.glob("*.csv"))
    }


def test_every_payment_is_in_exactly_one_file(house: House) -> None:
    released = house.pay("2024-06")
    files = payment_rows(house)
    assert list(files) == [
        "2024-06_AGRIBANK_account_BTXH.csv",
        "2024-06_LPBANK_account_BTXH.csv",
        "2024-06_VIETTEL_cash_BTXH.csv",
    ]
    ids = [row["Mã chi trả"] for rows in files.values() for row in rows]
    assert sorted(ids) == sorted(row["payment_id"] for row in house.table("payment"))
    agribank = files["2024-06_AGRIBANK_account_BTXH.csv"][0]
    assert (agribank["Số tài khoản"], agribank["Tên người thụ hưởng"], agribank["Số tiền"]) == (
        "0123456789",
        "VU A H1",
        "3240000",
    )
    assert agribank["Nội dung"] == agribank["Mã chi trả"]
    manifest = json.loads(
        (house.office().outbox(JUNE) / "payments" / "manifest.json").read_text(encoding="utf-8")
    )
    assert manifest["total_vnd"] == released.amount == 3 * 3_240_000
    assert manifest["rows"] == 3


def test_payment_ids_are_keys_for_a_transfer_text(house: House) -> None:
    house.prepare("2024-06")
    ids = [row["payment_id"] for row in house.table("payment")]
    assert len(set(ids)) == 3
    assert all(16 <= len(one) <= 19 and one.isascii() and one.isalnum() for one in ids)
    assert all(one == one.upper() and one[0].isalpha() for one in ids)


@pytest.mark.parametrize(
    ("digest", "approver", "word"),
    [("0" * 64, "Bình", "không khớp"), (None, " an ", "phải khác"), (None, "  ", "Thiếu tên")],
)
def test_release_is_refused(house: House, digest: str | None, approver: str, word: str) -> None:
    prepared = house.prepare("2024-06")
    with pytest.raises(Refused, match=word):
        house.release("2024-06", digest or prepared.digest, approver)
    assert not (house.office().outbox(JUNE) / "payments").exists()


def test_what_comes_in_after_prepare_asks_for_a_new_preparation(house: House) -> None:
    digest = house.prepare("2024-06").digest
    house.send("TANG", [tang("H4", "BT06D", "06/2024")])
    house.ingest()
    with pytest.raises(Refused, match="chưa lập, hoặc có tệp mới"):
        house.release("2024-06", digest)
    assert house.prepare("2024-06").digest != digest


def test_alerts_must_be_accepted(house: House) -> None:
    house.pay("2024-06")
    digest = house.prepare("2024-07").digest
    with pytest.raises(Refused, match="cảnh báo"):
        house.release("2024-07", digest, accept=None)
    assert house.release("2024-07", digest).state == "released"


def test_releasing_again_writes_the_same_files_and_nothing_else(house: House) -> None:
    digest = house.prepare("2024-06").digest
    first = house.release("2024-06", digest)
    folder = house.office().outbox(JUNE) / "payments"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "2024-06_AGRIBANK_account_BTXH.csv").unlink()
    house.send("tai_khoan", [own_account("H1", "9999999999", phone="0911111111")])
    house.ingest()
    assert house.release("2024-06", digest).files == first.files
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with pytest.raises(Refused, match="mã khác"):
        house.release("2024-06", "1" * 64)


def test_verify_notices_a_changed_byte(house: House) -> None:
    house.pay("2024-06")
    office = house.office()
    with warehouse.opened(office) as connection:
        assert ledger.verify(connection, office) == []
        path = office.outbox(JUNE) / "payments" / "2024-06_LPBANK_account_BTXH.csv"
        path.write_bytes(path.read_bytes().replace(b"2222222222", b"2222222223"))
        assert any("đã bị thay đổi" in problem for problem in ledger.verify(connection, office))


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        ("UPDATE payment_item SET amount = amount + 1", "item_sums"),
        ("UPDATE payment_item SET kind = 'recovery'", "item_signs"),
        ("INSERT INTO payment FROM payment LIMIT 1", "payment_once"),
        ("DELETE FROM payment_file WHERE provider = 'LPBANK'", "files"),
        ("UPDATE payment SET provider = NULL", "channels"),
        ("UPDATE received_file SET rows_taken = rows_taken + 1", "rows_accounted"),
        (
            "INSERT INTO outcome VALUES"
            " (24293, 'CT2406AAAAAAAAAAAA', 'H1', NULL, NULL, 'paid', NULL, 1, NULL, 'result')",
            "outcomes",
        ),
        (
            "INSERT INTO outcome SELECT month, payment_id, dossier_no, NULL, NULL, 'prepared',"
            " NULL, 1, NULL, 'result' FROM payment LIMIT 1",
            "conservation",
        ),
        (
            "INSERT INTO outcome SELECT month, payment_id, dossier_no, NULL, NULL, 'failed',"
            " 'IM_LANG', NULL, NULL, 'silence' FROM payment LIMIT 1",
            "outcome_once",
        ),
        (
            "INSERT INTO held SELECT month, dossier_no, scheme, 1, 'ID05', NULL FROM payment",
            "held_unpaid",
        ),
        ("UPDATE payment_item SET entitlement_month = 24293", "item_once"),
        (
            "INSERT INTO approval SELECT * REPLACE ('prepare' AS step, 9 AS number) FROM approval"
            " WHERE step = 'approve'",
            "approvals",
        ),
    ],
)
def test_invariants_notice_damage(house: House, damage: str, invariant: str) -> None:
    house.pay("2024-06")
    with warehouse.opened(house.office()) as connection:
        assert ledger.breaches(connection) == []
        connection.execute(damage)
        assert invariant in {breach.invariant for breach in ledger.breaches(connection)}
        with pytest.raises(InvariantBroken):
            ledger.require(connection, ledger.EVER)


def test_a_folder_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "payments"
    files = [outbox.OutFile("a.csv", b"1", 1, 5), outbox.OutFile("b.csv", b"2", 1, 7)]
    outbox.write_folder(folder, files)
    outbox.write_folder(folder, files[:1])
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "manifest.json"]
    assert outbox.verify_folder(folder) == []
    (folder / "extra.csv").write_bytes(b"")
    assert len(outbox.verify_folder(folder)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["payments"]
