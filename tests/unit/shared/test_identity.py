"""Access tokens."""

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared import clock
from shared.errors import Unauthenticated
from shared.identity import ACCESS_TOKEN_LIFE, Signer, Verifier
from shared.ids import new_id
from shared.standing import token_counts


def key_pair():
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PRIVATE, PUBLIC = key_pair()
OTHER_PRIVATE, _ = key_pair()


def claims(**changes):
    now = clock.now().timestamp()
    return {
        "iss": "sanggar",
        "sub": new_id(),
        "district": "3307",
        "sid": new_id(),
        "iat": now,
        "exp": int(now) + 600,
    } | changes


def test_a_token_proves_who_where_and_which_login():
    person_id, sid = new_id(), new_id()
    token, expires = Signer("k", PRIVATE).issue(person_id, "3307", sid)
    caller = Verifier({"k": PUBLIC}).verify(token)
    assert (caller.person_id, caller.district, caller.sid) == (person_id, "3307", sid)
    assert abs(caller.issued_at + ACCESS_TOKEN_LIFE - expires) < timedelta(seconds=1)
    assert "role" not in str(jwt.decode(token, options={"verify_signature": False}))


def test_a_clients_token_proves_its_scopes_and_schools():
    id_ = new_id()
    token = Signer("k", PRIVATE).issue_to_client(id_, f"3307-{id_}", "3307", ["b:read", "a:read"], ["20300001"])
    caller = Verifier({"k": PUBLIC}).verify(token)
    assert caller.machine
    assert (caller.person_id, caller.client_id, caller.district) == (id_, f"3307-{id_}", "3307")
    assert (caller.scopes, caller.schools) == ({"a:read", "b:read"}, {"20300001"})
    assert jwt.decode(token, options={"verify_signature": False})["scope"] == "a:read b:read"


def test_a_person_has_no_scopes_and_a_client_without_any_may_nothing():
    signer, verifier = Signer("k", PRIVATE), Verifier({"k": PUBLIC})
    person = verifier.verify(signer.issue(new_id(), "3307", new_id())[0])
    assert not person.machine and person.scopes is None
    bare = jwt.encode(claims(client_id="3307-x"), PRIVATE, "EdDSA", {"kid": "k"})
    assert verifier.verify(bare).scopes == frozenset()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        jwt.encode(claims(), OTHER_PRIVATE, "EdDSA", {"kid": "k"}),
        jwt.encode(claims(), PRIVATE, "EdDSA", {"kid": "another"}),
        jwt.encode(claims(), PRIVATE, "EdDSA"),
        jwt.encode(claims(), "", "none", {"kid": "k"}),
        jwt.encode(claims(), PUBLIC.replace("PUBLIC", "SECRET"), "HS256", {"kid": "k"}),
        jwt.encode(claims(iss="somebody"), PRIVATE, "EdDSA", {"kid": "k"}),
        jwt.encode(claims(exp=int(clock.now().timestamp()) - 60), PRIVATE, "EdDSA", {"kid": "k"}),
        jwt.encode({k: v for k, v in claims().items() if k != "district"}, PRIVATE, "EdDSA", {"kid": "k"}),
        jwt.encode({k: v for k, v in claims().items() if k != "exp"}, PRIVATE, "EdDSA", {"kid": "k"}),
    ],
    ids=[
        "empty",
        "no token",
        "another's key",
        "an unknown key",
        "no key named",
        "unsigned",
        "signed with the public key",
        "another issuer",
        "expired",
        "no district",
        "no expiry",
    ],
)
def test_any_other_token_proves_nothing(token):
    with pytest.raises(Unauthenticated):
        Verifier({"k": PUBLIC}).verify(token)


def test_a_clock_that_is_a_little_off_locks_nobody_out():
    token = jwt.encode(claims(iat=clock.now().timestamp() + 20), PRIVATE, "EdDSA", {"kid": "k"})
    assert Verifier({"k": PUBLIC}).verify(token)


def test_a_token_counts_until_its_person_or_session_is_stopped():
    now, sid = clock.now(), new_id()
    open_ = {"disabled": False, "revoked": [], "tokens_valid_from": None}
    assert token_counts(None, sid, now)
    assert token_counts(open_, sid, now)
    assert not token_counts({**open_, "disabled": True}, sid, now)
    assert not token_counts({**open_, "revoked": [sid]}, sid, now)
    assert token_counts({**open_, "revoked": [new_id()]}, sid, now)
    assert not token_counts({**open_, "tokens_valid_from": now + timedelta(seconds=1)}, sid, now)
    assert token_counts({**open_, "tokens_valid_from": now - timedelta(seconds=1)}, sid, now)
