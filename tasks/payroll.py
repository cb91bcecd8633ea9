"""Payroll of a cycle: what is due, less what is settled, becomes items, payments and deltas.

Each step is one SELECT (SPEC section 5) over the registry and earlier cycles; the results stand
in temporary tables until `_store` puts them in place of the cycle's earlier preparation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas import codes
from schemas.payments import (
    Cycle,
    Delta,
    Entitlement,
    Held,
    PaidAccount,
    Payment,
    PaymentItem,
    Receivable,
    Standing,
    TooOld,
    Unsettled,
)
from schemas.period import month_text
from schemas.quality import Issue
from tasks import (
    approvals,
    cycles,
    ledger,
    payment_files,
    reconciliation,
    reference_kept,
    registry,
    warehouse,
)
from tasks.amount_words import dotted
from tasks.digest import payroll_digest
from tasks.office import InvariantBroken, Office, Refused
from tasks.paid_accounts import stage_paid_accounts
from tasks.recorded import recorded
from tasks.registry import Judge
from tasks.warehouse import Connection

LOOK_BACK = 12  # months before the arrears window in which differences are still reported
MAX_AHEAD = 12  # months that may be paid ahead

# The findings of the suites, on the row that gave the state (SPEC section 6).
ROW_OF_RULE = {
    "ID05": "identity_event",
    "ID06": "identity_event",
    "ID09": "identity_event",
    "ID12": "identity_check_event",
    "AC07": "phone_check_event",
    "AC08": "account_check_event",
    "EN10": "result_event",
}


@dataclass(frozen=True)
class Prepared:
    """What an approver looks at before saying yes."""

    month: str
    state: str
    digest: str
    payments: int
    amount: int  # VND
    held: int
    increases: int
    decreases: int
    adjustments: int
    alerts: tuple[str, ...]


def prepare(
    connection: Connection,
    office: Office,
    month: int,
    through: int,
    by: str,
    judge: Judge,
    docs: bool = False,
) -> Prepared:
    """Compute the payroll of the open cycle and keep it as prepared, in one transaction.

    Refused for a month that is not open. `through` is the last month paid (Tết: ahead of time).
    `docs` is for the journal: whether Data Docs will be written of it.
    """
    cycles.require_open(connection, office, month)
    if not month <= through <= month + MAX_AHEAD:
        raise Refused(
            f"Chỉ chi trước được đến {MAX_AHEAD} tháng sau kỳ {month_text(month)}, "
            "và không lùi về trước kỳ."
        )
    with recorded(connection, office) as note:
        registry.stage_rules(connection)
        reconciliation.match(connection, office, month)
        compute(connection, office, month, through, judge)
        _store(connection, month)
        _require_paid_once(connection, month)
        _write_issues(connection, month)
        alerts = _alerts(connection, office, month) + payment_files.alerts(
            connection, office, month
        )
        digest = payroll_digest(connection, office, month)
        _keep_cycle(connection, office, month, through, by, digest, alerts)
        _keep_preparer(connection, office, month, by)
        ledger.require(connection, month)
        months = {"month": month_text(month), "through": month_text(through)}
        note("prepare", **months, by=by, docs=docs, digest=digest)
    return summary(connection, month)


def compute(
    connection: Connection,
    office: Office,
    month: int,
    through: int,
    judge: Judge,
    whole: bool = False,
) -> None:
    """Stage everything of SPEC section 5 for a cycle, as known now.

    The months from the cycle on are computed for everybody, the closed ones before it only for
    the dossiers of `open_dossier`, unless the `whole` is asked for: the outcome is the same.
    Reads `fresh_outcome` of `reconciliation.match`.
    """
    first = month - office.max_arrears_months
    reported_from = first - LOOK_BACK
    parameters: dict[str, Any] = {
        "month": month,
        "through": through,
        "first": first,
        "reported_from": reported_from,
        "start_month": office.start_month,
        "office_code": office.code,
        "offset_share": office.max_offset_share,
        "closing_codes": list(codes.CLOSING_CODES),
    }
    registry.stage_rates(connection, office, reported_from - 1, through)

    def step(name: str, select: str, **changed: Any) -> None:
        warehouse.stage(connection, name, warehouse.sql(select), **{**parameters, **changed})

    step("open_dossier", "open_dossier", whole=whole or _is_basis_new(connection, office, month))
    _stage_due(connection, step, month, through, reported_from)
    stage_settled(connection, month, reported_from)
    step("difference", "differences")
    stage_paid_accounts(connection, month, whole)
    step("standing_now", "standing")
    step("item", "items")
    step("payment_now", "payments")
    _count_holders(connection)
    _judge_standing(connection, judge)
    _stage_month_before(connection, office, month)
    step("delta_now", "deltas")
    for table, select in ((Held, "held"), (Receivable, "receivables")):
        step(f"{table.table_name}_now", select)
    warehouse.stage(
        connection,
        "too_old_now",
        "SELECT $month AS month, * EXCLUDE (category_code, kind) FROM difference"
        " WHERE entitlement_month < $first"
        " ORDER BY dossier_no, family, entitlement_month",
        **parameters,
    )
    step("unsettled_now", "unsettled")


def place_intervals(connection: Connection, month: int) -> None:
    """Stage `interval_placed` as of a month, and let `due.sql` read all of it."""
    warehouse.stage(connection, "interval_placed", warehouse.sql("interval_placed"), month=month)
    ask_of(connection, "interval_placed AS interval_of")


def ask_of(connection: Connection, whose: str, asked_from: str = "NULL::INTEGER") -> None:
    """Let `due.sql` read these intervals, whole dossiers at a time, from a month of each on."""
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW interval_asked AS"
        f" SELECT interval_of.*, {asked_from} AS asked_from FROM {whose}"
    )


def stage_settled(connection: Connection, month: int, reported_from: int) -> None:
    """Stage `settled` as it stands in `month`: of all months to come, and of what is open before.

    Reads `open_dossier` (dossier_no, open_from).
    """
    for name in ("item_before", "instructed"):
        select = warehouse.sql(name)
        warehouse.stage(connection, name, select, month=month, reported_from=reported_from)
    since = warehouse.value(connection, "SELECT min(month) FROM instructed")
    warehouse.stage(connection, "settled", warehouse.sql("settled"), month=month, since=since)


def _stage_due(
    connection: Connection, step: Callable[..., None], month: int, through: int, reported_from: int
) -> None:
    """Stage what is due from the cycle on for everybody, and before it where months are open."""
    place_intervals(connection, month)
    step("due_from_now", "due", first=month, last=through)
    ask_of(
        connection,
        "interval_placed AS interval_of JOIN open_dossier USING (dossier_no)",
        "open_from",
    )
    step("due_before", "due", first=reported_from, last=month - 1)
    warehouse.stage(connection, "due", "FROM due_before UNION ALL FROM due_from_now")


def _is_basis_new(connection: Connection, office: Office, month: int) -> bool:
    """Tell whether closed months were judged by other rates or settings than those of now."""
    before = cycles.find(connection, month - 1)
    return before is None or before.basis != basis_of(connection, office, month)


def basis_of(connection: Connection, office: Office, month: int) -> str:
    """Return SHA-256, in hex, over what the amounts of the months before `month` rest on.

    Reads `rate_month`, which must reach from the months looked at in `month` to the one before.
    """
    first = month - office.max_arrears_months - LOOK_BACK
    return str(
        warehouse.value(
            connection,
            "SELECT sha256(concat_ws('|', $first::VARCHAR, $age_change,"
            " (SELECT string_agg(rate_month::VARCHAR, ';' ORDER BY month, family, age_from)"
            " FROM rate_month WHERE month >= $first AND month < $month),"
            " (SELECT string_agg(DISTINCT concat_ws(' ', family, age_from_months, '-',"
            " age_to_months), ';' ORDER BY concat_ws(' ', family, age_from_months, '-',"
            " age_to_months)) FROM category)))",
            first=first,
            month=month,
            age_change=office.age_change,
        )
    )


def _count_holders(connection: Connection) -> None:
    """Say of each dossier paid now for how many its holder collects (AC10)."""
    warehouse.stage(
        connection,
        "standing_now",
        """
        WITH collected AS (
            SELECT dossier_no,
                if(method IN ('GIAM_HO', 'UY_QUYEN'), holder_citizen_id, citizen_id) AS collector
            FROM standing_now
            SEMI JOIN payment_now USING (dossier_no)
        ),
        counted AS (
            SELECT dossier_no, count(*) OVER (PARTITION BY collector) AS holder_dossiers
            FROM collected
            WHERE collector IS NOT NULL
        )
        SELECT standing_now.* REPLACE (counted.holder_dossiers AS holder_dossiers),
            row_number() OVER (ORDER BY dossier_no) AS row_id
        FROM standing_now
        LEFT JOIN counted USING (dossier_no)
        """,
    )


def _judge_standing(connection: Connection, judge: Judge) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE finding"
        " (relation VARCHAR, row_id BIGINT, rule VARCHAR, field VARCHAR)"
    )
    for suite in ("identity_standing", "account_standing"):
        judge(connection, suite, "standing_now")


def _stage_month_before(connection: Connection, office: Office, month: int) -> None:
    """Stage what was regular the month before: as released, or the first roster alone."""
    before = (
        warehouse.sql("roster_before")
        if month == office.start_month
        else warehouse.sql("released_before")
    )
    warehouse.stage(
        connection,
        "benefit_before",
        f"""
        WITH last_band AS (
            SELECT family, max(coalesce(age_to_months, 2147483647)) AS age_end
            FROM category GROUP BY family
        )
        SELECT before.*, age_months(person.birth_date, $month) >= age_end AS is_past_band
        FROM ({before}) AS before
        JOIN person USING (dossier_no)
        LEFT JOIN last_band USING (family)
        """,
        month=month,
    )
    warehouse.stage(
        connection,
        "month_before",
        "SELECT commune_code, dossier_no, scheme, sum(amount)::BIGINT AS amount"
        " FROM benefit_before GROUP BY ALL",
    )


def _store(connection: Connection, month: int) -> None:
    """Put the staged payroll in place of the cycle's earlier one."""
    staged = {
        Entitlement: "SELECT * FROM due WHERE month = $month AND amount > 0"
        " ORDER BY dossier_no, family",
        Standing: "SELECT * EXCLUDE (row_id) FROM standing_now ORDER BY dossier_no",
        Payment: "SELECT * FROM payment_now",
        PaymentItem: "SELECT $month AS month, payment_id,"
        " item.* EXCLUDE (positive, difference) FROM item"
        " JOIN payment_now USING (dossier_no, scheme) WHERE item.amount <> 0"
        " ORDER BY dossier_no, scheme, family, entitlement_month",
        Held: "SELECT * FROM held_now",
        Receivable: "SELECT * FROM receivable_now",
        TooOld: "SELECT * FROM too_old_now",
        Unsettled: "SELECT * FROM unsettled_now",
        PaidAccount: "SELECT * FROM paid_account_now",
        Delta: "SELECT * FROM delta_now",
    }
    for table, select in staged.items():
        warehouse.replace(connection, table, "month = $month", select, month=month)


