"""Payment files of a large month: `python -m benchmarks.payment_files [LINES]`.

A month of LINES payments is laid into a fresh office: nine in ten to accounts at one bank, the
others in cash. What is timed: the check that `prepare` makes of every line, and at the release
writing, hashing and splitting the files, reading them back, and putting them in place. Then the
same bytes are plainly written to disk and read. What counts is the ratio between the two, with
and without reading the rows that the lines are made of: seconds are of this machine.

`--max-lines N` lets the bank take N lines a file; `--format FORMAT` another form of its file.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.stopwatch import CLOCKS, Stopwatch
from schemas import providers
from schemas.payments import Cycle, Payment
from schemas.period import month_number
from tasks import payment_files, warehouse
from tasks.office import Office, init_office, load_office
from tasks.warehouse import Connection

DEFAULT_LINES = 200_000
MONTH, RELEASED_ON = month_number("2024-07"), date(2024, 7, 3)
# The shipped profiles of each form.
SHIPPED = {
    "csv": "AGRIBANK",
    "xlsx": "BIDV",
    "pain.001": "PAIN001",
    "fixed_width": "FIXEDWIDTH",
}
BLOCK = 1 << 20  # bytes
# A payment of every tenth dossier is in cash; about 60,000 different names.
PAYMENTS = """
    WITH number AS (
        SELECT n, n % 10 = 0 AS is_cash, (hash(n) % 60000)::BIGINT AS drawn,
            (hash(n, 1) % 10000000000000)::BIGINT AS spread
        FROM range($lines) AS numbers (n)
    ),

    named AS (
        SELECT *,
            concat_ws(
                ' ', ['Vừ', 'Giàng', 'Sùng', 'Mùa', 'Thào', 'Lò', 'Quàng', 'Điêu', 'Cầm', 'Tòng'][
                    1 + drawn % 10
                ],
                ['A', 'Thị', 'Văn', 'Seo', 'Y', 'Chứ'][1 + drawn // 10 % 6],
                ['Chống', 'Dở', 'Páo', 'Súa', 'Lử', 'Dình', 'Mỷ', 'Sua', 'Dủa', 'Mào'][
                    1 + drawn // 60 % 10
                ],
                drawn // 600
            ) AS name
        FROM number
    )

    SELECT
        concat('CT098', '2407', lpad(n::VARCHAR, 9, '0')) AS payment_id, $month AS month,
        concat(lpad(spread::VARCHAR, 13, '0'), n) AS dossier_no, 'BTXH' AS scheme,
        '03217' AS commune_code,
        750000 AS amount, 750000 AS regular, 0 AS arrears, 0 AS retry, 0 AS recovery,
        if(is_cash, 'cash', 'account') AS channel, if(is_cash, 'no_account', NULL) AS cash_reason,
        if(is_cash, 'VIETTEL', 'AGRIBANK') AS provider,
        if(is_cash, NULL, '970405') AS bin,
        if(is_cash, NULL, lpad(spread::VARCHAR, 13, '0')) AS account_number,
        name AS payee_name, lpad((n % 1000000000)::VARCHAR, 12, '0') AS payee_citizen_id,
        name AS beneficiary_name, 'Bản 1' AS payee_village, '0987654321' AS payee_phone
    FROM named
    ORDER BY dossier_no
"""

# What the lines are made of, in no order.
ROWS = """
    SELECT payment_id, payee_name, account_number, bin, amount FROM payment WHERE month = $month
"""


def measure(home: Path, asked: argparse.Namespace) -> None:
    """Lay the month, take the times and print them."""
    office, watch = _office(home), Stopwatch()
    _declare(office, asked.format, asked.max_lines)
    with warehouse.opened(office) as connection:
        connection.execute("SET enable_progress_bar = false")
        _lay(connection, asked.lines)
        with watch.step("plain: the rows read from the warehouse"):
            warehouse.frame(connection, ROWS, month=MONTH)
        with watch.step("check of every line (prepare)"):
            unfit = payment_files.alerts(connection, office, MONTH)
        with watch.step("freeze: write and hash"):
            payment_files.freeze(connection, office, MONTH)
        with watch.step("read back, put in place"):
            payment_files.write(connection, office, MONTH)
    folder = payment_files.folder_of(office, MONTH)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    _write_plainly(folder, home / "plain", watch)
    _report(folder, asked.lines, watch, peak, unfit)


def _office(home: Path) -> Office:
    init_office(home, "2024-07")
    return load_office(home, RELEASED_ON)


def _lay(connection: Connection, lines: int) -> None:
    warehouse.append(connection, Payment, PAYMENTS, lines=lines, month=MONTH)
    warehouse.append(
        connection,
        Cycle,
        "SELECT $month AS month, 'released' AS state, $on AS released_on",
        month=MONTH,
        on=RELEASED_ON,
    )


def _write_plainly(folder: Path, target: Path, watch: Stopwatch) -> None:
    """Write the same bytes, wait until they are on disk, and read them back."""
    target.mkdir()
    for path in sorted(folder.iterdir()):
        blocks = list(_blocks(path))
        with watch.step("plain: the same bytes written"), (target / path.name).open("wb") as file:
            file.writelines(blocks)
            os.fsync(file.fileno())
        with watch.step("plain: and read"):
            assert sum(map(len, _blocks(target / path.name))) == path.stat().st_size


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _report(
    folder: Path, lines: int, watch: Stopwatch, peak: float, unfit: tuple[str, ...]
) -> None:
    files = list(folder.iterdir())
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{lines:,} lines, {len(files)} files, {size:,.0f} MB, peak memory {peak:.2f} GiB")
    print("".join(unfit) or "no line unfit")
    print(f"  {'':40}" + "".join(f"{clock:>12}" for clock in CLOCKS))
    for step in watch.parts(None):
        print(f"  {step:40}" + "".join(f"{watch.whole[clock][step]:12.2f}" for clock in CLOCKS))
    for clock in CLOCKS:
        taken = watch.whole[clock]
        ours = taken["freeze: write and hash"] + taken["read back, put in place"]
        plain = taken["plain: the same bytes written"] + taken["plain: and read"]
        read = plain + taken["plain: the rows read from the warehouse"]
        print(f"  files of the release / plain, {clock}: x {ours / plain:.1f}", end="")
        print(f"; / plain with the rows read: x {ours / read:.1f}")


def _declare(office: Office, form: str, max_lines: int | None) -> None:
    """Let the bank take another form of file, or no more than so many lines."""
    text = (providers.FOLDER / f"{SHIPPED[form]}.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if max_lines is None or "max_lines" not in line]
    if max_lines is not None:
        lines.insert(lines.index("[account]") + 1, f"max_lines = {max_lines}")
    own = office.reference / "providers"
    own.mkdir()
    (own / "AGRIBANK.toml").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Read what is asked, and measure in a folder that is thrown away."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("lines", nargs="?", type=int, default=DEFAULT_LINES)
    asked.add_argument("--max-lines", type=int)
    asked.add_argument("--format", choices=SHIPPED, default="csv")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "office", given)


if __name__ == "__main__":
    main()
