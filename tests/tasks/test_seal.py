"""Files are signed, checked by anyone who holds one, and handed over so that only one can read."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msoffcrypto
import polars as pl
import pyrage
import pytest

from flows.cli import main
from schemas.period import month_number
from tasks import keys, outbox, seal, warehouse
from tasks.file_check import (
    AGE_MARK,
    CHANGED,
    UNKNOWN,
    WRONG_SIGNATURE,
    check_file,
    opened_bytes,
)
from tasks.handover import hand_over, under_password
from tasks.ledger import verify
from tasks.office import InvariantBroken, Refused
from tasks.render import Sheet, xlsx_bytes
from tests.house import House, new_house, own_account, tang

MONTH = "2024-06"
JUNE = month_number(MONTH)
ACCOUNT, CASH = "2024-06_AGRIBANK_account_BTXH.csv", "2024-06_VIETTEL_cash_BTXH.csv"
SEED = b"of a fictional office"


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An office with a practice key that paid one person by account and one in cash."""
    house = new_house(tmp_path_factory.mktemp("seal") / "office")
    people = [tang("H1", "BT06D", "06/2024", citizen_id="011080000001"), tang("H2", "BT06D", "")]
    house.send("TANG", [person | {"effective_month": "06/2024"} for person in people])
    house.send("tai_khoan", [own_account("H1", "0123456789")])
    house.ingest()
    keys.make(house.office(), practice=SEED)
    digest = house.prepare(MONTH).digest
    assert release(house, digest) == 0
    return house


def release(house: House, digest: str) -> int:
    given = ["release", MONTH, "--digest", digest, "--approver", "Bình", "--accept", "đã xem"]
    return main([*given, "--home", str(house.home), "--today", "2024-06-05"])


@pytest.fixture
def copy(paid: House, tmp_path: Path) -> House:
    """The same office, to be spoilt."""
    shutil.copytree(paid.home, tmp_path / "office")
    return House(tmp_path / "office", paid.day)


def payments(house: House) -> Path:
    return house.home / "outbox" / MONTH / "payments"


def command(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, dict[str, Any]]:
    code = main([*given, "--json"])
    return code, json.loads(capsys.readouterr().out)


# --- keys ------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_only_its_owner_reads_the_secret(tmp_path: Path) -> None:
    office = new_house(tmp_path).office()
    assert keys.public_key(office) is None
    assert keys.secret_key(office) is None
    made = keys.make(office)
    assert keys.make(office) == made
    assert (office.home / "keys" / "office.key").stat().st_mode & 0o777 == 0o600
    secret = keys.secret_key(office)
    assert secret is not None
    assert keys.key_id(secret.get_public_key()) == made


def test_a_replaced_key_still_checks_what_it_signed(copy: House) -> None:
    office = copy.office()
    old = keys.public_key(office)
    assert old is not None
    new = keys.make(office, replace=True)
    assert new != keys.key_id(old)
    assert set(keys.known_keys(office)) == {new, keys.key_id(old)}
    assert check_file(payments(copy) / ACCOUNT, office, None).problems == ()


def test_a_key_under_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = new_house(tmp_path).office()
    monkeypatch.setenv(keys.PASSWORD, "mot hai ba")
    made = keys.make(office)
    secret = keys.secret_key(office)
    assert secret is not None
    assert keys.key_id(secret.get_public_key()) == made
    monkeypatch.setenv(keys.PASSWORD, "bon nam")
    with pytest.raises(Refused, match="không đúng"):
        keys.secret_key(office)
    monkeypatch.delenv(keys.PASSWORD)
    with pytest.raises(Refused, match="CHITRA_KEY_PASSWORD"):
        keys.secret_key(office)


def test_a_practice_key_is_the_same_everywhere(tmp_path: Path) -> None:
    made = [keys.make(new_house(tmp_path / n).office(), practice=SEED) for n in "ab"]
    assert made[0] == made[1]
    secrets = [(tmp_path / name / "keys" / "office.key").read_bytes() for name in "ab"]
    assert secrets[0] == secrets[1]


def test_the_command_tells_the_key(copy: House, capsys: pytest.CaptureFixture[str]) -> None:
    home = ("--home", str(copy.home))
    code, told = command(capsys, "keys", *home)
    assert (code, told["made"]) == (0, False)
    code, renewed = command(capsys, "keys", "--replace", *home)
    assert (code, renewed["made"], renewed["key"] == told["key"]) == (0, True, False)


