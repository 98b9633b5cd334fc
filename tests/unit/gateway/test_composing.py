"""An answer that several services give together: a part that is away leaves the others."""

from __future__ import annotations

import time

import pytest

from gateway import composing, rpc
from gateway.app import create_app
from gateway.settings import Settings
from shared.errors import Forbidden, NotYet, Unavailable
from shared.messaging.protocol import Answer

EMPTY = {"items": [], "more": False}
ALL = {
    "scheduling.show_coming": {"sessions": EMPTY, "commitments": EMPTY, "letters": EMPTY},
    "notification.count_unread": {"unread": 3},
    "membership.show_waiting": EMPTY,
    "content.show_waiting": EMPTY,
}
ATTENDED = ("sessions", "communities", "certificates")
AWAY = {"content.show_published": Unavailable()}


class Services:
    """Stands for the services: each answer is given, refused (an exception), or never comes (``None``)."""

    def __init__(self, answers):
        self.answers = answers
        self.begun = []

    def begin(self, operation, data, context, *, timeout):
        self.begun.append(operation.name)
        services, answer = self, self.answers[operation.name]

        class Asked:
            def answer(self, deadline):
                assert len(services.begun) > 1, "the others are asked before the first is waited for"
                if answer is None:
                    time.sleep(max(0.0, deadline - time.monotonic()))
                    raise Unavailable()
                if isinstance(answer, Exception):
                    raise answer
                return Answer(answer)

        if isinstance(answer, ConnectionError):
            raise Unavailable()
        return Asked()


@pytest.fixture
def home(keys, signed_in, monkeypatch):
    app = create_app(Settings(amqp_uri="amqp://127.0.0.1:1//", verify_keys=str(keys[0])))
    monkeypatch.setattr(composing, "PATIENCE", 0.2)

    def ask(path="/v1/me/home", **changes):
        answers = {**ALL, **AWAY, **{f"{name.replace('__', '.')}": answer for name, answer in changes.items()}}
        app.extensions[rpc.BACKEND]._client = Services(answers)
        return app.test_client().get(path, headers=signed_in)

    return ask


def test_all_services_are_asked_at_the_same_time(home):
    parts = dict.fromkeys(("sessions", "commitments", "letters", "requests", "reviews"), EMPTY)
    assert home().get_json() == {**parts, "unread": 3, "missing": []}


@pytest.mark.parametrize("away", [None, Unavailable(), NotYet(), ConnectionError()])
def test_a_part_that_is_away_is_null_and_its_service_is_named(home, away):
    began = time.monotonic()
    seen = home(content__show_waiting=away, membership__show_waiting=away).get_json()
    assert (seen["reviews"], seen["requests"], seen["unread"]) == (None, None, 3)
    assert seen["missing"] == ["membership", "content"]
    assert time.monotonic() - began < 2, "one deadline for all"


def test_a_refusal_is_no_absence(home):
    assert home(membership__show_waiting=Forbidden()).status_code == 403


def test_when_nobody_answers_there_is_no_page(home):
    assert home(**{name.replace(".", "__"): Unavailable() for name in ALL}).status_code == 503


def test_a_record_names_its_period(home):
    seen = home("/v1/me/record?school_year=2026/2027", scheduling__show_attended={name: [] for name in ATTENDED})
    assert seen.get_json() == {
        "period": "2026/2027",
        "from": "2026-07-01",
        "until": "2027-06-30",
        "sessions": [],
        "communities": [],
        "certificates": [],
        "resources": None,
        "missing": ["content"],
    }
    assert home("/v1/me/record").status_code == 422
