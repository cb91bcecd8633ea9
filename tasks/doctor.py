"""What is wrong with the machine, the folder or the set-up of an office, and how to mend it.

Each check is a function of plain values; `flows.doctor` looks them up. No check changes anything,
none names a person who receives money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

GOOD, NOTE, BAD = "good", "note", "bad"
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
LEAST_FREE, SAFE_FREE = 1 << 30, 5 << 30  # bytes on the disk of the office
ROOM = 4  # times the warehouse: a replay and a snapshot each need a copy
CLOCK_LEEWAY = timedelta(minutes=10)
BACKUP_LATE, BACKUP_OLD = timedelta(days=2), timedelta(days=7)
MOST_NAMED = 6
INSTALL = "Trong thư mục chương trình chạy “make demo” (hoặc pip install -r requirements.lock)."


@dataclass(frozen=True)
class Check:
    """One thing looked at: `bad` must be mended, `note` is to be known; `mend` says how."""

    name: str
    state: str
    found: str
    mend: str = ""


def python(version: tuple[int, int]) -> Check:
    """Judge the Python that runs the program."""
    found = ".".join(map(str, version))
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return Check("Python", GOOD, found)
    return Check("Python", BAD, found, "Cài Python 3.11, 3.12 hoặc 3.13 rồi chạy lại “make demo”.")


def libraries(locked: Mapping[str, str], installed: Mapping[str, str | None]) -> Check:
    """Compare installed versions with those of requirements.lock, of this machine's kind."""
    wrong = [
        f"{name} {installed.get(name) or 'thiếu'} (cần {version})"
        for name, version in sorted(locked.items())
        if installed.get(name) != version
    ]
    if not wrong:
        return Check("Thư viện", GOOD, f"{len(locked)} thư viện đúng phiên bản")
    return Check("Thư viện", BAD, named(wrong), INSTALL)


def folders(unwritable: Sequence[str]) -> Check:
    """Judge whether every folder of the office can be written to."""
    if not unwritable:
        return Check("Thư mục", GOOD, "ghi được")
    mend = "Cho tài khoản chạy chương trình quyền ghi vào các thư mục này; xem ổ đĩa có bị khóa."
    return Check("Thư mục", BAD, f"không ghi được: {named(unwritable)}", mend)


def settings(refusal: str | None, name: str = "") -> Check:
    """Judge office.toml; `refusal` is what the program says when it reads it."""
    if refusal is None:
        return Check("Cấu hình", GOOD, name)
    return Check("Cấu hình", BAD, refusal, "Sửa reference/office.toml, hoặc chạy “chitra init”.")


