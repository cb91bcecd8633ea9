"""Each provider's file, byte for byte: a golden file per provider and channel, lying beside it.

To add a provider: its `.toml`, then its golden files (the failing test shows what it wrote).
"""

import tomllib
from pathlib import Path

import polars as pl
import pytest

from schemas import providers
from tasks.payment_files import payment_file

DECLARED = sorted(Path(providers.__file__).parent.glob("*.toml"))
GOLDEN = Path(__file__).parent / "providers"
CHANNELS = ("account", "cash")
CASES = [
    (path.stem, channel)
    for path in DECLARED
    for channel in CHANNELS
    if channel in tomllib.loads(path.read_text(encoding="utf-8"))
]
LINES = pl.DataFrame(
    [
        {
            "payment_id": "CT24070000000000AA",
            "payee_name": "Vừ A Hùng",
            "payee_ascii": "VU A HUNG",
            "payee_citizen_id": "011080000001",
            "account_number": "0123456789",
            "bin": "970405",
            "bank_name": "Agribank",
            "amount": 750_000,
            "transfer_text": "CT24070000000000AA",
            "commune_name": "Xã Sính Phình",
            "village": "Tả Là Cáo",
            "phone": "0987654321",
        },
        {
            "payment_id": "CT24070000000000AB",
            "payee_name": 'Lò Thị "Mỷ"',
            "payee_ascii": "LO THI MY",
            "payee_citizen_id": None,
            "account_number": "190300004444",
            "bin": "970407",
            "bank_name": "Techcombank",
            "amount": 1_080_000,
            "transfer_text": "CT24070000000000AB",
            "commune_name": "Thị trấn Tủa Chùa",
            "village": "=Tổ 1",
            "phone": None,
        },
    ]
)


@pytest.mark.parametrize(("provider", "channel"), CASES)
def test_the_file_is_the_golden_one(provider: str, channel: str) -> None:
    file = payment_file("2024-07", provider, channel, "BTXH", LINES)
    assert file.name == f"2024-07_{provider}_{channel}_BTXH.csv"
    assert (file.rows, file.amount) == (2, 1_830_000)
    assert file.data.decode("utf-8-sig") == (
        GOLDEN / f"{provider}_{channel}.csv"
    ).read_bytes().decode("utf-8-sig")


def test_every_golden_file_belongs_to_a_declared_one() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {f"{p}_{c}" for p, c in CASES}


def test_no_file_tells_category_or_health() -> None:
    declared = [providers.file_out(provider, channel) for provider, channel in CASES]
    assert all(set(file.headers) <= set(providers.FIELDS) for file in declared)
    assert not any("category" in name or "family" in name for name in providers.FIELDS)
