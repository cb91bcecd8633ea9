"""The files that providers pay from: what `payments/` holds is decided here, and nowhere else.

They are written once, beside the folder, when a month is frozen; `write` puts that folder in its
place. Where it is lost or not what was frozen, the same files are written again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from schemas.payments import PaymentFile
from schemas.period import first_day, month_text
from schemas.providers import ProfileError
from tasks import outbox, warehouse
from tasks.office import InvariantBroken, Office, Refused
from tasks.outbox import Listed, OutFile
from tasks.payment_cells import misfits, with_fields
from tasks.payment_parts import UNFIT, Draft, Group, Part, needed_fields, write_group
from tasks.warehouse import Connection
from tasks.working_days import untold, working_days

BESIDE = ".manifest.json"  # of a file that is one of several
UNFIT_LIST = "lists/dong_chua_dat.csv"
UNFIT_SCHEMA = dict.fromkeys(
    ("provider", "channel", "dossier_no", "payment_id", "field", "problem", "next_step"), pl.String
)
GROUPS = """
    SELECT DISTINCT provider, channel, scheme FROM payment
    WHERE month = $month AND channel <> 'none' ORDER BY ALL
"""
MENDS = {
    "payee_ascii": "Xã gửi lại dòng tai_khoan với tên chủ tài khoản đúng.",
    "payee_name": "Xã gửi lại dòng tai_khoan hoặc cải chính họ tên.",
    "payee_citizen_id": "Xã bổ sung số định danh (DIEU_CHINH, lý do CAI_CHINH).",
    "account_number": "Xã gửi lại dòng tai_khoan với số tài khoản đúng.",
    "bin": "Xã gửi lại dòng tai_khoan với mã ngân hàng (BIN).",
    "bank_name": "Bổ sung tên ngân hàng của BIN này ở reference/bank_bins.csv.",
    "phone": "Xã gửi lại dòng tai_khoan với số điện thoại.",
    "village": "Xã bổ sung thôn, bản của hồ sơ.",
    "amount": "Hỏi đơn vị chi trả về mức của một lệnh, sửa tệp khai báo nếu cho phép.",
}
ASK = "Hỏi đơn vị chi trả, sửa tệp khai báo đơn vị (reference/providers) nếu cho phép."


def folder_of(office: Office, month: int) -> Path:
    """Return where the payment files of a month lie."""
    return office.outbox(month) / "payments"


def freeze(connection: Connection, office: Office, month: int) -> None:
    """Write the files of a month that is being released, unseen, and keep what they are.

    Inside the transaction of the release: the day of the release is known, nothing is visible.
    """
    draft = outbox.emptied(folder_of(office, month))
    try:
        parts = _render(connection, office, month, draft)
    except BaseException:
        shutil.rmtree(draft)  # it tells who is paid: nothing of it stays where nobody approved
        raise
    planned = pl.DataFrame([vars(part) for part in parts], schema=PaymentFile.polars_schema())
    connection.register("planned", planned)
    warehouse.append(connection, PaymentFile, "SELECT * FROM planned")
    connection.unregister("planned")


def write(connection: Connection, office: Office, month: int) -> list[Part]:
    """Make `payments/` hold the files of a frozen month, whole, by one rename; return them.

    A pure function of the frozen payroll and the reference tables: the same bytes every time.
    """
    frozen = frozen_parts(connection, month)

    def again(folder: Path) -> None:
        written = {part.name: part.sha256 for part in _render(connection, office, month, folder)}
        if written != {part.name: part.sha256 for part in frozen}:
            raise InvariantBroken(
                f"Tệp chi trả kỳ {month_text(month)} không tái lập được đúng như đã duyệt "
                "(bảng tra cứu hoặc khai báo đơn vị chi trả đã đổi?). Không ghi tệp nào."
            )

    outbox.write_folder(folder_of(office, month), *_contents(office, frozen), again)
    return frozen


def frozen_parts(connection: Connection, month: int) -> list[Part]:
    """Return the files of a frozen month, in the order in which they are written."""
    found = warehouse.dicts(
        connection,
        "SELECT * REPLACE (coalesce(part, 1) AS part, coalesce(parts, 1) AS parts,"
        " coalesce(is_unfit, FALSE) AS is_unfit) FROM payment_file WHERE month = $month"
        " ORDER BY provider, channel, scheme, is_unfit, part",
        month=month,
    )
    return [Part(**row) for row in found]


def listed(part: Part) -> Listed:
    """Return a payment file as a manifest lists it."""
    return Listed(part.name, part.sha256, part.lines, part.amount, part.about())


def _contents(office: Office, parts: list[Part]) -> tuple[list[OutFile], list[Listed]]:
    """Return all that `payments/` holds: what lies beside the files, and the files."""
    beside = [_manifest(office, part) for part in parts if part.parts > 1 or part.is_unfit]
    return beside, [listed(part) for part in parts]


def _manifest(office: Office, part: Part) -> OutFile:
    """Return the manifest of a file that is one of several, for whoever gets it alone."""
    said = part.about()
    body: dict[str, Any] = {
        "office": {"code": office.code, "name": office.name},
        **{key: said[key] for key in ("month", "provider", "channel", "scheme")},
        "name": part.name,
        "part": part.part,
        "parts": part.parts,
        "sha256": part.sha256,
        "lines": part.lines,
        "total_vnd": part.amount,
        **{key: said[key] for key in ("account_digits", "note") if key in said},
    }
    data = (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
    about = {key: said[key] for key in ("month", "provider", "channel", "scheme")}
    return OutFile(part.name + BESIDE, data, 0, 0, {**about, "manifest_of": part.name})


def _render(connection: Connection, office: Office, month: int, folder: Path) -> list[Part]:
    """Write every file of a month into an empty folder; return them in order."""
    released_on = warehouse.value(
        connection, "SELECT released_on FROM cycle WHERE month = $month", month=month
    )
    draft = Draft(folder, month, released_on, working_days(office), office.pay_day)
    try:
        return [
            part
            for group in _groups(connection, office, month)
            for part in write_group(draft, group, _lines(connection, month, group))
        ]
    except ProfileError as error:
        raise Refused(str(error)) from None


def _groups(connection: Connection, office: Office, month: int) -> list[Group]:
    own = office.reference / "providers"
    return [
        Group(provider, channel, scheme, own)
        for provider, channel, scheme in warehouse.rows(connection, GROUPS, month=month)
    ]


def _lines(
    connection: Connection, month: int, group: Group, others: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return the lines of a group in their order, with what its files say."""
    fields = ", ".join([*needed_fields(group), *others])
    return warehouse.frame(
        connection,
        f"SELECT {fields} FROM ({warehouse.sql('payment_lines')})"
        " ORDER BY commune_code, dossier_no",
        month=month,
        provider=group.provider,
        channel=group.channel,
        scheme=group.scheme,
    )


