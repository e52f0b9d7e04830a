# Sourced by ./try and ./test: what they need, installed when it is missing, or said plainly.

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi
}

apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

need_compiler() {
    command -v cc >/dev/null || apt_install gcc libc6-dev || {
        echo 'error: a C compiler is needed to link; install gcc' >&2
        exit 2
    }
}

need_git() {
    command -v git >/dev/null || apt_install git || {
        echo 'error: git is needed by the tests; install it' >&2
        exit 2
    }
}

need_rust() {
    if ! command -v cargo >/dev/null && [ -f "${CARGO_HOME:-$HOME/.cargo}/env" ]; then
        . "${CARGO_HOME:-$HOME/.cargo}/env"
    fi
    command -v cargo >/dev/null || {
        echo 'error: Rust 1.95 or newer is needed' >&2
        echo 'hint: https://rustup.rs shows how to install it' >&2
        exit 2
    }
}

need_nextest() {
    cargo nextest --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-nextest
}

# The page's tests want Node and a browser; where either cannot be had, that is said and nothing else is kept from running.
need_browser() {
    command -v npm >/dev/null || apt_install nodejs npm || return 1
    command -v "${CHROMIUM:-chromium}" >/dev/null || apt_install chromium
}
