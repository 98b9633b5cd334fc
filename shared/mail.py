"""Mail: one letter to one address, by the deployment's own SMTP server, over TLS."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from shared.settings import Settings

_SECONDS = 15.0


class MailAway(Exception):
    """The server could not be reached, or asks to try again later."""


class MailRefused(Exception):
    """The server will not take this letter, now or later."""


@dataclass(frozen=True)
class Letter:
    """Plain text for one person."""

    to: str
    subject: str
    text: str


class Mailer:
    """Sends letters by the server of a URL: ``smtps://user:password@host:465``, or ``smtp://user:password@host:587``,
    where TLS is begun before anything is said (STARTTLS); only a server on this machine may do without.
    """

    def __init__(self, url: str, sender: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._direct = parts.scheme == "smtps"
        self._host, self._port = parts.hostname or "", parts.port or (465 if self._direct else 587)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._sender = sender
        self._tls = tls or ssl.create_default_context()

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises :class:`MailAway`, :class:`MailRefused`."""
        try:
            message = self._message(letter)
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=550)
            raise (MailRefused if code >= 500 else MailAway)("recipient") from None
        except smtplib.SMTPResponseException as error:
            refusing = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
            raise (MailRefused if refusing else MailAway)(type(error).__name__) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailAway(type(error).__name__) from None
        except (MessageError, ValueError):
            raise MailRefused("message") from None

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"], message["To"], message["Subject"] = formataddr((name, address)), letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=address.rpartition("@")[2])
        # So that nobody's "I am on holiday" answers it (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _connected(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self._direct:
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
            server.ehlo()
            if server.has_extn("starttls") or not _is_here(self._host):
                server.starttls(context=self._tls)
        if self._login is not None:
            server.login(*self._login)
        return server


@lru_cache(maxsize=4)
def mailer(settings: Settings) -> Mailer | None:
    """The deployment's mailer; ``None`` where no server is configured."""
    return Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
