"""What the composition root hands to the pages."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from server.core.broker import Broker
from server.core.config import Settings
from server.core.db import Database
from server.web.templates import Templates
from server.web.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One of each per process."""

    settings: Settings
    database: Database
    broker: Broker
    templates: Templates
    throttle: Throttle


def services(connection: HTTPConnection) -> Services:
    """The services of the application that answers this request or socket."""
    found = connection.app.state.services
    assert isinstance(found, Services)
    return found
