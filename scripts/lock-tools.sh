#!/bin/sh
# Locks the test rig's Python packages: every *.in of its folders gives a *.txt with hashes.
# The registry's address stays out of the locks, so that they install from any mirror.
set -eu
cd "$(dirname "$0")/../test/rig"
for wanted in requirements/*.in act-image/*.in; do
  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
    --no-annotate --custom-compile-command 'sh scripts/lock-tools.sh' \
    "$wanted" --output-file "${wanted%.in}.txt"
  echo "$wanted: locked"
done
