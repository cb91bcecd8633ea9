"""Each provider's file, byte for byte: a golden file per provider and channel, lying beside it.

To add a provider: its `.toml`, then its golden files (the failing test shows what it wrote).
"""

import csv
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import sepaxml
from lxml import etree

from schemas import providers
from schemas.period import month_number
from schemas.providers import Profile, ProfileError
from schemas.providers.reading import read_profile as read_bytes
from tasks.payment_parts import Draft, Group, write_group

ROOT = Path(__file__).resolve().parents[2]


def read_profile(path: Path) -> Profile:
    return read_bytes(path, path.read_bytes())


DECLARED = sorted(providers.FOLDER.glob("*.toml"))
GOLDEN = Path(__file__).parent / "providers"
CASES = [(path.stem, channel) for path in DECLARED for channel in read_profile(path).files]
JULY, RELEASED = month_number("2024-07"), date(2024, 7, 3)
ACCOUNTS = pl.DataFrame(
    [
        {
            "payment_id": "CT24070000000000AA",
            "payee_name": "Vừ A Hùng",
            "account_number": "0123456789",
            "bin": "970405",
            "bank_name": "Agribank",
            "amount": 750_000,
        },
        {
            "payment_id": "CT24070000000000AB",
            "payee_name": "Lò Thị Mỷ",
            "account_number": "190300004444",
            "bin": "970407",
            "bank_name": "Techcombank",
            "amount": 1_080_000,
        },
    ]
)
CASH = pl.DataFrame(
    [
        {
            "payment_id": "CT24070000000000AA",
            "payee_name": "Vừ A Hùng",
            "payee_citizen_id": "011080000001",
            "commune_name": "Xã Sính Phình",
            "village": "Tả Là Cáo",
            "phone": "0987654321",
            "amount": 750_000,
        },
        {
            "payment_id": "CT24070000000000AB",
            "payee_name": 'Lò Thị "Mỷ"',
            "payee_citizen_id": None,
            "commune_name": "Thị trấn Tủa Chùa",
            "village": "=Tổ 1",
            "phone": None,
            "amount": 1_080_000,
        },
    ]
)
LINES = {"account": ACCOUNTS, "cash": CASH}


def golden(provider: str, channel: str) -> Path:
    """Return where the golden file lies; that of a workbook is what its cells say."""
    extension = providers.file_out(provider, channel).extension
    return GOLDEN / f"{provider}_{channel}.{extension}{'.txt' if extension == 'xlsx' else ''}"


def cells(path: Path) -> bytes:
    """Return the cells of a workbook as text, sheet by sheet."""
    lines = []
    for sheet in openpyxl.load_workbook(path):
        lines.append(f"[{sheet.title}]")
        lines += ["\t".join(repr(c) for c in row) for row in sheet.iter_rows(values_only=True)]
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize(("provider", "channel"), CASES)
def test_the_file_is_the_golden_one(tmp_path: Path, provider: str, channel: str) -> None:
    group = Group(provider, channel, "BTXH")
    (part,) = write_group(Draft(tmp_path, JULY, RELEASED), group, LINES[channel])
    extension = providers.file_out(provider, channel).extension
    assert part.name == f"2024-07_{provider}_{channel}_BTXH.{extension}"
    assert (part.lines, part.amount, part.part, part.parts) == (2, 1_830_000, 1, 1)
    assert part.account_digits == (45 + 29 if channel == "account" else 0)
    path = tmp_path / part.name
    written = cells(path) if extension == "xlsx" else path.read_bytes()
    assert written == golden(provider, channel).read_bytes(), written.decode("utf-8-sig")


def test_every_golden_file_belongs_to_a_declared_one() -> None:
    assert set(GOLDEN.iterdir()) == {golden(provider, channel) for provider, channel in CASES}


def test_shipped_profiles_are_marked_as_to_be_confirmed() -> None:
    shipped = [path for path in DECLARED if path.stem != "generic"]
    assert all("to be confirmed" in path.read_text(encoding="utf-8") for path in shipped)


def test_a_copy_is_named_by_its_provider(tmp_path: Path) -> None:
    path = tmp_path / "BIDV.toml"
    path.write_bytes((providers.FOLDER / "AGRIBANK.toml").read_bytes())
    with pytest.raises(ProfileError, match="khóa “provider” đang là 'AGRIBANK'; cần “BIDV”"):
        read_profile(path)


