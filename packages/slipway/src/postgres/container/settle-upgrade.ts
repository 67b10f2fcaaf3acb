/** The folder of the volume in which the later version is filled. */
export const work = 'upgrade';

/**
 * Shell, in the volume: if the folder "upgraded" is there, the later version in it is complete and has been compared.
 * Gives it its place, and keeps the data before it in the place of its version. May be killed anywhere and run again.
 */
export const settleUpgrade = `
if [ -d upgraded ]; then
	# Images before PostgreSQL 18 have one data directory, at the top level or in data. Without PG_VERSION, which goes
	# first, no PostgreSQL starts on what is left of it.
	if [ -f PG_VERSION ]; then
		mkdir -p -m 700 upgraded/before
		mv PG_VERSION upgraded/before
	fi
	if [ -d upgraded/before ]; then
		for entry in *; do
			case $entry in
				upgraded | [0-9]*) ;;
				*) mv "$entry" upgraded/before ;;
			esac
		done
		version=$(cat upgraded/before/PG_VERSION)
		mkdir -p "$version"
		mv -T upgraded/before "$version/docker"
	fi
	if [ -f data/PG_VERSION ]; then
		version=$(cat data/PG_VERSION)
		mkdir -p "$version"
		mv -T data "$version/docker"
	fi
	for cluster in upgraded/*/docker; do
		[ -d "$cluster" ] || continue
		version=\${cluster#upgraded/}
		version=\${version%/docker}
		mkdir -p "$version"
		mv -T "$cluster" "$version/docker"
	done
	rm -rf upgraded
	# As in the image: the data directories are private, the volume is not.
	chmod 1777 .
	sync
fi`;
