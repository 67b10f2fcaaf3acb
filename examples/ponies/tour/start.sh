#!/bin/sh
# Runs steps.sh on a copy of this project, with a temporary git repository and server.
set -eu

# Clears the environment: the tour reverts every migration, and must not reach a database that a variable names.
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
