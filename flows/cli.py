"""`chitra …`: the verbs on the command line, for people (Vietnamese) and for scripts (--json)."""

from __future__ import annotations

import getpass
import json as json_text
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Group, Parameter

from flows.wording import VietnameseHelp, usage_error
from schemas.codes import FILE_KINDS
from schemas.period import month_number, month_text
from tasks.office import Refused, believed_today, default_home

DONE, REFUSED, WRONG_USAGE = 0, 1, 2
MOST_MONTHS = 12  # that one simulation projects
NOTHING_TO_SIMULATE = (
    "Chưa nói tính thử theo gì. Ghi --rates TỆP, --age-change, --offset-share hoặc --months; "
    "thêm --help để xem cách dùng."
)
BY_WHOM = "Không rõ tài khoản máy. Ghi tên người ghi xác nhận: --by."
UNEXPECTED = "Lỗi ngoài dự kiến ({}). Sổ không bị hỏng; đặt CHITRA_DEBUG=1 rồi chạy lại để xem."

COMMON = Group("Tham số chung", sort_key=9)
app = App(
    name="chitra",
    help="Chi trả trợ cấp xã hội không dùng tiền mặt: từ danh sách của xã đến đối soát.",
    help_flags=["--help", "-h"],
    version_flags=[],
    group_commands=Group("Lệnh", sort_key=1),
    group_arguments=Group("Giá trị", sort_key=2),
    group_parameters=Group("Tham số", sort_key=3),
    help_formatter=VietnameseHelp(),
    help_on_error=False,
)
app["--help"].help = "Hiện trang này."
app["--help"].group = COMMON


def _month(_type: Any, value: str | None) -> None:
    if value is not None:
        month_number(value)


def _months(_type: Any, values: tuple[str, ...]) -> None:
    for value in values:
        if value != "all":
            month_number(value)


def _day(_type: Any, value: str | None) -> None:
    try:
        date.fromisoformat(value or "2024-01-01")
    except ValueError:
        message = f"Ngày “{value}” không đúng dạng NNNN-TT-NN, ví dụ 2024-07-03."
        raise ValueError(message) from None


def _positive(_type: Any, value: int) -> None:
    if value < 1:
        raise ValueError(f"Phải là số từ 1 trở lên, không phải {value}.")


def _age_change(_type: Any, value: str | None) -> None:
    if value not in (None, "next", "same"):
        raise ValueError(f"--age-change là next hoặc same, không phải “{value}”.")


def _share(_type: Any, value: str | None) -> None:
    if value is not None and not re.fullmatch(r"0([.,]\d{1,4})?|1([.,]0{1,4})?", value, re.ASCII):
        raise ValueError(f"--offset-share là số từ 0 đến 1, ví dụ 0.5, không phải “{value}”.")


def _few_months(_type: Any, value: int | None) -> None:
    if value is not None and not 1 <= value <= MOST_MONTHS:
        raise ValueError(f"--months là số từ 1 đến {MOST_MONTHS}, không phải {value}.")


def _kind(_type: Any, value: str) -> None:
    if value not in FILE_KINDS:
        raise ValueError(f"Không có loại biểu “{value}”. Các loại: {', '.join(FILE_KINDS)}.")


Month = Annotated[str, Parameter(validator=_month, help="Kỳ, dạng NNNN-TT, ví dụ 2024-07.")]


@Parameter(name="*", group=COMMON)
@dataclass(frozen=True)
class Place:
    """Where and when a command runs, and for whom it writes."""

    home: Annotated[
        Path | None, Parameter(help="Thư mục đơn vị (mặc định: CHITRA_HOME, hoặc data/).")
    ] = None
    today: Annotated[
        str | None, Parameter(validator=_day, help="Ngày chạy, dạng NNNN-TT-NN (để chạy lại).")
    ] = None
    json: Annotated[bool, Parameter(negative=(), help="In một đối tượng JSON.")] = False

    @property
    def folder(self) -> Path:
        return (self.home or default_home()).absolute()

    @property
    def where_and_when(self) -> tuple[str, str]:
        """Return what every verb begins with."""
        return str(self.folder), believed_today(self.today).isoformat()


