"""The bar of a run in Prefect's pages: how many of its steps are done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

LEAST_MOVE = 4.0  # percent that a bar moves at least: each move is a call


class Bar:
    """Hears of every step that begins and moves the bar of this run.

    A verb says how many steps are ahead once it knows; until then the bar stands still.
    """

    def __init__(self, about: str) -> None:
        self.about = about
        self.begun = 0
        self.total = 0
        self.shown = 0.0
        self._id: UUID | None = None

    def plan(self, steps: int) -> None:
        """Take in that so many steps are ahead."""
        self.total = max(self.total, self.begun + steps)

    def __call__(self, _label: str) -> None:
        """Take in that a step begins: those before it are done."""
        done = 100.0 * self.begun / self.total if self.total else 0.0
        self.begun += 1
        if self._id is None or done >= self.shown + LEAST_MOVE:
            self.show(min(done, 99.0))

    def finish(self) -> None:
        """Show that all is done."""
        self.show(100.0)

    def show(self, percent: float) -> None:
        """Draw the bar, the first time as a new one."""
        from prefect.artifacts import create_progress_artifact, update_progress_artifact

        self.shown = percent
        if self._id is None:
            made: Any = create_progress_artifact(percent, "tien-do", self.about)
            self._id = made
        else:
            update_progress_artifact(self._id, progress=percent)
