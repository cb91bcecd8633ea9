"""Files of other rates: how they are read, what is refused, what stays of the office's rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reference import Standard
from tasks import warehouse
from tasks.office import Refused
from tasks.simulation_rates import lay_over, read_rates
from tests.house import House, new_house

STANDARDS = "standard_code,scope,amount_vnd,valid_from,valid_to,legal_basis,source,confirmed"
CATEGORIES = (
    "category_code,family,scheme,name_vi,age_from_months,age_to_months,standard_code,coefficient,"
    "per_unit,sensitive,valid_from,valid_to,legal_basis,source,confirmed"
)
FIXED = "category_code,amount_vnd,valid_from,valid_to,legal_basis,source,confirmed"
GOOD = "SA_STD,VN,600000,2024-07,,b,s,yes"


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = new_house(tmp_path / "office")
    with warehouse.opened(made.office()):
        pass  # makes the tables
    return made


def rates(tmp_path: Path, text: str | bytes, name: str = "muc.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def laid(house: House, *paths: Path) -> list[tuple]:
    """Return (amount, from, to) of the national SA_STD once the files are laid over."""
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        lay_over(connection, read_rates(paths))
        return warehouse.rows(
            connection,
            f"SELECT amount_vnd, valid_from, valid_to FROM {Standard.table_name}"
            " WHERE standard_code = 'SA_STD' AND scope = 'VN' ORDER BY valid_from",
        )


OWN = [
    (270_000, "2015-01", "2021-06"),
    (360_000, "2021-07", "2024-06"),
    (500_000, "2024-07", None),
]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        # From the start of a row on, to no end: it is gone.
        (["SA_STD,VN,1,2024-07,,b,s,yes"], [*OWN[:2], (1, "2024-07", None)]),
        # In the middle of one: both ends stay.
        (
            ["SA_STD,VN,1,2025-01,2025-03,b,s,yes"],
            [
                *OWN[:2],
                (500_000, "2024-07", "2024-12"),
                (1, "2025-01", "2025-03"),
                (500_000, "2025-04", None),
            ],
        ),
        # Over two rows.
        (
            ["SA_STD,VN,1,2021-01,2024-08,b,s,yes"],
            [
                (270_000, "2015-01", "2020-12"),
                (1, "2021-01", "2024-08"),
                (500_000, "2024-09", None),
            ],
        ),
        # Of the file's own rows the later one comes first, whatever their order.
        (
            ["SA_STD,VN,2,2025-01,,b,s,yes", "SA_STD,VN,1,2024-07,,b,s,yes"],
            [*OWN[:2], (1, "2024-07", "2024-12"), (2, "2025-01", None)],
        ),
        # Another key touches nothing.
        (["SA_STD,11,1,2024-07,,b,s,yes"], OWN),
    ],
)
def test_rows_come_before_the_offices_own(
    house: House, tmp_path: Path, lines: list[str], rows: list[tuple]
) -> None:
    assert laid(house, rates(tmp_path, "\n".join([STANDARDS, *lines]))) == rows


def test_excel_writes_semicolons_and_a_mark(house: House, tmp_path: Path) -> None:
    text = f"{STANDARDS}\r\n{GOOD}\r\n;;;;;;;\r\n".replace(",", ";")
    assert laid(house, rates(tmp_path, b"\xef\xbb\xbf" + text.encode()))[-1][0] == 600_000


def test_several_files_of_several_tables(house: House, tmp_path: Path) -> None:
    fixed = rates(tmp_path, f"{FIXED}\nNC_BMVNAH,1,2024-07,,b,s,yes", "fixed.csv")
    paths = (rates(tmp_path, f"{STANDARDS}\n{GOOD}"), fixed)
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        lay_over(connection, read_rates(paths))
        found = warehouse.rows(
            connection, "SELECT amount_vnd FROM fixed_amount WHERE category_code = 'NC_BMVNAH'"
        )
    assert sorted(found) == [(1,), (4_872_000,)]


@pytest.mark.parametrize(
    ("header", "line", "said"),
    [
        ("a,b", "1,2", r"muc\.csv dòng 1: không phải tiêu đề của bảng nào .*standards\.csv"),
        (STANDARDS.replace(",source", ""), "", r"dòng 1: thiếu cột source của standards\.csv"),
        (STANDARDS, "", "không có dòng nào"),
        (STANDARDS, "SA_STD,VN,1", "dòng 2: có 3 ô, cần 8 ô"),
        (STANDARDS, GOOD.replace("600000", "600.000"), "cột amount_vnd: “600.000” .* 500000"),
        (STANDARDS, GOOD.replace("600000", "-1"), "cột amount_vnd"),
        (STANDARDS, GOOD.replace("600000", ""), "cột amount_vnd"),
        (STANDARDS, GOOD.replace("2024-07", "07/2024"), "cột valid_from: “07/2024” .*NNNN-TT"),
        (STANDARDS, GOOD.replace(",,", ",2024-05,"), "cột valid_to: “2024-05” .* từ 2024-07"),
        (STANDARDS, GOOD.replace("yes", "có"), "cột confirmed: “có” .*yes, no"),
        (STANDARDS, GOOD.replace("SA_STD", ""), "cột standard_code: “” .*không để trống"),
        (STANDARDS, GOOD.replace("SA_STD", "SA_SDT"), "cột standard_code: “SA_SDT”"),
        (STANDARDS, f"{GOOD}\n\n{GOOD}", r"dòng 4: SA_STD VN đã có dòng từ cùng tháng .*dòng 2"),
        (FIXED, "NC_XXX,1,2024-07,,b,s,yes", "cột category_code: “NC_XXX”"),
        (
            CATEGORIES,
            'BT04,BT04,BTXH,n,,,SA_STD,"1,5",yes,no,2024-07,,b,s,yes',
            r"cột coefficient: “1,5” .*1\.5",
        ),
        (
            CATEGORIES,
            "BT04,BT04,BTXH,n,,,SA,1.5,yes,no,2024-07,,b,s,yes",
            "cột standard_code: “SA” .*FIXED",
        ),
        (
            CATEGORIES,
            "BT04,BT04,BTXH,n,48,12,SA_STD,1.5,yes,no,2024-07,,b,s,yes",
            "cột age_to_months: “12” .*trên 48",
        ),
        (CATEGORIES, "BT04,BT04,XH,n,,,SA_STD,1.5,yes,no,2024-07,,b,s,yes", "cột scheme: “XH”"),
    ],
)
def test_wrong_files_say_where(
    house: House, tmp_path: Path, header: str, line: str, said: str
) -> None:
    path = rates(tmp_path, f"{header}\n{line}\n")
    with pytest.raises(Refused, match=said):
        laid(house, path)


def test_files_that_are_no_csv(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Không đọc được tệp"):
        read_rates([tmp_path / "none.csv"])
    with pytest.raises(Refused, match="không phải CSV UTF-8"):
        read_rates([rates(tmp_path, b"PK\x03\x04\xff\xfe")])
    with pytest.raises(Refused, match="dòng 1: không phải tiêu đề"):
        read_rates([rates(tmp_path, "")])
