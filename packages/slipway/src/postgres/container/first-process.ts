import { since } from '../../postgres-versions.ts';

/**
 * The first process in a server's container, in the shell of the image. It makes the data directory where
 * there is none, starts PostgreSQL, and ends it when its own standard input closes, which is when the process
 * that started the container is gone, however that was and wherever it runs. Being the first process it also
 * collects orphans.
 *
 * A temporary server starts from a packed data directory where the image has one. What is in the databases
 * is unpacked while PostgreSQL starts, which looks at none of it before somebody logs in. At the order "pack"
 * it shuts PostgreSQL down and packs what there is; the container is there until its input closes, for the
 * engine to make an image of it.
 *
 * It runs as the image's user "postgres", with no rights of root. The superuser's password is the first line
 * of its input: so neither the container's settings nor the arguments of a process show it, nor does a commit
 * copy it.
 *
 * Where it is to share the network of who starts it, it makes sure that this is what it got.
 *
 * The image's own entrypoint is left out: it starts a second server to make a database that nobody asked for,
 * which takes half of a second, and lets everybody in who is in the container.
 */
export const firstProcess = `
home=$1 durable=$2 snapshot=$3 databases=$4 network=$5
shift 5
umask 077
refuse() { echo "slipway-refuses $*" >&2; exit 1; }
trap 'exit 0' TERM INT

[ ! "$network" ] || [ "$network" = "$(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/net)" ] ||
	refuse other-network
IFS= read -r password || exit 0
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

	data=$home/$major/docker
	for file in "$home"/PG_VERSION "$home"/data/PG_VERSION "$home"/*/docker/PG_VERSION; do
		[ ! -f "$file" ] || [ "$file" = "$data/PG_VERSION" ] || refuse other-data "$(cat "$file")" "$major" "$file"
	done
	if [ ! -d "$data" ]; then
		options="--auth=scram-sha-256 --encoding=UTF8 --locale=C --no-instructions"
		[ "$major" -lt ${since.builtinLocale} ] || options="$options --locale-provider=builtin --builtin-locale=C.UTF-8"
		[ "$durable" ] || options="$options --no-sync --wal-segsize=1"
		rm -rf "$data.unfinished"
		mkdir -p "$data.unfinished" || refuse unwritable "$home"
		printf '%s\\n' "$password" |
			initdb $options --pgdata="$data.unfinished" --username=postgres --pwfile=/dev/stdin >/dev/null ||
			refuse initdb-failed
		echo 'host all all all scram-sha-256' >>"$data.unfinished/pg_hba.conf"
		mv "$data.unfinished" "$data"
	fi
fi
unset password
[ "$durable" ] || [ "$major" -lt ${since.ioMethod} ] || set -- "$@" -c io_method=sync

# No other container uses these data, and the numbers of processes count anew in each.
[ ! -f "$data/postmaster.pid" ] || rm "$data/postmaster.pid"
stopped= packing=
stop() {
	[ "$durable" ] || exit 0
	stopped=1
	kill -INT "$server" 2>/dev/null
}
# Leaves out what comes back by itself, and the log's files for what is to come: those after the one of the last
# checkpoint, which may reach into the next. Older ones stay, such as a setting may have kept.
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
# PostgreSQL's own word, in no language, in the last line of its lock file.
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
# A signal to this shell interrupts its waiting.
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
