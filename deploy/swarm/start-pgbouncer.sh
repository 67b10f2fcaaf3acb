#!/bin/sh
# Starts PgBouncer for the app's login.
set -eu

# A password may contain quotes, which are doubled in this file.
password=$(sed 's/"/""/g' /run/secrets/db_password)
umask 077
printf '"%s" "%s"\n' "${DB_USERNAME:-app_user}" "$password" >/tmp/users

exec pgbouncer /etc/slipway/pgbouncer.ini
