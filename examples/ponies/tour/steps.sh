#!/bin/sh
# Reverts, applies, branches and merges migrations, step by step. Run by start.sh.
set -eu

say() { printf '\n# %s\n' "$1"; }
show() {
	printf '$ %s\n' "$*"
	"$@"
}
refused() {
	printf '$ %s\n' "$*"
	if "$@"; then
		echo "expected this to be refused" >&2
		exit 1
	fi
}
commit() {
	git add migrations
	git commit --quiet --message "$1"
}
# Creates a branch with a migration, which is numbered by the current time.
branch_with_column() {
	git switch --quiet --create "$1" main
	file=$(slipway migrate new "add $2")
	cat > "$file" <<SQL
-- Up Migration

ALTER TABLE pony ADD COLUMN $2 $3;

-- Down Migration

ALTER TABLE pony DROP COLUMN $2;
SQL
	commit "Add $2"
}

git init --quiet --initial-branch main
git config user.name Ada
git config user.email ada@example.com
git config commit.gpgsign false
commit 'Owners, ponies and handlers'

say 'Downgrade to one migration, which stays applied'
show slipway migrate status
show slipway migrate down --to 1_owners-and-ponies --yes
show slipway migrate status || [ $? = 3 ] # One is pending.

say 'Downgrade to base: nothing is applied'
show slipway migrate down --all --yes

say 'Upgrade to head, and show the history'
show slipway migrate up
show slipway migrate history

say 'Two branches: each adds a migration after the same head'
branch_with_column colours colour text
branch_with_column heights height smallint

say 'The later one is merged and applied first'
git switch --quiet main
show git merge --quiet heights
show slipway migrate up

say 'The other one is merged: it sorts before what is applied, so there are two heads'
show git merge --quiet --no-edit colours
refused slipway migrate status
refused slipway migrate up

say 'Merge them: rebase renumbers the one that is not applied'
show slipway migrate rebase
commit 'Renumber the migration of colours'
show slipway migrate up
show slipway migrate status
