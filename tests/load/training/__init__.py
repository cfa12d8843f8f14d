"""A training day, ten times shorter: 66 teams, 22 mentors, three rounds of three slots.

    python -m tests.load.training [--teams 66] [--mentors 22] [--slot 78] [--kills web media …]

Everybody is a light person (a page's live channel and a light media client) except one in each of
three rooms, who is a real Chromium. One person of a room speaks at a time, the others send what a
silent microphone sends; before and after the rounds, where all are in one room, two speak and the
others' microphones are closed. The plan is shorter, no clock is scaled. Web, media, Redis and a
worker are each killed once, at least 20 s before the end of a slot, on PostgreSQL with Redis.
"""
