"""What the office knew in an earlier cycle, under the names of the tables that it keeps.

Events are never changed, so the registry of any cycle is the fold of the rows taken until then.
Temporary tables and views stand before the stored ones: every SELECT reads what was known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.payments import PAYMENTS, Cycle, Decision, Outcome, Payment, ResultException
from schemas.quality import Issue, ReceivedFile
from schemas.registry import REGISTRY, Interval, Person, UnitChange
from schemas.submissions import SUBMISSIONS, Result
from schemas.table import Table
from tasks import reconciliation, registry, silence, warehouse
from tasks.office import Office
from tasks.warehouse import Connection

# The cycle in which a row of a table came to be known.
SINCE: dict[type[Table], str] = {
    **dict.fromkeys(SUBMISSIONS, "cycle"),
    **dict.fromkeys(PAYMENTS, "month"),
    ResultException: "cycle",
    Decision: "cycle",
    ReceivedFile: "cycle",
    Issue: "cycle",
}
# What was said of a payment is known since the row or decision that said it, not since its cycle.
SAID_LATER = (Outcome, ResultException)
# Of result lines nobody asks for these: telling whose they are costs most of reading them.
UNTOLD = ("fingerprint", "payment_id", "account_number")


@dataclass(frozen=True)
class Asked:
    """Whose rows are asked for (everybody's where no dossier is named), known in which cycle."""

    connection: Connection
    office: Office
    month: int | None
    dossier: str | None

    def stored(self, table: type[Table]) -> str:
        """Return the name of a stored table, before which nothing can stand."""
        return f"{self.office.warehouse.stem}.main.{table.table_name}"

    def known(self, table: type[Table]) -> str:
        """Return a SELECT of the stored rows of a table that are asked for."""
        conditions = []
        if self.month is not None and table in SINCE:
            conditions.append(f"{SINCE[table]} <= {self.month:d}")
        if self.is_personal(table):
            conditions.append("dossier_no = $dossier")
        where = " AND ".join(conditions) or "TRUE"
        return f"SELECT * FROM {self.stored(table)} WHERE {where}"

    def stage_lines(self, name: str, columns: str, wanted: str) -> None:
        """Stage columns of the stored results of which a SELECT gives the event numbers.

        As values of a list they are looked up in the statistics of a long table; as a SELECT
        they would have it read whole.
        """
        found = warehouse.rows(self.connection, wanted)
        numbers = sorted(number for (number,) in found if number is not None)
        lines = f"SELECT {columns} FROM {self.stored(Result)} WHERE event_no IN $numbers"
        self.stage(name, lines, numbers=numbers)

    def is_personal(self, table: type[Table]) -> bool:
        return self.dossier is not None and "dossier_no" in table.names()

    def show(self, table: type[Table], select: str) -> None:
        """Let the name of a table mean the rows of a SELECT."""
        if self.is_personal(table):
            self.stage(table.table_name, select)
        else:
            # Long tables of everybody are read in place.
            name = table.table_name
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")

    def stage(self, name: str, select: str, **parameters: Any) -> None:
        warehouse.stage(
            self.connection, name, select, dossier=self.dossier, month=self.month, **parameters
        )


def stage_as_known(
    connection: Connection, office: Office, month: int, dossier: str | None = None
) -> None:
    """Let all tables of this connection say what was known when cycle `month` was the open one.

    That is every row with a cycle up to `month`, and that cycle's payroll as it was released (or
    stands prepared); what became of its payments came later. With `dossier` the tables hold
    nobody else's rows. Once a connection, which can reach no stored table by name afterwards.
    """
    asked = Asked(connection, office, month, dossier)
    for table in SINCE:
        if table not in (*SAID_LATER, Issue, Cycle) and not (dossier and table is Result):
            asked.show(table, asked.known(table))
    _show_cycles(asked)
    _fold(asked)
    if dossier is None:
        _match(asked)
    else:
        _match_again(asked)
    _hear_silence(asked)
    _show_issues(asked)


def stage_as_stored(connection: Connection, office: Office, dossier: str) -> None:
    """Let all tables of this connection hold the rows of one dossier, as they are now."""
    asked = Asked(connection, office, None, dossier)
    for table in (*SINCE, *REGISTRY):
        if table not in (*SAID_LATER, Result):
            asked.show(table, asked.known(table))
    asked.stage("outcome", f"SELECT * FROM {asked.stored(Outcome)} WHERE dossier_no = $dossier")
    _stage_exceptions(asked)
    _stage_results(asked)


def _show_cycles(asked: Asked) -> None:
    """Show the begun cycles: of the last one it was not known yet what became of it."""
    asked.show(
        Cycle,
        f"SELECT * REPLACE (if(month = {asked.month:d} AND state IN ('reconciled', 'published'),"
        f" 'released', state) AS state) FROM ({asked.known(Cycle)})",
    )


def _fold(asked: Asked) -> None:
    """Fold the known changes again, by the same SELECTs and one a dossier in each round."""
    connection = asked.connection
    for table in (Person, Interval, UnitChange):
        asked.stage(table.table_name, f"FROM {asked.stored(table)} LIMIT 0")
    asked.stage("known_change", warehouse.sql("known_change"))
    rounds = warehouse.value(connection, "SELECT coalesce(max(round_no), 0) FROM known_change")
    for round_no in range(1, rounds + 1):
        asked.stage(
            "effective_change", "FROM known_change WHERE round_no = $round_no", round_no=round_no
        )
        registry.apply_changes(connection)
    for name in ("account", "verified"):
        asked.stage(name, warehouse.sql(f"known_{name}"))


def _match(asked: Asked) -> None:
    """Stage what the shown results say of the shown payments."""
    reconciliation.stage_matched(asked.connection, since=0)
    asked.stage("outcome", "FROM fresh_outcome")
    asked.stage("result_exception", warehouse.sql("exceptions"))


def _match_again(asked: Asked) -> None:
    """Stage what was said of one dossier's payments.

    A payment of which the latest word was known then has the outcome that it has now (its fee
    may count later lines too); only of the others the lines of results are looked for.
    """
    connection = asked.connection
    asked.stage(
        "said",
        f"SELECT * FROM {asked.stored(Outcome)} WHERE dossier_no = $dossier AND month <= $month",
    )
    asked.stage_lines("said_line", "event_no, cycle", "SELECT event_no FROM said")
    decisions = f"SELECT event_no, cycle FROM {asked.stored(Decision)} WHERE dossier_no = $dossier"
    asked.stage(
        "said",
        "SELECT said.*, line.cycle AS said_in FROM said"
        f" JOIN (FROM said_line UNION ALL {decisions}) AS line USING (event_no)",
    )
    asked.stage(
        "doubtful_payment",
        "FROM payment SEMI JOIN (FROM said WHERE said_in > $month) USING (payment_id)",
    )
    first = warehouse.value(connection, "SELECT min(month) FROM doubtful_payment")
    _stage_lines(asked, first)
    _match(asked)
    asked.stage("payment", asked.known(Payment))
    asked.stage(
        "outcome",
        "SELECT * EXCLUDE (said_in) FROM said WHERE said_in <= $month"
        " UNION ALL BY NAME FROM outcome SEMI JOIN doubtful_payment USING (payment_id)",
    )
    _stage_exceptions(asked)
    _stage_results(asked)


def _stage_lines(asked: Asked, first: int | None) -> None:
    """Stage the results that may speak of doubtful payments, and all payments that they fit."""
    stored = asked.stored(Result)
    if first is None:
        asked.stage("result", f"FROM {stored} LIMIT 0")
        return
    asked.stage(
        "result",
        f"SELECT * FROM {stored} WHERE cycle BETWEEN $first AND $month AND ("
        " payment_id IN (SELECT payment_id FROM doubtful_payment) OR (payment_id IS NULL"
        " AND account_number IN (SELECT account_number FROM doubtful_payment)))",
        first=first,
    )
    nameless = "SELECT account_number FROM result WHERE payment_id IS NULL"
    if warehouse.rows(asked.connection, f"{nameless} LIMIT 1"):
        # Of several payments to one account a line without an id means none.
        asked.stage(
            "payment",
            f"SELECT * FROM {asked.stored(Payment)} WHERE month <= $month"
            f" AND (dossier_no = $dossier OR account_number IN ({nameless}))",
        )


def _stage_exceptions(asked: Asked) -> None:
    """Stage the exceptions on one dossier's payments; each is known since its line."""
    asked.stage("result_exception", asked.known(ResultException))
    if asked.month is not None:
        asked.stage_lines("said_line", "event_no, cycle", "SELECT event_no FROM result_exception")
        asked.stage(
            "result_exception",
            "FROM result_exception SEMI JOIN (FROM said_line WHERE cycle <= $month) AS known"
            " USING (event_no)",
        )


def _hear_silence(asked: Asked) -> None:
    """Add what silence meant on the day on which the month was prepared, or means today."""
    if not silence.stage_providers(asked.connection):
        return
    prepared_on = warehouse.value(
        asked.connection, "SELECT prepared_on FROM cycle WHERE month = $month", month=asked.month
    )
    silence.stage_silent(asked.connection, 0, prepared_on or asked.office.today)
    asked.stage("outcome", "FROM outcome UNION ALL BY NAME FROM silent")


def _stage_results(asked: Asked) -> None:
    """Stage the result lines that decided one dossier's payments, or do not fit them."""
    deciding = "SELECT event_no FROM outcome UNION SELECT event_no FROM result_exception"
    asked.stage_lines("result", f"* EXCLUDE ({', '.join(UNTOLD)})", deciding)


def _show_issues(asked: Asked) -> None:
    """Show the findings; one on a result is known since its file, one on its absence later."""
    asked.show(
        Issue,
        f"FROM ({asked.known(Issue)}) WHERE stage <> 'reconcile'"
        f" OR if(sha256 IS NULL, cycle < {asked.month:d},"
        " sha256 IN (SELECT sha256 FROM received_file))",
    )
