"""What providers pay from: split, checked before it is written, whole, and never twice."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from flows import quality
from schemas import providers
from schemas.period import month_number
from tasks import ledger, outbox, payment_files, recompute, release, warehouse
from tasks.amount_words import amount_in_words
from tasks.office import Refused
from tasks.payment_cells import account_digits, part_ends
from tasks.payment_parts import Draft, Group, Part, write_group
from tasks.plain_letters import plain_letters
from tasks.values import fold
from tests.house import House, new_house, own_account, tang

JUNE = month_number("2024-06")
PATHS = ("2024-06_AGRIBANK_account_BTXH", "2024-06_VIETTEL_cash_BTXH.csv")
Declare = Callable[[str, str, str], None]


@pytest.fixture
def declare(house: House) -> Declare:
    """Edit the office's own copy of a shipped profile: put `new` in place of `old`."""

    def edit(provider: str, old: str, new: str) -> None:
        path = house.home / "reference" / "providers" / f"{provider}.toml"
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            shutil.copyfile(providers.FOLDER / path.name, path)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Four people: three accounts at AGRIBANK, one of them of 12 digits, and one in cash."""
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    people = {f"H{n}": f"01108000000{n}" for n in range(1, 4)} | {"H4": ""}
    house.send("TANG", [tang(h, "BT06D", "06/2024", citizen_id=i) for h, i in people.items()])
    numbers = ("0000000001", "0000000002", "000000000003")
    house.send("tai_khoan", [own_account(f"H{n}", one) for n, one in enumerate(numbers, start=1)])
    house.ingest()
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def folder_of(house: House) -> Path:
    return house.office().outbox(JUNE) / "payments"


def ids(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["Mã chi trả"] for row in csv.DictReader(file)]


def test_ordinary_lines_fit_the_shipped_profiles(house: House) -> None:
    assert house.prepare("2024-06").alerts == ()
    released = house.pay("2024-06")
    assert sorted(path.name for path in folder_of(house).iterdir()) == [
        f"{PATHS[0]}.csv",
        PATHS[1],
        "manifest.json",
    ]
    assert not any("unfit" in file or "parts" in file for file in released.files)


def test_a_provider_gets_no_more_lines_a_file_than_it_takes(house: House, declare: Declare) -> None:
    declare("AGRIBANK", 'format = "csv"', 'format = "csv"\nmax_lines = 2')
    released = house.pay("2024-06")
    folder = folder_of(house)
    names = [f"{PATHS[0]}_01.csv", f"{PATHS[0]}_02.csv"]
    assert [file["name"] for file in released.files] == [*names, PATHS[1]]
    assert [len(ids(folder / name)) for name in names] == [2, 1]
    every = [one for name in (*names, PATHS[1]) for one in ids(folder / name)]
    assert sorted(every) == sorted(row["payment_id"] for row in house.table("payment"))
    told = json.loads((folder / f"{names[1]}.manifest.json").read_text(encoding="utf-8"))
    assert told == {
        "office": {"code": "098", "name": house.office().name},
        "month": "2024-06",
        "provider": "AGRIBANK",
        "channel": "account",
        "scheme": "BTXH",
        "name": names[1],
        "part": 2,
        "parts": 2,
        "sha256": outbox.sha256_of(folder / names[1]),
        "lines": 1,
        "total_vnd": 540_000,
        "account_digits": 3,
    }
    kept = house.table("payment_file", "provider = 'AGRIBANK'")
    assert [(row["name"], row["lines"], row["part"], row["parts"]) for row in kept] == [
        (names[0], 2, 1, 2),
        (names[1], 1, 2, 2),
    ]
    with warehouse.opened(house.office()) as connection:
        assert ledger.verify(connection, house.office()) == []
        for damage in (
            f"UPDATE payment_file SET name = '{names[1]}' WHERE name = '{names[0]}'",
            "DELETE FROM payment_file WHERE part = 2",
        ):
            connection.execute(damage)
            assert {one.invariant for one in ledger.breaches(connection)} == {"files"}


def test_lines_that_a_provider_would_refuse_are_told_and_set_apart(
    house: House, declare: Declare
) -> None:
    declare("AGRIBANK", "[0-9A-Za-z]{6,19}", "[0-9]{10}")
    digest = house.prepare("2024-06").digest
    prepared = house.prepare("2024-06")
    assert prepared.digest == digest
    assert len(prepared.alerts) == 1
    assert "1 dòng chi chưa đạt" in prepared.alerts[0]
    assert "AGRIBANK 1" in prepared.alerts[0]
    with warehouse.opened(house.office()) as connection:
        (told,) = payment_files.unfit(connection, house.office(), JUNE).to_dicts()
    third = next(row["payment_id"] for row in house.table("payment", "dossier_no = 'H3'"))
    assert (told["dossier_no"], told["payment_id"], told["field"]) == ("H3", third, "Số tài khoản")
    assert "tai_khoan" in told["next_step"]
    with pytest.raises(Refused, match="cảnh báo"):
        house.release("2024-06", digest, accept=None)
    released = house.release("2024-06", digest)
    folder, apart = folder_of(house), f"{PATHS[0]}_chua_dat.csv"
    assert ids(folder / apart) == [third]
    assert third not in ids(folder / f"{PATHS[0]}.csv")
    assert len(ids(folder / f"{PATHS[0]}.csv")) == 2
    (said,) = [file for file in released.files if file["name"] == apart]
    assert said["unfit"]
    assert "dong_chua_dat.csv" in said["note"]
    assert (folder / f"{apart}.manifest.json").is_file()
    with warehouse.opened(house.office()) as connection:
        assert ledger.verify(connection, house.office()) == []


def test_a_profile_that_cannot_be_used_stops_before_anything_is_written(
    house: House, declare: Declare
) -> None:
    declare("AGRIBANK", 'format = "csv"', 'format = "cvs"')
    with pytest.raises(
        Refused, match=r"reference/providers/AGRIBANK.toml, mục \[account\], khóa “format”"
    ):
        house.prepare("2024-06")
    assert house.table("payment") == []


def test_an_own_way_of_reading_results_is_not_ignored_in_silence(
    house: House, declare: Declare
) -> None:
    declare(
        "AGRIBANK", "[results.statuses]", "[results.amount]\nminor_units = 2\n\n[results.statuses]"
    )
    with pytest.raises(Refused, match=r"mục \[results\] ở đây không được đọc"):
        house.prepare("2024-06")


def test_two_files_of_one_name_are_refused(house: House, declare: Declare) -> None:
    for provider in ("AGRIBANK", "VIETTEL"):
        declare(provider, 'format = "csv"', 'format = "csv"\nname = "{month}_{scheme}"')
    declare("VIETTEL", '[cash]\nformat = "csv"', '[cash]\nname = "{month}_{scheme}"')
    digest = house.prepare("2024-06").digest
    with pytest.raises(Refused, match=r"cùng tên 2024-06_BTXH\.csv"):
        house.release("2024-06", digest)
    assert [path.name for path in folder_of(house).parent.iterdir()] == []
    assert house.table("payment_file") == []


@pytest.mark.parametrize("damage", ["changed", "more"])
def test_what_was_frozen_is_written_whatever_became_of_its_draft(
    house: House, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    digest = house.prepare("2024-06").digest
    with monkeypatch.context() as stopped:
        stopped.setattr(release.payment_files, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            house.release("2024-06", digest)
    draft = folder_of(house).with_name(".payments.new") / f"{PATHS[0]}.csv"
    first = draft.read_bytes()
    if damage == "changed":
        draft.write_bytes(first.replace(b"0000000001", b"0000000009"))
    else:
        (draft.parent / "Thumbs.db").write_bytes(b"x")
    house.release("2024-06", digest)
    assert (folder_of(house) / f"{PATHS[0]}.csv").read_bytes() == first
    assert outbox.verify_folder(folder_of(house)) == []
    assert [path.name for path in folder_of(house).parent.iterdir() if path.name[0] == "."] == []


def test_a_month_is_computed_again_under_the_profile_of_its_day(
    house: House, declare: Declare
) -> None:
    declare("AGRIBANK", 'format = "csv"', 'format = "csv"\nmax_lines = 1')
    released = house.pay("2024-06")
    assert len(released.files) == 4
    declare("AGRIBANK", "max_lines = 1", "max_lines = 2")
    assert house.release("2024-06", released.digest).files == released.files
    (found,) = recompute.recompute(
        house.office(), [JUNE], quality.ingest_judge, quality.prepare_judge
    )
    assert found.problems == ()
    lost = folder_of(house) / f"{PATHS[0]}_01.csv"
    before = lost.read_bytes()
    lost.unlink()
    assert house.release("2024-06", released.digest).files == released.files
    assert lost.read_bytes() == before


def test_a_guardian_gets_two_equal_sums_on_one_account(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    children = {"K1": "011080000001", "K2": "011080000002"}
    house.send("TANG", [tang(k, "BT06D", "06/2024", citizen_id=i) for k, i in children.items()])
    guardian = {
        "method": "GIAM_HO",
        "holder_name": "GIANG THI DO",
        "holder_citizen_id": "011180000099",
        "relation": "Mẹ",
    }
    house.send("tai_khoan", [own_account(k, "8906000000011", **guardian) for k in children])
    house.ingest()
    house.pay("2024-06")
    path = folder_of(house) / f"{PATHS[0]}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    same = {(row["Số tài khoản"], row["Số tiền"], row["Tên người thụ hưởng"]) for row in rows}
    assert same == {("8906000000011", "540000", "GIANG THI DO")}
    assert len({row["Mã chi trả"] for row in rows}) == len(rows) == 2
    house.answer("2024-06")
    assert [row["status"] for row in house.table("outcome")] == ["paid", "paid"]


BILLION = 1_000_000_000
RICH = pl.DataFrame(
    {
        "payment_id": [f"CT2407000000000{n:03d}" for n in range(3)],
        "payee_name": ["Vừ A Hùng"] * 3,
        "account_number": ["999999999999"] * 3,
        "bin": ["970418"] * 3,
        "bank_name": ["BIDV"] * 3,
        "amount": [BILLION] * 3,
    }
)


def written(folder: Path, provider: str) -> Part:
    (part,) = write_group(
        Draft(folder, JUNE, date(2024, 6, 3)), Group(provider, "account", "NCC"), RICH
    )
    return part


def test_a_total_beyond_32_bits_is_whole_everywhere(tmp_path: Path) -> None:
    total = 3 * BILLION
    assert total > 2**31
    part = written(tmp_path, "BIDV")
    manifest = json.loads(outbox.manifest_bytes([payment_files.listed(part)]))
    assert (manifest["total_vnd"], manifest["files"][0]["total_vnd"]) == (total, total)
    control = openpyxl.load_workbook(tmp_path / part.name)["KIEM_TRA"]
    assert [cell.value for cell in control[2]][3:] == [3, total, 3 * 12 * 9]
    xml = etree.parse(tmp_path / written(tmp_path, "PAIN001").name)
    assert [one.text for one in xml.iter("{*}CtrlSum")] == [str(total)] * 2
    record = (tmp_path / written(tmp_path, "FIXEDWIDTH").name).read_text().splitlines()[-1]
    assert record == "T000003000000003000000000000000000324"
    assert amount_in_words(total) == "Ba tỷ đồng"


def test_a_pay_day_on_a_saturday_is_the_friday_before(tmp_path: Path) -> None:
    group = Group("FIXEDWIDTH", "account", "NCC")  # pays on the 10th
    (part,) = write_group(Draft(tmp_path, month_number("2024-08"), date(2024, 8, 2)), group, RICH)
    first = (tmp_path / part.name).read_text().splitlines()[1]
    assert "09/08/2024" in first
    assert "10/08/2024" not in first


def test_approver_hears_of_a_pay_day_in_a_year_without_holidays(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office", "2024-06")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    house.set("report_deadline_day", "20\npay_day = 10")
    assert house.prepare("2024-06").alerts == ()
    shipped = replace(house.office(), pay_day=10)
    with warehouse.opened(shipped) as connection:
        (told,) = payment_files.alerts(connection, shipped, month_number("2031-06"))
        assert "Tết năm 2031" in told
        without = replace(shipped, pay_day=None)
        assert payment_files.alerts(connection, without, month_number("2031-06")) == ()


def test_files_are_filled_one_after_the_other() -> None:
    amounts = np.array([3, 3, 3, 5, 1])
    assert part_ends(amounts, None, None) == [5]
    assert part_ends(amounts, 2, None) == [2, 4, 5]
    assert part_ends(amounts, None, 6) == [2, 3, 5]
    assert part_ends(amounts, 1, 6) == [1, 2, 3, 4, 5]


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=60), st.integers(1, 9), st.integers(50, 120)
)
def test_every_line_is_in_one_part_within_its_limits(
    amounts: list[int], max_lines: int, max_vnd: int
) -> None:
    ends = part_ends(np.array(amounts), max_lines, max_vnd)
    starts = [0, *ends[:-1]]
    assert ends[-1] == len(amounts)
    for start, end in zip(starts, ends, strict=True):
        assert 0 < end - start <= max_lines
        assert sum(amounts[start:end]) <= max_vnd
        # The next line had no room.
        is_full = end - start == max_lines or sum(amounts[start : end + 1]) > max_vnd
        assert is_full or end == len(amounts)


def test_account_digits_are_summed() -> None:
    lines = pl.DataFrame({"account_number": ["0123456789", None, "9A9"]})
    assert account_digits(lines) == 45 + 18
    assert account_digits(pl.DataFrame({"amount": [1]})) == 0


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=8))
def test_many_names_are_folded_like_one(names: list[str | None]) -> None:
    known = [*names, "Vừ A Hùng", "Ðặng Thị Ngƣời", "ĐIÊU  THỊ\tVÌ", "Straße ﬁ", "李 Lý"]
    expected = [None if name is None else fold(name) for name in known]
    assert plain_letters(pl.Series(known, dtype=pl.String)).to_list() == expected
