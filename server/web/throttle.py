"""Rate limits, counted in the broker, or in the process while the broker is away."""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

from server.core.errors import DomainError

PER_ADDRESS: Final = RateLimitItemPerMinute(5, 15)  # five wrong passwords in 15 minutes
PER_READER: Final = RateLimitItemPerMinute(20, 15)  # mails to one address, whoever asks for them
PER_READER_AND_IP: Final = RateLimitItemPerMinute(5, 15)  # the same, asked for from one IP
PER_PERSON: Final = RateLimitItemPerHour(60)  # mails that one person has sent to others
PER_IP: Final = RateLimitItemPerMinute(300)  # a town hall is one IP


class TooMany(DomainError):
    """Too many tries; `minutes` says when the next one counts."""

    code = "too_many"


class TooManyMails(TooMany):
    """Too many mails were asked for; `minutes` says when the next one is sent."""

    code = "too_many_mails"


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts tries by name."""

    shared: RateLimiter
    local: RateLimiter

    async def count(self, limit: RateLimitItem, *names: str) -> bool:
        """Count a try; False when it was one too many."""
        try:
            return bool(await self.shared.hit(limit, *names))
        except RedisError:
            return bool(await self.local.hit(limit, *names))

    async def left(self, limit: RateLimitItem, *names: str) -> int:
        """How many more tries count before one is too many."""
        try:
            return (await self.shared.get_window_stats(limit, *names)).remaining
        except RedisError:
            return (await self.local.get_window_stats(limit, *names)).remaining

    async def forgive(self, limit: RateLimitItem, *names: str) -> None:
        """Forget the tries so far: the right one came."""
        try:
            await self.shared.clear(limit, *names)
        except RedisError:
            await self.local.clear(limit, *names)


def throttle(redis_url: str) -> Throttle:
    """The limits of this process, shared with the others where there is a Redis server."""
    local = MovingWindowRateLimiter(MemoryStorage())
    if not redis_url:
        return Throttle(local, local)
    storage = RedisStorage(f"async+{redis_url}", implementation="redispy")
    return Throttle(MovingWindowRateLimiter(storage), local)