HERE = Place()


@app.command
def init(
    *,
    start_month: Annotated[
        str | None, Parameter(validator=_month, help="Kỳ đầu tiên, dạng NNNN-TT.")
    ] = None,
    office: Annotated[str | None, Parameter(help="Mã huyện, ví dụ 098.")] = None,
    place: Place = HERE,
) -> int:
    """Tạo thư mục cho một đơn vị mới, kèm bảng tra cứu và cấu hình."""
    from tasks.office import init_office, load_office

    init_office(place.folder, start_month, office)
    made = load_office(place.folder, believed_today(place.today))
    first = month_text(made.start_month)
    if (start_month or first, office or made.code) != (first, made.code):
        raise Refused(
            f"Đơn vị này đã có: mã {made.code}, kỳ đầu tiên {first}. "
            "Sửa trong reference/office.toml nếu chưa nhận tệp nào."
        )
    return _answer(
        place,
        {
            "home": str(made.home),
            "code": made.code,
            "office": made.name,
            "start_month": first,
        },
        "initialised",
    )


@app.command
def ingest(*, place: Place = HERE) -> int:
    """Nhận mọi tệp mới trong inbox/; tệp đã nhận không tính lại."""
    from flows.ingest import ingest as verb

    return _answer(place, _watched(lambda: verb(*place.where_and_when)), "ingested")


@app.command
def prepare(
    month: Month,
    /,
    *,
    through: Annotated[
        str | None, Parameter(validator=_month, help="Chi trước đến tháng này (Tết).")
    ] = None,
    by: Annotated[str | None, Parameter(help="Người lập (mặc định: tài khoản máy).")] = None,
    docs: Annotated[
        bool, Parameter(negative=(), help="Ghi thêm trang kiểm tra dữ liệu (lâu hơn vài giây).")
    ] = False,
    place: Place = HERE,
) -> int:
    """Lập danh sách chi trả của kỳ đang mở và in mã xác nhận."""
    from flows.prepare import prepare as verb

    preparer = by or _system_user("Không rõ tài khoản máy. Ghi tên người lập: --by.")
    result = _watched(lambda: verb(*place.where_and_when, month, through, preparer, docs))
    return _answer(place, result, "prepared")


def _system_user(otherwise: str) -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Refused(otherwise) from None


@app.command
def release(
    month: Month,
    /,
    *,
    digest: Annotated[str, Parameter(help="Mã xác nhận mà “chitra prepare” đã in.")],
    approver: Annotated[str, Parameter(help="Người duyệt, khác người lập.")],
    accept: Annotated[str | None, Parameter(help="Lý do chấp nhận các cảnh báo.")] = None,
    place: Place = HERE,
) -> int:
    """Duyệt chi: chốt bảng đã lập, ghi tệp chi trả và bảng kho bạc.

    Đơn vị đặt mức cần hai người duyệt thì mỗi người chạy lệnh này một lần; đơn vị đặt chờ Kho bạc
    thì tệp chi trả chỉ được ghi sau “chitra treasury”.
    """
    from flows.release import release as verb

    result = _watched(lambda: verb(*place.where_and_when, month, digest, approver, accept))
    return _answer(place, result, "released")


@app.command
def treasury(
    month: Month,
    /,
    *,
    confirmed_on: Annotated[
        str, Parameter(validator=_day, help="Ngày Kho bạc xác nhận, dạng NNNN-TT-NN.")
    ],
    reference: Annotated[str, Parameter(help="Số chứng từ hoặc công văn của Kho bạc.")],
    by: Annotated[str | None, Parameter(help="Người ghi (mặc định: tài khoản máy).")] = None,
    place: Place = HERE,
) -> int:
    """Ghi Kho bạc đã xác nhận kỳ đã duyệt; ghi tệp chi trả nếu đang chờ việc này."""
    from flows.treasury import treasury as verb

    told = (month, confirmed_on, reference, by or _system_user(BY_WHOM))
    return _answer(place, _watched(lambda: verb(*place.where_and_when, *told)), "confirmed")


