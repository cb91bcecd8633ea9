"""A small office in literal rows: ten people, two communes, July 2024 released.

`P07` is held, `P08` has died, `P10` is offset to nothing; the others are paid in every way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas import payments, quality, registry, submissions
from schemas.period import month_number
from schemas.table import Table
from tasks import warehouse
from tasks.office import Office, init_office, load_office
from tasks.warehouse import Connection

JULY = month_number("2024-07")
TOWN, HUOI_SO = "03217", "03220"
TODAY = date(2024, 7, 25)


def put(connection: Connection, table: type[Table], rows: list[dict[str, Any]]) -> None:
    """Append literal rows; columns left out are empty."""
    names = table.names()
    assert all(set(row) <= set(names) for row in rows), "no such column"
    full = [{name: row.get(name) for name in names} for row in rows]
    connection.register("literal_rows", pl.DataFrame(full, schema=table.polars_schema()))
    warehouse.append(connection, table, "SELECT * FROM literal_rows")
    connection.unregister("literal_rows")


def made(keys: str, *rows: tuple[Any, ...], **same: Any) -> list[dict[str, Any]]:
    """Return rows as dicts: the values in the order of `keys`, then what all have in common."""
    return [dict(zip(keys.split(), row, strict=True)) | same for row in rows]


def new_office(home: Path, today: date = TODAY) -> Office:
    """Return a fresh office of huyện Tủa Chùa with fees for AGRIBANK and VIETTEL."""
    init_office(home)
    (home / "reference" / "fees.csv").write_text(
        "provider,channel,per_line_vnd,per_mille,valid_from,valid_to,legal_basis,confirmed\n"
        "AGRIBANK,account,1100,0.5,2024-01,,HĐ 1,yes\n"
        "AGRIBANK,account,9999,,2024-08,,HĐ 1,yes\n"
        "VIETTEL,cash,6600,,2024-01,,HĐ 2,no\n"
    )
    return load_office(home, today)


@contextmanager
def small_office(home: Path) -> Iterator[tuple[Office, Connection]]:
    """Open a fresh office with all the rows below."""
    office = new_office(home)
    with warehouse.opened(office) as connection:
        fill(connection)
        yield office, connection


def fill(connection: Connection) -> None:
    """Put every literal row into the warehouse."""
    _people(connection)
    _cycles(connection)
    _standings(connection)
    _payments(connection)
    _rest_of_july(connection)
    _files(connection)


def _people(connection: Connection) -> None:
    put(
        connection,
        registry.Person,
        made(
            "dossier_no full_name birth_date gender citizen_id",
            ("P01", "Vừ A Hùng", "1944-07-15", "Nam", "011044000111"),
            ("P02", "Giàng Thị Mỷ", "1950-01-02", "Nữ", "011150000222"),
            ("P03", "Sùng A Páo", "1940-03", "Nam", "011040000333"),
            ("P04", "Lò Thị Sua", "1985-05-05", "Nữ", "011185000444"),
            ("P05", "Thào A Dình", "1943", "Nam", "011043000555"),
            ("P06", "Cứ Thị Dở", "1980-01-01", "Nữ", None),
            ("P07", "Hạng A Lử", "1944-09-09", "Nam", "011044000111"),
            ("P08", "Mùa A Súa", "1941", "Nam", "011041000888"),
            ("P09", "Quàng Văn Chống", "1942-02-02", "Nam", "011042000999"),
            ("P10", "=Điêu Thị Vì", "2021-09-30", "Nữ", "011321000000"),
            name_fold="",
            village="Bản 1",
            is_dead=False,
            identity_event=1,
        ),
    )
    put(
        connection,
        registry.Interval,
        made(
            "dossier_no family scheme commune_code stop_month stop_reason",
            ("P01", "BT05A", "BTXH", TOWN, None, None),
            ("P02", "BT06N", "BTXH", TOWN, None, None),
            ("P03", "BT05BC", "BTXH", HUOI_SO, None, None),
            ("P03", "NC_TNLS_1", "NCC", HUOI_SO, None, None),
            ("P04", "BT04", "BTXH", HUOI_SO, None, None),
            ("P05", "BT05BC", "BTXH", HUOI_SO, None, None),
            ("P06", "BT08", "BTXH", TOWN, None, None),
            ("P07", "BT05A", "BTXH", TOWN, None, None),
            ("P08", "BT05BC", "BTXH", HUOI_SO, JULY, "CHET"),
            ("P09", "BT05BC", "BTXH", HUOI_SO, None, None),
            ("P10", "BT07", "BTXH", TOWN, None, None),
            interval_no=1,
            from_month=JULY - 6,
            start_cycle=JULY - 1,
            start_event=1,
            start_reason="HIEN_HUONG",
            is_roster=True,
        ),
    )
    put(
        connection,
        registry.Verified,
        made(
            "dossier_no subject value outcome",
            ("P01", "DAN_CU", "011044000111", "DUNG"),
            ("P03", "DAN_CU", "011040000333", "DUNG"),
            ("P09", "DAN_CU", "011042000999", "SAI"),
            ("P09", "DAN_CU", "011042000998", "DUNG"),
            event_no=1,
        ),
    )


def _cycles(connection: Connection) -> None:
    put(
        connection,
        payments.Cycle,
        made(
            "month state alerts",
            (month_number("2023-12"), "published", None),
            (JULY - 1, "published", None),
            (JULY, "reconciled", "Số người tăng 12%\nSố tiền tăng 9%"),
            (JULY + 1, "prepared", None),
            (JULY + 2, "open", None),
        ),
    )


def standing(dossier: str, commune: str, provider: str, **others: Any) -> dict[str, Any]:
    """Return a standing of July in which nothing is wrong, but for what `others` says."""
    flags = (
        *("id_birth_differs", "id_gender_differs", "id_held_by_other", "id_of_dead"),
        *("holder_differs", "authorisation_invalid", "account_changed", "account_closed"),
        *("dead_by_result", "missed_cash"),
    )
    return {
        **dict.fromkeys(flags, False),
        "month": JULY,
        "dossier_no": dossier,
        "commune_code": commune,
        "provider": provider,
        "channel": "cash" if provider == "VIETTEL" else "account",
        "citizen_id": f"0110000000{dossier[1:]}",
        **others,
    }


def _standings(connection: Connection) -> None:
    own = {"method": "CHINH_CHU", "bin": "970405", "account_number": "8906000000011"}
    guardian = {"method": "GIAM_HO", "bin": "970449", "account_number": "045000000022"}
    authorised = {"method": "UY_QUYEN", "bin": "970405", "account_number": "8906000000033"}
    refused = {"method": "CHINH_CHU", "bin": "970418", "account_number": "36010000000099"}
    rows = [
        standing(
            *("P01", TOWN, "AGRIBANK"),
            **own,
            identity_outcome="DUNG",
            phone="0981000001",
            phone_outcome="DUNG",
        ),
        standing(
            *("P02", TOWN, "LPBANK"),
            **guardian,
            phone="0981000002",
            holder_name="Giàng A Tủa",
            holder_dossiers=6,
        ),
        standing(
            *("P03", HUOI_SO, "AGRIBANK"), **authorised, identity_outcome="DUNG", phone="0981000003"
        ),
        standing("P04", HUOI_SO, "VIETTEL", method="TIEN_MAT", cash_reason="exception"),
        standing(
            *("P05", HUOI_SO, "VIETTEL"),
            cash_reason="no_account",
            no_account_reason="O_XA",
            missed_cash=True,
        ),
        standing(
            *("P06", TOWN, "VIETTEL"), citizen_id=None, cash_reason="identity", account_event=71
        ),
        standing(
            *("P07", TOWN, "LPBANK"),
            **{**guardian, "method": "CHINH_CHU"},
            citizen_id="011044000111",
            id_held_by_other=True,
            hold_rule="ID05",
            account_event=72,
        ),
        standing(
            *("P09", HUOI_SO, "VIETTEL"),
            **refused,
            phone="0981000009",
            phone_outcome="SAI",
            identity_outcome="SAI",
            account_outcome="SAI",
            account_changed=True,
            cash_reason="account_unusable",
        ),
        standing("P10", TOWN, "VIETTEL", cash_reason="no_account"),
        {**standing("P08", HUOI_SO, "VIETTEL", cash_reason="no_account"), "month": JULY - 1},
        {**standing("P01", TOWN, "AGRIBANK", **own), "month": JULY - 1},
        {**standing("P01", TOWN, "AGRIBANK", **own), "month": JULY + 1},
        {**standing("P01", TOWN, "AGRIBANK", **own), "month": month_number("2023-12")},
    ]
    put(connection, payments.Standing, rows)
    put(
        connection,
        payments.Entitlement,
        made(
            "dossier_no family category_code scheme commune_code amount month",
            ("P01", "BT05A", "BT05A1", "BTXH", TOWN, 750_000, JULY),
            ("P02", "BT06N", "BT06F", "BTXH", TOWN, 750_000, JULY),
            ("P03", "BT05BC", "BT05C", "BTXH", HUOI_SO, 500_000, JULY),
            ("P03", "NC_TNLS_1", "NC_TNLS_1", "NCC", HUOI_SO, 2_789_000, JULY),
            ("P04", "BT04", "BT04", "BTXH", HUOI_SO, 1_000_000, JULY),
            ("P05", "BT05BC", "BT05C", "BTXH", HUOI_SO, 500_000, JULY),
            ("P06", "BT08", "BT08", "BTXH", TOWN, 750_000, JULY),
            ("P07", "BT05A", "BT05A1", "BTXH", TOWN, 750_000, JULY),
            ("P09", "BT05BC", "BT05C", "BTXH", HUOI_SO, 500_000, JULY),
            ("P10", "BT07", "BT07", "BTXH", TOWN, 750_000, JULY),
            ("P01", "BT05A", "BT05A2", "BTXH", TOWN, 1_000_000, JULY + 1),
        ),
    )


def payment_id(number: int) -> str:
    """Return a payment id of the right form."""
    return f"CT098240700000{number:02d}"


def _payments(connection: Connection) -> None:
    kept = "number month dossier_no scheme commune_code regular arrears recovery channel provider"
    december = month_number("2023-12")
    lines = made(
        kept,
        (1, JULY, "P01", "BTXH", TOWN, 750_000, 210_000, -60_000, "account", "AGRIBANK"),
        (2, JULY, "P02", "BTXH", TOWN, 750_000, 0, 0, "account", "LPBANK"),
        (3, JULY, "P03", "NCC", HUOI_SO, 2_789_000, 0, 0, "account", "AGRIBANK"),
        (4, JULY, "P03", "BTXH", HUOI_SO, 500_000, 0, 0, "account", "AGRIBANK"),
        (5, JULY, "P04", "BTXH", HUOI_SO, 1_000_000, 0, 0, "cash", "VIETTEL"),
        (6, JULY, "P05", "BTXH", HUOI_SO, 500_000, 0, 0, "cash", "VIETTEL"),
        (7, JULY, "P06", "BTXH", TOWN, 750_000, 0, 0, "cash", "VIETTEL"),
        (8, JULY, "P09", "BTXH", HUOI_SO, 500_000, 0, 0, "cash", "VIETTEL"),
        (9, JULY, "P10", "BTXH", TOWN, 750_000, 0, -750_000, "none", None),
        (10, JULY - 1, "P01", "BTXH", TOWN, 540_000, 0, 0, "account", "AGRIBANK"),
        (11, december, "P01", "BTXH", TOWN, 300_000, 0, 0, "account", "AGRIBANK"),
        (12, JULY + 1, "P01", "BTXH", TOWN, 1_000_000, 0, 0, "account", "AGRIBANK"),
        (13, JULY + 2, "P01", "BTXH", TOWN, 1_000_000, 0, 0, "account", "AGRIBANK"),
    )
    names = {"P02": "GIANG A TUA", "P10": "=DIEU THI VI"}
    accounts = {"P01": "8906000000011", "P02": "045000000022", "P03": "8906000000033"}
    for line in lines:
        number, dossier = line.pop("number"), line["dossier_no"]
        line["payment_id"] = payment_id(number)
        line["amount"] = line["regular"] + line["arrears"] + line["recovery"]
        line["retry"] = 0
        line["payee_name"] = names.get(dossier)
        if line["channel"] == "account":
            line["bin"] = "970449" if line["provider"] == "LPBANK" else "970405"
            line["account_number"] = accounts[dossier]
    put(connection, payments.Payment, lines)
    connection.execute(
        "UPDATE payment SET beneficiary_name = full_name,"
        " payee_name = coalesce(payee_name, full_name)"
        " FROM person WHERE person.dossier_no = payment.dossier_no"
    )
    put(
        connection,
        payments.PaymentItem,
        made(
            "payment_id month dossier_no family category_code entitlement_month kind amount",
            (payment_id(1), JULY, "P01", "BT05A", "BT05A1", JULY, "regular", 750_000),
            (payment_id(1), JULY, "P01", "BT05A", "BT05A1", JULY - 1, "arrears", 210_000),
            (payment_id(1), JULY, "P01", "BT05A", None, JULY - 2, "recovery", -60_000),
            (payment_id(2), JULY, "P02", "BT06N", "BT06F", JULY, "regular", 750_000),
            (payment_id(7), JULY, "P06", "BT08", "BT08", JULY, "regular", 750_000),
            scheme="BTXH",
        ),
    )
    put(
        connection,
        payments.Outcome,
        made(
            "payment_id month dossier_no status status_reason event_no fee",
            (payment_id(1), JULY, "P01", "paid", None, 81, 1_500),
            (payment_id(2), JULY, "P02", "failed", "SAI_SO_TK", 82, None),
            (payment_id(3), JULY, "P03", "paid", None, 83, 2_500),
            (payment_id(4), JULY, "P03", "returned", "TK_DONG", 84, None),
            (payment_id(5), JULY, "P04", "paid", None, 85, None),
            (payment_id(7), JULY, "P06", "processing", None, 86, None),
            (payment_id(8), JULY, "P09", "failed", "KHONG_DEN_NHAN", 87, None),
            (payment_id(10), JULY - 1, "P01", "paid", None, 88, None),
            (payment_id(11), month_number("2023-12"), "P01", "paid", None, 89, None),
        ),
    )


def _rest_of_july(connection: Connection) -> None:
    put(
        connection,
        payments.Held,
        made("dossier_no scheme amount rule", ("P07", "BTXH", 750_000, "ID05"), month=JULY),
    )
    put(
        connection,
        payments.Receivable,
        made("dossier_no scheme amount", ("P08", "BTXH", 500_000), month=JULY),
    )
    put(
        connection,
        payments.Delta,
        made(
            "dossier_no commune_code kind amount_before amount_after reason arrears recovery",
            ("P01", TOWN, "adjustment", 540_000, 750_000, "DOI_MUC_CHUAN", 210_000, -60_000),
            ("P05", HUOI_SO, "increase", 0, 500_000, "MOI", 0, 0),
            ("P08", HUOI_SO, "decrease", 500_000, 0, "CHET", 0, 0),
            ("P09", HUOI_SO, "adjustment", 540_000, 500_000, "DOI_DOI_TUONG", 0, 0),
            month=JULY,
            scheme="BTXH",
            decision_no="12/QĐ",
        ),
    )
    put(
        connection,
        payments.PaymentFile,
        made(
            "provider channel scheme name sha256 lines amount",
            ("AGRIBANK", "account", "NCC", "agribank.csv", "ff", 1, 2_789_000),
            month=JULY,
        ),
    )
    put(
        connection,
        payments.ResultException,
        made(
            "cycle event_no rule payment_id",
            (JULY, 90, "RS01", None),
            (JULY, 86, "RS02", payment_id(7)),
        ),
    )


def _files(connection: Connection) -> None:
    put(
        connection,
        quality.ReceivedFile,
        made(
            "sha256 name kind commune_code provider received_at rows_in",
            ("a1", "07/tua.xlsx", "bien_dong", TOWN, None, datetime(2024, 7, 3, 8), 2),
            ("a2", "07/tk.xlsx", "tai_khoan", TOWN, None, datetime(2024, 7, 3, 8), 2),
            ("a3", "07/ca.csv", "xac_thuc", None, None, datetime(2024, 7, 4, 8), 1),
            ("a4", "07/agri.csv", "ket_qua", None, "AGRIBANK", datetime(2024, 7, 10, 8), 2),
            ("a5", "07/bc.xlsx", "bao_cao", TOWN, None, datetime(2024, 7, 19, 23, 59), 1),
            ("a6", "07/bc2.xlsx", "bao_cao", TOWN, None, datetime(2024, 7, 22, 8), 1),
            ("a7", "07/bc3.xlsx", "bao_cao", None, "AGRIBANK", datetime(2024, 7, 20, 0, 0), 1),
            ingest_no=1,
            cycle=JULY,
            rows_taken=1,
            rows_rejected=0,
            outcome="taken",
        ),
    )
    row = {"sheet": "S", "cycle": JULY, "is_taken": True, "has_effect": True}
    put(
        connection,
        submissions.Change,
        made(
            "sha256 row_no event_no kind dossier_no category_code effective_month reason is_taken",
            ("a1", 7, 61, "TANG", "P02", "BT06F", JULY, "MOI", True),
            ("a1", 8, 62, "GIAM", "P08", "BT05C", JULY, "CHET", True),
            ("a1", 9, 63, "GIAM", "P08", "BT05C", JULY, "CHET", False),
            sheet="S",
            cycle=JULY,
            has_effect=True,
        ),
    )
    put(
        connection,
        submissions.AccountRow,
        made(
            "row_no event_no dossier_no phone",
            (3, 71, "P06", "0123"),
            (4, 72, "P07", None),
            sha256="a2",
            **row,
        ),
    )
    put(
        connection,
        submissions.Verification,
        made("row_no event_no dossier_no subject", (2, 75, "P01", "DAN_CU"), sha256="a3", **row),
    )
    put(
        connection,
        submissions.Result,
        made(
            "row_no event_no payment_id status error_code amount",
            (2, 84, payment_id(4), "HOAN_TRA", "TK_DONG", 500_000),
            (3, 86, None, "DANG_XU_LY", None, 700_000),
            (4, 90, "KHONGCO", "THANH_CONG", None, 1),
            sha256="a4",
            provider="AGRIBANK",
            **row,
        ),
    )
    put(
        connection,
        submissions.ReportRow,
        made(
            "sha256 row_no event_no commune_code provider metric value",
            ("a5", 2, 95, TOWN, None, "Số đối tượng", "6"),
            ("a6", 2, 96, TOWN, None, "so khac", "1"),
            ("a7", 2, 97, None, "AGRIBANK", "paid_account_count", "2"),
            month=JULY,
            **row,
        ),
    )
    put(
        connection,
        quality.Issue,
        made(
            "rule severity sha256 sheet row_no dossier_no message stage cycle",
            ("AC06", "warn", "a2", "S", 3, "P06", "Số 0123 không đúng", "ingest", JULY),
            ("AC11", "warn", "a2", "S", 4, "P07", "Số 045000000022", "ingest", JULY),
            (
                *("EN02", "warn", "a1", "S", 7, "P02"),
                "BT06F sinh 02/01/1950, số 011150000222",
                *("ingest", JULY),
            ),
            ("ID06", "cash", "a2", "S", 3, "P06", "Chưa có", "prepare", JULY + 2),
        ),
    )
