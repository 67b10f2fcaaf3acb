import { since } from '../../postgres-versions.ts';

/**
 * The first process in a server's container, run by the image's shell. It creates the data directory if there
 * is none, starts PostgreSQL, and stops it when its own standard input closes: when the process that started
 * the container ends, in any way and on any machine. As the first process it also reaps orphans.
 *
 * If the image contains a packed data directory, a temporary server starts from that. The files of the
 * databases are unpacked while PostgreSQL starts, because it reads none of them before the first login. On
 * the line "pack", the script shuts PostgreSQL down and packs its data. Then the container keeps running
 * until its input closes, so that the engine can commit it to an image.
 *
 * It runs as the image's user "postgres", without privileges of root. The superuser's password is the first
 * line of its input. So it is neither in the container's settings nor in the arguments of a process, and a
 * commit does not copy it. The certificate and its key follow on two more lines, for a server with SSL.
 *
 * If it is meant to share the network of the process that starts it, it checks that it does.
 *
 * The image's own entrypoint is not used. It starts a second server to create a database that is not needed,
 * which takes half a second, and lets any process in the container connect without a password.
 */
export const firstProcess = `
home=$1 durable=$2 snapshot=$3 databases=$4 network=$5 encrypted=$6 superuser=$7 data=$8
shift 8
umask 077
refuse() { echo "slipway-refuses $*" >&2; exit 1; }
trap 'exit 0' TERM INT

[ ! "$network" ] || [ "$network" = "$(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/net)" ] ||
	refuse other-network
IFS= read -r password || exit 0
if [ "$encrypted" ]; then
	IFS= read -r certificate && IFS= read -r key || exit 0
	printf '%s\\n' "$certificate" | base64 -d >"$home/server.crt" || refuse unwritable "$home"
	printf '%s\\n' "$key" | base64 -d >"$home/server.key" || refuse unwritable "$home"
	set -- -c ssl=on -c ssl_cert_file="$home/server.crt" -c ssl_key_file="$home/server.key" "$@"
	unset key
fi
exec 3<&0 </dev/null
unpacking=
if [ ! "$durable" ] && [ -f "$snapshot" ]; then
	tar -xmf "$snapshot" -C "$home" || refuse snapshot-damaged
	for data in "$home"/*/docker; do :; done
	IFS= read -r major <"$data/PG_VERSION" || refuse snapshot-damaged
	tar -xmf "$databases" -C "$data" &
	unpacking=$!
else
	command -v postgres >/dev/null && command -v initdb >/dev/null || refuse not-postgres
	version=$(postgres --version)
	version=\${version##*PostgreSQL) }
	major=\${version%%[!0-9]*}

	data=\${data:-$home/$major/docker}
	# Beside it, an upgrade keeps the data of an earlier version.
	[ -d "$data" ] || for file in "$home"/PG_VERSION "$home"/data/PG_VERSION "$home"/*/docker/PG_VERSION; do
		[ ! -f "$file" ] || [ "$file" = "$data/PG_VERSION" ] || refuse other-data "$(cat "$file")" "$major" "$file"
	done
	if [ ! -d "$data" ]; then
		options="--auth=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions"
		[ "$major" -lt ${since.builtinLocale} ] || options="$options --locale-provider=builtin --builtin-locale=C.UTF-8"
		[ "$durable" ] || options="$options --no-sync --wal-segsize=1"
		rm -rf "$data.unfinished"
		mkdir -p "$data.unfinished" || refuse unwritable "$home"
		printf '%s\\n' "$password" |
			initdb $options --pgdata="$data.unfinished" --username="$superuser" --pwfile=/dev/stdin >/dev/null ||
			refuse initdb-failed
		printf 'host %s all all scram-sha-256\\n' all replication >>"$data.unfinished/pg_hba.conf"
		mv "$data.unfinished" "$data"
	fi
fi
unset password
[ "$durable" ] || [ "$major" -lt ${since.ioMethod} ] || set -- "$@" -c io_method=sync

# No other container uses this data. Pids start over in each container, so the pid in this file could exist
# again.
[ ! -f "$data/postmaster.pid" ] || rm "$data/postmaster.pid"
stopped= packing=
stop() {
	[ "$durable" ] || exit 0
	stopped=1
	kill -INT "$server" 2>/dev/null
}
# Leaves out what PostgreSQL recreates when it needs it, and WAL files that are not in use yet: those after
# the file of the last checkpoint and the next one, which the checkpoint may reach into. Older files stay:
# settings may keep some.
pack() {
	cd "$data" || return
	find . \\( -name '*_fsm' -o -name '*_vm' -o -name pg_internal.init \\) -exec rm {} + || return
	last=$(LC_ALL=C pg_controldata "$data" | sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
	[ "$last" ] || return
	ls pg_wal | grep -E '^[0-9A-F]{24}$' | sort | sed "1,/$last/d" | tail -n +2 |
		while read -r file; do rm "pg_wal/$file"; done
	rm -f "$snapshot" "$databases"
	tar -cf "$databases" base || return
	tar -cf "$snapshot" -C "$home" --exclude="$major/docker/base/*" "$major"
}
# The last line of the lock file is PostgreSQL's status, which is not translated.
is_ready() {
	state=
	[ -f "$data/postmaster.pid" ] || return
	while IFS= read -r line || [ "$line" ]; do state=$line; done <"$data/postmaster.pid"
	[ "$state" != "\${state#ready}" ]
}
postgres -D "$data" "$@" 3<&- &
server=$!
trap stop TERM INT
trap 'packing=1; kill -INT "$server"' USR1
{
	IFS= read -r order && [ "$order" = pack ] && kill -USR1 1
	cat >/dev/null
	kill -TERM 1
} <&3 3<&- &
exec 3<&-
[ ! "$unpacking" ] || wait "$unpacking" || refuse snapshot-damaged
while ! is_ready && kill -0 "$server" 2>/dev/null; do sleep 0.002; done
! is_ready || echo slipway-started
wait "$server"
status=$?
# A signal to this shell interrupts wait.
while [ "$status" -gt 128 ] && kill -0 "$server" 2>/dev/null; do
	wait "$server"
	status=$?
done
[ -z "$stopped" ] || exit 0
if [ "$packing" ] && [ "$status" -eq 0 ]; then
	pack || exit
	echo slipway-packed
	wait
fi
exit "$status"
`;