@pytest.mark.parametrize("text", ["", "RWQ", "khong phai khoa"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="không phải khóa công khai"):
        keys.read_public(text)


# --- signatures ------------------------------------------------------------------------------


def test_every_file_that_is_given_away_is_signed(paid: House) -> None:
    known = keys.known_keys(paid.office())
    for folder in seal.SIGNED_FOLDERS:
        files = [
            path
            for path in sorted((paid.home / "outbox" / MONTH / folder).iterdir())
            if path.suffix != outbox.SIGNATURE
        ]
        assert len(files) >= 2
        for path in files:
            signed = seal.signer_of(path, known)
            assert signed is not None, path
            assert f"file={path.name} " in signed[1]
            assert signed[1].startswith("chitra=098 month=2024-06 ")


def test_what_is_signed_says_rows_and_sum(paid: House) -> None:
    path = payments(paid) / ACCOUNT
    signed = seal.signer_of(path, keys.known_keys(paid.office()))
    assert signed is not None
    assert signed[1].endswith("rows=1 total_vnd=540000")


def test_releasing_and_signing_again_changes_no_byte(paid: House) -> None:
    before = {p: p.read_bytes() for p in (paid.home / "outbox").rglob("*") if p.is_file()}
    [cycle] = paid.table("cycle")
    assert release(paid, cycle["digest"]) == 0
    assert before == {p: p.read_bytes() for p in (paid.home / "outbox").rglob("*") if p.is_file()}


def test_a_signed_office_verifies(paid: House) -> None:
    office = paid.office()
    with warehouse.opened(office, is_read_only=True) as connection:
        assert verify(connection, office) == []


def test_without_a_key_nothing_is_signed(copy: House) -> None:
    shutil.rmtree(copy.home / "keys")
    assert seal.made(copy.office(), JUNE) == ({}, None)


def test_an_office_that_must_sign_approves_nothing_without_a_key(tmp_path: Path) -> None:
    house = new_house(tmp_path)
    settings = tmp_path / "reference" / "office.toml"
    settings.write_text(settings.read_text() + "\n[release]\nrequire_signature = true\n")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    digest = house.prepare(MONTH).digest
    with pytest.raises(Refused, match="chitra keys"):
        house.release(MONTH, digest)
    assert house.table("cycle")[0]["state"] == "prepared"
    keys.make(house.office(), practice=SEED)
    assert house.release(MONTH, digest).state == "released"


def _change(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"540000", b"640000"))


def _drop_signature(path: Path) -> None:
    seal.signature_path(path).unlink()