def unfit_found(connection: Connection, office: Office, month: int) -> pl.DataFrame:
    """Return `unfit` of a prepared month; no line is looked at again where `prepare` found none."""
    told = warehouse.value(connection, "SELECT alerts FROM cycle WHERE month = $m", m=month)
    if UNFIT_LIST in (told or ""):
        return unfit(connection, office, month)
    return pl.DataFrame(schema=UNFIT_SCHEMA)


def unfit(connection: Connection, office: Office, month: int) -> pl.DataFrame:
    """Return each thing in which a line would not be taken by its provider, and how to mend it."""
    try:
        rows = [
            row
            for group in _groups(connection, office, month)
            for row in _unfit(connection, month, group)
        ]
    except ProfileError as error:
        raise Refused(str(error)) from None
    return pl.DataFrame(rows, schema=UNFIT_SCHEMA, orient="row")


def _unfit(connection: Connection, month: int, group: Group) -> Iterator[tuple[str, ...]]:
    declared = group.declared()
    lines = _lines(connection, month, group, ("dossier_no",))
    for misfit in misfits(with_fields(lines, declared, month), declared):
        mend = MENDS.get(misfit.column.field, ASK)
        for dossier, payment in lines.select("dossier_no", "payment_id")[misfit.lines].iter_rows():
            header = misfit.column.header
            yield group.provider, group.channel, dossier, payment, header, misfit.problem, mend


def alerts(connection: Connection, office: Office, month: int) -> tuple[str, ...]:
    """Return what an approver must know: lines that no provider would take, unknown holidays."""
    found = unfit(connection, office, month).unique(["provider", "payment_id"])
    told = _calendar_alerts(connection, office, month)
    if found.is_empty():
        return told
    counts = found.group_by("provider").len().sort("provider").iter_rows()
    providers = ", ".join(f"{provider} {count}" for provider, count in counts)
    return (
        *told,
        f"{found.height} dòng chi chưa đạt yêu cầu của đơn vị chi trả ({providers}): xem và sửa "
        f"theo {UNFIT_LIST} rồi lập lại; nếu vẫn duyệt, các dòng này ra tệp riêng "
        f"…{UNFIT}.csv.",
    )


def _calendar_alerts(connection: Connection, office: Office, month: int) -> tuple[str, ...]:
    """Say that a pay day may be a holiday that nobody wrote down; nothing where none is set."""
    declared = (group.declared().pay_day for group in _groups(connection, office, month))
    if office.pay_day is None and all(day is None for day in declared):
        return ()
    year = first_day(month).year
    return tuple(untold(office, range(year, year + 1)))
