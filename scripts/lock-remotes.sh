#!/bin/sh
# Locks what DVC needs for each kind of remote beside what the dvc-runner has: dvc-remotes/KIND.txt.
# All are resolved together, and with dvc-runner/requirements.txt, so that any of them go together; what
# the dvc-runner has already is in none. The registry's address stays out, as of all locks here.
set -eu
cd "$(dirname "$0")/../dvc-remotes"
base=../dvc-runner/requirements.txt
dvc=$(sed -n 's/^dvc==\([^ ]*\).*/\1/p' "$base")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lock() { # NAME KIND... : $work/NAME.txt
  name=$1
  shift
  for kind; do echo "dvc[$kind]==$dvc"; done > "$work/$name.in"
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --constraint "$base" --constraint "$work/together.txt" "$work/$name.in" \
    --output-file "$work/$name.txt"
}
kinds='azure gdrive gs hdfs oss ssh webdav webhdfs'
: > "$work/together.txt"
# shellcheck disable=SC2086 # each is a word
lock together $kinds
for kind in $kinds; do
  lock "$kind" "$kind"
  # An entry is a line and the indented ones below it.
  awk -v base="$base" '
    BEGIN { while ((getline line < base) > 0) if (line ~ /^[a-z0-9]/) { split(line, part, "=="); has[part[1]] = 1 } }
    /^[a-z0-9]/ { split($0, part, "=="); skip = part[1] in has }
    !skip
  ' "$work/$kind.txt" > "$kind.txt"
  echo "$kind: $(grep -c '^[a-z0-9]' "$kind.txt") packages"
done
