"""The application that these tests share keeps out of the way of those with one of their own."""

from tests.support.app import App


async def test_its_worker_takes_no_job_of_an_application_that_a_test_starts(
    shared_app: App, database_url: str, redis_url: str
) -> None:
    assert redis_url.startswith("redis://")
    assert shared_app.environment["REDIS_URL"].startswith("redis://")
    assert shared_app.environment["REDIS_URL"] != redis_url
    assert shared_app.environment["DATABASE_URL"] != database_url