def _swap_signature(path: Path) -> None:
    seal.signature_path(path).write_bytes(seal.signature_path(path.with_name(CASH)).read_bytes())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_change, "chữ ký không khớp"),
        (_drop_signature, "mất chữ ký"),
        (_swap_signature, "chữ ký không khớp"),
    ],
)
def test_verify_sees_a_file_whose_signature_does_not_hold(
    copy: House, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(payments(copy) / ACCOUNT)
    assert [told in problem for problem in seal.problems(copy.office(), JUNE)] == [True]


# --- one file --------------------------------------------------------------------------------


def test_a_file_is_what_was_approved(paid: House, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(payments(paid) / ACCOUNT)
    code, found = command(capsys, "verify", path, "--home", str(paid.home))
    assert (code, found["ok"]) == (0, True)
    approved = {name: found["approved"][name] for name in ("month", "provider", "rows")}
    assert approved == {"month": MONTH, "provider": "AGRIBANK", "rows": 1}
    assert found["signed"]["key"] == command(capsys, "keys", "--home", str(paid.home))[1]["key"]


def test_a_table_for_the_treasury_is_known_too(paid: House) -> None:
    [path] = (paid.home / "outbox" / MONTH / "treasury").glob("*.xlsx")
    found = check_file(path, paid.office(), None)
    assert found.problems == ()
    assert found.approved is not None
    assert found.approved["folder"] == "treasury"


def test_a_provider_needs_the_public_key_alone(
    paid: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (ACCOUNT, ACCOUNT + outbox.SIGNATURE):
        shutil.copy(payments(paid) / name, tmp_path / name)
    shutil.copy(paid.home / "keys" / "office.pub", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["verify", ACCOUNT, "--key", "office.pub"]) == 0
    line = (tmp_path / "office.pub").read_text().splitlines()[-1]
    assert main(["verify", ACCOUNT, "--key", line]) == 0
    capsys.readouterr()
    _change(tmp_path / ACCOUNT)
    code, found = command(capsys, "verify", ACCOUNT, "--key", line)
    assert (code, found["problems"]) == (1, [WRONG_SIGNATURE])


def test_without_books_and_key_nothing_can_be_said(
    paid: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(payments(paid) / ACCOUNT, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["verify", ACCOUNT]) == 1
    assert "--key" in capsys.readouterr().err


def test_a_changed_file_is_told_from_the_approved_one(copy: House) -> None:
    _change(payments(copy) / ACCOUNT)
    found = check_file(payments(copy) / ACCOUNT, copy.office(), None)
    assert found.problems == (CHANGED.format(MONTH), WRONG_SIGNATURE)


def test_a_file_that_nobody_approved(paid: House, tmp_path: Path) -> None:
    (tmp_path / "la.csv").write_text("STT\n1\n")
    assert check_file(tmp_path / "la.csv", paid.office(), None).problems == (UNKNOWN,)
    with pytest.raises(Refused, match="Không có tệp"):
        check_file(tmp_path / "khong.csv", paid.office(), None)


def test_every_changed_byte_is_noticed(paid: House) -> None:
    data = (payments(paid) / ACCOUNT).read_bytes()
    signature = seal.signature_path(payments(paid) / ACCOUNT)
    known = keys.known_keys(paid.office())
    assert seal.signer(io.BytesIO(data), signature, known) is not None
    for place in range(len(data)):
        spoilt = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert seal.signer(io.BytesIO(spoilt), signature, known) is None, place


# --- handing over ----------------------------------------------------------------------------


def test_only_the_provider_opens_what_it_is_handed(paid: House, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    office = paid.office()
    (office.home / "keys" / "AGRIBANK.age").write_text(f"{identity.to_public()}\n")
    with warehouse.opened(office, is_read_only=True) as connection:
        made = hand_over(connection, office, JUNE, "AGRIBANK", tmp_path)
    note = "ban_giao_2024-06_AGRIBANK.txt"
    assert made.files == (f"{ACCOUNT}.age", note)
    assert (made.rows, made.total_vnd) == (1, 540_000)
    locked = (tmp_path / f"{ACCOUNT}.age").read_bytes()
    assert b"0123456789" not in locked
    assert pyrage.decrypt(locked, [identity]) == (payments(paid) / ACCOUNT).read_bytes()
    assert "540.000 đồng" in (tmp_path / note).read_text(encoding="utf-8")
    with pytest.raises(Refused, match="mã hóa"):
        check_file(tmp_path / f"{ACCOUNT}.age", office, None)
    assert locked.startswith(AGE_MARK)


@pytest.mark.parametrize(
    ("provider", "recipients", "password", "told"),
    [
        ("LPBANK", (), None, "Các đơn vị: AGRIBANK, VIETTEL"),
        ("VIETTEL", (), None, "keys/VIETTEL.age"),
        ("VIETTEL", ("age1khong",), None, "không phải khóa nhận age"),
        ("VIETTEL", (), "mat khau", "không phải. Dùng khóa nhận age"),
        ("VIETTEL", (), " ", "trống"),
    ],
)
def test_what_cannot_be_handed_over_is_said(
    paid: House,
    tmp_path: Path,
    provider: str,
    recipients: tuple[str, ...],
    password: str | None,
    told: str,
) -> None:
    office = paid.office()
    with (
        warehouse.opened(office, is_read_only=True) as connection,
        pytest.raises(Refused, match=told),
    ):
        hand_over(connection, office, JUNE, provider, tmp_path, recipients, password)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_is_not_handed_over(copy: House, tmp_path: Path) -> None:
    _change(payments(copy) / ACCOUNT)
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    office = copy.office()
    with (
        warehouse.opened(office, is_read_only=True) as connection,
        pytest.raises(InvariantBroken, match="khác với tệp đã duyệt"),
    ):
        hand_over(connection, office, JUNE, "AGRIBANK", tmp_path / "out", (recipient,))
    assert not (tmp_path / "out").exists()


def test_the_command_hands_over(
    paid: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    code, made = command(
        capsys,
        *("seal", MONTH, "VIETTEL", "--out", str(tmp_path), "--recipient", recipient),
        *("--home", str(paid.home)),
    )
    assert (code, made["files"]) == (0, [f"{CASH}.age", "ban_giao_2024-06_VIETTEL.txt"])


def test_a_workbook_opens_with_its_password_alone(tmp_path: Path) -> None:
    book = xlsx_bytes([Sheet("A", pl.DataFrame({"a": ["x"]}), {"a": "Cột"})])
    locked = under_password("a.xlsx", book, "mat khau")
    assert locked != book
    opened = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(locked))
    file.load_key(password="mat khau")
    file.decrypt(opened)
    assert opened.getvalue() == book
    assert opened_bytes(locked, "mat khau") == book
    for password, told in ((None, "Ghi tệp chứa mật khẩu"), ("sai", "không mở được")):
        with pytest.raises(Refused, match=told):
            opened_bytes(locked, password)
