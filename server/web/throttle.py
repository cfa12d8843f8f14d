"""Rate limits, counted in the broker, or in the process while the broker is away."""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

from server.core.errors import DomainError

PER_ADDRESS: Final = RateLimitItemPerMinute(5, 15)  # five wrong passwords in 15 minutes
PER_IP: Final = RateLimitItemPerMinute(300)  # a town hall is one IP


class TooMany(DomainError):
    """Too many tries; `minutes` says when the next one counts."""

    code = "too_many"


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts tries by name."""

    shared: RateLimiter
    local: RateLimiter

    async def check(self, limit: RateLimitItem, *names: str) -> None:
        """See whether another try is allowed, without counting it.

        Raises:
            TooMany: it is not.
        """
        if not await self._ask("test", limit, *names):
            raise TooMany(minutes=limit.get_expiry() // 60)

    async def count(self, limit: RateLimitItem, *names: str) -> bool:
        """Count a try; False when it was one too many."""
        return await self._ask("hit", limit, *names)

    async def _ask(self, verb: str, limit: RateLimitItem, *names: str) -> bool:
        try:
            return bool(await getattr(self.shared, verb)(limit, *names))
        except RedisError:
            return bool(await getattr(self.local, verb)(limit, *names))


def throttle(redis_url: str) -> Throttle:
    """The limits of this process, shared with the others where there is a Redis server."""
    local = MovingWindowRateLimiter(MemoryStorage())
    if not redis_url:
        return Throttle(local, local)
    storage = RedisStorage(f"async+{redis_url}", implementation="redispy")
    return Throttle(MovingWindowRateLimiter(storage), local)
