"""One office: its folder, its settings and the day on which a command believes to run."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.codes import ROW_SUITES
from schemas.period import month_number, month_text

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SHIPPED_REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
DEADLINE_DAY = 20  # reports are due before it
FOLDERS = ("inbox", "archive", "returned", "outbox", "warehouse", "published")


class Refused(Exception):
    """What an officer asked cannot be done now; the text says why and what to do, in Vietnamese."""


class InvariantBroken(Exception):
    """The ledger contradicts itself: nothing of the step that found it is kept."""


@dataclass(frozen=True)
class Limits:
    """What an inbound file may cost."""

    max_file_mb: int = 50
    max_unpacked_mb: int = 300
    max_ratio: int = 200
    max_rows: int = 500_000
    max_columns: int = 200


@dataclass(frozen=True)
class Thresholds:
    """Shares of rows sent back beyond which no month is prepared, in percent.

    `max_rejected_percent` is of each commune's bien_dong rows, `suites` of the rows that a suite
    judges; less than `min_rows` rows are too few to say anything.
    """

    max_rejected_percent: Decimal | None = None
    min_rows: int = 1
    suites: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Releasing:
    """What a release asks for beyond one approver; amounts in VND, 0: never."""

    require_treasury: bool = False  # payment files are written once the Treasury confirmed
    second_approver_above: int = 0  # of the whole month
    first_payment_above: int = 10_000_000  # first payments to a person that approvers are shown
    require_signature: bool = False  # nothing is approved unless its files can be signed


@dataclass(frozen=True)
class Saving:
    """Where back-ups go, and for whom they are encrypted (age); not at all without anyone."""

    to: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Office:
    """The settings of `reference/office.toml`, with the folders of SPEC section 1."""

    home: Path
    today: date
    code: str
    name: str
    parent: str
    province: str
    districts: tuple[str, ...]
    start_month: int
    report_deadline_day: int
    signers: dict[str, str]
    age_change: str
    max_arrears_months: int
    max_offset_share: Decimal
    people_alert_percent: Decimal
    amount_alert_percent: Decimal
    limits: Limits
    thresholds: Thresholds
    releasing: Releasing
    prepared_by: str = ""  # of runs that nobody started by hand
    pay_day: int | None = None  # of the cycle's month; None: as soon as released
    place: str = ""  # that letters are dated at; empty: after the name of the office above
    saving: Saving = field(default_factory=Saving)
    tables: Path | None = None  # the reference tables of another day

    @property
    def reference(self) -> Path:
        return self.tables or self.home / "reference"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def returned(self) -> Path:
        return self.home / "returned"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse" / "chitra.duckdb"

    @property
    def staging(self) -> Path:
        return self.home / "warehouse" / "staging"

    def outbox(self, month: int) -> Path:
        """Return the folder of what leaves the office for one cycle."""
        return self.home / "outbox" / month_text(month)


def default_home() -> Path:
    """Return `CHITRA_HOME`, else `data/` below the current folder."""
    return Path(os.environ.get("CHITRA_HOME", "data"))


def believed_today(given: str | None = None) -> date:
    """Return the day given, else `CHITRA_TODAY`, else today in Vietnam."""
    text = given or os.environ.get("CHITRA_TODAY")
    if not text:
        return datetime.now(TIME_ZONE).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"Ngày “{text}” không đúng dạng NNNN-TT-NN, ví dụ 2024-07-03.") from None


def init_office(home: Path, start_month: str | None = None, code: str | None = None) -> None:
    """Fill a new home with folders and reference tables; files that are there stay as they are."""
    if start_month is not None:
        month_number(start_month)
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True)
    reference = home / "reference"
    reference.mkdir(exist_ok=True)
    for source in sorted(SHIPPED_REFERENCE.iterdir()):
        target = reference / source.name
        if not target.exists():
            shutil.copyfile(source, target)
            if source.name == "office.toml":
                _set_up(target, start_month, code)


def _set_up(settings: Path, start_month: str | None, code: str | None) -> None:
    """Write the first month and the office's code into fresh settings."""
    text = settings.read_text(encoding="utf-8")
    if start_month is not None:
        text = text.replace('start_month = "2024-06"', f'start_month = "{start_month}"')
    if code is not None and code != "098":
        text = text.replace('code = "098"', f'code = "{code}"')
        text = text.replace('districts = ["098"]', f'districts = ["{code}"]')
    settings.write_text(text, encoding="utf-8")


