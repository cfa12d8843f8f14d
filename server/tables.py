"""Every table of the application, imported so that their metadata is complete."""

import server.accounts.models
import server.events.models
import server.live.models
import server.mail.models
import server.mentoring.models
import server.mentoring.plans.models
import server.mentoring.wishes.models
import server.organizations.models
import server.records.models
import server.registration.models
import server.rooms.models
import server.rounds.models

__all__ = ["server"]
