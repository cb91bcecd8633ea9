"""Results of providers matched to payments: paid, failed, come back, or fitting nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.payments import Outcome, ResultException
from schemas.period import first_day, month_text
from schemas.quality import Issue
from tasks import cycles, ledger, registry, warehouse
from tasks.office import Office, Refused
from tasks.warehouse import Connection


@dataclass(frozen=True)
class Reconciled:
    """Where the payments of one released month stand."""

    month: str
    state: str
    instructed: int
    instructed_amount: int  # VND
    paid: int
    paid_amount: int
    failed: int
    failed_amount: int
    returned: int
    returned_amount: int
    pending: int
    pending_amount: int
    exceptions: int


def match(connection: Connection) -> None:
    """Work out outcomes and exceptions of all released payments from every result taken so far.

    A pure function of payments and result rows: running it again changes nothing.
    """
    _stage_matched(connection)
    warehouse.replace(connection, Outcome, "TRUE", warehouse.sql("results"))
    warehouse.replace(connection, ResultException, "TRUE", warehouse.sql("exceptions"))


def stage_outcomes(connection: Connection) -> None:
    """Work out outcomes as `match` does, for this session alone: in a temp table `outcome`."""
    _stage_matched(connection)
    warehouse.stage(connection, Outcome.table_name, warehouse.sql("results"))


def _stage_matched(connection: Connection) -> None:
    warehouse.stage(
        connection, "matched_result", warehouse.sql("matched"), frozen=list(cycles.FROZEN)
    )


def reconcile(connection: Connection, office: Office, month: int | None) -> list[Reconciled]:
    """Match results and close the released month given, or every released month."""
    months = [month] if month is not None else _released(connection)
    if not months:
        raise Refused("Chưa có kỳ nào được duyệt chi, không có gì để đối soát.")
    for one in months:
        cycles.require_frozen(connection, one)
    with warehouse.transaction(connection):
        match(connection)
        registry.stage_rules(connection)
        _write_issues(connection)
        for one in months:
            cycles.set_state(connection, one, "reconciled", only_from="released")
            write_pending_issues(connection, office, one)
        ledger.require(connection)
    return [standing(connection, one) for one in months]


def _released(connection: Connection) -> list[int]:
    found = warehouse.rows(
        connection,
        "SELECT month FROM cycle WHERE state IN $frozen ORDER BY month",
        frozen=list(cycles.FROZEN),
    )
    return [month for (month,) in found]


def _write_issues(connection: Connection) -> None:
    """Write RS01 to RS03 on the result rows that they speak of."""
    warehouse.replace(
        connection,
        Issue,
        "stage = 'reconcile' AND rule IN ('RS01', 'RS02', 'RS03')",
        "SELECT result_exception.cycle, sha256, sheet, row_no, rule, severity,"
        " 'payment_id' AS field, message, dossier_no, 'reconcile' AS stage"
        " FROM result_exception JOIN result USING (event_no) JOIN rule_word USING (rule)"
        " ORDER BY result_exception.event_no, rule",
    )


def write_pending_issues(connection: Connection, office: Office, month: int) -> None:
    """Write RS04: instructed and without a result after the report day of the month."""
    report_day = first_day(month).replace(day=office.report_deadline_day)
    warehouse.replace(
        connection,
        Issue,
        "stage = 'reconcile' AND rule = 'RS04' AND cycle = $month",
        "SELECT month AS cycle, rule, severity, 'payment_id' AS field, message, dossier_no,"
        " 'reconcile' AS stage FROM payment LEFT JOIN outcome USING (payment_id),"
        " (SELECT rule, severity, message FROM rule_word WHERE rule = 'RS04')"
        " WHERE month = $month AND channel <> 'none' AND outcome.status IS NULL AND $is_late"
        " ORDER BY payment_id",
        month=month,
        is_late=office.today > report_day,
    )


def standing(connection: Connection, month: int) -> Reconciled:
    """Return the counts and VND of a released month by status."""
    state = cycles.require_frozen(connection, month)
    counted = {
        status: (lines, amount)
        for status, lines, amount in warehouse.rows(
            connection,
            "SELECT CASE WHEN outcome.status IN ('paid', 'failed', 'returned')"
            " THEN outcome.status ELSE 'pending' END, count(*), sum(amount)::BIGINT"
            " FROM payment LEFT JOIN outcome USING (payment_id)"
            " WHERE month = $month AND channel <> 'none' GROUP BY 1",
            month=month,
        )
    }
    none = (0, 0)
    exceptions = warehouse.value(
        connection, "SELECT count(*) FROM result_exception WHERE cycle = $month", month=month
    )
    return Reconciled(
        month_text(month),
        state.state,
        sum(lines for lines, _ in counted.values()),
        sum(amount for _, amount in counted.values()),
        *counted.get("paid", none),
        *counted.get("failed", none),
        *counted.get("returned", none),
        *counted.get("pending", none),
        exceptions,
    )
