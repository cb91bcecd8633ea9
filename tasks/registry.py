"""Events folded into people, benefits and accounts.

Rows are judged in the one order of SPEC section 4, each against the registry as the rows before
it left it. Dossiers do not depend on one another, so a *round* judges one row of every dossier
at a time by set: an ingest of any size takes as many rounds as its busiest dossier has rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from schemas import quality
from schemas.registry import Account, Interval, Person, UnitChange, Verified
from schemas.submissions import (
    AccountRow,
    Change,
    ReportRow,
    Result,
    Submitted,
    Verification,
)
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection

# Runs a suite by name over a relation and leaves its findings in `finding`.
Judge = Callable[[Connection, str, str], None]
Effect = Callable[[Connection, int], None]


@dataclass(frozen=True)
class Judged:
    """How the rows of one table are judged: their queue, their facts, suites and effects."""

    table: type[Submitted]
    queue: str  # temp table of all submitted rows, with row_id in order
    pending: str  # temp table of those of this round
    relation: str  # temp table: pending beside the registry; also the name of its SELECT
    suites: tuple[str, ...]
    turn: str  # what a row waits for: rows with the same go one a round
    effect: Effect
    silent: str = "says_same"  # SQL: taken, but says nothing new
    severity: str = "severity"  # SQL: where it is not the rule's usual one
    applies: str = "TRUE"  # SQL: findings that count


def fold(connection: Connection, office: Office, cycle: int, judge: Judge) -> None:
    """Judge everything in the queues and fold what is taken into the registry.

    Reads temp tables incoming_change, incoming_account, incoming_verification, incoming_result
    and incoming_report.
    """
    _prepare_tables(connection, office, cycle)
    for kind in ("GIAM", "DIEU_CHINH", "TANG"):
        _judge(connection, office, cycle, CHANGES, judge, f"kind = '{kind}'", may_wait=True)
    # What only lacked a running benefit may have it now.
    for kind in ("GIAM", "DIEU_CHINH"):
        again = f"kind = '{kind}' AND row_id IN (SELECT row_id FROM waiting)"
        _judge(connection, office, cycle, CHANGES, judge, again)
    for judged in (ACCOUNTS, VERIFICATIONS, RESULTS, REPORTS):
        _judge(connection, office, cycle, judged, judge, "TRUE")


def _prepare_tables(connection: Connection, office: Office, cycle: int) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE waiting (row_id BIGINT)")
    stage_rules(connection)
    first, last = warehouse.rows(
        connection,
        "SELECT least(min(effective_month), $cycle), greatest(max(effective_month), $cycle)"
        " FROM incoming_change WHERE reason <> 'HIEN_HUONG'",
        cycle=cycle,
    )[0]
    stage_rates(connection, office, first or cycle, last or cycle)


def stage_rules(connection: Connection) -> None:
    """Create temp table `rule_word(rule, severity, message)` from the catalogue of rules."""
    rules = pl.DataFrame(
        [(name, rule.severity, rule.message) for name, rule in quality.RULES.items()],
        schema=["rule", "severity", "message"],
        orient="row",
    )
    connection.register("rules", rules)
    warehouse.stage(connection, "rule_word", "SELECT * FROM rules")
    connection.unregister("rules")


def stage_rates(connection: Connection, office: Office, first: int, last: int) -> None:
    """Create temp table `rate_month` for the months from first to last."""
    warehouse.stage(
        connection,
        "rate_month",
        warehouse.sql("rate_month"),
        first_month=first,
        last_month=last,
        province=office.province,
    )


def _judge(
    connection: Connection,
    office: Office,
    cycle: int,
    judged: Judged,
    judge: Judge,
    where: str,
    may_wait: bool = False,
) -> None:
    """Judge the rows of a queue that meet `where`, one row a turn in each round."""
    warehouse.stage(
        connection,
        "turn",
        # The order of events is that of the files, whatever round a row is judged in.
        "SELECT row_id,"
        f" row_number() OVER (PARTITION BY {judged.turn} ORDER BY row_id) AS round_no,"
        " (SELECT next_event_no FROM next_event) + row_number() OVER (ORDER BY row_id) AS event_no"
        f" FROM {judged.queue} WHERE {where}",
    )
    rounds = warehouse.value(connection, "SELECT coalesce(max(round_no), 0) FROM turn")
    for round_no in range(1, rounds + 1):
        warehouse.stage(
            connection,
            judged.pending,
            f"SELECT * FROM {judged.queue} SEMI JOIN"
            " (FROM turn WHERE round_no = $round_no) USING (row_id)",
            round_no=round_no,
        )
        _judge_round(connection, cycle, judged, judge, may_wait)


def _judge_round(
    connection: Connection, cycle: int, judged: Judged, judge: Judge, may_wait: bool
) -> None:
    warehouse.stage(connection, judged.relation, warehouse.sql(judged.relation), cycle=cycle)
    stage_findings(connection, judge, judged.suites, judged.relation)
    _dispose(connection, judged, may_wait)
    warehouse.append(connection, judged.table, _rows_to_keep(judged))
    _write_issues(connection, cycle, judged)
    judged.effect(connection, cycle)


def stage_findings(
    connection: Connection, judge: Judge, suites: tuple[str, ...], relation: str
) -> None:
    """Create temp table `finding` with what these suites find in a relation."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE finding"
        " (relation VARCHAR, row_id BIGINT, rule VARCHAR, field VARCHAR)"
    )
    for suite in suites:
        judge(connection, suite, relation)


