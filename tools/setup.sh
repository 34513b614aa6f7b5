#!/bin/sh
# Make .venv with the pinned requirements of one file, and what makes training faster: tools/setup.sh PYTHON REQUIREMENTS
set -eu
python=$1
requirements=$2

fail() {
    echo "error: $1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "no $python found. Install Python 3.11 to 3.14, or name one: make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' ||
    fail "$("$python" --version 2>&1) does not fit: Python 3.11 to 3.14 is needed. Name one: make PYTHON=/path/to/python3"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"

# half of an environment, as after Ctrl-C, has a python but no pip
[ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements"
# not everywhere is there a wheel of Numba; without it NumPy trains alone
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement requirements-fast.txt ||
    echo "Numba cannot be installed here. Everything works without it; training takes about twice as long." >&2
# what Numba compiles is kept: the first start need not wait for it
.venv/bin/python -c 'from core.fast_path import compiled_part; compiled_part()'
