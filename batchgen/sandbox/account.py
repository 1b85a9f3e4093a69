"""What the account may do: jobs at once, credits, and videos a day."""

from collections.abc import Callable
from heapq import heappop, heappush, heapreplace

from batchgen.sandbox.job import Job
from batchgen.sandbox.plans import Plan
from batchgen.sandbox.wire import Refusal

_DAY = 86_400.0


class Account:
    """One account's slots and balance. Each call takes constant or logarithmic time, however many jobs there are."""

    def __init__(
        self,
        plan: Plan,
        *,
        credits: float | None,  # noqa: A002
        concurrency: int | None,
        besides: Callable[[float], float] = lambda _: 0.0,
    ) -> None:
        self.plan = plan
        self._besides = besides  # what is billed by the minute, and so by the moment
        self.limit = concurrency or plan.concurrency
        self.start_credits = plan.credits if credits is None else credits
        self.in_flight_peak = 0
        self._slots: list[float] = []  # a heap of when each busy slot is free
        self._refunds: list[tuple[float, float]] = []  # a heap of (when, credits) for jobs that will fail
        self._spent = 0.0
        self._days: dict[str, tuple[float, int]] = {}  # trial or test: when its day began, videos since

    def busy(self, now: float) -> int:
        """Count the slots in use."""
        while self._slots and self._slots[0] <= now:
            heappop(self._slots)
        return len(self._slots)

    def wait(self, now: float) -> int:
        """Give whole seconds until a slot is free."""
        return max(1, min(30, round(self._slots[0] - now + 0.5))) if self.busy(now) >= self.limit else 0

    def book(self, now: float, seconds: float) -> tuple[float, float]:
        """Take the next free slot: when the job starts, and when it is done."""
        if self.busy(now) < self.limit:
            heappush(self._slots, now + seconds)
            start = now
        else:
            start = self._slots[0]
            heapreplace(self._slots, start + seconds)
        self.in_flight_peak = max(self.in_flight_peak, len(self._slots))
        return start, start + seconds

    def charge(self, job: Job) -> None:
        """Bill a job, and book the refund where it is going to fail."""
        self._spent += job.price
        if job.failure and job.price:
            heappush(self._refunds, (job.done_at, job.price))

    def restore(self, job: Job) -> None:
        """Take in a job that an earlier sandbox accepted."""
        self.charge(job)
        if len(self._slots) < self.limit:
            heappush(self._slots, job.done_at)
        elif job.done_at > self._slots[0]:
            heapreplace(self._slots, job.done_at)

    def spent(self, now: float) -> float:
        """Give the credits billed by now."""
        while self._refunds and self._refunds[0][0] <= now:
            self._spent -= heappop(self._refunds)[1]
        return round(self._spent + self._besides(now), 6)

    def balance(self, now: float) -> float:
        """Give the credits that are left."""
        return round(self.start_credits - self.spent(now), 6)

    def afford(self, now: float, price: float) -> None:
        """Refuse what the balance does not cover: 402 on v3, a named code on v2."""
        if price > self.balance(now):
            raise Refusal(
                402,
                "insufficient_credit",
                "Insufficient credit. This operation requires 'api' credits.",
                number="MOVIO_PAYMENT_INSUFFICIENT_CREDIT",
            )

    def count_trial(self, now: float, *, test: bool, videos: int = 1) -> None:
        """Count videos against the day's limit; the day begins with its first call."""
        limit = self.plan.test_videos if test else self.plan.trial_videos
        if limit is None:
            return
        name = "test" if test else "trial"
        began, count = self._days.get(name, (now, 0))
        if now - began >= _DAY:
            began, count = now, 0
        if count + videos > limit:
            raise Refusal(
                429,
                "trial_video_limit_exceeded",
                f"It seems you've reached your daily api trial limit {limit}.",
                number="trial_video_limit_exceeded",
            )
        self._days[name] = (began, count + videos)
