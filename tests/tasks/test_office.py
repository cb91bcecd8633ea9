"""Settings of an office: read, checked, and said in plain words where they are wrong."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.period import month_number
from tasks.office import Refused, Releasing, Thresholds, believed_today, init_office, load_office

DAY = date(2024, 6, 3)


def change(home: Path, before: str, after: str) -> None:
    path = home / "reference" / "office.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_fresh_office_is_tua_chua(tmp_path: Path) -> None:
    init_office(tmp_path, "2024-07")
    office = load_office(tmp_path, DAY)
    assert (office.code, office.start_month) == ("098", month_number("2024-07"))
    assert (office.max_offset_share, office.max_arrears_months) == (Decimal("1.0"), 24)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "archive", "inbox", "outbox", "published", "reference", "returned", "warehouse"
    ]  # fmt: skip


def test_filling_again_keeps_what_is_there(tmp_path: Path) -> None:
    init_office(tmp_path)
    change(tmp_path, "max_arrears_months = 24", "max_arrears_months = 12")
    init_office(tmp_path)
    assert load_office(tmp_path, DAY).max_arrears_months == 12


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ('age_change = "next"', 'age_change = "later"', "age_change"),
        ("max_offset_share = 1.0", "max_offset_share = 1.5", "max_offset_share"),
        ('start_month = "2024-06"', 'start_month = "06/2024"', "Kỳ"),
        ('province = "11"', "", "province"),
        ("[money]", "[money", "office.toml"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, before: str, after: str, word: str) -> None:
    init_office(tmp_path)
    change(tmp_path, before, after)
    with pytest.raises(Refused, match=word):
        load_office(tmp_path, DAY)


def test_what_a_release_asks_for(tmp_path: Path) -> None:
    init_office(tmp_path)
    assert load_office(tmp_path, DAY).releasing == Releasing(False, 0, 10_000_000)
    shown = (
        "# [release]\n# require_treasury = false        # true: provider files are written only "
        "after `chitra treasury`\n# second_approver_above = 0  "
    )
    wanted = "[release]\nrequire_treasury = true\nsecond_approver_above = 5000000000"
    change(tmp_path, shown, wanted)
    assert load_office(tmp_path, DAY).releasing == Releasing(True, 5_000_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("require_treasury = 1", "true hoặc false"),
        ('second_approver_above = "5 tỷ"', "số đồng"),
        ("second_approver_above = true", "số đồng"),
        ("first_payment_above = -1", "số đồng"),
        ("second_approver = 1", "không có “second_approver”"),
    ],
)
def test_wrong_release_settings_are_named(tmp_path: Path, line: str, word: str) -> None:
    init_office(tmp_path)
    change(tmp_path, "[intake]", f"[release]\n{line}\n[intake]")
    with pytest.raises(Refused, match=word):
        load_office(tmp_path, DAY)


def test_no_office_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="chitra init"):
        load_office(tmp_path, DAY)


def test_the_believed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHITRA_TODAY", "2024-07-19")
    assert believed_today() == date(2024, 7, 19)
    assert believed_today("2024-08-01") == date(2024, 8, 1)
    with pytest.raises(Refused, match="NNNN-TT-NN"):
        believed_today("19/07/2024")


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("[quality]\nmax_rejected = 20", "max_rejected_percent"),
        ("[quality]\nmax_rejected_percent = 120", "từ 0 đến 100"),
        ("[quality]\nmax_rejected_percent = true", "sai"),
        ("[quality.suites]\nidentity = 20", "identity_change"),
    ],
)
def test_wrong_limits_are_named(tmp_path: Path, lines: str, word: str) -> None:
    init_office(tmp_path)
    change(tmp_path, "[intake]", f"{lines}\n[intake]")
    with pytest.raises(Refused, match=word):
        load_office(tmp_path, DAY)


def test_limits_are_off_until_they_are_set(tmp_path: Path) -> None:
    init_office(tmp_path)
    assert load_office(tmp_path, DAY).thresholds == Thresholds(None, 1, {})
    text = (tmp_path / "reference" / "office.toml").read_text(encoding="utf-8")
    hidden = text[text.index("# [quality]") :]
    change(tmp_path, hidden, "\n".join(line[2:] for line in hidden.splitlines()))
    found = load_office(tmp_path, DAY).thresholds
    assert found == Thresholds(Decimal(20), 10, {"identity_change": Decimal(30)})
