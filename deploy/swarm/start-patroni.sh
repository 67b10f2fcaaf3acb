#!/bin/sh
# Starts the member of the cluster that is named in PATRONI_NAME, which is also its address.
set -eu

export PATRONI_RESTAPI_CONNECT_ADDRESS="$PATRONI_NAME:8008"
export PATRONI_POSTGRESQL_CONNECT_ADDRESS="$PATRONI_NAME:5432"
export PATRONI_POSTGRESQL_DATA_DIR="$PGDATA"

# Patroni reads passwords from the environment, which only this container sees.
export PATRONI_SUPERUSER_USERNAME=postgres PATRONI_REPLICATION_USERNAME=replicator PATRONI_RESTAPI_USERNAME=patroni
PATRONI_SUPERUSER_PASSWORD=$(cat /run/secrets/db_admin_password)
PATRONI_REPLICATION_PASSWORD=$(cat /run/secrets/db_replication_password)
PATRONI_RESTAPI_PASSWORD=$PATRONI_REPLICATION_PASSWORD
export PATRONI_SUPERUSER_PASSWORD PATRONI_REPLICATION_PASSWORD PATRONI_RESTAPI_PASSWORD

exec patroni /etc/slipway/patroni.yaml