def test_profiles_serve_what_the_reference_table_says() -> None:
    with (ROOT / "data/reference/providers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (ROOT / "data/reference/bank_bins.csv").open(encoding="utf-8", newline="") as file:
        known = {"*"} | {row["bin"] for row in csv.DictReader(file)}
    for row in rows:
        declared = providers.profile(row["provider"])
        assert row["bin"] in declared.bins, row["provider"]
        assert ("cash" in declared.channels) == (row["pays_cash"] == "yes"), row["provider"]
    for path in DECLARED:
        assert set(read_profile(path).bins) <= known, path.name


def test_pain001_validates_against_its_schema() -> None:
    folder = Path(sepaxml.__file__).parent / "schemas"
    schema = etree.XMLSchema(etree.parse(folder / "pain.001.001.09.xsd"))
    document = etree.parse(GOLDEN / "PAIN001_account.xml")
    schema.assertValid(document)
    spaces = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    assert document.xpath("//p:CtrlSum/text()", namespaces=spaces) == ["1830000", "1830000"]
    assert document.xpath("//p:EndToEndId/text()", namespaces=spaces) == [
        "CT24070000000000AA",
        "CT24070000000000AB",
    ]


def test_no_file_tells_category_or_health() -> None:
    told = ("category", "family", "scheme", "dossier", "decision", "reason", "regular", "arrears")
    assert not any(word in field for field in providers.FIELDS for word in told)
    for provider, channel in CASES:
        declared = providers.file_out(provider, channel)
        assert declared.transfer_text.text.startswith("{payment_id}")
        assert {column.field for column in declared.columns} <= {*providers.FIELDS, ""}


PROFILE = """
provider = "X"
bins = ["970418"]
channels = ["account"]
[account]
{keys}
columns = [
    {{ header = "Mã", field = "payment_id" }},
    {{ header = "Số TK", field = "account_number"{column} }},
    {{ header = "Tiền", field = "amount" }},
    {last}
]
"""


@pytest.mark.parametrize(
    ("keys", "column", "last", "said"),
    [
        ('format = "xls"', "", "", r"mục \[account\], khóa “format” đang là 'xls'; cần"),
        ("formaat = 1", "", "", "khóa “formaat” đang là 1; cần một khóa đã biết"),
        ('max_lines = "5"', "", "", "khóa “max_lines” đang là '5'; cần số nguyên từ 1"),
        ('sheet = "A"', "", "", "khóa “sheet” .* bỏ khóa này"),
        ('format = "xlsx"\nmax_lines = 2000000', "", "", "không quá 1000000 dòng"),
        ('format = "pain.001"', "", "", "khóa “payer” chưa có"),
        ('format = "fixed_width"', "", "", "cột 1, khóa “width” chưa có"),
        ('encoding = "ascii"', "", "", "hoặc bỏ dấu ở “Mã”"),
        ("", ', pattern = "("', "", "cột 2, khóa “pattern” đang là '\\('"),
        ("", ", cut = true, max_length = 5", "", "không cắt mã"),
        ("", "", '{ header = "Loại", field = "category_code" }', "cột 4, khóa “field”"),
        ("", "", '{ header = "Tiền", field = "phone" }', "mỗi cột một tên khác nhau"),
        ("", "", '{ header = "Rỗng" }', "hoặc “field”, hoặc “text”"),
        ('name = "BIDV"', "", "", r"khóa “name” đang là 'BIDV'; cần .*\{month\}"),
        ('name = "../{month}_{scheme}"', "", "", "khóa “name”"),
        ('transfer_text = { text = "TRO CAP {payment_id}" }', "", "", "đứng đầu"),
        ('transfer_text = { text = "{payment_id} {family}" }', "", "", "đứng đầu"),
        ('transfer_text = { text = "{payment_id} TC NCC" }', "", "", "không nói loại đối tượng"),
        ('transfer_text = { text = "{payment_id} KY {month}", limit = 20 }', "", "", "ít nhất 25"),
        ('payer = { name = "A" }', "", "", "bỏ khóa này"),
        ("= 5", "", "", "X.toml: không đọc được"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_section_key_and_value(
    tmp_path: Path, keys: str, column: str, last: str, said: str
) -> None:
    path = tmp_path / "X.toml"
    path.write_text(PROFILE.format(keys=keys, column=column, last=last), encoding="utf-8")
    with pytest.raises(ProfileError, match=said) as error:
        read_profile(path)
    assert "X.toml" in str(error.value)


def test_a_file_without_account_or_amount_is_no_payment_file(tmp_path: Path) -> None:
    path = tmp_path / "X.toml"
    path.write_text(
        'provider = "X"\nbins = []\nchannels = ["account"]\n[account]\n'
        'columns = [{ header = "ND", field = "transfer_text" }]\n'
    )
    with pytest.raises(ProfileError, match="một cột có field = “account_number”"):
        read_profile(path)
    path.write_text(
        'provider = "X"\nbins = []\nchannels = ["cash"]\n'
        '[cash]\nformat = "pain.001"\ncolumns = []\n'
    )
    with pytest.raises(ProfileError, match=r"pain\.001 chỉ chuyển vào tài khoản"):
        read_profile(path)
    path.write_text('provider = "X"\nbins = []\nchannels = ["cash"]\n[account]\ncolumns = []\n')
    with pytest.raises(ProfileError, match=r"khớp với mục \[account\]"):
        read_profile(path)


@pytest.mark.parametrize(
    ("channel", "keys", "said"),
    [
        ("account", 'columns = [{ text = "ABC", width = 2 }]', "chữ không dài hơn width"),
        (
            "account",
            'max_lines = 10\ncolumns = [{ field = "line_no", width = 1 }]',
            "không quá 9 dòng",
        ),
        ("cash", "columns = []", "một cột có field = “payment_id”"),
    ],
)
def test_fixed_width_has_room_for_what_it_says(
    tmp_path: Path, channel: str, keys: str, said: str
) -> None:
    path = tmp_path / "X.toml"
    path.write_text(
        f'provider = "X"\nbins = []\nchannels = ["{channel}"]\n[{channel}]\n'
        f'format = "fixed_width"\n{keys}\n'
    )
    with pytest.raises(ProfileError, match=said):
        read_profile(path)
