#!/usr/bin/env bash
# The checks that need no database. Usage: lint.sh PYTHON ADDON, called by ./dev lint.
set -uo pipefail
python=$1 addon=$2 failed=0
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

check() {
    echo "== $1" && shift
    "$@" || failed=1
}

check "ruff check" "$python" -m ruff check --quiet .
check "ruff format" "$python" -m ruff format --quiet --check --diff .
# Through the link, so that pylint knows the addon by its technical name. search([]) is
# what "every company" means, and companies are few.
check pylint env PYTHONPATH= "$python" -P -m pylint --rcfile pyproject.toml --disable=no-search-all "$addon"
check "tree" "$python" tools/lint_tree.py
check shellcheck shellcheck dev .ci/run tools/*.sh
exit $failed
