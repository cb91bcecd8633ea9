"""The sample district: the same bytes again, people who could exist, months that fit each other."""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tasks import sample, sample_files
from tasks.sample import answer_payments, write_sample
from tasks.sample_tables import BANKS, PHONE_PREFIXES, REFERENCE

PEOPLE = 1500


@dataclass(frozen=True)
class Row:
    """One data row of a workbook: the month and commune of its folder, its sheet, its cells."""

    month: str
    commune: str
    sheet: str
    cells: dict[str, str]

    def __getitem__(self, label: str) -> str:
        return self.cells.get(label, "")


def read_workbook(path: Path) -> list[Row]:
    rows = []
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        table = [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        top = next(i for i, row in enumerate(table) if len([c for c in row if c]) > 3)
        header = table[top]
        for row in table[top + 1 :]:
            if row[0].startswith("Tổng cộng"):
                break
            cells = dict(zip(header, row, strict=True))
            rows.append(Row(path.parts[-3], path.parts[-2], name, cells))
    return rows


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


FAMILIES = {row["category_code"]: row["family"] for row in reference("categories.csv")}


def digests(paths: list[Path], base: Path) -> dict[str, str]:
    return {str(p.relative_to(base)): sha256(p.read_bytes()).hexdigest() for p in paths}


def fold(name: str) -> str:
    marks = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in marks if not unicodedata.combining(c)).upper()


def months_between(birth: str, month: str) -> int:
    """From a birth `dd/mm/yyyy` to a month `mm/yyyy`."""
    day_month_year = [int(part) for part in birth.split("/")]
    m, y = (int(part) for part in month.split("/"))
    return (y * 12 + m) - (day_month_year[-1] * 12 + day_month_year[-2])


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sample(tmp_path_factory.mktemp("sample"), PEOPLE, 3, seed=8)


@pytest.fixture(scope="module")
def rows(paths: list[Path]) -> list[Row]:
    return [row for path in paths if "bao_cao" not in path.parts for row in read_workbook(path)]


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    runs = {name: tmp_path / name for name in ("first", "second", "other")}
    first = digests(write_sample(runs["first"], 40, 2, seed=1), runs["first"])
    second = digests(write_sample(runs["second"], 40, 2, seed=1), runs["second"])
    other = digests(write_sample(runs["other"], 40, 2, seed=2), runs["other"])
    assert first == second
    assert first.keys() == other.keys()
    assert first != other


def test_folders_and_files(paths: list[Path]) -> None:
    names = Counter((path.parts[-3], path.name) for path in paths if "bao_cao" not in path.parts)
    months = ("2024-06", "2024-07", "2024-08")
    files = ("bien_dong.xlsx", "tai_khoan.xlsx", "xac_thuc.xlsx")
    assert names == {(month, file): 12 for month in months for file in files}
    reports = [path for path in paths if "bao_cao" in path.parts]
    assert len(reports) == 36
    assert {path.parts[-3:-1] for path in reports if "2024-06" in path.parts} == {
        ("bao_cao", path.parts[-2]) for path in reports
    }


def test_heading_names_commune_and_month(paths: list[Path]) -> None:
    path = next(p for p in paths if p.parts[-3:] == ("2024-07", "03217", "bien_dong.xlsx"))
    top = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("GIAM").to_python()[:4]
    cells = [cell for row in top for cell in row if cell]
    assert "Xã: Thị trấn Tủa Chùa" in cells
    assert "Kỳ: 07/2024" in cells


def test_first_month_is_the_roster(rows: list[Row]) -> None:
    first = [row for row in rows if row.month == "2024-06" and row.sheet in ("TANG", "GIAM")]
    assert {row["Lý do"] for row in first} == {"HIEN_HUONG"}
    assert len({row["Mã hồ sơ"] for row in first}) == PEOPLE
    begun = [months_between("1/06/2024", row["Hưởng từ tháng"]) for row in first]
    assert min(begun) >= -30
    # A repeated row names the month after its own.
    assert max(begun) <= 0


def test_every_family_of_the_start_month_occurs(rows: list[Row]) -> None:
    codes = {row["Mã loại đối tượng"][:4] for row in rows if row.sheet == "TANG"}
    assert {"BT01", "BT02", "BT03", "BT04", "BT05", "BT06", "BT07", "NC_T", "NC_B"} <= codes
    units = {row["Số suất"] for row in rows if row["Mã loại đối tượng"] == "BT04"}
    assert units >= {"", "2", "3"}


