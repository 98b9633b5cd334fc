"""A mail server on loopback that keeps what it is sent; it can be told to refuse, or to go away and come back."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Runs from :meth:`start` to :meth:`stop`, always at the same port. ``answer`` is told in place of taking a letter,
    ``context`` is the TLS that it offers."""

    def __init__(self, port: int, context: Any = None) -> None:
        self.port = port
        self.letters: list[EmailMessage] = []
        self.answer: str | None = None
        self._context = context
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        tls = {"tls_context": self._context, "require_starttls": True} if self._context else {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **tls)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address."""
        return [letter for letter in self.letters if letter["To"] == address]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer is not None:
            return self.answer
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"