def disk(free: int, warehouse: int) -> Check:
    """Judge the free bytes beside the size of the warehouse."""
    found = f"còn {free / (1 << 30):.1f} GB trống".replace(".", ",")
    mend = "Xóa hoặc chuyển bớt tệp khác trên ổ đĩa; đừng xóa archive/ và warehouse/."
    if free < max(LEAST_FREE, ROOM // 2 * warehouse):
        return Check("Đĩa", BAD, found, mend)
    if free < max(SAFE_FREE, ROOM * warehouse):
        return Check("Đĩa", NOTE, found, mend)
    return Check("Đĩa", GOOD, found)


def clock(now: datetime, newest_file: datetime | None, today: date, last: date | None) -> Check:
    """Judge the clock by what was written last, and the day by the last day of the ledger."""
    mend = "Chỉnh lại ngày giờ của máy (bật lấy giờ qua mạng), rồi chạy lại."
    if newest_file is not None and newest_file > now + CLOCK_LEEWAY:
        found = f"máy chỉ {now:%d/%m/%Y %H:%M}, có tệp ghi lúc {newest_file:%d/%m/%Y %H:%M}"
        return Check("Đồng hồ", BAD, found, mend)
    if last is not None and last > today:
        found = f"hôm nay là {today:%d/%m/%Y}, sổ đã có việc ngày {last:%d/%m/%Y}"
        return Check("Đồng hồ", BAD, found, mend)
    return Check("Đồng hồ", GOOD, f"{now:%d/%m/%Y %H:%M}")


def warehouse(refusal: str | None, is_there: bool) -> Check:
    """Judge whether the warehouse opens; `refusal` is why not."""
    if refusal is not None:
        mend = "Nếu không có lệnh nào đang chạy: “chitra rebuild” dựng lại sổ từ tệp lưu, nhật ký."
        return Check("Sổ", BAD, refusal, mend)
    return Check("Sổ", GOOD, "mở được" if is_there else "chưa nhận tệp nào")


def backups(today: date, last: date | None, has_ledger: bool) -> Check:
    """Judge the age of the last backup."""
    mend = "Chạy “chitra backup”, cất bản sao lưu ở ổ đĩa khác hoặc thẻ nhớ."
    if last is None:
        state = BAD if has_ledger else NOTE
        return Check("Sao lưu", state, "chưa có bản sao lưu nào", mend)
    found = f"bản mới nhất ngày {last:%d/%m/%Y}"
    age = today - last
    if age > BACKUP_LATE:
        return Check("Sao lưu", BAD if age > BACKUP_OLD else NOTE, found, mend)
    return Check("Sao lưu", GOOD, found)


def service(server: bool, worker: bool) -> Check:
    """Judge server and worker: an office may do without both, not without one of them."""
    if server and worker:
        return Check("Máy chủ", GOOD, "máy chủ và worker đang chạy")
    if not server and not worker:
        mend = "Muốn có giao diện và lịch chạy tự động: “chitra up”."
        return Check("Máy chủ", NOTE, "không mở", mend)
    dead = "worker" if server else "máy chủ Prefect"
    return Check("Máy chủ", BAD, f"{dead} đã dừng", "Chạy “chitra up”.")


def notices(count: int) -> Check:
    """Judge what went wrong in runs and nobody has cleared away yet."""
    if not count:
        return Check("Việc có vấn đề", GOOD, "không có")
    mend = "Đọc service/van_de.txt, xử lý xong thì xóa tệp đó."
    return Check("Việc có vấn đề", NOTE, f"{count} việc chưa xem", mend)


def keys(has_key: bool, is_open: bool, is_required: bool) -> Check:
    """Judge the signing key; `is_open` where others than its owner can read it."""
    if not has_key:
        state = BAD if is_required else NOTE
        return Check("Khóa ký", state, "chưa có: tệp chi trả không được ký", "Chạy “chitra keys”.")
    if is_open:
        mend = "Chạy “chmod 600 keys/office.key”; nghi đã lộ thì “chitra keys --replace”."
        return Check("Khóa ký", BAD, "tài khoản khác trên máy đọc được khóa", mend)
    return Check("Khóa ký", GOOD, "có")


def communes(month: str, silent: Sequence[str], count: int) -> Check:
    """Tell which communes have sent nothing for the open month; early in it that is normal."""
    if not silent:
        return Check("Xã gửi tệp", GOOD, f"kỳ {month}: {count} xã đã gửi")
    found = f"kỳ {month}: {len(silent)} trên {count} xã chưa gửi: {named(silent)}"
    return Check("Xã gửi tệp", NOTE, found, "Nhắc xã; xã không có thay đổi thì gửi tệp trống.")


def tables(month: str, rows: Iterable[tuple[str, str, str | None]]) -> Check:
    """Judge the dates of reference rows (table, key, last month): none may have run out."""
    last: dict[tuple[str, str], str] = {}
    for table, key, valid_to in rows:
        last[table, key] = max(last.get((table, key), ""), valid_to or "9999-12")
    ended = [f"{table} {key} (đến {to})" for (table, key), to in sorted(last.items()) if to < month]
    if not ended:
        return Check("Bảng tra cứu", GOOD, f"còn hiệu lực kỳ {month}")
    mend = "Thêm dòng mức mới vào bảng ở reference/, có căn cứ; mức đã bãi bỏ thì thôi."
    return Check("Bảng tra cứu", NOTE, f"hết hiệu lực: {named(ended)}", mend)


def holidays(years: Iterable[str], today: date) -> Check:
    """Judge whether the days off of this year are known."""
    if str(today.year) in set(years):
        return Check("Ngày nghỉ", GOOD, f"có năm {today.year}")
    mend = f"Thêm ngày nghỉ lễ, Tết năm {today.year} vào reference/holidays.csv."
    return Check("Ngày nghỉ", NOTE, f"chưa có năm {today.year}", mend)


def named(things: Sequence[str]) -> str:
    """Return the first few things by name, and how many more there are."""
    more = len(things) - MOST_NAMED
    return ", ".join(things[:MOST_NAMED]) + (f" và {more} nữa" if more > 0 else "")
