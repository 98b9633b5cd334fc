"""Configuration from the environment."""

import pytest

from shared.settings import Misconfigured, from_environment, seconds

WIRES = {"AMQP_URI": "amqp://a/b", "MONGO_URI": "mongodb://a"}


def test_broker_and_database_must_be_named():
    with pytest.raises(Misconfigured, match="AMQP_URI and MONGO_URI"):
        from_environment({})
    with pytest.raises(Misconfigured, match="MONGO_URI"):
        from_environment({"AMQP_URI": "amqp://a/b", "MONGO_URI": ""})


def test_the_rest_has_sound_defaults():
    settings = from_environment(WIRES)
    assert settings.retry_ladder == ("5s", "1m", "10m", "1h")
    assert settings.missing_tries * seconds(settings.missing_every) == 600
    assert settings.database("learning") == "sanggar_learning"
    assert not settings.webhook_private


def test_what_is_set_is_taken():
    settings = from_environment(
        {**WIRES, "SANGGAR_RETRY_LADDER": "200ms, 1s", "SANGGAR_WORKERS": "4", "SANGGAR_PUBLIC_URL": "https://x/"}
    )
    assert settings.retry_ladder == ("200ms", "1s")
    assert settings.workers == 4
    assert settings.public_url == "https://x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANGGAR_RETRY_LADDER", "soon"),
        ("SANGGAR_RETRY_LADDER", ""),
        ("SANGGAR_RETRY_LADDER", "5s,,1m"),
        ("SANGGAR_MISSING_EVERY", "now and then"),
        ("SANGGAR_WORKERS", "many"),
        ("SANGGAR_WORKERS", "0"),
        ("SANGGAR_LEASE_SECONDS", "a while"),
        ("SANGGAR_LEASE_SECONDS", "0"),
        ("SANGGAR_METRICS_PORT", "-"),
    ],
)
def test_nonsense_is_refused_by_name_at_the_start(name, value):
    with pytest.raises(Misconfigured, match=name):
        from_environment({**WIRES, name: value})


@pytest.mark.parametrize(("text", "length"), [("200ms", 0.2), ("5s", 5), ("1m", 60), ("2h", 7200)])
def test_durations_are_written_with_their_unit(text, length):
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "5", "s", "5 s", "-5s", "1.5s", "5d", "5s\n"])
def test_anything_else_is_no_duration(text):
    with pytest.raises(Misconfigured):
        seconds(text)


@pytest.mark.parametrize(
    "oidc",
    [
        {"SANGGAR_OIDC_ISSUER": "http://accounts.example", "SANGGAR_OIDC_CLIENT_ID": "x"},
        {"SANGGAR_OIDC_ISSUER": "https://accounts.example"},
    ],
)
def test_a_provider_is_asked_over_tls_and_by_name(oidc):
    with pytest.raises(Misconfigured, match="SANGGAR_OIDC_"):
        from_environment({**WIRES, **oidc})


@pytest.mark.parametrize(
    "mail",
    [{"SANGGAR_SMTP_URL": "smtps://u:p@mail.example"}, {"SANGGAR_SMTP_URL": "http://x", "SANGGAR_MAIL_FROM": "a@b"}],
)
def test_mail_settings_that_cannot_work_are_refused(mail):
    with pytest.raises(Misconfigured, match="SANGGAR_"):
        from_environment({**WIRES, **mail})


def test_a_secret_may_stand_in_a_file_and_is_never_shown(tmp_path):
    (tmp_path / "url").write_text("smtps://u:hush@mail.example\n")
    said = {"SANGGAR_SMTP_URL_FILE": str(tmp_path / "url"), "SANGGAR_MAIL_FROM": "a@b"}
    settings = from_environment({**WIRES, **said})
    assert settings.smtp_url == "smtps://u:hush@mail.example"
    assert "hush" not in repr(settings)
    with pytest.raises(Misconfigured, match="SANGGAR_SMTP_URL_FILE"):
        from_environment({**WIRES, "SANGGAR_SMTP_URL_FILE": str(tmp_path / "none")})