@app.command
def reconcile(month: Month | None = None, /, *, place: Place = HERE) -> int:
    """Đối soát kết quả của đơn vị chi trả (bỏ trống kỳ: mọi kỳ đã duyệt)."""
    from flows.reconcile import reconcile as verb

    return _answer(place, _watched(lambda: verb(*place.where_and_when, month)), "reconciled")


@app.command
def resolve(
    reference: Annotated[str, Parameter(help="Số ngoại lệ (ngoai_le.csv), hoặc mã khoản chi.")],
    /,
    *,
    word: Annotated[
        str,
        Parameter(
            name="--as",
            help="paid: tiền đã đến người hưởng. failed: không chi được. returned: đã hoàn trả. "
            "ignored: dòng không phải kết quả chi trả (dòng phí…). belongs: dòng là của khoản "
            "ghi ở --payment.",
        ),
    ],
    by: Annotated[str, Parameter(help="Người quyết định.")],
    reason: Annotated[str, Parameter(help="Lý do, căn cứ.")],
    payment: Annotated[
        str | None, Parameter(help="Mã khoản chi mà dòng nói đến (với belongs).")
    ] = None,
    against_provider: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Đơn vị đã báo chi nhưng chắc chắn tiền không ở người hưởng: kỳ sau chi lại.",
        ),
    ] = False,
    place: Place = HERE,
) -> int:
    """Quyết định một ngoại lệ, hoặc một khoản chi chưa có kết quả; ghi tên người và lý do."""
    from flows.resolve import resolve as verb

    asked = {
        "reference": reference,
        "word": word,
        "by": by,
        "reason": reason,
        "payment_id": payment,
        "is_against_provider": against_provider,
    }
    return _answer(place, _watched(lambda: verb(*place.where_and_when, asked)), "resolved")


@app.command
def remind(month: Month | None = None, /, *, place: Place = HERE) -> int:
    """Ghi việc cần nhắc trước hạn báo cáo: ai chưa báo cáo, chưa gửi kết quả, chưa gửi biến động.

    Bỏ trống kỳ: tháng này.
    """
    from flows.remind import remind as verb

    return _answer(place, _watched(lambda: verb(*place.where_and_when, month)), "reminded")


@app.command
def publish(
    month: Month,
    /,
    *,
    full: Annotated[
        bool, Parameter(negative=(), help="Ghi thêm bản không che (có ghi lại người lấy).")
    ] = False,
    place: Place = HERE,
) -> int:
    """Công bố số liệu, báo cáo của kỳ tính đến hôm nay."""
    from flows.publish import publish as verb

    return _answer(place, _watched(lambda: verb(*place.where_and_when, month, full)), "published")


@app.command
def status(*, place: Place = HERE) -> int:
    """Cho biết các kỳ đang ở đâu."""
    from tasks import warehouse
    from tasks.office import load_office
    from tasks.status import status as standing

    office = load_office(place.folder, believed_today(place.today))
    with warehouse.opened(office) as connection:
        found = standing(connection, office)
    return _answer(place, found, "standing")


@app.command
def explain(
    dossier: Annotated[str, Parameter(help="Mã hồ sơ.")],
    month: Month | None = None,
    /,
    *,
    as_of_cycle: Annotated[
        str | None,
        Parameter(validator=_month, help="Như sổ biết khi kỳ này đang mở, dạng NNNN-TT."),
    ] = None,
    place: Place = HERE,
) -> int:
    """Giải thích tiền của một hồ sơ: được bao nhiêu, vì sao, đã chi thế nào, ai báo."""
    from tasks.explain import explain as explained
    from tasks.office import load_office

    office = load_office(place.folder, believed_today(place.today))
    asked, then = (None if text is None else month_number(text) for text in (month, as_of_cycle))
    return _answer(place, explained(office, dossier, asked, then), "explained")


