"""The time zones that people choose from: ours first, then round the globe."""

from typing import Final

ZONES: Final = (
    "Asia/Tokyo",
    *("Asia/Seoul", "Asia/Taipei", "Asia/Shanghai", "Asia/Singapore", "Asia/Bangkok"),
    *("Asia/Kolkata", "Asia/Dubai", "Europe/Berlin", "Europe/Paris", "Europe/London", "UTC"),
    *("America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles"),
    *("Pacific/Honolulu", "Pacific/Auckland", "Australia/Sydney"),
)
