"""docker-compose.yml and the image: in form, complete, and without a default secret. No container engine is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.docker.make_secrets import OTHERS, make_secrets
from deploy.local import packages
from deploy.rabbitmq.permissions import USERS
from shared.contracts.words import SERVICES
from shared.settings import from_environment

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
TLS = ROOT / "docker-compose.tls.yml"
TOOLS = Path(sys.executable).parent
KEYS = {
    "membership": {"signing_key", "code_key", *OTHERS},
    "scheduling": {"calendar_key", "certificate_key", "certificate_verify_keys"},
}
ONE_SHOT = {"database-init", "migrate", "sanggar"}
SCALABLE = {*SERVICES, "gateway"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text("utf-8"))


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    make_secrets(folder)
    return folder


@pytest.mark.parametrize("file", [COMPOSE, TLS], ids=lambda file: file.name)
def test_the_compose_files_follow_the_compose_specification(file: Path) -> None:
    checked = run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    assert checked.returncode == 0, checked.stdout


def test_the_dockerfile_has_nothing_that_its_linter_objects_to() -> None:
    checked = run(TOOLS / "hadolint", ROOT / "deploy/docker/Dockerfile")
    assert checked.returncode == 0, checked.stdout


def test_the_scripts_have_nothing_that_their_linter_objects_to() -> None:
    checked = run(TOOLS / "shellcheck", ROOT / "deploy/docker/entrypoint.sh", ROOT / ".ci/run")
    assert checked.returncode == 0, checked.stdout


def test_every_service_of_the_platform_has_a_container(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        assert compose["services"][service]["command"] == ["python", "-m", "shared.launcher", service]


def test_every_container_has_a_memory_limit(compose: dict[str, Any]) -> None:
    limits = {name: each["deploy"]["resources"]["limits"]["memory"] for name, each in compose["services"].items()}
    assert all(re.fullmatch(r"[1-9][0-9]*M", limit) for limit in limits.values()), limits


def test_all_that_run_at_once_fit_the_operators_small_machine(compose: dict[str, Any]) -> None:
    """Failure: limits that sum to more than there is, so that the machine's own killer chooses. Promise: with one
    replica each, and the operator's tools beside them, at most 4,032 of 4,096 MB."""
    before = {"database-init", "migrate"}
    limits = {name: each["deploy"]["resources"]["limits"]["memory"] for name, each in compose["services"].items()}
    assert sum(int(limit.removesuffix("M")) for name, limit in limits.items() if name not in before) <= 4_032


def test_every_container_that_stays_tells_whether_it_is_healthy(compose: dict[str, Any]) -> None:
    image_asks = "HEALTHCHECK" in (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")
    for name, service in compose["services"].items():
        if name in ONE_SHOT:
            assert service["healthcheck"] == {"disable": True}, name
        elif "build" in service:
            assert image_asks and service["environment"]["SANGGAR_HEALTH_URL"].endswith("/live"), name
        else:
            assert service["healthcheck"]["test"], name


def test_services_and_gateway_scale_each_on_its_own(compose: dict[str, Any]) -> None:
    for name in SCALABLE:
        service = compose["services"][name]
        assert service["deploy"]["replicas"] == f"${{{name.upper()}_REPLICAS:-1}}"
        assert not {"container_name", "ports", "hostname"} & service.keys(), name
        assert service.get("volumes", []) == (["gateway_spool:/var/tmp"] if name == "gateway" else []), name


def test_bodies_on_their_way_lie_on_a_disk_and_not_in_a_containers_memory(compose: dict[str, Any]) -> None:
    """Failure: /tmp is a tmpfs, whose pages count against the container's limit: one large upload ended nginx."""
    gateway, [spool] = compose["services"]["gateway"], compose["services"]["nginx"]["volumes"]
    volume, _, folder = spool.partition(":")
    assert volume in compose["volumes"]
    paths = re.findall(r"_temp_path (\S+)/", (ROOT / "deploy/docker/nginx.conf").read_text("utf-8"))
    assert len(paths) == 5 and set(paths) == {folder}
    assert gateway["volumes"] == [f"gateway_spool:{gateway['environment']['TMPDIR']}"]


def test_how_long_things_are_kept_is_the_operators_to_set(compose: dict[str, Any]) -> None:
    for name in ("SANGGAR_AUDIT_DAYS", "SANGGAR_NOTIFICATION_DAYS", "SANGGAR_ERASURE_DAYS"):
        assert all(name in compose["services"][service]["environment"] for service in SERVICES)
        assert f"\n{name}=" in (ROOT / ".env.example").read_text("utf-8")


def test_only_nginx_is_reached_from_outside(compose: dict[str, Any]) -> None:
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"nginx"}
    assert compose["networks"]["inside"]["internal"] is True


def test_images_are_pinned_to_a_version(compose: dict[str, Any]) -> None:
    images = {service["image"] for service in compose["services"].values() if "build" not in service}
    images |= set(re.findall(r"^FROM (\S+)", (ROOT / "deploy/docker/Dockerfile").read_text("utf-8"), re.M))
    assert all(re.search(r":[0-9]+\.[0-9]+\.[0-9]+", image) for image in images), images