@app.command
def simulate(
    month: Month,
    /,
    *,
    rates: Annotated[
        list[Path] | None,
        Parameter(
            negative=(),
            help="CSV có cột của standards.csv, categories.csv hoặc fixed_amounts.csv: dòng nào "
            "có thì thay mức của đơn vị trong các tháng đó. Ghi nhiều lần được.",
        ),
    ] = None,
    age_change: Annotated[
        str | None,
        Parameter(
            validator=_age_change,
            help="Tháng đổi mức theo tuổi: next (tháng sau sinh nhật) hoặc same (ngay tháng đó).",
        ),
    ] = None,
    offset_share: Annotated[
        str | None,
        Parameter(validator=_share, help="Phần nhiều nhất của khoản chi để truy thu, từ 0 đến 1."),
    ] = None,
    months: Annotated[
        int | None,
        Parameter(validator=_few_months, help="Dự toán từng ấy kỳ kể từ kỳ này, từ 1 đến 12."),
    ] = None,
    out: Annotated[
        Path | None, Parameter(help="Tệp hoặc thư mục sẽ ghi (mặc định: thư mục đang đứng).")
    ] = None,
    place: Place = HERE,
) -> int:
    """Tính thử một kỳ theo mức hoặc cách tính khác, và dự toán; không đổi gì trong sổ."""
    from tasks import warehouse
    from tasks.office import load_office
    from tasks.simulation import Asked
    from tasks.simulation import simulate as simulated
    from tasks.simulation_book import save_book, simulation_book

    share = None if offset_share is None else Decimal(offset_share.replace(",", "."))
    asked = Asked(tuple(rates or ()), age_change, share, months or 0)
    if not (asked.is_other or asked.months):
        return _refuse(NOTHING_TO_SIMULATE, ["--json"] if place.json else [], WRONG_USAGE)
    office = load_office(place.folder, believed_today(place.today))
    if not office.warehouse.exists():
        raise Refused("Đơn vị chưa nhận tệp nào nên chưa có gì để tính thử. Chạy “chitra ingest”.")
    with warehouse.opened(office, is_read_only=True) as connection:
        found = _watched(lambda: simulated(connection, office, month_number(month), asked))
    path = save_book(office, month, simulation_book(office, found), out)
    return _answer(place, {**found, "path": str(path)}, "simulated")


@app.command
def template(
    kind: Annotated[str, Parameter(validator=_kind, help=f"Loại biểu: {', '.join(FILE_KINDS)}.")],
    /,
    *,
    commune: Annotated[
        str | None, Parameter(help="Mã hoặc tên xã: ghi sẵn xã, thêm danh sách thôn/bản.")
    ] = None,
    out: Annotated[
        Path | None, Parameter(help="Tệp hoặc thư mục sẽ ghi (mặc định: thư mục đang đứng).")
    ] = None,
    place: Place = HERE,
) -> int:
    """Viết mẫu Excel trống để xã, công an, đơn vị chi trả điền."""
    from tasks import warehouse
    from tasks.office import load_office
    from tasks.templates import make_template, save_template

    office = load_office(place.folder, believed_today(place.today))
    with warehouse.opened(office) as connection:
        made = make_template(connection, office, kind, commune)
    return _answer(
        place,
        {
            "path": str(save_template(made, out)),
            "kind": kind,
            "commune": made.commune_code,
            "month": month_text(made.month),
            "sheets": list(made.sheets),
        },
        "templated",
    )


@app.command
def sample(
    directory: Annotated[Path, Parameter(help="Thư mục nhận tệp mẫu.")],
    /,
    *,
    people: Annotated[int, Parameter(validator=_positive, help="Số hồ sơ ban đầu.")],
    months: Annotated[int, Parameter(validator=_positive, help="Số kỳ.")],
    seed: Annotated[int, Parameter(help="Số gieo: cùng số thì cùng tệp.")],
    start_month: Annotated[
        str, Parameter(validator=_month, help="Kỳ đầu tiên, dạng NNNN-TT.")
    ] = "2024-06",
    place: Place = HERE,
) -> int:
    """Viết tệp vào của một huyện hư cấu 12 xã, để tập và để thử."""
    from tasks.sample import write_sample

    written = _watched(lambda: write_sample(directory, people, months, seed, start_month))
    result = {"directory": str(directory), "people": people, "months": months, "seed": seed}
    return _answer(place, {**result, "files": len(written)}, "sampled")


