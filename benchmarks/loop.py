"""`python -m benchmarks.loop URL ROWS`: one row after another; what fails is printed, as HeyGen's documents show."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request


def main(url: str, rows: int) -> None:
    """Make so many translations."""
    for n in range(rows):
        body = {
            "video": {"type": "url", "url": f"https://example.com/films/{n}.mp4"},
            "output_languages": ["Spanish (Spain)"],
            "title": f"Film {n}",
        }
        try:
            _post(url, body)
        except OSError as error:
            print(f"Film {n}: {error}")
        time.sleep(0.02)


def _post(url: str, body: object) -> None:
    request = urllib.request.Request(
        f"{url}/v3/video-translations",
        data=json.dumps(body).encode(),
        headers={"x-api-key": "k", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        reply.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