def _require_paid_once(connection: Connection, month: int) -> None:
    earliest = warehouse.value(
        connection,
        "SELECT coalesce(min(entitlement_month), $month) FROM payment_item WHERE month = $month",
        month=month,
    )
    twice = warehouse.rows(
        connection, warehouse.sql("overpaid"), month=month, since=earliest - MAX_AHEAD
    )
    if twice:
        raise InvariantBroken(
            f"Bảng chi kỳ {month_text(month)} chi trùng {len(twice)} khoản: không giữ lại gì."
        )


def _write_issues(connection: Connection, month: int) -> None:
    """Write each finding about the state once, on the row that gave the state."""
    rows_of_rules = " ".join(f"WHEN '{rule}' THEN {column}" for rule, column in ROW_OF_RULE.items())
    warehouse.replace(
        connection,
        Issue,
        "cycle = $month AND stage = 'prepare'",
        f"""
        WITH found AS (
            SELECT rule, field, dossier_no,
                CASE rule {rows_of_rules} ELSE account_event END AS event_no,
                CASE
                    WHEN rule = 'AC04' AND shared_account = 'same_holder' THEN 'warn'
                    WHEN rule = 'ID06' AND method IN ('GIAM_HO', 'UY_QUYEN') THEN 'warn'
                END AS milder
            FROM finding JOIN standing_now USING (row_id)
            UNION ALL
            SELECT 'EN03', 'category_code', dossier_no, max(start_event), NULL
            FROM held_now JOIN benefit_interval USING (dossier_no, family)
            WHERE rule = 'EN03'
            GROUP BY dossier_no, held_now.scheme
        ),
        event AS (
            SELECT event_no, sha256, sheet, row_no FROM change
            UNION ALL SELECT event_no, sha256, sheet, row_no FROM account_row
            UNION ALL SELECT event_no, sha256, sheet, row_no FROM verification
            -- Only EN10 speaks of results, of the last three cycles.
            UNION ALL SELECT event_no, sha256, sheet, row_no FROM result WHERE cycle >= $month - 3
        )
        SELECT $month AS cycle, sha256, sheet, row_no, rule,
            coalesce(milder, severity) AS severity, field, message, dossier_no,
            'prepare' AS stage
        FROM found
        JOIN (SELECT rule, severity, message FROM rule_word) USING (rule)
        LEFT JOIN event USING (event_no)
        ORDER BY rule, dossier_no, event_no
        """,
        month=month,
    )


