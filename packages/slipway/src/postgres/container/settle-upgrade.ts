/** The folder of the volume in which the later version is filled. */
export const work = 'upgrade';

/**
 * Shell, in the volume: prints a line "cluster VERSION FOLDER" for each data directory that has its name from an image, or
 * from an upgrade that was interrupted at its end.
 */
export const listClusters = `
list() {
	[ ! -f "$1/PG_VERSION" ] || echo "cluster $(cat "$1/PG_VERSION") $1"
}
list .
list data
for data in [0-9]*/docker; do
	[ ! -f "$data/PG_VERSION" ] || [ "$data" != "$(cat "$data/PG_VERSION")/docker" ] || list "$data"
done
if [ -f upgrade/before/PG_VERSION ]; then
	for data in upgrade/before upgrade/[0-9]*/docker; do list "$data"; done
fi`;

/** One step, so that PostgreSQL never finds a folder of its version without the data. The folder is as in the image. */
const placeLater = `
for cluster in upgrade/[0-9]*; do
	[ -d "$cluster/docker" ] || continue
	chmod 755 "$cluster"
	mv -T "$cluster" "\${cluster#upgrade/}"
done`;

/**
 * Shell, in the volume: completes an upgrade whose data directory before PostgreSQL 18 has begun to move. May be killed
 * anywhere and run again. The old data gets its place last: without it, "upgrade" may be removed.
 */
export const settleUpgrade = `
if [ -f upgrade/before/PG_VERSION ]; then
	for entry in *; do
		case $entry in
			upgrade | [0-9]*) ;;
			*) mv "$entry" upgrade/before ;;
		esac
	done
${placeLater}
	version=$(cat upgrade/before/PG_VERSION)
	mkdir -p "$version"
	mv -T upgrade/before "$version/docker"
	# As in the image: the data directories are private, the volume is not.
	chmod 1777 .
	sync
fi`;

/**
 * Shell, in the volume: the data in "upgrade" is complete and has been compared, and gets its place. One step decides: before
 * it, the old data is as it was; after it, no PostgreSQL starts on the old data until `settleUpgrade` has moved it.
 * Images before PostgreSQL 18 have one data directory, at the top level or in data.
 */
export const publishUpgrade = `
if [ -f PG_VERSION ]; then
	mkdir -p -m 700 upgrade/before
	mv PG_VERSION upgrade/before
elif [ -f data/PG_VERSION ]; then
	mv -T data upgrade/before
else
${placeLater}
	sync
fi
${settleUpgrade}`;
