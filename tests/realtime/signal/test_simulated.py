"""Accidents on request do to a client what the real ones would."""

from functools import partial

import pytest
from livekit.protocol import models, rtc

from realtime.signal.outbox import COME_BACK
from tests.realtime.signal.callers import calling, connected
from tests.realtime.signal.house import House, Talk, joined
from tests.realtime.signal.test_resume import back, gone, kinds, lost
from tests.support.waiting import until

DISCONNECT, RECONNECT = rtc.LeaveRequest.DISCONNECT, rtc.LeaveRequest.RECONNECT
RESUME = rtc.LeaveRequest.RESUME


async def simulate(talk: Talk, **scenario: object) -> None:
    wish = rtc.SimulateScenario(**scenario)  # type: ignore[arg-type]
    await talk.signalling.send(rtc.SignalRequest(simulate=wish))


@pytest.mark.parametrize(
    ("scenario", "action", "reason"),
    [
        ("server_leave", DISCONNECT, models.SERVER_SHUTDOWN),
        ("leave_request_full_reconnect", RECONNECT, models.STATE_MISMATCH),
    ],
)
async def test_a_leave_on_request_is_for_good(
    den: House, scenario: str, action: int, reason: int
) -> None:
    async with connected(den, "ai") as (_, talk):
        await simulate(talk, **{scenario: True})
        leave = await talk.leave_told()
        assert (leave.action, leave.reason) == (action, reason)
        assert await gone(den, "ai")


async def test_after_a_migration_the_client_resumes(den: House) -> None:
    async with connected(den, "ai") as (ai, talk):
        await simulate(talk, migration=True)
        leave = await talk.leave_told()
        assert (leave.action, leave.reason) == (RESUME, models.MIGRATION)
        async with back(ai) as again:
            await again.told("reconnect")


async def test_a_failed_node_says_nothing_and_knows_nobody(den: House) -> None:
    async with connected(den, "ai") as (ai, talk):
        query = ai.coming_back()
        await simulate(talk, node_failure=True)
        await talk.signalling.socket.wait_closed()
        assert talk.signalling.socket.close_code == COME_BACK
        assert "leave" not in kinds(talk)
        async with calling(den, "/rtc/v1", "ai", query) as again:
            assert (await again.leave_told()).action == RECONNECT


async def test_a_speaker_on_request_begins_and_ends(den: House) -> None:
    async with joined(den, "bo") as bo, connected(den, "ai") as (ai, talk):
        await simulate(talk, speaker_update=1)
        await until(partial(told_of_speaking, bo, 2))
        speaking = [r.speakers_changed.speakers[0] for r in bo.heard if r.speakers_changed.speakers]
        assert [(s.sid, s.active) for s in speaking] == [
            (ai.participant.sid, True),
            (ai.participant.sid, False),
        ]


async def told_of_speaking(talk: Talk, times: int) -> bool:
    return kinds(talk).count("speakers_changed") >= times


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("disconnect_signal_on_resume", True),
        ("disconnect_signal_on_resume_no_messages", False),
    ],
)
async def test_the_next_resume_is_cut_on_request_and_the_one_after_not(
    den: House, scenario: str, words: bool
) -> None:
    async with connected(den, "ai") as (ai, talk):
        await simulate(talk, **{scenario: True})
        await talk.signalling.ping(wall_ms=1)
        await talk.told("pong_resp")
        async with back(ai) as again:
            await again.signalling.socket.wait_closed()
            assert again.signalling.socket.close_code == COME_BACK
            assert ("reconnect" in kinds(again)) is words
        await until(partial(lost, ai))
        async with back(ai) as once_more:
            await once_more.told("reconnect")


@pytest.mark.parametrize("scenario", ["switch_candidate_protocol", "subscriber_bandwidth"])
async def test_what_we_cannot_do_is_refused(den: House, scenario: str) -> None:
    async with joined(den, "ai") as ai:
        await simulate(ai, **{scenario: 1})
        response = await ai.told("request_response")
        assert response.reason == rtc.RequestResponse.UNSUPPORTED_TYPE
        assert scenario in response.message
