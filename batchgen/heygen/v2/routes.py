"""Where each kind lives in v1 and v2, and what is known of the endpoints that create it.

HeyGen's documents of v1 and v2 know no keys, no batches, no bulk status and no links in the list of v1, whose rows tell
how videos are doing.
"""

from __future__ import annotations

from batchgen.heygen import streaming
from batchgen.heygen.interface import Endpoint, Keys

_VIDEO = Endpoint(keys=Keys.NONE, lists_statuses=True)

ENDPOINTS: dict[str, Endpoint] = {
    "video": _VIDEO,
    "template": _VIDEO,
    # No document shows a list of translations, nor says that the list of videos holds them under the ids that
    # their status is asked by. An empty look proves nothing here, so none must count as proof. A row that has such an
    # id, though, tells how it is doing.
    "translation": Endpoint(keys=Keys.NONE, titled=False, lists_statuses=True),
    "session": streaming.ENDPOINT,
}

#: v1's list of videos takes up to 100 rows a page.
PAGE = ("limit", "100")
