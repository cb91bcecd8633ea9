"""The SELECTs of `dashboards/`, run over the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

import dashboards
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection


def stage_bases(
    office: Office, connection: Connection, names: Sequence[str] = dashboards.BASES
) -> None:
    """Make the temporary tables that the other SELECTs of `dashboards/` read, or some of them."""
    for name in names:
        warehouse.stage(
            connection,
            name,
            dashboards.select(name),
            report_deadline_day=office.report_deadline_day,
        )
    for name in dashboards.VIEWS if names is dashboards.BASES else ():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {dashboards.select(name)}")


def shown(connection: Connection, name: str, **parameters: Any) -> pl.DataFrame:
    """Return the rows of `dashboards/<name>.sql`, with those of the parameters that it names."""
    return warehouse.frame(connection, dashboards.select(name), **parameters)
