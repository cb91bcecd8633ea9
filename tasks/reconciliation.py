"""Results of providers matched to payments: paid, failed, come back, or fitting nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.payments import Outcome, ResultException
from schemas.period import month_text, report_deadline
from schemas.quality import Issue
from tasks import cycles, ledger, registry, silence, warehouse
from tasks.office import Office, Refused
from tasks.recorded import recorded
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
    exceptions: int  # open ones
    silent: int  # of those paid: nothing was said, which means paid
    silent_amount: int
    groups: tuple[dict[str, Any], ...]  # the same of each provider and channel


STATUSES = ("paid", "failed", "returned", "pending")
# What a provider said, and what the office decided, as lines of one shape.
LINES = """
    SELECT event_no, cycle, provider, stated_month, payment_id, account_number, amount, status,
        error_code, fee, FALSE AS is_decision, FALSE AS is_ours
    FROM result
    WHERE is_taken AND has_effect
    UNION ALL BY NAME
    SELECT event_no, cycle, payment_id, status, error_code, fee,
        word <> 'belongs' AS is_decision, TRUE AS is_ours
    FROM decision
    WHERE status IS NOT NULL
"""
ANY_MONTH = 1_000_000  # later than every cycle


def match(connection: Connection, office: Office, since: int) -> None:
    """Work out outcomes and exceptions of the released payments that lines taken since speak of.

    `since` is the open cycle: whatever was taken before had been matched when its cycle was
    released. A pure function of payments, result rows, decisions and the day: running it again
    changes nothing.
    """
    stage_matched(connection, since)
    warehouse.upsert_staged(connection, Outcome, "fresh_outcome")
    warehouse.upsert(connection, ResultException, warehouse.sql("exceptions"))
    if silence.stage_providers(connection):
        silence.stage_silent(connection, since, office.today)
        warehouse.replace(connection, Outcome, silence.REPLACED, "FROM silent")


def stage_outcomes(connection: Connection, office: Office, since: int) -> None:
    """Work out outcomes as `match` does, for this session alone: in a temp table `outcome`."""
    stage_matched(connection, since)
    warehouse.stage(
        connection,
        Outcome.table_name,
        "SELECT * FROM fresh_outcome UNION ALL BY NAME"
        " SELECT outcome.* FROM outcome ANTI JOIN fresh_outcome USING (month, payment_id)",
    )
    if silence.stage_providers(connection):
        silence.stage_silent(connection, since, office.today)
        warehouse.stage(
            connection,
            Outcome.table_name,
            f"SELECT * FROM outcome WHERE NOT ({silence.REPLACED}) UNION ALL BY NAME FROM silent",
        )


def stage_matched(connection: Connection, since: int) -> None:
    """Create temp view `matched_result`: the lines since, each with its payment if any.

    With them stand all that was said before of the same payments, where these are older. What
    they come to is in `fresh_outcome`, one row a payment.

    Nearly all lines speak of the cycle just released; only those that do not are looked for in
    the whole history.
    """

    def view(name: str, select: str) -> None:
        # Long: read where they lie, not copied.
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")

    def matched(name: str, first: int, last: int) -> None:
        warehouse.stage(
            connection,
            name,
            warehouse.sql("matched"),
            frozen=list(cycles.FROZEN),
            first=first,
            last=last,
        )

    view("spoken_line", LINES)
    view("new_line", f"FROM spoken_line WHERE cycle >= {since:d}")
    view("asked_line", "FROM new_line")
    matched("recent_match", since - 1, ANY_MONTH)
    warehouse.stage(
        connection, "unmatched_line", "FROM new_line ANTI JOIN recent_match USING (event_no)"
    )
    view("asked_line", "FROM unmatched_line")
    matched("older_match", _earliest(connection, NAMED), since - 2)
    earliest = _earliest(connection, "SELECT min(payment_month) FROM older_match")
    warehouse.stage(connection, "earlier_line", EARLIER, since=since, earliest=earliest)
    view("asked_line", "FROM earlier_line")
    matched("earlier_match", earliest, since - 2)
    view("found_line", warehouse.sql("found_line"))
    warehouse.stage(connection, "repeated_line", warehouse.sql("repeated_line"))
    view("matched_result", warehouse.sql("compared"))
    warehouse.stage(connection, "fresh_outcome", warehouse.sql("results"))
    warehouse.stage(connection, "silent", "FROM fresh_outcome LIMIT 0")  # see tasks.silence


def _earliest(connection: Connection, select: str) -> int:
    """Return the month that a SELECT gives; without one nothing needs to be looked for."""
    month = warehouse.value(connection, select)
    return ANY_MONTH if month is None else month


# The earliest cycle that the lines name: every payment id tells its month (tasks/payments.sql).
NAMED = """
    SELECT min(least(stated_month, if(
        regexp_full_match(payment_id, 'CT[0-9]{2}(0[1-9]|1[0-2])[0-9A-Z]+'),
        month_number(concat('20', substr(payment_id, 3, 2), '-', substr(payment_id, 5, 2))),
        NULL
    )))
    FROM asked_line
