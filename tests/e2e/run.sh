#!/bin/sh
# Run the end-to-end tests in an X server of their own: tests/e2e/run.sh PYTHON [pytest arguments]
set -eu
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}
[ $# -eq 0 ] || shift

for program in Xvfb openbox xdotool; do
    command -v "$program" >/dev/null || {
        echo "error: $program is missing. On Debian and Ubuntu: apt-get install --no-install-recommends xvfb openbox xdotool" >&2
        exit 1
    }
done

folder=$(mktemp -d)
server= manager=
finish() {
    # the window manager leaves when its server does
    [ -z "$manager" ] || kill "$manager" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

# the server chooses a free number and writes it when it is ready
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$folder/display" 2>"$folder/server.log" &
server=$!
tries=0
until [ -s "$folder/display" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "error: the X server did not start:" >&2
        cat "$folder/server.log" >&2
        exit 1
    fi
    sleep 0.1
done
DISPLAY=:$(cat "$folder/display")
export DISPLAY

# its own settings, not those of whoever runs this
HOME="$folder" XDG_CONFIG_HOME="$folder" openbox >"$folder/manager.log" 2>&1 &
manager=$!

unset WAYLAND_DISPLAY
export CNN_PLAYGROUND_E2E=1 QT_QPA_PLATFORM=xcb
"$python" -m pytest tests/e2e -m e2e "$@"