def _alerts(connection: Connection, office: Office, month: int) -> tuple[str, ...]:
    """Return what an approver must accept: a large change of people or VND due."""
    if month == office.start_month:
        return ()
    (people, amount), (people_before, amount_before) = (
        warehouse.rows(
            connection,
            "SELECT count(DISTINCT dossier_no), coalesce(sum(amount), 0)::BIGINT"
            " FROM entitlement WHERE month = $month",
            month=which,
        )[0]
        for which in (month, month - 1)
    )
    checks = (
        ("Số người hưởng", people_before, people, office.people_alert_percent),
        ("Số tiền phải chi (đồng)", amount_before, amount, office.amount_alert_percent),
    )
    return tuple(
        f"{what} từ {dotted(before)} thành {dotted(now)}, quá ±{limit} %."
        for what, before, now, limit in checks
        if is_beyond(before, now, limit)
    )


def is_beyond(before: int, now: int, percent: Decimal) -> bool:
    """Tell whether a figure moved by more than a share of what it was."""
    return abs(now - before) * 100 > percent * before


def _keep_cycle(
    connection: Connection,
    office: Office,
    month: int,
    through: int,
    by: str,
    digest: str,
    alerts: tuple[str, ...],
) -> None:
    warehouse.upsert(
        connection,
        Cycle,
        "SELECT $month AS month, 'prepared' AS state, $through AS through, $digest AS digest,"
        " $basis AS basis, $by AS prepared_by, $today AS prepared_on, $alerts AS alerts,"
        " (SELECT coalesce(max(ingest_no), 0) FROM received_file) AS prepared_after,"
        " $reference AS prepare_reference",
        month=month,
        through=through,
        digest=digest,
        basis=basis_of(connection, office, month + 1),
        by=by,
        today=office.today,
        alerts="\n".join(alerts),
        reference=reference_kept.keep(office, warehouse.reference_in_use(connection)),
    )


