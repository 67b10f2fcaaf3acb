#!/bin/sh
# Starts PgBouncer for the app's login.
set -eu

# A password may contain quotes, which are doubled in this file.
password=$(sed 's/"/""/g' /run/secrets/db_password)
umask 077
printf '"%s" "%s"\n' "${DB_USERNAME:-app_user}" "$password" >/tmp/users

# PgBouncer caches an address for as long as Docker's DNS allows, ten minutes, and would keep connecting to a HAProxy that
# is gone. So this script gives it addresses, and reloads it when they change.
resolve() {
	getent ahostsv4 haproxy | cut -d' ' -f1 | sort -u | paste -sd, -
}
configure() {
	sed "s/host=haproxy/host=$addresses/" /etc/slipway/pgbouncer.ini >/tmp/pgbouncer.ini
}
until addresses=$(resolve) && [ -n "$addresses" ]; do sleep 1; done
configure
while sleep 1; do
	found=$(resolve)
	[ -n "$found" ] && [ "$found" != "$addresses" ] || continue
	addresses=$found
	configure
	kill -HUP $$
done &
exec pgbouncer /tmp/pgbouncer.ini
