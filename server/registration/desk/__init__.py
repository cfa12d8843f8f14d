"""The organizer's desk over registrations: how the event stands, and its people."""