def _keep_preparer(connection: Connection, office: Office, month: int, by: str) -> None:
    state = cycles.find(connection, month)
    assert state is not None
    approvals.keep(connection, office, state, approvals.PREPARED, by)


def summary(connection: Connection, month: int) -> Prepared:
    """Return the figures of a month that was prepared."""
    state = cycles.find(connection, month)
    if state is None or state.digest is None:
        raise Refused(f"Kỳ {month_text(month)} chưa lập. Chạy “chitra prepare” trước.")
    payments, amount = warehouse.rows(
        connection,
        "SELECT count(*), coalesce(sum(amount), 0)::BIGINT FROM payment WHERE month = $month",
        month=month,
    )[0]
    kinds = dict(
        warehouse.rows(
            connection,
            "SELECT kind, count(*) FROM delta WHERE month = $month GROUP BY kind",
            month=month,
        )
    )
    return Prepared(
        month=month_text(month),
        state=state.state,
        digest=state.digest,
        payments=payments,
        amount=amount,
        held=warehouse.value(
            connection, "SELECT count(*) FROM held WHERE month = $month", month=month
        ),
        increases=kinds.get("increase", 0),
        decreases=kinds.get("decrease", 0),
        adjustments=kinds.get("adjustment", 0),
        alerts=state.alerts,
    )