def _dispose(connection: Connection, judged: Judged, may_wait: bool) -> None:
    """Decide what becomes of each row: taken, rejected, or judged again later."""
    warehouse.stage(
        connection,
        "weighed_finding",
        f"SELECT row_id, rule, field, {judged.severity} AS severity, message"
        f" FROM finding JOIN rule_word USING (rule) JOIN {judged.relation} USING (row_id)"
        f" WHERE NOT says_same AND {judged.applies}",
    )
    warehouse.stage(
        connection,
        "disposed",
        "SELECT row_id, coalesce(bool_or(severity = 'reject'), FALSE) AS is_rejected,"
        " coalesce($may_wait AND bool_and(rule = 'EN05') FILTER (severity = 'reject'), FALSE)"
        f" AS must_wait FROM {judged.relation} LEFT JOIN weighed_finding USING (row_id)"
        " GROUP BY row_id",
        may_wait=may_wait,
    )
    connection.execute("INSERT INTO waiting SELECT row_id FROM disposed WHERE must_wait")


def _rows_to_keep(judged: Judged) -> str:
    """Return the SELECT of the round's rows with their outcome and place in the order."""
    names = ", ".join(judged.table.submitted_names())
    return (
        f"SELECT {names}, cycle, NOT is_rejected AS is_taken,"
        f" NOT is_rejected AND NOT ({judged.silent}) AS has_effect, event_no"
        f" FROM {judged.relation} JOIN disposed USING (row_id) JOIN turn USING (row_id)"
        " WHERE NOT must_wait ORDER BY row_id"
    )


def _write_issues(connection: Connection, cycle: int, judged: Judged) -> None:
    labels = pl.DataFrame(
        [(column.name, column.label) for column in judged.table.columns],
        schema=["field", "label"],
        orient="row",
    )
    connection.register("field_labels", labels)
    warehouse.append(
        connection,
        quality.Issue,
        "SELECT $cycle AS cycle, sha256, sheet, row_no, rule, severity,"
        " string_agg(DISTINCT field, ', ' ORDER BY field) AS field,"
        " concat_ws(': ', nullif(string_agg(DISTINCT label, ', ' ORDER BY label), ''),"
        " any_value(message)) AS message, dossier_no, 'ingest' AS stage"
        f" FROM weighed_finding JOIN {judged.relation} USING (row_id) JOIN disposed USING (row_id)"
        " LEFT JOIN field_labels USING (field) WHERE NOT must_wait"
        " GROUP BY row_id, sha256, sheet, row_no, rule, severity, dossier_no"
        " ORDER BY row_id, rule, severity",
        cycle=cycle,
    )
    connection.unregister("field_labels")


