"""A plan as a table to take away, in Japanese for spreadsheet programs."""

from typing import Final
from zoneinfo import ZoneInfo

from server.mentoring.plans.planning import Planning

HEADER: Final = ("ラウンド", "枠", "開始", "ルーム", "チーム", "メンター", "メンターのアドレス")


def rows(planning: Planning) -> list[list[object]]:
    """A line for each visit, and one for each team and round without, by their times and rooms."""
    zone = ZoneInfo(planning.event.zone)
    table: list[list[object]] = []
    for round_ in planning.rounds:
        visited = set()
        for slot in planning.slots[round_.id]:
            begins = planning.span(slot.id).starts_at.astimezone(zone)
            own = [visit for visit in planning.held if visit.slot_id == slot.id]
            for visit in sorted(own, key=lambda v: planning.teams[v.team_id].number or 0):
                team, person = planning.teams[visit.team_id], planning.people[visit.mentor_id]
                start = [round_.number, slot.number, f"{begins:%-H:%M}"]
                table.append([*start, team.number, team.name, person.name, person.address])
                visited.add(team.id)
        left = [team for team in planning.teams.values() if team.id not in visited]
        table += [[round_.number, "", "", team.number, team.name, "", ""] for team in left]
    return table
