# shellcheck shell=bash
# What every script here shares: where things are, how to tell what is being done, how to get what is missing.
# Sourced, never run. Messages go to standard error, so that standard output stays the command's own.

[[ $OSTYPE == linux* ]] || { echo "Reservoir runs on Linux; this is $OSTYPE." >&2; exit 69; }

RESERVOIR_HOME=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
build_dir=$RESERVOIR_HOME/.build
cache_dir=${RESERVOIR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/reservoir}
log_dir=$build_dir/logs
export RESERVOIR_HOME
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE… : one line of what went wrong, further lines of advice.
die() {
    printf 'reservoir: %s\n' "$1" >&2
    shift
    [[ $# -eq 0 ]] || printf '  %s\n' "$@" >&2
    exit 1
}

# step WHAT COMMAND… : says what is being done and how long it took; the output goes to a log file, shown when the command fails. A function of
# several commands ends at the first that fails: in a subshell, and not behind `||`, where bash would go on to the next.
step() {
    local what=$1 log began=$SECONDS status
    shift
    mkdir -p "$log_dir"
    log=$log_dir/$(tr -cs 'A-Za-z0-9\n' - <<<"$what" | cut -c1-60).$$.log
    say "• $what …"
    set +e
    (set -e; "$@") >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if [[ $status -eq 130 ]]; then # Ctrl-C
        say "Interrupted: $what was not ended. The next run goes on with it."
        exit 130
    fi
    if [[ $status -ne 0 ]]; then
        tail -n 25 "$log" >&2
        die "$what failed (exit code $status)." "The whole output: $log"
    fi
    say "  done in $((SECONDS - began)) s"
    rm -f "$log"
}

as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "This needs root: $*" "Run it as root, or install sudo and allow your user to use it."
    fi
}

# ask_for_root WHY : gets sudo's password once, in the open, before anything that hides its output.
ask_for_root() {
    [[ $EUID -ne 0 ]] || return 0
    command -v sudo >/dev/null || die "$1 needs root." "Run the command as root, or install sudo and allow your user to use it."
    sudo -n true 2>/dev/null && return 0
    [[ -t 0 ]] || die "$1 needs root, and sudo wants a password that nobody can type here." "Run the command as root."
    say "$1 needs root."
    sudo -v || die "$1 needs root." "Run the command as root."
}

has_apt() { command -v apt-get >/dev/null && grep -qsiE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release; }

# need TOOL=PACKAGE… : installs the packages whose tool is missing. TOOL is a command, or an absolute path (may be a glob).
need() {
    local entry tool missing=() tools=()
    for entry in "$@"; do
        tool=${entry%%=*}
        case $tool in
            /*) compgen -G "$tool" >/dev/null && continue ;;
            *) command -v "$tool" >/dev/null && continue ;;
        esac
        missing+=("${entry#*=}")
        tools+=("${tool##*/}")
    done
    [[ ${#missing[@]} -eq 0 ]] && return 0
    has_apt || die "Missing on this system: ${tools[*]}" \
        "Only Debian and Ubuntu are set up by this script. Please install what Debian calls: ${missing[*]}"
    ask_for_root "Installing ${missing[*]}"
    apt_update_once "${missing[@]}"
    step "Installing ${missing[*]}" apt_install "${missing[@]}"
}

# borrow TOOL=PACKAGE… : puts programs that tests run by themselves on PATH, unpacked in the cache: installed, they would be started as services.
borrow() {
    local entry tool package folder=$cache_dir/programs
    export PATH=$PATH:$folder/usr/bin:$folder/usr/sbin
    for entry in "$@"; do
        tool=${entry%%=*} package=${entry#*=}
        command -v "$tool" >/dev/null && continue
        has_apt || die "Missing on this system: $tool" "Only Debian and Ubuntu are set up by this script. Please install what Debian calls $package."
        apt_update_once "$package"
        step "Fetching $package" unpack "$package" "$folder"
    done
}

# unpack PACKAGE FOLDER : without running what the package brings for its installation.
unpack() (
    set -e
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    apt-get download "$1"
    mkdir -p "$2"
    dpkg -x ./*.deb "$2"
)

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        install -y --no-install-recommends "$@"
}

# apt_update_once PACKAGE… : refreshes apt's lists if they know one of the packages not at all or are older than a day.
apt_update_once() {
    local package
    if [[ -n $(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -mtime -1 2>/dev/null) ]]; then
        for package in "$@"; do
            apt_knows "$package" || break
            [[ $package != "${*: -1}" ]] || return 0
        done
    fi
    [[ -z ${apt_updated:-} ]] || return 0
    step "Refreshing the package lists" as_root apt-get -o DPkg::Lock::Timeout=300 update
    apt_updated=yes
}

apt_knows() {
    local policy
    policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null)
    [[ $policy =~ Candidate:\ [^\(] ]]
}

# become COMMAND… : this process is the command from now on. Process 1 stays a shell (a container without an init of its own): somebody must take
# note of ended processes that nobody else does, such as guests, for whose end libvirtd would wait for ever.
become() {
    [[ $$ -eq 1 ]] || exec "$@"
    local child told code
    "$@" <&0 &
    child=$!
    trap 'told=yes; kill -TERM "$child" 2>/dev/null' TERM INT HUP
    while told='' code=0; wait "$child" || code=$?; [[ -n $told ]]; do :; done
    exit "$code"
}

# run_as_root COMMAND… : becomes the command, as root, with what the project's programs read from the environment.
run_as_root() {
    [[ $EUID -ne 0 ]] || become "$@"
    become sudo --preserve-env=JAVA_HOME,RESERVOIR_HOME,RESERVOIR_GUEST,RESERVOIR_DATA env "RESERVOIR_CACHE=$cache_dir" "$@"
}
