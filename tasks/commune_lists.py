"""The lists of each commune: what changed, who is paid how, who waits, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from schemas.published import ERRORS_VI, HOLDS_VI
from tasks.commune_kinds import (
    ACCOUNT,
    CASH,
    CAUSES,
    CHANGE_KINDS,
    CHANGES,
    CONFIRM,
    FAILED,
    FAILED_SECTIONS,
    HELD,
    HELD_TODO,
    NEW_STAND_IN,
    OFFSET,
    PUBLIC,
    PUBLIC_SCHEMES,
    PUBLIC_SECTIONS,
    QUIET_REASONS_VI,
    STILL_CASH,
)
from tasks.decisions import METHODS_VI
from tasks.printed import Book, Kind, Papers, Part, by_commune, by_scheme, day_vi, worded
from tasks.shown import shown
from tasks.warehouse import Connection

Parts = list[tuple[str, str, Part]]  # commune code and name, and one of its lists


def commune_books(
    papers: Papers, connection: Connection, asked: pl.DataFrame, payments: pl.DataFrame
) -> list[Book]:
    """Return a workbook for each commune that has anybody, and one for its notice board.

    `asked` are the rows of `decisions.authorisations`, `payments` those of `list_payment`.
    """
    month = papers.month
    lists = [
        *_change_lists(papers, connection),
        *_paid_lists(papers, payments),
        *_lists(
            papers,
            HELD,
            "Tạm giữ",
            _held(shown(connection, "list_held", month=month)),
            by_scheme,
        ),
        *_lists(
            papers,
            STILL_CASH,
            "Còn tiền mặt",
            _still_cash(shown(connection, "list_cash_people", month=month)),
        ),
        *_lists(
            papers,
            CONFIRM,
            "Ủy quyền cần xác nhận",
            _to_confirm(asked, shown(connection, "list_confirm", month=month)),
        ),
    ]
    posted = _lists(
        papers,
        PUBLIC,
        "Niêm yết",
        _posted(shown(connection, "list_public", month=month)),
        lambda part: part.sort("place", maintain_order=True),
    )
    return [*_books("xa", lists, "{}"), *_books("niem_yet", posted, "{} (niêm yết)")]


def failed_books(papers: Papers, failed: pl.DataFrame, todo: dict[str, str]) -> list[Book]:
    """Return a workbook for each commune in which a payment failed or came back."""
    rows = failed.with_columns(
        pl.concat_str(
            "bank",
            pl.lit("****") + pl.col("account_number").str.slice(-4),
            separator=" ",
            ignore_nulls=True,
        )
        .replace("", None)
        .fill_null("Tiền mặt")
        .alias("place"),
        worded("status", FAILED_SECTIONS, "section"),
        worded("status_reason", ERRORS_VI, "why"),
        worded("status_reason", todo, "todo"),
    )
    lists = _lists(
        papers,
        FAILED,
        "Không chi được",
        rows,
        lambda part: part.sort("status", maintain_order=True),
    )
    return _books("xa", lists, "{}")


def _books(prefix: str, lists: Parts, reader: str) -> list[Book]:
    """Return one workbook a commune, its lists in the order in which they come."""
    names: dict[str, str] = {}
    parts: dict[str, list[Part]] = {}
    for code, name, part in lists:
        names[code] = name
        parts.setdefault(code, []).append(part)
    return [
        Book(f"{prefix}_{code}.xlsx", reader.format(names[code]), tuple(parts[code]))
        for code in sorted(names)
    ]


def _lists(
    papers: Papers,
    kind: Kind,
    sheet: str,
    rows: pl.DataFrame,
    arranged: Callable[[pl.DataFrame], pl.DataFrame] = lambda part: part,
) -> Parts:
    """Return a list for each commune that has rows."""
    return [
        (code, name, Part(kind, sheet, f"{name}, {papers.span}", arranged(part)))
        for code, part in by_commune(rows).items()
        for name in (part["commune"][0],)
    ]


def _change_lists(papers: Papers, connection: Connection) -> Parts:
    found = shown(connection, "list_deltas", month=papers.month).with_columns(
        worded("reason", QUIET_REASONS_VI, "reason"), day_vi("birth_date")
    )
    return [
        one
        for kind, printed in CHANGE_KINDS.items()
        for one in _lists(papers, printed, CHANGES[kind], found.filter(kind=kind), by_scheme)
    ]


def _paid_lists(papers: Papers, payments: pl.DataFrame) -> Parts:
    """Return every payment on the one list of its channel."""
    channels = {
        "account": (ACCOUNT, "Chi qua tài khoản"),
        "cash": (CASH, "Tiền mặt"),
        "none": (OFFSET, "Bù trừ hết"),
    }
    return [
        one
        for channel, (kind, sheet) in channels.items()
        for one in _lists(papers, kind, sheet, payments.filter(channel=channel), by_scheme)
    ]


def _held(rows: pl.DataFrame) -> pl.DataFrame:
    why = {rule: text[0].upper() + text[1:] + "." for rule, text in HOLDS_VI.items()}
    return rows.with_columns(worded("rule", why, "why"), worded("rule", HELD_TODO, "todo"))


def _still_cash(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        *(
            worded("cause", {cause: texts[place] for cause, texts in CAUSES.items()}, name)
            for place, name in enumerate(("why", "whom", "todo"))
        ),
        pl.col("village").fill_null("Chưa rõ thôn/bản").alias("section"),
    )


def _to_confirm(asked: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return whom somebody else receives for: what is no longer valid, or new in this cycle."""
    fresh = new.join(asked, on="dossier_no", how="anti").with_columns(
        worded("method", METHODS_VI, "method_label"),
        day_vi("authorisation_expires_on"),
        pl.lit(NEW_STAND_IN).alias("next_step"),
    )
    return pl.concat([asked, fresh], how="diagonal_relaxed")


def _posted(rows: pl.DataFrame) -> pl.DataFrame:
    places = {standing: place for place, standing in enumerate(PUBLIC_SECTIONS)}
    schemes = pl.col("schemes")
    for scheme, word in PUBLIC_SCHEMES.items():
        schemes = schemes.str.replace(scheme, word, literal=True)
    return rows.with_columns(
        worded("standing", PUBLIC_SECTIONS, "section"),
        schemes.str.replace_all(",", ", ", literal=True),
        pl.col("standing").replace_strict(places, return_dtype=pl.Int64).alias("place"),
    )
