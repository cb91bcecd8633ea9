"""The account that each dossier was last paid into, kept so that no cycle reads all before it.

A cycle keeps it of whom the cycle before did not pay into an account although the one before that
did, and of whom something was said, or meant by silence, of an older payment since. Of everybody
else it is what was last kept, or stands in the results of the cycle before.
"""

from __future__ import annotations

from tasks import warehouse
from tasks.warehouse import Connection

EVER = 0  # before every cycle
PAID = "status = 'paid' AND account_number IS NOT NULL"
# Whose older payments are perhaps not what they were, and since when the office knows them.
ASKED = """
    SELECT dossier_no, min(cycle) AS known_since
    FROM change
    SEMI JOIN (
        SELECT dossier_no FROM recent_match WHERE payment_month < $month - 1
        UNION ALL SELECT dossier_no FROM older_match
        UNION ALL SELECT dossier_no FROM silent WHERE month < $month - 1
    ) AS spoken_of USING (dossier_no)
    ANTI JOIN paid_last USING (dossier_no)
    ANTI JOIN paid_until_last USING (dossier_no)
    GROUP BY ALL
"""
STILL_ASKED = "FROM asked_account ANTI JOIN paid_earlier USING (dossier_no)"
PAID_EARLIER = f"""
    FROM paid_earlier
    UNION ALL
    SELECT dossier_no,
        arg_max({{'bin': bin, 'account_number': account_number}}, (month, event_no)) AS paid
    FROM outcome
    SEMI JOIN ({STILL_ASKED}) USING (dossier_no)
    WHERE month = $cycle AND {PAID}
    GROUP BY ALL
"""


def stage_paid_accounts(connection: Connection, month: int, whole: bool) -> None:
    """Stage `paid_account_now`, what cycle `month` is to keep; of everybody where `whole`.

    Reads `recent_match`, `older_match` and `silent` of `reconciliation.match`.
    """
    last = f"SELECT DISTINCT dossier_no FROM outcome WHERE month = $month - 1 AND {PAID}"
    warehouse.stage(connection, "paid_last", last, month=month)
    first = EVER if whole or not _is_kept(connection, month) else month - 2
    select = warehouse.sql("paid_account")
    warehouse.stage(connection, "paid_until_last", select, month=month, first=first)
    _look_further_back(connection, month)
    warehouse.stage(
        connection,
        "paid_account_now",
        """
        FROM paid_until_last
        UNION ALL
        SELECT $month, dossier_no, paid.bin, paid.account_number
        FROM asked_account LEFT JOIN paid_earlier USING (dossier_no)
        ORDER BY dossier_no
        """,
        month=month,
    )


def _is_kept(connection: Connection, month: int) -> bool:
    """Tell whether earlier cycles kept anything: those of an earlier version did not."""
    kept = "SELECT 1 FROM paid_account WHERE month < $month LIMIT 1"
    return bool(warehouse.rows(connection, kept, month=month))


def _look_further_back(connection: Connection, month: int) -> None:
    """Stage `paid_earlier`: of whom it is asked, cycle after cycle back until all are found."""
    warehouse.stage(connection, "asked_account", ASKED, month=month)
    nobody = "SELECT dossier_no, {'bin': bin, 'account_number': account_number} AS paid"
    warehouse.stage(connection, "paid_earlier", f"{nobody} FROM outcome LIMIT 0")
    cycle = month - 3
    first = f"SELECT min(known_since) FROM ({STILL_ASKED})"
    while (known_since := warehouse.value(connection, first)) is not None and known_since <= cycle:
        warehouse.stage(connection, "paid_earlier", PAID_EARLIER, cycle=cycle)
        cycle -= 1
