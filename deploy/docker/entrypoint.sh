#!/bin/sh
# Puts the addresses of broker and database together from the user's name and the secrets that the container was given,
# so that no password stands in docker-compose.yml or in the image. Whatever is missing stops the container.
set -eu

password() {
    file="${SANGGAR_SECRETS_DIR:-/run/secrets}/$1"
    [ -s "$file" ] || { echo "the secret $1 is missing; run: make secrets" >&2; exit 78; }
    cat "$file"
}

if [ -n "${SANGGAR_USER:-}" ]; then
    AMQP_URI="amqp://${SANGGAR_USER}:$(password "amqp_${SANGGAR_USER}")@${AMQP_HOST:-broker}:5672/sanggar"
    export AMQP_URI
    if [ "$SANGGAR_USER" != gateway ]; then
        MONGO_URI="mongodb://${SANGGAR_USER}:$(password "mongo_${SANGGAR_USER}")@${MONGO_HOST:-database:27017}/?authSource=admin&replicaSet=sanggar"
        export MONGO_URI
    fi
fi
exec "$@"