@app.command
def demo(
    directory: Annotated[Path, Parameter(help="Thư mục trống.")] = Path("demo"),
    /,
    *,
    people: Annotated[int, Parameter(validator=_positive, help="Số hồ sơ.")] = 4800,
    months: Annotated[int, Parameter(validator=_positive, help="Số kỳ.")] = 3,
    place: Place = HERE,
) -> int:
    """Chạy thử một huyện hư cấu qua ba kỳ, từ đầu đến cuối, trên Prefect."""
    from flows import shown
    from flows.demo import demo as verb

    result = verb(directory, people, months, _nothing if place.json else shown.demo_month)
    return _answer(place, result, "demonstrated")


def _nothing(_: Any) -> None:
    """Show nothing."""


@app.command
def keys(
    *,
    replace: Annotated[
        bool, Parameter(negative=(), help="Làm khóa mới thay khóa đang có (khi bị lộ hoặc mất).")
    ] = False,
    place: Place = HERE,
) -> int:
    """Làm khóa ký của đơn vị, hoặc cho biết khóa đang có; tệp chi trả được ký bằng khóa này.

    Đặt biến CHITRA_KEY_PASSWORD trước khi làm khóa thì khóa có mật khẩu, và mỗi lần duyệt chi
    phải đặt lại biến đó.
    """
    from tasks import keys as signing
    from tasks import recorded, warehouse
    from tasks.office import load_office

    office = load_office(place.folder, believed_today(place.today))
    had = signing.public_key(office) is not None
    made = signing.make(office, replace)
    path = signing.public_path(office)
    if replace or not had:
        with warehouse.opened(office) as connection:
            recorded.note(connection, office, "keys", key=made, public=signing.public_text(office))
    return _answer(
        place,
        {
            "key": made,
            "public": path.relative_to(office.home).as_posix(),
            "text": path.read_text(encoding="utf-8"),
            "made": replace or not had,
        },
        "keyed",
    )


@app.command
def seal(
    month: Month,
    provider: Annotated[str, Parameter(help="Mã đơn vị chi trả, ví dụ AGRIBANK.")],
    /,
    *,
    out: Annotated[Path, Parameter(help="Thư mục nhận tệp, ví dụ thẻ nhớ.")],
    recipient: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            show_default=False,
            help="Khóa nhận của đơn vị chi trả (age1…); mặc định: tệp keys/MÃ.age.",
        ),
    ] = (),
    password_file: Annotated[
        Path | None, Parameter(help="Tệp chứa mật khẩu, cho tệp Excel, thay cho mã hóa age.")
    ] = None,
    place: Place = HERE,
) -> int:
    """Mã hóa tệp chi trả cho đúng đơn vị nhận, kèm chữ ký và biên bản bàn giao."""
    from tasks import warehouse
    from tasks.handover import hand_over
    from tasks.office import load_office

    office = load_office(place.folder, believed_today(place.today))
    with warehouse.opened(office, is_read_only=True) as connection:
        made = hand_over(
            connection,
            office,
            month_number(month),
            provider,
            out,
            recipient,
            _password(password_file),
        )
    return _answer(place, {**asdict(made), "out": str(out)}, "handed_over")


def _password(path: Path | None) -> str | None:
    """Return the first line of a password file."""
    if path is None:
        return None
    if not path.is_file():
        raise Refused(f"Không có tệp mật khẩu {path}.")
    return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")


@app.command
def backup(
    *,
    to: Annotated[
        str | None, Parameter(help="Thư mục nhận (mặc định: mục [backup] của office.toml).")
    ] = None,
    recipient: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            show_default=False,
            help="Khóa nhận age1…: mã hóa bản sao, và chép cả khóa ký (nhiều lần được).",
        ),
    ] = (),
    drill: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Không sao lưu: khôi phục thử bản cuối vào thư mục tạm rồi so từng tệp.",
        ),
    ] = False,
    identity: Annotated[
        Path | None, Parameter(help="Tệp khóa riêng age, để diễn tập bản đã mã hóa.")
    ] = None,
    place: Place = HERE,
) -> int:
    """Sao lưu sang thư mục hoặc đĩa khác; chỉ chép những gì mới."""
    from flows import backup as saving

    if drill:
        tried = _watched(lambda: saving.drill(*place.where_and_when, to, identity))
        _answer(place, tried, "drilled")
        return DONE if tried["same"] else REFUSED
    result = _watched(lambda: saving.backup(*place.where_and_when, to, recipient))
    _answer(place, result, "backed_up")
    return REFUSED if result["lost"] else DONE


