"""How one person's money came about: what was due and why, what was paid, and who said so.

Everything is read from tables that hold this dossier's rows alone, as they are now or as the
office knew them in an earlier cycle; nothing on disk changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schemas.period import month_number, month_text
from tasks import (
    as_known,
    cycles,
    month_sentence,
    payroll,
    reference_kept,
    registry,
    warehouse,
)
from tasks.office import Office, Refused, load_office
from tasks.warehouse import Connection

Row = dict[str, Any]
LISTS = {
    "benefits": """
        SELECT * REPLACE (
            month_text(from_month) AS from_month, month_text(stop_month) AS stop_month,
            month_text(start_cycle) AS start_cycle
        )
        FROM spans ORDER BY spans.from_month, family, interval_no
    """,
    "payments": warehouse.sql("explained_payments"),
    "items": warehouse.sql("explained_items"),
    "held": """
        SELECT month_text(month) AS month, scheme, amount, rule, family FROM held ORDER BY ALL
    """,
    "receivables": """
        SELECT month_text(month) AS month, scheme, amount FROM receivable ORDER BY ALL
    """,
    "deltas": """
        SELECT month_text(month) AS month, commune_code, scheme, kind, amount_before,
            amount_after, reason, decision_no, arrears, recovery
        FROM delta ORDER BY ALL
    """,
    "issues": """
        SELECT month_text(cycle) AS cycle, rule, severity, message FROM issue ORDER BY ALL
    """,
}
# With a month asked for, these speak of that cycle alone.
OF_THE_MONTH = ("payments", "items", "held", "receivables", "deltas")


def explain(
    office: Office, dossier: str, month: int | None = None, as_of_cycle: int | None = None
) -> Row:
    """Return all that is known of one dossier's money, with the rows that said so.

    `month` is the cycle compared with the one before (the last prepared one, where none is
    given). `as_of_cycle` leaves out what the office did not know yet in that cycle, and reads the
    tables and settings by which it was prepared.
    """
    if as_of_cycle is None:
        with warehouse.opened(office, is_read_only=True) as connection:
            as_known.stage_as_stored(connection, office, dossier)
            return _explained(connection, office, dossier, month) | {"as_of_cycle": None}
    with (
        _as_it_was(office, as_of_cycle) as (then, tables),
        warehouse.opened(then, is_read_only=True, reference=tables) as connection,
    ):
        as_known.stage_as_known(connection, office, as_of_cycle, dossier)
        answer = _explained(connection, then, dossier, month)
    return answer | {"as_of_cycle": month_text(as_of_cycle)}


@contextmanager
def _as_it_was(office: Office, cycle: int) -> Iterator[tuple[Office, Path]]:
    """Yield the office with the settings by which a cycle was prepared, and the folder of tables.

    An open cycle, and one prepared before tables were kept, has those of now.
    """
    with warehouse.opened(office, is_read_only=True) as connection:
        _require_begun(connection, office, cycle)
        sha256 = warehouse.value(
            connection,
            "SELECT prepare_reference FROM cycle WHERE month = $month AND state <> 'open'",
            month=cycle,
        )
    if sha256 is None:
        yield office, office.reference
        return
    with TemporaryDirectory(dir=office.warehouse.parent) as folder:
        tables = Path(folder) / "reference"
        reference_kept.unpack(reference_kept.kept(office, sha256), tables)
        yield replace(load_office(Path(folder), office.today), home=office.home), tables


def _require_begun(connection: Connection, office: Office, cycle: int) -> None:
    last = cycles.open_month(connection, office)
    if not office.start_month <= cycle <= last:
        raise Refused(
            f"Kỳ {month_text(cycle)} không có trong sổ. Các kỳ: từ "
            f"{month_text(office.start_month)} đến {month_text(last)}."
        )


def _explained(connection: Connection, office: Office, dossier: str, month: int | None) -> Row:
    events = warehouse.dicts(connection, warehouse.sql("explained_events"))
    if not events:
        raise Refused(f"Không có hồ sơ “{dossier}” trong sổ. Kiểm tra lại mã hồ sơ.")
    last = _last_prepared(connection)
    if month is not None:
        _require_prepared(connection, month)
    compared = last if month is None else month
    _stage_money(connection, office, last)
    nothing: Row = {name: [] for name in (*LISTS, "months", "balances")}
    answer: Row = {"dossier_no": dossier, "is_known": False, "month": _text(compared), **nothing}
    person = warehouse.dicts(connection, warehouse.sql("explained_person"))
    if person:
        answer |= person[0] | _money(connection, office, month, last)
        answer |= month_sentence.told(connection, office, compared)
        answer["is_known"] = True
    answer["events"] = events
    return _with_communes(connection, answer)


def _text(month: int | None) -> str | None:
    return None if month is None else month_text(month)


def _last_prepared(connection: Connection) -> int | None:
    """Return the last cycle that has a payroll."""
    return warehouse.value(
        connection, "SELECT max(month) FROM cycle WHERE state <> 'open' AND digest IS NOT NULL"
    )


def _require_prepared(connection: Connection, month: int) -> None:
    known = "SELECT state FROM cycle WHERE month = $month AND state <> 'open'"
    if not warehouse.value(connection, known, month=month):
        raise Refused(f"Kỳ {month_text(month)} chưa lập, không có gì để giải thích.")


def _stage_money(connection: Connection, office: Office, last: int | None) -> None:
    """Stage `spans`, `rate_month`, and `due` and `settled` up to the open month."""
    open_month = cycles.open_month(connection, office)
    through = warehouse.value(connection, "SELECT max(through) FROM cycle")
    first = min(office.start_month, open_month) - office.max_arrears_months
    horizon = max(open_month, through or open_month)
    registry.stage_rates(connection, office, first - 1, horizon)
    payroll.ask_of(connection, "benefit_interval AS interval_of")
    warehouse.stage(
        connection,
        "open_dossier",
        "SELECT dossier_no, $first AS open_from FROM person",
        first=first,
    )
    warehouse.stage(connection, "spans", warehouse.sql("explained_spans"))
    warehouse.stage(
        connection, "due", warehouse.sql("due"), first=first, last=horizon, month=open_month
    )
    next_cycle = open_month if last is None else last + 1
    payroll.stage_settled(connection, next_cycle, first)
    warehouse.stage(
        connection,
        "explained_month",
        warehouse.sql("explained_months"),
        first=first,
        last=horizon,
        province=office.province,
    )


def _money(connection: Connection, office: Office, month: int | None, last: int | None) -> Row:
    found = {name: warehouse.dicts(connection, select) for name, select in LISTS.items()}
    found["months"] = warehouse.dicts(connection, "FROM explained_month")
    _name_benefits(connection, found)
    found["balances"] = _balances(connection, office, found["months"], last)
    if month is not None:
        asked = month_text(month)
        for name in OF_THE_MONTH:
            found[name] = [row for row in found[name] if row["month"] == asked]
        settled = {asked, *(item["entitlement_month"] for item in found["items"])}
        found["months"] = [row for row in found["months"] if row["month"] in settled]
    account = warehouse.dicts(connection, warehouse.sql("explained_account"), last=last)
    return {
        "account": account[0] if account else None,
        "age_change": office.age_change,
        **found,
    }


def _name_benefits(connection: Connection, found: Row) -> None:
    """Say of each span its category as last due, else a name of its family."""
    families = dict(
        warehouse.rows(connection, "SELECT family, min(name_vi) FROM category GROUP BY family")
    )
    last_due = {row["family"]: row for row in found["months"] if row["category_code"]}
    for span in found["benefits"]:
        named = last_due.get(span["family"], {})
        span["category_code"] = named.get("category_code")
        span["category_name"] = named.get("category_name") or families.get(span["family"])


def _balances(
    connection: Connection, office: Office, months: list[Row], last: int | None
) -> list[Row]:
    """Return the months of which due and settled differ once the last cycle has paid.

    `owed` is still to be paid, `to_recover` still owed to the office (a negative amount),
    `no_rate` waits for a confirmed rate (no amount), and `too_old` lies before the arrears window:
    it is settled by hand.
    """
    if last is None:
        return []
    through = warehouse.value(connection, "SELECT max(through) FROM cycle") or last
    first = cycles.open_month(connection, office) - office.max_arrears_months
    return [
        {
            **{name: row[name] for name in ("scheme", "family", "month", "settled")},
            "due": row["amount"],
            "amount": row["balance"],
            "kind": _kind(row, first),
        }
        for row in months
        if row["balance"] != 0 and month_number(row["month"]) <= through
    ]


def _kind(row: Row, first: int) -> str:
    if month_number(row["month"]) < first:
        return "too_old"
    if row["balance"] is None:
        return "no_rate"
    return "owed" if row["balance"] > 0 else "to_recover"


# The column that says in which cycle a commune's code was written: codes were re-used.
CODED_IN = {"benefits": "start_cycle", "payments": "month", "deltas": "month", "events": "cycle"}


def _with_communes(connection: Connection, answer: Row) -> Row:
    """Return the answer with `commune`, the name, beside every `commune_code`."""
    units = warehouse.rows(
        connection,
        "SELECT commune_code, valid_from, coalesce(valid_to, '9999-12'), name_vi FROM admin_unit",
    )

    def name(code: str | None, month: str) -> str | None:
        names = [unit[3] for unit in units if unit[0] == code and unit[1] <= month <= unit[2]]
        return names[0] if names else None

    for part, column in CODED_IN.items():
        for row in answer.get(part, []):
            row["commune"] = name(row["commune_code"], row[column])
    if answer["is_known"]:
        answer["commune"] = name(answer["commune_code"], answer.pop("commune_said_in"))
    return answer
