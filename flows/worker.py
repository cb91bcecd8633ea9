"""The program that is the office's worker: Prefect's own, which bears that people are quick.

An approver may go on with a run whose process has not quite ended. Prefect 3.8.8 with `--limit`
then counts the run twice, and the whole worker dies of it.
"""

from __future__ import annotations

from typing import Any


def main() -> None:
    """Run Prefect's command line."""
    from prefect.cli import app

    _leave_for_the_next_look()
    app()


def _leave_for_the_next_look() -> None:
    """Let a worker leave a run alone until it has seen the run's last process end."""
    from prefect.workers.base import BaseWorker

    submit = BaseWorker._submit_scheduled_flow_runs

    async def submit_ended(self: Any, flow_run_response: list[Any]) -> Any:
        held = self._limiter.statistics().borrowers if self._limiter else ()
        ended = [found for found in flow_run_response if found.flow_run.id not in held]
        return await submit(self, ended)

    changed: Any = BaseWorker
    changed._submit_scheduled_flow_runs = submit_ended


if __name__ == "__main__":
    main()