@app.command
def restore(
    source: Annotated[Path, Parameter(help="Thư mục có bản sao lưu.")],
    /,
    *,
    identity: Annotated[
        Path | None, Parameter(help="Tệp khóa riêng age, nếu bản sao lưu được mã hóa.")
    ] = None,
    place: Place = HERE,
) -> int:
    """Khôi phục bản sao lưu cuối vào thư mục trống (--home) và dựng lại sổ, tệp ra."""
    from flows.backup import restore as verb

    result = _watched(lambda: verb(str(source), *place.where_and_when, identity))
    return _answer(place, result, "restored")


@app.command
def rebuild(*, place: Place = HERE) -> int:
    """Dựng lại sổ và mọi tệp ra từ archive/ và journal/, đúng từng byte; so rồi mới thay."""
    from flows.rebuild import rebuild as verb
    from tasks.office import load_office

    office = load_office(place.folder, believed_today(place.today))
    return _answer(place, _watched(lambda: verb(office)), "rebuilt")


@app.command
def verify(
    file: Annotated[
        Path | None, Parameter(help="Chỉ kiểm tra tệp này có đúng như đã duyệt không.")
    ] = None,
    /,
    *,
    key: Annotated[
        str | None, Parameter(help="Khóa công khai của nơi chi trả: tệp office.pub hoặc dòng khóa.")
    ] = None,
    password_file: Annotated[
        Path | None, Parameter(help="Tệp chứa mật khẩu của tệp Excel cần kiểm tra.")
    ] = None,
    recompute: Annotated[
        tuple[str, ...],
        Parameter(
            validator=_months,
            negative=(),
            show_default=False,
            help="Tính lại kỳ này từ tệp lưu rồi so từng byte (nhiều lần được; all: mọi kỳ).",
        ),
    ] = (),
    receipt: Annotated[
        tuple[Path, ...],
        Parameter(
            negative=(),
            show_default=False,
            help="So sổ và nhật ký với biên nhận cất ở nơi khác (nhiều lần được).",
        ),
    ] = (),
    place: Place = HERE,
) -> int:
    """Kiểm tra sổ chi trả, tệp đã ghi, tệp lưu và nhật ký; hoặc một tệp có đúng như đã duyệt."""
    if file is not None:
        return _check_file(place, file, key, _password(password_file))
    from flows.steps import check_ledger, check_receipts, recompute_months

    result: dict[str, Any] = {"problems": _watched(lambda: check_ledger(*place.where_and_when))}
    if receipt:
        result["problems"] += check_receipts(*place.where_and_when, [str(path) for path in receipt])
    if recompute:
        months = None if "all" in recompute else list(recompute)
        found = _watched(lambda: recompute_months(*place.where_and_when, months))
        result["problems"] += [
            f"Kỳ {one['month']}: {problem}" for one in found for problem in one["problems"]
        ]
        result["recomputed"] = found
    _answer(place, {"ok": not result["problems"], **result}, "verified")
    return REFUSED if result["problems"] else DONE


def _check_file(place: Place, file: Path, key: str | None, password: str | None) -> int:
    """Tell of one file whether it is what was approved; an office need not be at hand."""
    from tasks.file_check import check_file
    from tasks.office import load_office

    today = believed_today(place.today)
    has_office = (place.folder / "warehouse" / "chitra.duckdb").is_file()
    office = load_office(place.folder, today) if has_office or place.home else None
    text = Path(key).read_text(encoding="utf-8") if key and Path(key).is_file() else key
    found = check_file(file, office, text, password)
    _answer(place, {"ok": not found.problems, **asdict(found)}, "file_checked")
    return REFUSED if found.problems else DONE


