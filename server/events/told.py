"""What the stream of an event tells: changes of its programme, for jobs of the slices above."""

from typing import Final
from uuid import UUID

EVENT_PUBLISHED: Final = "event.published"  # {event, version}
SESSION_MOVED: Final = "session.moved"  # {session, sequence}
SESSION_CANCELLED: Final = "session.cancelled"  # {session, sequence}


def stream(event_id: UUID) -> str:
    """The stream that everyone of an event may read."""
    return f"event:{event_id}"
