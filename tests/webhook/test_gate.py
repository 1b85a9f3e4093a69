"""The gate: each event passes once, and only if it is signed."""

from batchgen.model.webhook import Announcement, Verdict
from batchgen.webhook import gate as gates
from batchgen.webhook.gate import Gate


class Desk:
    """A gate whose generation believes whoever says the secret."""

    def __init__(self):
        self.heard, self.away = [], []
        self.gate = Gate(hear=self.hear, now=lambda: 1.0, announce=self.heard.append, turn_away=self.away.append)

    def hear(self, headers, body, *, secret, now):
        if headers.get("signature") != secret:
            return Verdict.FORGED
        marks = (body.decode(), *([headers["id"]] if "id" in headers else []))
        return Announcement(event="avatar_video.success", marks=marks, progress=None)

    def post(self, body, **headers):
        return self.gate.receive({"signature": "s", **headers}, body)


def test_nothing_passes_before_the_secret_is_known():
    desk = Desk()

    assert desk.post(b"a") is Verdict.CLOSED
    desk.gate.open("s")
    assert desk.post(b"a") is Verdict.HEARD


def test_a_double_is_one_by_its_id_or_by_its_bytes():
    desk = Desk()
    desk.gate.open("s")

    said = [
        desk.post(b"a", id="1"),
        desk.post(b"a", id="1"),
        desk.post(b"a", id="2"),
        desk.post(b"b", id="1"),
        desk.post(b"c", id="3"),
    ]

    assert said == [Verdict.HEARD, *[Verdict.DOUBLE] * 3, Verdict.HEARD]
    assert len(desk.heard) == 2


def test_a_forgery_does_not_shut_out_the_truth():
    desk = Desk()
    desk.gate.open("s")

    assert desk.post(b"a", signature="x") is Verdict.FORGED
    assert desk.post(b"a") is Verdict.HEARD
    assert desk.away == [Verdict.FORGED]


def test_what_is_remembered_has_a_bound(monkeypatch):
    monkeypatch.setattr(gates, "REMEMBERED", 10)
    desk = Desk()
    desk.gate.open("s")

    for number in range(50):
        desk.post(str(number).encode())

    assert len(desk.gate._seen) == 10
    assert desk.post(b"49") is Verdict.DOUBLE
