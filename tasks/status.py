"""Where the months stand, and how one person's amount came about."""

from __future__ import annotations

from typing import Any

from schemas.period import month_text
from tasks import cycles, registry, warehouse
from tasks.office import Office, Refused
from tasks.warehouse import Connection

MONTHS = """
SELECT month_text(cycle.month) AS month, state, digest, prepared_by, approver,
    count(payment_id) AS payments, coalesce(sum(payment.amount), 0)::BIGINT AS amount,
    count(payment_id) FILTER (channel = 'none' OR outcome.status = 'paid') AS paid,
    count(payment_id) FILTER (outcome.status IN ('failed', 'returned')) AS failed
FROM cycle
LEFT JOIN payment USING (month)
LEFT JOIN outcome USING (month, payment_id)
GROUP BY ALL
ORDER BY month
"""

EXPLAIN = {
    "benefits": """
        SELECT family, scheme, commune_code, month_text(from_month) AS from_month,
            month_text(stop_month) AS stop_month, start_reason, stop_reason
        FROM benefit_interval WHERE dossier_no = $dossier ORDER BY from_month, family, interval_no
    """,
    "payments": """
        SELECT month_text(payment.month) AS month, payment_id, payment.scheme, payment.amount,
            regular, arrears, retry, recovery, channel, cash_reason, provider,
            CASE
                WHEN cycle.state IN ('open', 'prepared') THEN 'prepared'
                WHEN channel = 'none' THEN 'paid'
                ELSE coalesce(outcome.status, 'instructed')
            END AS status,
            status_reason
        FROM payment JOIN cycle USING (month) LEFT JOIN outcome USING (month, payment_id)
        WHERE dossier_no = $dossier AND ($month IS NULL OR payment.month = $month)
        ORDER BY payment.month, payment.scheme
    """,
    "items": """
        SELECT month_text(payment_item.month) AS month, payment_id, payment_item.family,
            payment_item.category_code, month_text(entitlement_month) AS entitlement_month,
            payment_item.kind, payment_item.amount, age_months(birth_date, entitlement_month)
                AS age_months, rate.coefficient, rate.standard_amount, category.legal_basis
        FROM payment_item
        JOIN person USING (dossier_no)
        LEFT JOIN rate_month AS rate
            ON rate.month = entitlement_month
            AND rate.category_code = payment_item.category_code
        LEFT JOIN (
            SELECT category_code, max(legal_basis) AS legal_basis FROM category GROUP BY ALL
        ) AS category ON category.category_code = payment_item.category_code
        WHERE payment_item.dossier_no = $dossier
            AND ($month IS NULL OR payment_item.month = $month)
        ORDER BY payment_item.month, payment_id, payment_item.family, entitlement_month
    """,
    "held": """
        SELECT month_text(month) AS month, scheme, amount, rule FROM held
        WHERE dossier_no = $dossier AND ($month IS NULL OR month = $month) ORDER BY ALL
    """,
    "receivables": """
        SELECT month_text(month) AS month, scheme, amount FROM receivable
        WHERE dossier_no = $dossier AND ($month IS NULL OR month = $month) ORDER BY ALL
    """,
    "deltas": """
        SELECT month_text(month) AS month, commune_code, scheme, kind, amount_before,
            amount_after, reason, decision_no
        FROM delta
        WHERE dossier_no = $dossier AND ($month IS NULL OR month = $month) ORDER BY ALL
    """,
    "events": """
        SELECT month_text(cycle) AS cycle, kind, reason, category_code,
            month_text(effective_month) AS effective_month, decision_no, commune_code, is_taken,
            name AS file, sheet, row_no
        FROM (
            SELECT event_no, cycle, kind, reason, category_code, effective_month, decision_no,
                commune_code, is_taken, sha256, sheet, row_no
            FROM change WHERE dossier_no = $dossier
            UNION ALL
            SELECT event_no, cycle, 'TAI_KHOAN', method, NULL, NULL, NULL,
                commune_code, is_taken, sha256, sheet, row_no
            FROM account_row WHERE dossier_no = $dossier
            UNION ALL
            SELECT event_no, cycle, 'XAC_THUC', subject || ' ' || outcome, NULL, NULL, NULL,
                commune_code, is_taken, sha256, sheet, row_no
            FROM verification WHERE dossier_no = $dossier
        )
        JOIN (SELECT sha256, name FROM received_file) USING (sha256)
        ORDER BY event_no
    """,
    "issues": """
        SELECT month_text(cycle) AS cycle, rule, severity, message FROM issue
        WHERE dossier_no = $dossier ORDER BY ALL
    """,
}


def status(connection: Connection, office: Office) -> dict[str, Any]:
    """Return the open month, every begun month and the files received, as plain values."""
    received = warehouse.rows(
        connection,
        "SELECT count(*), coalesce(sum(rows_in), 0)::BIGINT,"
        " coalesce(sum(rows_rejected), 0)::BIGINT FROM received_file",
    )[0]
    return {
        "office": office.name,
        "open_month": month_text(cycles.open_month(connection, office)),
        "months": warehouse.frame(connection, MONTHS).to_dicts(),
        "files": received[0],
        "rows_in": received[1],
        "rows_rejected": received[2],
    }


def explain(
    connection: Connection, office: Office, dossier: str, month: int | None
) -> dict[str, Any]:
    """Return all that is known of one dossier's money, with the rows that said so."""
    person = warehouse.frame(
        connection,
        "SELECT dossier_no, full_name, birth_date, gender, village, is_dead FROM person"
        " WHERE dossier_no = $dossier",
        dossier=dossier,
    ).to_dicts()
    if not person:
        raise Refused(f"Không có hồ sơ “{dossier}” trong sổ. Kiểm tra lại mã hồ sơ.")
    first, last = warehouse.rows(
        connection,
        "SELECT min(entitlement_month), max(entitlement_month) FROM payment_item"
        " WHERE dossier_no = $dossier",
        dossier=dossier,
    )[0]
    start = office.start_month
    registry.stage_rates(connection, office, first or start, last or start)
    parts = {
        name: warehouse.frame(connection, select, dossier=dossier, month=month).to_dicts()
        for name, select in EXPLAIN.items()
    }
    return {**person[0], "month": None if month is None else month_text(month), **parts}
