"""Payments of which nothing was said, to providers whose silence means that they were paid."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.providers import results
from tasks import cycles, warehouse
from tasks.warehouse import Connection

# The day on which providers got their orders, from which their days are counted.
HANDED_OVER = "if(coalesce(needs_treasury, FALSE), treasury_recorded_on, released_on)"
# What stands under silence and is worked out anew: of months that may still change, and of
# payments of which somebody spoke.
REPLACED = """
    basis = 'silence' AND (
        month IN (SELECT month FROM silent_cycle)
        OR payment_id IN (SELECT payment_id FROM matched_result)
    )
"""


def stage_providers(connection: Connection) -> bool:
    """Create temp table `silent_provider` (provider, days); tell whether there is any."""
    names = warehouse.rows(connection, "SELECT DISTINCT provider FROM provider ORDER BY ALL")
    found = [(name, days) for (name,) in names if (days := results.silence_days(name)) is not None]
    frame = pl.DataFrame(found, {"provider": pl.String, "days": pl.Int64}, orient="row")
    connection.register("silent_rows", frame)
    warehouse.stage(connection, "silent_provider", "FROM silent_rows")
    connection.unregister("silent_rows")
    return bool(found)


def stage_silent(connection: Connection, since: int, today: date) -> None:
    """Create temp table `silent`, as rows of `outcome`: what counts as paid on this day.

    Reads `matched_result` of `tasks.reconciliation`. Months whose days were over before cycle
    `since - 1` was prepared were judged then, for good.
    """
    warehouse.stage(
        connection,
        "silent_cycle",
        f"SELECT month, provider, {HANDED_OVER} + days::INTEGER AS silent_on"
        " FROM cycle CROSS JOIN silent_provider WHERE state IN $frozen"
        # A month is judged whole: its rows do not say whose they are.
        " QUALIFY max(silent_on) OVER (PARTITION BY month) > coalesce("
        "(SELECT prepared_on FROM cycle WHERE month = $since - 1), DATE '0001-01-01')",
        frozen=list(cycles.FROZEN),
        since=since,
    )
    warehouse.stage(connection, "silent", warehouse.sql("silent"), today=today)