def load_office(home: Path, today: date) -> Office:
    """Read the settings of an office; Refused where there is none or a setting is wrong."""
    path = home / "reference" / "office.toml"
    if not path.is_file():
        raise Refused(f"Chưa có đơn vị trong thư mục {home}. Chạy “chitra init” trước.")
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return _office(home, today, settings)
    except (KeyError, ValueError, TypeError, InvalidOperation) as error:
        raise Refused(f"Tệp reference/office.toml có chỗ sai: {error}. Sửa rồi chạy lại.") from None


def _office(home: Path, today: date, settings: dict) -> Office:
    office, money, alerts = settings["office"], settings["money"], settings["alerts"]
    if money["age_change"] not in ("next", "same"):
        raise ValueError("age_change phải là “next” hoặc “same”")
    share = Decimal(str(money["max_offset_share"]))
    if not 0 <= share <= 1:
        raise ValueError("max_offset_share phải từ 0 đến 1")
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True)
    return Office(
        home=home,
        today=today,
        code=office["code"],
        name=office["name"],
        parent=office["parent"],
        province=office["province"],
        districts=tuple(office["districts"]),
        start_month=month_number(office["start_month"]),
        report_deadline_day=_day_of_month(office, "report_deadline_day") or DEADLINE_DAY,
        signers=dict(settings.get("signers", {})),
        age_change=money["age_change"],
        max_arrears_months=int(money["max_arrears_months"]),
        max_offset_share=share,
        people_alert_percent=Decimal(str(alerts["people_percent"])),
        amount_alert_percent=Decimal(str(alerts["amount_percent"])),
        limits=Limits(**settings.get("intake", {})),
        thresholds=_thresholds(settings.get("quality", {})),
        releasing=_releasing(settings.get("release", {})),
        prepared_by=str(settings.get("service", {}).get("prepared_by", "")).strip(),
        pay_day=_day_of_month(office, "pay_day"),
        place=str(office.get("place", "")),
        saving=_saving(settings.get("backup", {})),
    )


def _day_of_month(given: dict, name: str) -> int | None:
    day = given.get(name)
    if day is not None and not (type(day) is int and 1 <= day <= 31):
        raise ValueError(f"{name} phải là ngày từ 1 đến 31, không phải “{day}”")
    return day


def _saving(given: dict) -> Saving:
    if unknown := sorted(set(given) - {"to", "recipients"}):
        raise ValueError(f"mục [backup] không có “{unknown[0]}”, chỉ có to, recipients")
    return Saving(str(given.get("to", "")), tuple(map(str, given.get("recipients", []))))


def _releasing(given: dict) -> Releasing:
    names = [one.name for one in fields(Releasing)]
    if unknown := sorted(set(given) - set(names)):
        raise ValueError(f"mục [release] không có “{unknown[0]}”, chỉ có {', '.join(names)}")
    for name, value in given.items():
        if name.startswith("require_"):
            if not isinstance(value, bool):
                raise ValueError(f"{name} ở mục [release] là true hoặc false, không phải “{value}”")
        elif type(value) is not int or value < 0:
            raise ValueError(
                f"{name} ở mục [release] là số đồng, viết liền, từ 0 trở lên, không phải “{value}”"
            )
    return Releasing(**given)


def _thresholds(given: dict) -> Thresholds:
    names = ("max_rejected_percent", "min_rows", "suites")
    if unknown := sorted(set(given) - set(names)):
        raise ValueError(f"mục [quality] không có “{unknown[0]}”, chỉ có {', '.join(names)}")
    suites = given.get("suites", {})
    if unknown := sorted(set(suites) - set(ROW_SUITES)):
        raise ValueError(
            f"mục [quality.suites] không có bộ quy tắc “{unknown[0]}”, "
            f"chỉ có {', '.join(ROW_SUITES)}"
        )
    limit = given.get("max_rejected_percent")
    return Thresholds(
        max_rejected_percent=None if limit is None else _percent(limit),
        min_rows=int(given.get("min_rows", 1)),
        suites={name: _percent(share) for name, share in suites.items()},
    )


def _percent(given: object) -> Decimal:
    percent = Decimal(str(given))
    if not 0 <= percent <= 100:
        raise ValueError(f"giới hạn ở mục [quality] phải từ 0 đến 100, không phải {percent}")
    return percent
