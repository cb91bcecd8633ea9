"""`chitra sample`: input files of a fictional district of 12 communes, and providers that answer.

The same arguments give the same bytes on every machine. A month's folder goes into an inbox whole;
names and people are invented (tasks.sample_names), amounts and categories are the office's own.
"""

from pathlib import Path

from tasks.sample_answers import answer_payments
from tasks.sample_draw import new_office
from tasks.sample_files import Heading, write_csv, write_workbook
from tasks.sample_months import MonthRows, first_month, next_month
from tasks.sample_people import Office
from tasks.sample_sheets import (
    bao_cao_sheet,
    bien_dong_sheets,
    month_text_of,
    tai_khoan_sheet,
    xac_thuc_sheet,
)
from tasks.sample_tables import REFERENCE, month_name, month_number, read_tables

__all__ = ["answer_payments", "write_sample"]

# Above this many people the files are CSV.
WORKBOOK_PEOPLE = 100_000


def write_sample(
    directory: Path,
    people: int,
    months: int,
    seed: int,
    start_month: str = "2024-06",
    reference: Path = REFERENCE,
) -> list[Path]:
    """Writes `directory/<YYYY-MM>/<commune>/…` and `…/<YYYY-MM>/bao_cao/<commune>/…`; returns all.

    The first month is a roster of `people` dossiers, each later month what changed. Files are
    workbooks up to 100,000 people and CSV above.
    """
    if people < 1 or months < 1:
        raise ValueError("Số người và số tháng phải từ 1 trở lên")
    start = month_number(start_month)
    office = new_office(read_tables(reference, start, months), seed)
    written = _write_month(directory, office, first_month(office, people, start), people)
    for cycle in range(start + 1, start + months):
        written += _write_month(directory, office, next_month(office, cycle), people)
    return written


def _write_month(directory: Path, office: Office, rows: MonthRows, people: int) -> list[Path]:
    folder = directory / month_name(rows.cycle)
    written = []
    for commune, code in enumerate(office.tables.commune_codes):
        reports = folder / "bao_cao" / code
        if people > WORKBOOK_PEOPLE:
            written += _write_csv(folder / code, reports, office, rows, commune)
        else:
            written += _write_workbooks(folder / code, reports, office, rows, commune)
    return written


def _write_workbooks(
    folder: Path, reports: Path, office: Office, rows: MonthRows, commune: int
) -> list[Path]:
    name, month = office.tables.commune_names[commune], month_text_of(rows.cycle)
    heading = Heading("Xã", name, month)
    accounts = {"TAI_KHOAN": tai_khoan_sheet(office, rows, commune)}
    checks = {"XAC_THUC": xac_thuc_sheet(office, rows, commune)}
    report = {"BAO_CAO": bao_cao_sheet(office, rows, commune)}
    return [
        write_workbook(folder / "bien_dong.xlsx", bien_dong_sheets(office, rows, commune), heading),
        write_workbook(folder / "tai_khoan.xlsx", accounts, heading),
        write_workbook(folder / "xac_thuc.xlsx", checks, heading),
        write_workbook(reports / "bao_cao.xlsx", report, Heading("Đơn vị", name, month)),
    ]


def _write_csv(
    folder: Path, reports: Path, office: Office, rows: MonthRows, commune: int
) -> list[Path]:
    code, month = office.tables.commune_codes[commune], month_text_of(rows.cycle)
    heading = Heading("Xã", code, month)
    sheets = {
        f"bien_dong_{name}": sheet
        for name, sheet in bien_dong_sheets(office, rows, commune).items()
    }
    sheets["tai_khoan"] = tai_khoan_sheet(office, rows, commune)
    sheets["xac_thuc"] = xac_thuc_sheet(office, rows, commune)
    written: list[Path] = []
    for name, sheet in sheets.items():
        written += write_csv(folder / f"{name}.csv", sheet, heading)
    report = bao_cao_sheet(office, rows, commune)
    written += write_csv(reports / "bao_cao.csv", report, Heading("Đơn vị", code, month))
    return written
