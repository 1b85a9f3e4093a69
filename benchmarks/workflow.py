"""`python -m benchmarks.workflow URL ROWS DATABASE`: a durable workflow for each row, with retried steps."""

from __future__ import annotations

import sys

from dbos import DBOS, DBOSConfig

from benchmarks.loop import _post


@DBOS.step(retries_allowed=True, interval_seconds=1.0, max_attempts=5)
def create(url: str, n: int) -> None:
    """Create one translation."""
    _post(
        url,
        {
            "video": {"type": "url", "url": f"https://example.com/films/{n}.mp4"},
            "output_languages": ["Spanish (Spain)"],
            "title": f"Film {n}",
        },
    )


@DBOS.workflow()
def make(url: str, n: int) -> None:
    """Make one video."""
    create(url, n)


def main(url: str, rows: int, database: str) -> None:
    """Make so many."""
    DBOS(config=DBOSConfig(name="benchmark", system_database_url=f"sqlite:///{database}", log_level="ERROR"))
    DBOS.launch()
    for handle in [DBOS.start_workflow(make, url, n) for n in range(rows)]:
        try:
            handle.get_result()
        except Exception as error:  # noqa: BLE001 - a row that failed is counted by the server's ledger
            print(error)
    DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