"""
# Lines taken before `since` that may speak of a payment of which something was said since.
EARLIER = """
    FROM spoken_line
    WHERE cycle > $earliest AND cycle < $since
        AND (
            payment_id IN (SELECT payment_id FROM older_match)
            OR (
                payment_id IS NULL
                AND account_number IN (SELECT account_number FROM older_match)
            )
        )
"""


def reconcile(connection: Connection, office: Office, month: int | None) -> list[Reconciled]:
    """Match results and close the released month given, or every released month."""
    months = [month] if month is not None else _released(connection)
    if not months:
        raise Refused("Chưa có kỳ nào được duyệt chi, không có gì để đối soát.")
    for one in months:
        cycles.require_frozen(connection, one)
    with recorded(connection, office) as note:
        since = cycles.open_month(connection, office)
        match(connection, office, since)
        write_issues(connection)
        for one in months:
            cycles.set_state(connection, one, "reconciled", only_from="released")
            write_pending_issues(connection, office, one)
        ledger.require(connection, _earliest_spoken_of(connection, since))
        note("reconcile", month=None if month is None else month_text(month))
    return [standing(connection, one) for one in months]


def _earliest_spoken_of(connection: Connection, since: int) -> int:
    """Return the earliest cycle of which the lines matched now say something."""
    earliest = warehouse.value(connection, "SELECT min(payment_month) FROM matched_result")
    return since if earliest is None else min(since, earliest)


def _released(connection: Connection) -> list[int]:
    found = warehouse.rows(
        connection,
        "SELECT month FROM cycle WHERE state IN $frozen ORDER BY month",
        frozen=list(cycles.FROZEN),
    )
    return [month for (month,) in found]


def write_issues(connection: Connection) -> None:
    """Write RS01 to RS03 on the result rows that they speak of."""
    registry.stage_rules(connection)
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
    """Write RS04: instructed and without a result after the report day of the month.

    Not of a provider who returns only failures, unless it named another amount.
    """
    report_day = report_deadline(month, office.report_deadline_day)
    silence.stage_providers(connection)
    warehouse.replace(
        connection,
        Issue,
        "stage = 'reconcile' AND rule = 'RS04' AND cycle = $month",
        "SELECT month AS cycle, rule, severity, 'payment_id' AS field, message,"
        " payment.dossier_no,"
        " 'reconcile' AS stage FROM payment LEFT JOIN outcome USING (month, payment_id),"
        " (SELECT rule, severity, message FROM rule_word WHERE rule = 'RS04')"
        " WHERE month = $month AND channel <> 'none' AND outcome.status IS NULL AND $is_late"
        " AND (payment.provider NOT IN (SELECT provider FROM silent_provider)"
        " OR payment_id IN (SELECT payment_id FROM result_exception WHERE rule = 'RS02'))"
        " ORDER BY payment_id",
        month=month,
        is_late=office.today > report_day,
    )


def standing(connection: Connection, month: int) -> Reconciled:
    """Return the counts and VND of a released month by status, whole and by provider."""
    state = cycles.require_frozen(connection, month)
    groups = warehouse.dicts(connection, warehouse.sql("conservation"), month=month)
    by_channel: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for group in groups:
        by_channel.setdefault((group["provider"], group["channel"]), []).append(group)
    stage_open_exceptions(connection)
    return Reconciled(
        month=month_text(month),
        state=state.state,
        exceptions=warehouse.value(connection, OPEN_EXCEPTIONS, month=month),
        **_summed(groups),
        groups=tuple(
            {"provider": provider, "channel": channel, **_summed(communes)}
            for (provider, channel), communes in by_channel.items()
        ),
    )


def stage_open_exceptions(connection: Connection) -> None:
    """Create temp table `open_exception`: what does not fit, and nobody has decided."""
    warehouse.stage(connection, "open_exception", warehouse.sql("open_exception"))


# Lines that fit no payment are of the open cycle: they stand with the last released month.
OPEN_EXCEPTIONS = """
    SELECT count(*) FROM open_exception
    WHERE $month = least(cycle, (
        SELECT max(month) FROM cycle WHERE state IN ('released', 'reconciled', 'published')
    ))
"""


def _summed(groups: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return lines and VND instructed and by status, of several groups together."""
    return {
        f"{name}{unit}": sum(group[f"{name}{unit}"] for group in groups)
        for name in ("instructed", *STATUSES, "silent")
        for unit in ("", "_amount")
    }