def test_ids_agree_with_birth_and_gender_but_for_a_few(rows: list[Row]) -> None:
    tang = [row for row in rows if row.sheet == "TANG" and row["Số định danh"] and row["Ngày sinh"]]
    wrong = [row for row in tang if not is_consistent(row)]
    assert 0 < len(wrong) < len(tang) // 50


def is_consistent(row: Row) -> bool:
    citizen_id, year = row["Số định danh"], int(row["Ngày sinh"][-4:])
    century = (year - 1900) // 100 * 2 + (row["Giới tính"] == "Nữ")
    return bool(re.fullmatch(rf"\d{{3}}{century}{year % 100:02d}\d{{6}}", citizen_id))


def test_ids_are_unique(rows: list[Row]) -> None:
    tang = {(r["Số định danh"], r["Mã hồ sơ"]) for r in rows if r.sheet == "TANG"}
    holders = {
        (r["Số định danh chủ tài khoản"], "holder")
        for r in rows
        if r.sheet == "TAI_KHOAN" and r["Hình thức nhận"] != "CHINH_CHU"
    }
    named = Counter(citizen_id for citizen_id, _ in tang | holders if len(citizen_id) == 12)
    # A mended row bears the right number, so a dossier may stand twice but not a number.
    assert [citizen_id for citizen_id, count in named.items() if count > 1] == []


def test_codes_are_those_of_the_age_band(rows: list[Row]) -> None:
    bands = {row["category_code"]: row for row in reference("categories.csv")}
    for row in rows:
        if row.sheet != "TANG" or row["Ngày sinh"].count("/") != 2:
            continue
        month = row["Hưởng từ tháng"]
        if row["Lý do"] == "HIEN_HUONG":
            month = f"{row.month[5:]}/{row.month[:4]}"
        band = bands[row["Mã loại đối tượng"]]
        age = max(months_between(row["Ngày sinh"], month) - 1, 0)
        assert int(band["age_from_months"] or 0) <= age < int(band["age_to_months"] or 9999), row


def test_amounts_given_are_coefficient_times_standard(rows: list[Row]) -> None:
    given = [row for row in rows if row["Mức trợ cấp"] and row["Mã loại đối tượng"] < "NC"]
    assert len(given) > PEOPLE // 10
    for row in given:
        month = row["Hưởng từ tháng"] or row["Điều chỉnh từ tháng"]
        standard = 500_000 if month[-4:] + month[:2] >= "202407" else 360_000
        tenths = int(row["Hệ số"].replace(",", ""))
        units = int(row["Số suất"] or 1)
        assert int(row["Mức trợ cấp"].replace(".", "")) * 10 == tenths * standard * units, row


def test_later_months_speak_of_those_who_run_there(rows: list[Row]) -> None:
    """Few rows would come back, and each for a flaw that was put there."""
    running: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    returned, rows_in = Counter[str](), 0
    for month in ("2024-06", "2024-07", "2024-08"):
        for sheet in ("GIAM", "DIEU_CHINH", "TANG", "TAI_KHOAN"):
            some = [row for row in rows if row.month == month and row.sheet == sheet]
            twice = Counter(key_of(row) for row in some)
            for row in some:
                rows_in += 1
                reason = judged(row, running, names, twice)
                if reason:
                    returned[reason] += 1
                else:
                    take(row, running, names)
    assert set(returned) <= {"repeat", "id", "birth", "decision", "unknown", "name", "account"}
    assert rows_in // 500 < returned.total() < rows_in // 40


def key_of(row: Row) -> tuple[str, str, str]:
    return (row.commune, row["Mã hồ sơ"], family_of(row["Mã loại đối tượng"]))


def family_of(code: str) -> str:
    return FAMILIES.get(code, "")


def judged(
    row: Row,
    running: dict[tuple[str, str], str],
    names: dict[str, str],
    twice: Counter[tuple[str, str, str]],
) -> str:
    """Why the office returns the row, or nothing."""
    dossier = row["Mã hồ sơ"]
    if twice[key_of(row)] > 1:
        assert row.sheet in ("TANG", "TAI_KHOAN"), row
        return "repeat"
    if row.sheet == "TAI_KHOAN":
        return judged_account(row, running, names)
    is_roster, citizen_id = row["Lý do"] == "HIEN_HUONG", row["Số định danh"]
    if not row["Số quyết định"] and not is_roster and row["Lý do"] != "CHET":
        return "decision"
    if row.sheet == "TANG":
        if not row["Ngày sinh"]:
            return "birth"
        padded = replace(row, cells=row.cells | {"Số định danh": citizen_id.zfill(12)})
        if citizen_id and not is_consistent(padded) and (len(citizen_id) < 12 or not is_roster):
            return "id"
        assert (dossier, family_of(row["Mã loại đối tượng"])) not in running, row
        return ""
    if dossier.startswith("TC-9"):
        return "unknown"
    family = family_of(row["Mã loại cũ"] or row["Mã loại đối tượng"])
    assert running.get((dossier, family)) == row.commune, row
    assert row["Lý do"] == "CAI_CHINH" or fold(row["Họ và tên"]) == fold(names[dossier]), row
    return ""


