"""The block by which automations tell people of trouble: a file of the office, and mail."""

from __future__ import annotations

import os
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from filelock import FileLock
from prefect.blocks.abstract import NotificationBlock
from pydantic import Field

from tasks.office import TIME_ZONE
from tasks.visible import write_bytes

PASSWORD = "CHITRA_MAIL_PASSWORD"  # the variable of the server that holds the mail password
MOST_NOTICES = 100
SECURE_PORT, USUAL_PORT = 465, 587
HEAD = "NHỮNG VIỆC CÓ VẤN ĐỀ, mới nhất ở trên. Xem xong thì xóa tệp này; máy sẽ ghi tệp mới."
NOT_SENT = "Không gửi được thư đến {} ({}): xem mail, smtp, smtp_user ở mục [service]."
BETWEEN = "\n\n----\n"


class OfficeNotice(NotificationBlock):
    """Ghi việc có vấn đề vào tệp của đơn vị, và gửi thư nếu đơn vị có đặt."""

    _block_type_name = "Báo việc có vấn đề"
    _block_type_slug = "chitra-notice"

    path: str = Field(title="Tệp", description="Tệp ghi những việc có vấn đề.")
    mail: str = Field("", title="Gửi đến", description="Địa chỉ thư, cách nhau bằng dấu phẩy.")
    smtp: str = Field("", title="Máy chủ thư", description="Tên máy chủ:cổng.")
    smtp_user: str = Field("", title="Người gửi", description="Tài khoản ở máy chủ thư.")

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Tell of a trouble once: Prefect repeats what met an error, or a busy database after it.

        So mail that does not get through is no error here: the file says so.
        """
        from anyio import to_thread

        title, path = subject or "Việc có vấn đề", Path(self.path)
        if was_told(path, title, body):
            return
        if self.mail:
            try:
                await to_thread.run_sync(self._send, title, body)
            except (OSError, smtplib.SMTPException) as error:
                body = f"{body}\n{NOT_SENT.format(self.mail, type(error).__name__)}"
        await to_thread.run_sync(write_notice, path, title, body)

    def _send(self, subject: str, body: str) -> None:
        message = EmailMessage()
        message["Subject"], message["To"] = f"[Chi Trả] {subject}", self.mail
        message["From"] = self.smtp_user or self.mail.split(",")[0].strip()
        message.set_content(body)
        host, _, port = self.smtp.partition(":")
        number = int(port or USUAL_PORT)
        kind = smtplib.SMTP_SSL if number == SECURE_PORT else smtplib.SMTP
        with kind(host, number, timeout=30) as server:
            if password := os.environ.get(PASSWORD):
                if number != SECURE_PORT:
                    server.starttls(context=ssl.create_default_context())
                server.login(self.smtp_user, password)
            server.send_message(message)


def was_told(path: Path, subject: str, body: str) -> bool:
    """Tell whether a notice stands in the file: its body names the run."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return f"· {subject}\n{body.strip()}" in text


def write_notice(path: Path, subject: str, body: str) -> None:
    """Put a notice on top of those in a plain text file."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        text = path.read_text(encoding="utf-8") if path.is_file() else HEAD
        head, *older = text.strip().split(BETWEEN)
        now = datetime.now(TIME_ZONE).strftime("%d/%m/%Y %H:%M")
        notices = [f"{now} · {subject}\n{body.strip()}", *older][:MOST_NOTICES]
        write_bytes(path, (BETWEEN.join([head, *notices]) + "\n").encode())
