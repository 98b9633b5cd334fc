import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.app import create_app
from gateway.settings import Settings
from shared.identity import Signer
from shared.ids import new_id

DISTRICT = "3307"


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The file of public keys that a gateway reads, and the signer whose tokens they verify."""
    private = Ed25519PrivateKey.generate()
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private_pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("keys") / "verify.json"
    path.write_text(json.dumps({"test": public_pem.decode()}))
    return path, Signer("test", private_pem.decode())


@pytest.fixture(scope="session")
def app(keys):
    """A gateway whose broker is away: whatever reaches a service is answered 503."""
    return create_app(Settings(amqp_uri="amqp://127.0.0.1:1//", verify_keys=str(keys[0])))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def token(keys):
    """The access token of somebody in the district 3307."""
    return keys[1].issue(new_id(), DISTRICT, new_id())[0]


@pytest.fixture
def signed_in(token):
    return {"Authorization": f"Bearer {token}"}