def test_a_service_is_given_its_own_secrets_alone(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        given = set(compose["services"][service]["secrets"])
        assert given == {f"amqp_{service}", f"mongo_{service}", "verify_keys"} | KEYS.get(service, set())
        assert compose["services"][service]["environment"]["SANGGAR_USER"] == service
    assert set(compose["services"]["gateway"]["secrets"]) == {"amqp_gateway", "verify_keys"}


def test_no_secret_stands_in_the_compose_file_or_has_a_default(compose: dict[str, Any]) -> None:
    for name, secret in compose["secrets"].items():
        assert re.fullmatch(r"\$\{SANGGAR_SECRETS:\?[^}]*\}/\S+", secret["file"]), name
    for name, service in compose["services"].items():
        for key in service.get("environment", {}):
            assert not re.search(r"PASSWORD$|TOKEN$|SECRET$", key), f"{name}: {key}"


def test_make_secrets_makes_every_file_that_compose_asks_for(compose: dict[str, Any], secrets: Path) -> None:
    asked = {secret["file"].rpartition("/")[2] for secret in compose["secrets"].values()}
    assert asked == {file.name for file in secrets.iterdir()}
    assert secrets.stat().st_mode & 0o077 == 0


def test_making_secrets_again_keeps_passwords_and_keys(secrets: Path) -> None:
    def kept() -> dict[str, str]:
        return {file.name: file.read_text("utf-8") for file in secrets.iterdir() if file.suffix != ".json"}

    before, keys = kept(), (secrets / "signing.json").read_text("utf-8")
    make_secrets(secrets)
    assert kept() == before
    assert (secrets / "signing.json").read_text("utf-8") == keys


def test_two_passwords_are_never_the_same(secrets: Path) -> None:
    passwords = [file.read_text("utf-8") for file in secrets.glob("amqp_*")] + [
        file.read_text("utf-8") for file in secrets.glob("mongo_*")
    ]
    assert len(set(passwords)) == len(passwords) == len(USERS) + len(SERVICES) + 3
    assert min(map(len, passwords)) >= 32


def test_definitions_hold_no_password(secrets: Path) -> None:
    text = (secrets / "rabbitmq_definitions.json").read_text("utf-8")
    assert {user["name"] for user in json.loads(text)["users"]} == set(USERS)
    assert not any(file.read_text("utf-8") in text for file in secrets.glob("amqp_*"))


def test_the_database_makes_a_user_for_each_service() -> None:
    script = (ROOT / "deploy/mongodb/init.js").read_text("utf-8")
    listed = re.search(r"^const SERVICES = (\[.*\]);$", script, re.M)
    assert listed is not None
    assert tuple(json.loads(listed[1])) == tuple(SERVICES)


@pytest.mark.parametrize("user", [*SERVICES, "operator"])
def test_the_entrypoint_gives_a_container_the_addresses_with_its_own_password(secrets: Path, user: str) -> None:
    started = enter(secrets, {"SANGGAR_USER": user})
    settings = from_environment(dict(line.split("=", 1) for line in started.stdout.splitlines() if "=" in line))
    amqp, mongo = ((secrets / f"{kind}_{user}").read_text("utf-8") for kind in ("amqp", "mongo"))
    assert settings.amqp_uri == f"amqp://{user}:{amqp}@broker:5672/sanggar"
    assert settings.mongo_uri == f"mongodb://{user}:{mongo}@database:27017/?authSource=admin&replicaSet=sanggar"


def test_the_gateway_is_given_no_address_of_the_database(secrets: Path) -> None:
    assert "MONGO_URI" not in enter(secrets, {"SANGGAR_USER": "gateway"}).stdout


def test_a_container_without_its_secret_does_not_start(tmp_path: Path) -> None:
    started = enter(tmp_path, {"SANGGAR_USER": "membership"})
    assert started.returncode == 78
    assert "amqp_membership is missing" in started.stderr


@pytest.mark.parametrize("listen", ["plain", "tls"])
def test_nginx_understands_its_configuration(tmp_path: Path, secrets: Path, listen: str) -> None:
    program = packages.need(["nginx"], tmp_path / "apt.log", print)["nginx"]
    make_certificate(tmp_path / "certificate", tmp_path / "key")
    texts = {
        "nginx.conf": (ROOT / "deploy/docker/nginx.conf").read_text("utf-8"),
        "listen.conf": (ROOT / f"deploy/docker/listen/{listen}.conf").read_text("utf-8"),
    }
    for name, text in texts.items():
        # What only a container has, and what this machine's older nginx does not know yet.
        for there, here in {
            " /tmp/": f" {tmp_path}/",
            "/etc/nginx/sanggar/listen/*.conf": str(tmp_path / "listen.conf"),
            "/etc/nginx/sanggar/": f"{ROOT}/deploy/nginx/",
            "/run/secrets/tls_certificate": str(tmp_path / "certificate"),
            "/run/secrets/tls_key": str(tmp_path / "key"),
            "server gateway:8000 resolve": "server 127.0.0.1:8000",
            "    http2 on;\n": "",
        }.items():
            text = text.replace(there, here)
        (tmp_path / name).write_text(text, "utf-8")
    checked = run(program, "-t", "-e", "stderr", "-c", tmp_path / "nginx.conf")
    assert checked.returncode == 0, checked.stderr


def enter(secrets: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "deploy/docker/entrypoint.sh", "env"],
        env={"PATH": os.environ["PATH"], "SANGGAR_SECRETS_DIR": str(secrets), **environment},
        capture_output=True,
        text=True,
    )


def make_certificate(certificate: Path, key: Path) -> None:
    private = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=1))
        .sign(private, None)
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT)
