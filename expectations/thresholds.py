"""How much of what was sent may go back before a month is not prepared at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from expectations.runner import SUITES
from schemas.codes import ROW_SUITES
from schemas.period import month_text
from tasks import warehouse
from tasks.office import Office, Refused
from tasks.warehouse import Connection

WHAT_TO_DO = (
    "Báo nơi gửi sửa theo tệp trong returned/, nhận tệp đã sửa bằng “chitra ingest” rồi lập lại; "
    "hoặc nâng giới hạn ở mục [quality] của reference/office.toml."
)


@dataclass(frozen=True)
class Share:
    """How many of the rows sent by a commune, or judged by a suite, went back; limit in percent."""

    of: str
    rejected: int
    rows: int
    limit: Decimal

    @property
    def is_exceeded(self) -> bool:
        """Whether more rows went back than the office allows."""
        return 100 * self.rejected > self.limit * self.rows

    def __str__(self) -> str:
        percent = f"{Decimal(100 * self.rejected) / self.rows:.1f}".replace(".", ",")
        return (
            f"{self.of}: trả lại {self.rejected}/{self.rows} dòng ({percent} %), "
            f"giới hạn {self.limit} %."
        )


def require_good(connection: Connection, office: Office, cycle: int) -> None:
    """Refuse a cycle of whose rows more went back than the settings allow.

    Without limits in the settings nothing is counted.
    """
    limits = office.thresholds
    if limits.max_rejected_percent is None and not limits.suites:
        return
    warehouse.stage(connection, "sent_row", warehouse.sql("sent_row"), cycle=cycle)
    shares = (*commune_shares(connection, office, cycle), *suite_shares(connection, office))
    exceeded = [
        str(share) for share in shares if share.rows >= limits.min_rows and share.is_exceeded
    ]
    if exceeded:
        raise Refused(
            f"Chưa lập được danh sách kỳ {month_text(cycle)} vì quá nhiều dòng bị trả lại. "
            f"{' '.join(exceeded)} {WHAT_TO_DO}"
        )


def commune_shares(connection: Connection, office: Office, cycle: int) -> Iterator[Share]:
    """Yield the share of each commune's changes that went back."""
    limit = office.thresholds.max_rejected_percent
    if limit is None:
        return
    for name, rejected, rows in warehouse.rows(
        connection,
        """
        SELECT
            coalesce(name_vi, nullif(commune_code, ''), 'Không rõ xã') AS name,
            count(*) FILTER (NOT is_taken), count(*)
        FROM sent_row
        LEFT JOIN (
            SELECT commune_code, name_vi FROM admin_unit
            WHERE month_text($cycle) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
        ) USING (commune_code)
        WHERE kind = 'bien_dong'
        GROUP BY commune_code, name
        ORDER BY commune_code
        """,
        cycle=cycle,
    ):
        yield Share(name, rejected, rows, limit)


def suite_shares(connection: Connection, office: Office) -> Iterator[Share]:
    """Yield the share of rows that went back by rules of each limited suite."""
    for suite, limit in office.thresholds.suites.items():
        ((rejected, rows),) = warehouse.rows(
            connection,
            """
            SELECT count(*) FILTER (NOT is_taken AND broken.sha256 IS NOT NULL), count(*)
            FROM sent_row
            LEFT JOIN (
                SELECT DISTINCT sha256, sheet, row_no FROM issue
                WHERE stage = 'ingest' AND severity = 'reject' AND rule IN $rules
            ) AS broken USING (sha256, sheet, row_no)
            WHERE kind = $kind
            """,
            rules=sorted({one.rule for one in SUITES[suite].expectations}),
            kind=ROW_SUITES[suite],
        )
        yield Share(f"{SUITES[suite].title_vi} ({suite})", rejected, rows, limit)