def judged_account(row: Row, running: dict[tuple[str, str], str], names: dict[str, str]) -> str:
    dossier = row["Mã hồ sơ"]
    assert row.commune in {c for (d, _), c in running.items() if d == dossier}, row
    if fold(row["Họ và tên"]) != fold(names[dossier]):
        return "name"
    bank = row["Mã ngân hàng (BIN)"] or row["Ngân hàng"]
    if bank == "Ngân hàng xã" or (bank and len(row["Số tài khoản"]) < 6):
        return "account"
    assert bool(bank) == bool(row["Số tài khoản"])
    if row["Hình thức nhận"] == "CHINH_CHU" and bank:
        assert fold(row["Tên chủ tài khoản"]) == fold(names[dossier]), row
    return ""


def take(row: Row, running: dict[tuple[str, str], str], names: dict[str, str]) -> None:
    dossier, family = row["Mã hồ sơ"], family_of(row["Mã loại đối tượng"])
    if row.sheet == "TANG":
        running[dossier, family] = row.commune
        names[dossier] = row["Họ và tên"]
    elif row.sheet == "DIEU_CHINH":
        running.pop((dossier, family_of(row["Mã loại cũ"])), None)
        running[dossier, family] = row.commune
        names[dossier] = row["Họ và tên"]
    elif row.sheet == "GIAM":
        gone = [key for key in running if key[0] == dossier and row["Lý do"] == "CHET"]
        for key in {(dossier, family), *gone}:
            running.pop(key, None)


def test_moves_leave_one_commune_and_reach_another(rows: list[Row]) -> None:
    into = [row for row in rows if row["Lý do"] == "CHUYEN_DEN"]
    out = {(r.month, r["Mã hồ sơ"]): r for r in rows if r["Lý do"] == "CHUYEN_DI"}
    assert into
    for row in into:
        left = out[row.month, row["Mã hồ sơ"]]
        assert left.commune != row.commune
        assert left["Thôi hưởng từ tháng"] == row["Hưởng từ tháng"]


def test_deaths_stop_in_the_month_after(rows: list[Row]) -> None:
    deaths = [row for row in rows if row["Lý do"] == "CHET"]
    assert len(deaths) >= 10
    for row in deaths:
        assert months_between(row["Ngày chết"], row["Thôi hưởng từ tháng"]) == 1
    assert any(months_between(r["Ngày chết"], f"{r.month[5:]}/2024") > 0 for r in deaths)


def test_all_kinds_of_news_occur(rows: list[Row]) -> None:
    reasons = {row["Lý do"] for row in rows if row.month != "2024-06"}
    assert reasons >= {"MOI", "CHUYEN_DEN", "HUONG_LAI", "HET_TUOI", "TU_NGUYEN", "HET_DIEU_KIEN"}
    assert reasons >= {"DOI_MUC_DO_KT", "DOI_DOI_TUONG", "CAI_CHINH", "CHET", "CHUYEN_DI"}


def test_accounts_have_known_banks_and_mobile_numbers(rows: list[Row]) -> None:
    accounts = [row for row in rows if row.sheet == "TAI_KHOAN"]
    assert {r["Hình thức nhận"] for r in accounts} == {
        *("CHINH_CHU", "GIAM_HO", "UY_QUYEN", "TIEN_MAT")
    }
    banks = {row["bin"]: row["short_name"] for row in reference("bank_bins.csv")}
    assert all(banks[bank.bin] == bank.name for bank in BANKS)
    assert {row["prefix"] for row in reference("phone_prefixes.csv")} >= set(PHONE_PREFIXES)
    phones = [row["Số điện thoại"] for row in accounts if row["Số điện thoại"]]
    assert sum(not re.fullmatch(r"0\d{9}", phone) for phone in phones) < len(phones) // 100


def test_one_guardian_collects_for_some_siblings(rows: list[Row]) -> None:
    wards = {
        (row["Mã hồ sơ"], row["Số định danh chủ tài khoản"], row["Số tài khoản"])
        for row in rows
        if row["Hình thức nhận"] == "GIAM_HO" and row["Số tài khoản"]
    }
    shared = Counter((holder, account) for _, holder, account in wards)
    assert set(shared.values()) <= {1, 2, 3}
    assert max(shared.values()) > 1


