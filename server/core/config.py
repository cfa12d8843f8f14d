"""Settings: the environment and `.env` decide, nothing else does.

Each setting is one environment variable of the same name in capitals. In production a secret
may also be a file of the same name in `/run/secrets`.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.core import secrets, tls

SECRETS_DIR = Path("/run/secrets")
_NEEDED_IN_PRODUCTION = (
    "database_url",
    "redis_url",
    "secret_key",
    "livekit_api_secret",
    "smtp_host",
)

_DATABASES = ("postgresql+asyncpg://", "sqlite+aiosqlite:///")
NOBODY_AT_HOME = "よりあい <yoriai@localhost.localdomain>"  # no mail server takes it for a sender


class Settings(BaseSettings):
    """What an operator can choose. `yoriai config` lists these lines."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None,
        frozen=True,
    )

    environment: Literal["development", "production"] = Field(
        "development", description="production refuses to start on what we make up by ourselves"
    )
    public_url: str = Field(
        "http://localhost:8000", description="the address people type; its scheme decides cookies"
    )
    tls: Literal["", "self-signed"] = Field(
        "", description="self-signed: https with a certificate that we make ourselves"
    )
    tls_certificate: Path | None = Field(None, description="PEM file; empty: plain http or TLS")
    tls_key: Path | None = Field(None, description="PEM file of the certificate's key")
    host: str = Field("127.0.0.1", description="address that the web process binds")
    port: int = Field(8000, description="port that the web process binds")
    data_dir: Path = Field(Path("data"), description="database file, secrets, generated files")
    database_url: str = Field(
        "", description="postgresql+asyncpg://… ; empty: an SQLite file in DATA_DIR"
    )
    redis_url: str = Field("", description="redis://… ; empty: inside the process")
    livekit_url: str = Field(
        "", description="ws(s)://… of a LiveKit server; empty: our own media process"
    )
    livekit_api_key: str = Field("yoriai", description="key of the media engine")
    livekit_api_secret: str = Field("", description="secret of the media engine; empty: made once")
    secret_key: str = Field("", description="signs form tokens; empty: made once")
    media_host: str = Field("127.0.0.1", description="address that the media process binds")
    media_http_port: int = Field(7780, description="signalling and room service, TCP")
    media_udp_port: int = Field(7882, description="all media, UDP")
    media_addresses: str = Field(
        "", description="addresses told to browsers, by comma; empty: MEDIA_HOST"
    )
    media_public_url: str = Field(
        "", description="ws(s)://… at which browsers reach the media process; empty: its own port"
    )
    media_service_address: str = Field(
        "", description="http(s)://… at which we call the media process; empty: its port here"
    )
    webhook_url: str = Field(
        "", description="where the media process calls us; empty: /hooks/media on our own port"
    )
    smtp_host: str = Field("", description="mail server; empty: mails stay in the outbox page")
    smtp_port: int = Field(587, description="its port")
    smtp_user: str = Field("", description="its account, if it wants one")
    smtp_password: str = Field("", description="its password")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the way to it is encrypted"
    )
    mail_from: str = Field(NOBODY_AT_HOME, description="sender of all mails")
    login_days: int = Field(30, ge=1, le=365, description="days a login lasts without use")
    live_keep_days: int = Field(30, ge=1, description="days that live events are kept")

    @field_validator("database_url")
    @classmethod
    def _database_is_ours(cls, url: str) -> str:
        if url and not url.startswith(_DATABASES):
            raise ValueError(f"must be empty or begin with {' or '.join(_DATABASES)}")
        return url

    @model_validator(mode="after")
    def _production_is_complete(self) -> Self:
        if self.tls and not self.secure:
            raise ValueError("TLS needs a PUBLIC_URL that begins with https://")
        if self.environment == "production":
            missing = [name.upper() for name in _NEEDED_IN_PRODUCTION if not getattr(self, name)]
            if self.mail_from == NOBODY_AT_HOME:
                missing.append("MAIL_FROM")
            if missing:
                raise ValueError(f"production needs {', '.join(missing)}")
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve()}/yoriai.db"

    @property
    def secure(self) -> bool:
        """Whether people reach us by https, which cookies and headers follow."""
        return self.public_url.startswith("https://")

    @property
    def own_media(self) -> bool:
        """Whether our own media process carries the rooms."""
        return not self.livekit_url

    @property
    def media_webhook_url(self) -> str:
        """Where the media engine tells us who came and went."""
        scheme = "https" if self.tls_certificate else "http"
        return self.webhook_url or f"{scheme}://127.0.0.1:{self.port}/hooks/media"

    @property
    def media_browser_url(self) -> str:
        """The ws(s) address that a browser connects to for media."""
        if self.livekit_url or self.media_public_url:
            return self.media_public_url or self.livekit_url
        scheme = "wss" if self.secure else "ws"
        return f"{scheme}://{urlsplit(self.public_url).hostname}:{self.media_http_port}"

    @property
    def media_service_url(self) -> str:
        """The http(s) address at which we call the room service."""
        if self.livekit_url or self.media_service_address:
            return self.media_service_address or self.livekit_url.replace("ws", "http", 1)
        scheme = "https" if self.tls_certificate else "http"
        return f"{scheme}://127.0.0.1:{self.media_http_port}"


def load(**overrides: object) -> Settings:
    """Read the settings and fill the secrets that this installation keeps for itself.

    Secrets that nobody set are made once and kept in `DATA_DIR/secrets.env` with mode 600.

    Raises:
        pydantic.ValidationError: a setting does not fit, or production lacks one.
    """
    settings = Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    kept = secrets.kept(settings.data_dir, ("secret_key", "livekit_api_secret"))
    missing = {name: value for name, value in kept.items() if not getattr(settings, name)}
    return settings.model_copy(update=missing | _own_certificate(settings))


def _own_certificate(settings: Settings) -> dict[str, object]:
    if not settings.tls:
        return {}
    made = tls.self_signed(settings.data_dir / "tls", urlsplit(settings.public_url).hostname or "")
    return {"tls_certificate": made.certificate, "tls_key": made.key}
