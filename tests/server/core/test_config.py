"""Settings and the secrets that an installation makes for itself."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.core import config, secrets

pytestmark = pytest.mark.pure


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_secrets_are_made_once_and_only_ours_to_read(tmp_path: Path) -> None:
    first = config.load(data_dir=tmp_path)
    again = config.load(data_dir=tmp_path)
    assert len(first.secret_key) > 40
    assert (again.secret_key, again.livekit_api_secret) == (
        first.secret_key,
        first.livekit_api_secret,
    )
    assert stat.S_IMODE((tmp_path / secrets.FILE).stat().st_mode) == 0o600


def test_a_set_secret_wins_over_the_kept_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "mine")
    assert config.load(data_dir=tmp_path).secret_key == "mine"


def test_production_refuses_what_would_be_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(ValidationError, match="DATABASE_URL, REDIS_URL, SECRET_KEY"):
        config.load(data_dir=tmp_path)


@pytest.mark.parametrize("url", ["postgresql://db/yoriai", "mysql://db/yoriai", "yoriai.db"])
def test_a_database_that_we_cannot_use_is_refused_by_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValidationError, match=r"database_url\n.*begin with postgresql\+asyncpg://"):
        config.load(data_dir=tmp_path, database_url=url)


def test_production_wants_a_sender_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    for name in config._NEEDED_IN_PRODUCTION:
        monkeypatch.setenv(name.upper(), "set")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://yoriai@db.example/yoriai")
    for named in ("", config.NOBODY_AT_HOME):
        monkeypatch.setenv("MAIL_FROM", named)
        with pytest.raises(ValidationError, match="production needs MAIL_FROM"):
            config.load(data_dir=tmp_path)
    monkeypatch.setenv("MAIL_FROM", "よりあい <office@yoriai.example>")
    assert config.load(data_dir=tmp_path).mail_from == "よりあい <office@yoriai.example>"


def test_env_file_counts(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8123\n")
    assert config.load(data_dir=tmp_path).port == 8123


def test_media_addresses_follow_the_engine(tmp_path: Path) -> None:
    own = config.load(data_dir=tmp_path)
    other = config.load(data_dir=tmp_path, livekit_url="wss://media.example")
    assert (own.own_media, own.media_browser_url, own.media_service_url) == (
        True,
        "ws://localhost:7780",
        "http://127.0.0.1:7780",
    )
    assert (other.own_media, other.media_browser_url, other.media_service_url) == (
        False,
        "wss://media.example",
        "https://media.example",
    )


def test_self_signed_certificate_is_made_once(tmp_path: Path) -> None:
    first = config.load(data_dir=tmp_path, tls="self-signed", public_url="https://localhost:8000")
    assert first.tls_certificate
    made = first.tls_certificate.read_bytes()
    config.load(data_dir=tmp_path, tls="self-signed", public_url="https://localhost:8000")
    assert first.tls_certificate.read_bytes() == made


def test_tls_needs_an_https_address(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="https"):
        config.load(data_dir=tmp_path, tls="self-signed")
