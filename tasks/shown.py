"""The SELECTs of `dashboards/`, run over the warehouse."""

from __future__ import annotations

from typing import Any

import polars as pl

import dashboards
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection


def stage_bases(office: Office, connection: Connection) -> None:
    """Make the temporary tables that the other SELECTs of `dashboards/` read."""
    for name in dashboards.BASES:
        warehouse.stage(
            connection,
            name,
            dashboards.select(name),
            report_deadline_day=office.report_deadline_day,
        )
    for name in dashboards.VIEWS:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {dashboards.select(name)}")


def shown(connection: Connection, name: str, **parameters: Any) -> pl.DataFrame:
    """Return the rows of `dashboards/<name>.sql`, with those of the parameters that it names."""
    return warehouse.frame(connection, dashboards.select(name), **parameters)
