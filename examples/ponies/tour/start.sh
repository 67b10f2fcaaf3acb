#!/bin/sh
# Runs steps.sh on a copy of this project, with a git repository and a server that are both gone afterwards.
set -eu

# Without the variables of this shell: the tour reverts everything in the database that they may name.
[ "${1:-}" = clean ] || exec env -i "PATH=$PATH" "HOME=$HOME" sh "$0" clean

project=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
cp -R "$project/package.json" "$project/slipway.config.ts" "$project/migrations" "$project/tour" "$copy"
ln -s "$project/node_modules" "$copy/node_modules"
cd "$copy"
export PATH="$copy/node_modules/.bin:$PATH" XDG_STATE_HOME="$copy/state"

trap 'slipway down; cd /; rm -rf "$copy"' EXIT
trap 'exit 1' INT TERM
slipway up
sh tour/steps.sh