@app.command
def up(
    *,
    port: Annotated[
        int | None, Parameter(help="Cổng của giao diện (mặc định: office.toml, hoặc 4200).")
    ] = None,
    foreground: Annotated[
        bool, Parameter(negative=(), help="Ở lại, giữ mọi thứ sống cho đến khi bị dừng (systemd).")
    ] = False,
    place: Place = HERE,
) -> int:
    """Mở máy chủ Prefect của đơn vị: giao diện, lịch chạy, worker; cái nào chết thì mở lại."""
    from flows import service

    if foreground:
        words = [sys.executable, "-P", "-m", "flows.cli", *sys.argv[1:]]
        service.become_keeper(place.folder, words)
        service.keep(place.folder, port, lambda result: _answer(place, result, "serving"))
    return _answer(place, _watched(lambda: service.up(place.folder, port)), "serving")


@app.command
def down(*, place: Place = HERE) -> int:
    """Dừng máy chủ Prefect và worker của đơn vị, kể cả phần còn sót sau sự cố."""
    from flows import service

    return _answer(place, _watched(lambda: service.down(place.folder)), "stopped")


@app.command
def doctor(*, place: Place = HERE) -> int:
    """Khám máy, thư mục, sổ, bản sao lưu; chỗ nào phải sửa thì nói cách sửa."""
    from flows.doctor import examine

    found = _watched(lambda: examine(*place.where_and_when))
    _answer(place, found, "examined")
    return DONE if found["ok"] else REFUSED


# In the order in which an office needs them.
for _place, _name in enumerate(
    (
        *("init", "keys", "template", "ingest", "prepare", "release", "treasury", "seal"),
        *("reconcile", "resolve", "publish", "status", "explain", "simulate", "verify"),
        *("up", "down", "doctor"),
        *("backup", "restore", "rebuild"),
    )
):
    app[_name].sort_key = _place


def _watched(work: Callable[[], Any]) -> Any:
    """Do `work` while a line on standard error says which step is running."""
    if not sys.stderr.isatty():
        return work()
    from rich.console import Console
    from rich.markup import escape

    from flows.step import watched

    with (
        Console(stderr=True).status("Đang làm …") as shown_status,
        watched(lambda step: shown_status.update(escape(step))),
    ):
        return work()


def _answer(place: Place, result: dict[str, Any], shown_by: str) -> int:
    """Print what a command found out, for scripts or for people."""
    if place.json:
        _print_json(result)
    else:
        from flows import shown

        getattr(shown, shown_by)(result)
    return DONE


def _print_json(result: dict[str, Any]) -> None:
    print(json_text.dumps(result, ensure_ascii=False, default=str))


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 refused or broken, 2 wrong usage."""
    given = list(sys.argv[1:] if tokens is None else tokens)
    try:
        found = _run(given)
    except CycloptsError as error:
        return _refuse(usage_error(error), given, WRONG_USAGE)
    except Refused as error:
        return _refuse(str(error), given, REFUSED)
    except KeyboardInterrupt:
        return _refuse("Đã dừng. Chạy lại lệnh để làm tiếp.", given, REFUSED)
    except Exception as error:
        return _failed(error, given)
    return found if isinstance(found, int) else DONE


def _run(given: list[str]) -> Any:
    """Run one command; rebuild the warehouse first where it does not belong to the journal."""
    from tasks.journal import Behind

    def once() -> Any:
        return app(given, exit_on_error=False, print_error=False, result_action="return_value")

    try:
        return once()
    except Behind as behind:
        from flows.rebuild import mend

        mend(behind.office, str(behind))
        return once()


def _failed(error: Exception, given: list[str]) -> int:
    """Say that a command failed; what the error says may hold values of rows, so it is not shown.

    With CHITRA_DEBUG the error comes through as it is.
    """
    from flows.step import told_of
    from tasks.office import InvariantBroken

    if isinstance(error, InvariantBroken):
        return _refuse(str(error), given, REFUSED)
    if os.environ.get("CHITRA_DEBUG"):
        raise error
    return _refuse(UNEXPECTED.format(told_of(error)), given, REFUSED)


def _refuse(sentence: str, given: list[str], code: int) -> int:
    print(sentence, file=sys.stderr)
    if "--json" in given:
        _print_json({"error": sentence})
    return code


if __name__ == "__main__":
    sys.exit(main())
