"""The trouble that a sandbox makes on purpose, each kind with its own name and probability.

Rule: what happens to a request depends on the seed and on its place in the order of requests, on nothing else.
"""

from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any


def _fault(token: str, default: Any = 0.0) -> Any:
    return field(default=default, metadata={"token": token})


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often each trouble happens: a probability from 0 to 1, or a setting in seconds or words."""

    # Requests that create, and that are refused or lost before anything is made.
    throttle: float = _fault("throttle")  #: 429 with Retry-After.
    error_before: float = _fault("500_before")  #: 500, and no job exists.
    inside_200: float = _fault("inside_200")  #: HTTP 200 that carries an error (v1, v2); no job exists.
    html_before: float = _fault("html_before")  #: A gateway's 502, 503 or 504 in HTML; no job exists.
    lost_before: float = _fault("lost_before")  #: The connection is cut, and no job exists.
    # Requests that create, and whose jobs exist and are billed.
    error_after: float = _fault("500_after")  #: 500, and the job exists.
    html_after: float = _fault("html_after")  #: A gateway's HTML, and the job exists.
    lost: float = _fault("lost")  #: The connection is cut, and the job exists.
    hang: float = _fault("hang")  #: No reply comes, and the job exists.
    envelope: float = _fault("envelope")  #: v2 creates answer with 202, in v1's envelope: the documents show both.
    # Any request.
    slow: float = _fault("slow")  #: The reply takes `slow_s`.
    # Requests that read.
    get_429: float = _fault("get_429")
    get_500: float = _fault("get_500")
    get_html: float = _fault("get_html")
    get_hang: float = _fault("get_hang")
    get_lost: float = _fault("get_lost")
    # Renders and their files.
    failed: float = _fault("failed")  #: The render ends as failed, and is not billed.
    stuck: float = _fault("stuck")  #: The render takes `stuck_s`.
    odd_status: float = _fault("odd_status")  #: A status word that no page of the documents knows.
    late_url: float = _fault("late_url")  #: `completed` comes `late_url_s` before the link does.
    expired: float = _fault("expired")  #: A link is signed with a date that is past.
    cut: float = _fault("cut")  #: A download ends part way.
    download_500: float = _fault("download_500")
    # Uploads to a place that was given for them.
    put_cut: float = _fault("put_cut")  #: The connection is cut, and nothing is stored.
    put_lost: float = _fault("put_lost")  #: The connection is cut, and the bytes are stored.
    put_500: float = _fault("put_500")  #: The object store is busy.
    put_corrupt: float = _fault("put_corrupt")  #: The bytes arrive damaged: a checksum tells, if one was given.
    # Events that are told to webhooks, each drawn for each job.
    webhook_never: float = _fault("webhook_never")  #: Nothing is told of its end.
    webhook_late: float = _fault("webhook_late")  #: It is told `webhook_late_s` after its end.
    webhook_shuffled: float = _fault("webhook_shuffled")  #: Up to `webhook_late_s` after it, and so in another order.
    webhook_twice: float = _fault("webhook_twice")
    webhook_replayed: float = _fault("webhook_replayed")  #: Told again, under another id and a time that is past.
    webhook_forged: float = _fault("webhook_forged")  #: A failure that never was, with a wrong signature.
    # Replies kept for an Idempotency-Key.
    replay_5xx: float = _fault("replay_5xx")  #: A 5xx is kept and replayed for its key, for as long as keys last.
    replay_4xx: float = _fault("replay_4xx")  #: So is a 4xx, 429 among them.
    # Tokens of its OAuth server.
    token_401: float = _fault("token_401")  #: A token runs out with the request that it signs, which is refused.
    oauth_no: float = _fault("oauth_no")  #: The person says no when asked for consent.
    oauth_429: float = _fault("oauth_429")  #: Tokens are asked for too fast.
    oauth_500: float = _fault("oauth_500")  #: No tokens, but a gateway's 503 in HTML.
    oauth_rejected: float = _fault("oauth_rejected")  #: A refresh token is not valid any more.
    oauth_same: float = _fault("oauth_same")  #: A refresh gives no new refresh token: the old one stays good.
    # Sessions with avatars.
    session_full: float = _fault("session_full")  #: 10007: as many are open as may be.
    session_trial: float = _fault("session_trial")  #: 10015: the same, of a trial.
    session_old: float = _fault("session_old")  #: 400014: the media server finds the avatar too old.
    session_ends: float = _fault("session_ends")  #: It ends by itself after `session_ends_s`.
    session_dark: float = _fault("session_dark")  #: Its pictures and sound never come.
    session_mute: float = _fault("session_mute")  #: Nothing is told of what happens in it.
    task_lost: float = _fault("task_lost")  #: The reply to a task is lost, and its text is spoken.
    task_lost_before: float = _fault("task_lost_before")  #: The task is lost, and its text is not spoken.
    # Settings.
    session_ends_s: float = _fault("session_ends_s", 1.0)  #: Seconds.
    token_life: float = _fault("token_life", 864_000.0)  #: Seconds; HeyGen's OAuth guide says ten days.
    keys: str = _fault("keys", "honoured")  #: honoured, or ignored.
    list_lag: float = _fault("list_lag")  #: Seconds before a new job shows in lists.
    statuses_lag: float = _fault("statuses_lag")  #: Seconds before /statuses knows a new job.
    asset_lag: float = _fault("asset_lag")  #: Seconds for which an uploaded file is looked at before jobs may name it.
    item_lag: float = _fault("item_lag")  #: Seconds for which an item of a batch has no id.
    retry_after: float = _fault("retry_after", 1.0)  #: Seconds that a 429 asks for.
    slow_s: float = _fault("slow_s", 2.0)  #: Seconds.
    hang_s: float = _fault("hang_s", 300.0)  #: Seconds before a hanging connection is cut.
    late_url_s: float = _fault("late_url_s", 3.0)  #: Seconds.
    stuck_s: float = _fault("stuck_s", 6 * 3600.0)  #: Seconds.
    webhook_late_s: float = _fault("webhook_late_s", 5.0)  #: Seconds.

    @property
    def any(self) -> bool:
        """Tell whether anything at all is out of order."""
        return self != _NONE


_SETTINGS = {
    "list_lag",
    "statuses_lag",
    "asset_lag",
    "item_lag",
    "retry_after",
    "slow_s",
    "hang_s",
    "late_url_s",
    "stuck_s",
    "webhook_late_s",
    "token_life",
    "session_ends_s",
}
_WORDS = {"keys"}
_TOKENS = {one.metadata["token"]: one.name for one in fields(Faults)}
_NONE = Faults()

PRESETS = {
    "none": _NONE,
    "mild": Faults(
        throttle=0.03,
        error_before=0.02,
        error_after=0.01,
        lost=0.02,
        slow=0.03,
        slow_s=1.0,
        get_429=0.01,
        get_500=0.01,
        failed=0.02,
        expired=0.05,
        cut=0.05,
        put_cut=0.02,
        put_500=0.02,
        asset_lag=0.5,
        webhook_late=0.05,
        webhook_twice=0.05,
        item_lag=0.5,
    ),
    "rough": Faults(
        throttle=0.10,
        error_before=0.05,
        inside_200=0.03,
        html_before=0.03,
        lost_before=0.02,
        error_after=0.05,
        html_after=0.03,
        lost=0.05,
        envelope=0.10,
        hang=0.01,
        hang_s=60.0,
        slow=0.05,
        get_429=0.03,
        get_500=0.03,
        get_html=0.02,
        get_lost=0.02,
        failed=0.05,
        odd_status=0.05,
        late_url=0.10,
        expired=0.15,
        cut=0.15,
        download_500=0.05,
        put_cut=0.05,
        put_lost=0.05,
        put_500=0.05,
        put_corrupt=0.02,
        asset_lag=2.0,
        webhook_never=0.05,
        webhook_late=0.10,
        webhook_shuffled=0.20,
        webhook_twice=0.10,
        webhook_replayed=0.05,
        webhook_forged=0.05,
        list_lag=2.0,
        item_lag=2.0,
    ),
}


def parse(text: str) -> Faults:
    """Read faults as `mild`, `lost=0.05,500_before=0.03`, or `mild,lost=0.2`; a ValueError says what is wrong."""
    faults = _NONE
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, given, value = part.partition("=")
        faults = _with(faults, name.strip(), value.strip()) if given else _preset(name)
    return faults


def _preset(name: str) -> Faults:
    if name in PRESETS:
        return PRESETS[name]
    if name in _TOKENS:
        raise ValueError(f"The fault {name!r} needs a value, such as {name}=0.05.")
    raise ValueError(f"There is no fault or preset {name!r}.{_nearest(name)}")


def _with(faults: Faults, token: str, value: str) -> Faults:
    if token not in _TOKENS:
        raise ValueError(f"There is no fault {token!r}.{_nearest(token)}")
    read: Any = _keys(value) if token in _WORDS else _number(token, value)
    return replace(faults, **{_TOKENS[token]: read})


def _number(token: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"The fault {token!r} wants a number, got {value!r}.") from None
    highest = float("inf") if token in _SETTINGS else 1.0
    if not 0 <= number <= highest:
        unit = "seconds from 0" if token in _SETTINGS else "a probability from 0 to 1"
        raise ValueError(f"The fault {token!r} wants {unit}, got {value!r}.")
    return number


def _keys(value: str) -> str:
    if value not in {"honoured", "ignored"}:
        raise ValueError(f"The fault 'keys' wants honoured or ignored, got {value!r}.")
    return value


def _nearest(name: str) -> str:
    near = get_close_matches(name, [*PRESETS, *_TOKENS], 1, cutoff=0.4)
    return f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join([*PRESETS, *_TOKENS])}."