def stage_next_event(connection: Connection) -> None:
    """Create temp view `next_event`: the highest event_no of all rows and decisions so far."""
    tables = ("change", "account_row", "verification", "result", "report_row", "decision")
    latest = " UNION ALL ".join(f"SELECT max(event_no) AS event_no FROM {name}" for name in tables)
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW next_event AS"
        f" SELECT coalesce(max(event_no), 0) AS next_event_no FROM ({latest})"
    )


def _effective(connection: Connection, judged: Judged, name: str) -> None:
    """Stage the round's rows that change the registry, with their event numbers."""
    warehouse.stage(
        connection,
        name,
        f"SELECT relation.*, stored.event_no FROM {judged.relation} AS relation"
        f" JOIN main.{judged.table.table_name} AS stored USING (sha256, sheet, row_no)"
        " WHERE stored.has_effect",
    )


def _change_registry(connection: Connection, cycle: int) -> None:
    _effective(connection, CHANGES, "effective_change")
    if not warehouse.value(connection, "SELECT count(*) FROM effective_change"):
        return
    apply_changes(connection)


def apply_changes(connection: Connection) -> None:
    """Write what temp table `effective_change`, at most one row a dossier, does to the registry."""
    warehouse.upsert(connection, Person, warehouse.sql("person"))
    warehouse.upsert(connection, Interval, warehouse.sql("intervals"))
    warehouse.append(connection, UnitChange, warehouse.sql("units"))


def _change_accounts(connection: Connection, cycle: int) -> None:
    _effective(connection, ACCOUNTS, "effective_account")
    warehouse.upsert(
        connection, Account, f"SELECT {', '.join(Account.names())} FROM effective_account"
    )


def _change_verified(connection: Connection, cycle: int) -> None:
    _effective(connection, VERIFICATIONS, "effective_verification")
    warehouse.upsert(
        connection, Verified, f"SELECT {', '.join(Verified.names())} FROM effective_verification"
    )


def _keep_only(connection: Connection, cycle: int) -> None:
    """Change nothing: what is said of payments and of reports is not the registry's."""


CHANGES = Judged(
    table=Change,
    queue="incoming_change",
    pending="pending_change",
    relation="round_change",
    suites=("identity_change", "change_row"),
    turn="coalesce(dossier_no, row_id::VARCHAR)",
    effect=_change_registry,
    silent="says_same OR is_repeated_death",
    severity="""
        CASE
            WHEN rule IN ('ID02', 'ID03') AND reason = 'HIEN_HUONG' THEN 'cash'
            WHEN rule IN ('ID08', 'EN02') AND reason = 'HIEN_HUONG' THEN 'warn'
            WHEN rule = 'EN08' AND kind = 'GIAM' AND reason = 'CHET' THEN 'warn'
            WHEN rule = 'EN09' AND field = 'death_date' THEN 'warn'
            WHEN rule = 'FL04' AND field IN ('coefficient', 'monthly_amount') THEN 'warn'
            ELSE severity
        END""",
    # A death reported again has nothing to stop.
    applies="NOT (is_repeated_death AND rule IN ('FL03', 'FL05', 'EN05', 'ID11'))",
)
ACCOUNTS = Judged(
    table=AccountRow,
    queue="incoming_account",
    pending="pending_account",
    relation="round_account",
    suites=("account_row",),
    turn="coalesce(dossier_no, row_id::VARCHAR)",
    effect=_change_accounts,
)
VERIFICATIONS = Judged(
    table=Verification,
    queue="incoming_verification",
    pending="pending_verification",
    relation="round_verification",
    suites=("verification_row",),
    turn="coalesce(dossier_no, row_id::VARCHAR), subject, value",
    effect=_change_verified,
)
RESULTS = Judged(
    table=Result,
    queue="incoming_result",
    pending="pending_result",
    relation="round_result",
    suites=("result_row",),
    turn="row_id",
    effect=_keep_only,
    silent="is_repeated",
    # A formula's stored amount counts.
    severity="if(rule = 'FL04' AND field = 'amount', 'warn', severity)",
)
REPORTS = Judged(
    table=ReportRow,
    queue="incoming_report",
    pending="pending_report",
    relation="round_report",
    suites=("report_row",),
    turn="row_id",
    effect=_keep_only,
)