def test_july_2025_passes_the_old_to_the_social_pension(tmp_path: Path) -> None:
    write_sample(tmp_path, 300, 2, seed=3, start_month="2025-06")
    changes = [
        row
        for path in sorted((tmp_path / "2025-07").glob("0*/bien_dong.xlsx"))
        for row in read_workbook(path)
        if row["Mã loại đối tượng"] == "HT01" and row.sheet == "DIEU_CHINH"
    ]
    assert len(changes) > 30
    assert {row["Mã loại cũ"] for row in changes} == {"BT05B", "BT05C"}


def test_many_people_are_written_as_csv_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "WORKBOOK_PEOPLE", 50)
    monkeypatch.setattr(sample_files, "CSV_ROWS", 20)
    paths = write_sample(tmp_path, 400, 1, seed=5)
    parts = [path for path in paths if path.name.startswith("bien_dong_TANG")]
    assert {path.suffix for path in paths} == {".csv"}
    assert len(parts) > 12
    lines = [row for path in parts for row in csv.DictReader(path.open(encoding="utf-8"))]
    assert len({row["Mã hồ sơ"] for row in lines}) == 400
    assert {row["Kỳ"] for row in lines} == {"06/2024"}
    assert {row["Xã"] for row in lines} == {path.parent.name for path in parts}


@pytest.mark.parametrize(("people", "months", "start"), [(0, 1, "2024-06"), (5, 1, "2024-13")])
def test_refuses_what_makes_no_sense(tmp_path: Path, people: int, months: int, start: str) -> None:
    with pytest.raises(ValueError, match=r"Số người|Tháng"):
        write_sample(tmp_path, people, months, 1, start)


def write_payments(path: Path, has_account: bool, size: int = 4000) -> list[str]:
    ids = [f"098202406BTXH{number:05d}" for number in range(size)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        account = ["Số tài khoản"] if has_account else []
        writer.writerow(["STT", "Mã chi trả", *account, "Số tiền"])
        for number, payment_id in enumerate(ids):
            row = [number + 1, payment_id, *(["8906000000001"] if has_account else []), 540000]
            writer.writerow(row)
    return ids


@pytest.mark.parametrize(
    ("provider", "has_account", "codes"),
    [
        ("AGRIBANK", True, {"SAI_SO_TK", "TEN_KHONG_KHOP", "TK_DONG", "TK_TAM_KHOA"}),
        ("VIETTEL", True, {"VI_CHUA_DINH_DANH", "SAI_SO_TK", "TK_TAM_KHOA"}),
        ("VIETTEL", False, {"KHONG_DEN_NHAN", "CHET"}),
    ],
)
def test_provider_answers(
    tmp_path: Path, provider: str, has_account: bool, codes: set[str]
) -> None:
    ids = write_payments(tmp_path / "pay.csv", has_account)
    result = tmp_path / "2024-06" / "results" / "result.xlsx"
    answer_payments(tmp_path / "pay.csv", result, 1, provider, "2024-06", date(2024, 6, 12))
    rows = read_workbook(result)
    answered = [row["Mã chi trả"] for row in rows]
    assert len(set(answered)) == len(answered)
    assert 0.99 * len(ids) < len(answered) < len(ids)
    counts = Counter(row["Trạng thái"] for row in rows)
    assert counts["THANH_CONG"] > 0.95 * len(ids)
    assert 0.015 * len(ids) < counts["LOI"] < 0.035 * len(ids)
    assert counts["HOAN_TRA"] > 0
    assert counts["DANG_XU_LY"] > 0
    assert {row["Mã lỗi"] for row in rows if row["Trạng thái"] == "LOI"} == codes
    assert {row["Số tiền"] for row in rows} == {"540000"}


def test_an_answer_depends_on_seed_and_payment_alone(tmp_path: Path) -> None:
    write_payments(tmp_path / "all.csv", True)
    lines = (tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()
    reversed_lines = ["Danh sách chi trả", "", lines[0], *reversed(lines[2001:])]
    (tmp_path / "half.csv").write_text("\n".join(reversed_lines), encoding="utf-8-sig")
    answers = {}
    for name, seed in (("all", 1), ("half", 1), ("other", 2)):
        source = tmp_path / f"{'all' if name == 'other' else name}.csv"
        target = tmp_path / f"{name}.xlsx"
        answer_payments(source, target, seed, "LPBANK", "2024-06", date(2024, 6, 12))
        answers[name] = {row["Mã chi trả"]: row.cells for row in read_workbook(target)}
    for payment_id, cells in answers["half"].items():
        assert cells == answers["all"][payment_id]
    assert answers["other"] != answers["all"]
