"""From a prepared month to a released one: the run waits for a person as often as need be.

Nothing is decided here: `tasks.release` judges every approval, and the same month may be released
by `chitra release` meanwhile. Whatever somebody typed wrong is said and asked again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from flows import approval, artifacts
from flows import approval_words as words
from flows.approval import Asked
from flows.prepare import prepare
from flows.release import release
from flows.standing import look_at_month
from tasks import outbox
from tasks.office import Refused

Row = dict[str, Any]
Here = tuple[str, str]  # home and day


def prepare_and_show(here: Here, month: str, through: str | None, by: str) -> Row:
    """Prepare a month and leave its pages with the run; return what an approver looks at."""
    prepare(*here, month, through, by, docs=True)
    look = look_at_month(*here, month)
    if approval.is_deployed():
        found = artifacts.counts(*here, month)
        files = artifacts.files_written(here[0], month, ["lists"])
        text = words.summary(look, _outbox(here, month))
        pages = artifacts.of_month(here[0], month, "Tóm tắt để duyệt", text, files)
        artifacts.put([*pages, artifacts.changes(found), artifacts.quality(found)])
    return look


def go_on(here: Here, asked: Asked, through: str | None, by: str) -> Row:
    """Judge what was answered; return the month once it is released, else wait again."""
    month = asked.month
    look = look_at_month(*here, month)
    if look.get("is_released"):
        return finish(here, look)
    if is_new := look["state"] != "prepared":
        look = prepare_and_show(here, month, through, by)
    if said := wrong(asked.answer, look, is_new):
        wait(here, look, asked.times, said)
    assert asked.answer is not None
    accept = asked.answer.get("accept", "").strip() or None
    try:
        done = release(*here, month, look["digest"], asked.answer["approver"], accept)
    except Refused as refused:
        wait(here, look, asked.times, str(refused))
    if "second_approver" in done["missing"]:
        wait(here, look_at_month(*here, month), asked.times, words.second(done["approver"]))
    return show_release(here, month)


def wrong(answer: Row | None, look: Row, is_new: bool = False) -> str:
    """Return what is wrong with a filled form, empty where the release may judge it.

    `is_new` where the month was prepared again after the form was shown.
    """
    if answer is None:
        return words.NO_ANSWER
    if not words.is_digest(answer["digest"], look["digest"]):
        said = words.CHANGED if is_new else words.WRONG_DIGEST
        return said.format(words.vi(look["month"]))
    if look["alerts"] and not answer.get("accept", "").strip():
        return words.NO_REASON
    return ""


def wait(here: Here, look: Row, times: int, note: str) -> NoReturn:
    """Wait for a person, the next time; runs that wait with the same month need not any more."""
    settle(here, look)
    approval.name_run(f"Lập kỳ {look['month']}: chờ người duyệt")
    approval.ask(look["month"], times + 1, words.asked(look, note, _outbox(here, look["month"])))


def finish(here: Here, look: Row) -> Row:
    """Write what a release that died did not write yet; nothing where all is there."""
    payments = _outbox(here, look["month"]) / "payments"
    if not look["awaits_treasury"] and outbox.verify_folder(payments):
        release(*here, look["month"], look["digest"], look["approvers"][-1])
    return show_release(here, look["month"])


def show_release(here: Here, month: str) -> Row:
    """Leave the pages of a release with the run, and end the runs that wait for it."""
    look = look_at_month(*here, month)
    if approval.is_deployed():
        settle(here, look)
        files = artifacts.files_written(here[0], month, ["payments", "treasury"])
        text = words.released(look)
        artifacts.put(artifacts.of_month(here[0], month, "Duyệt chi", text, files))
    return look


def settle(here: Here, look: Row | None = None) -> None:
    """End well the other runs that wait with a month that is released, or with this one."""
    for run, month in approval.others_waiting(here[0]):
        theirs = look if look and look["month"] == month else look_at_month(*here, month)
        if theirs.get("is_released"):
            approval.end(run, f"Lập kỳ {month}: đã duyệt chi", words.released(theirs))
        elif theirs is look:
            approval.end(run, f"Lập kỳ {month}: đã lập lại", words.taken_over(month))


def _outbox(here: Here, month: str) -> Path:
    return Path(here[0]) / "outbox" / month
