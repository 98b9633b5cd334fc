"""Letters go over TLS, or nowhere but to this machine."""

import datetime
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.rundir import free_port
from shared.mail import Letter, MailAway, Mailer, MailRefused
from tests.support.mailbox import Mailbox

LETTER = Letter("siti@guru.example", "Halo", "Ñ: isi surat.")
SENDER = "Sanggar <no-reply@sanggar.example>"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of this machine that nobody else trusts: its file, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.fixture
def mailbox():
    mailbox = Mailbox(free_port())
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def secured(certificate):
    mailbox = Mailbox(free_port(), certificate[1])
    mailbox.start()
    yield mailbox
    mailbox.stop()


def test_a_letter_arrives_as_it_was_written(mailbox):
    Mailer(mailbox.url, SENDER).send(LETTER)
    [letter] = mailbox.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == (LETTER.to, SENDER, LETTER.subject)
    assert letter.get_content().strip() == LETTER.text
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@sanggar.example>")


def test_a_letter_goes_over_tls_to_a_server_whose_certificate_is_good(secured, certificate):
    Mailer(secured.url, SENDER, ssl.create_default_context(cafile=certificate[0])).send(LETTER)
    assert len(secured.letters) == 1


def test_a_letter_goes_to_no_server_that_cannot_prove_who_it_is(secured):
    with pytest.raises(MailAway):
        Mailer(secured.url, SENDER).send(LETTER)
    assert not secured.letters


@pytest.mark.parametrize(("answer", "raised"), [("451 later", MailAway), ("554 never", MailRefused)])
def test_what_a_server_answers_tells_whether_to_try_again(mailbox, answer, raised):
    mailbox.answer = answer
    with pytest.raises(raised):
        Mailer(mailbox.url, SENDER).send(LETTER)


def test_a_server_that_is_not_there_is_away():
    with pytest.raises(MailAway):
        Mailer(f"smtp://127.0.0.1:{free_port()}", SENDER).send(LETTER)


@pytest.mark.parametrize("to", ["siti@guru.example\nBcc: all@guru.example", "bukan alamat\r\n"])
def test_no_address_smuggles_a_header_in(mailbox, to):
    with pytest.raises(MailRefused):
        Mailer(mailbox.url, SENDER).send(Letter(to, "Halo", "isi"))
    assert not mailbox.letters
