#!/usr/bin/env bash
# Makes libvirt hosts out of namespaces: each has its own network, processes, host name, /run and libvirt directories, an init (tini),
# and a libvirtd that listens on a bridge of our own. Nothing of the machine's own libvirt is touched.
#
#   hosts.sh up COUNT [own|shared] [OWNER-PID]   prints one line per host: run name address directory
#                                               shared: the machine's own network, one host, reached by its unix socket only
#                                               with an owner, the next `up` or `down` removes the run once that process is gone
#   hosts.sh keep RUN                           it has no owner any more: only `down RUN` removes it
#   hosts.sh list                               runs and their hosts
#   hosts.sh down [RUN…]                        removes these runs; without names: all that have no living owner
#   hosts.sh boot|halt|cut|mend DIRECTORY       power on, power off (everything dies), network out and back
#   hosts.sh daemon kill|hang|resume|start DIRECTORY
#   hosts.sh shell DIRECTORY [COMMAND…]         a command inside the host
#
# Everything is kept under ${RESERVOIR_TESTBED:-/var/tmp/reservoir-testbed}/RUN/HOST; network names begin with rvt.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
base=${RESERVOIR_TESTBED:-/var/tmp/reservoir-testbed}
self=$(readlink -f "${BASH_SOURCE[0]}")

fail() { echo "testbed: $*" >&2; exit 1; }

# --- what a host is -------------------------------------------------------------------------------------------------------------

init_of() { # DIRECTORY : the pid of the host's init as this machine sees it; a pid that now belongs to something else does not count
    local pid
    pid=$(cat "$1/init.pid" 2>/dev/null) || return 1
    [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$1" ]] || return 1
    echo "$pid"
}

inside() { # DIRECTORY COMMAND…
    local pid
    pid=$(init_of "$1") || fail "host $1 is not running"
    shift
    nsenter -t "$pid" -m -u -i -n -p -- "$@"
}

lay_out() { # DIRECTORY : files of a host, made once; they outlive a reboot
    local dir=$1
    mkdir -p "$dir"/{etc,lib/images,log,run}
    [[ ! -d /etc/libvirt/nwfilter ]] || cp -r /etc/libvirt/nwfilter "$dir/etc/"
    mkdir -p "$dir/etc/qemu/networks"
    cat >"$dir/etc/libvirtd.conf" <<-END
	listen_tls = 0
	listen_tcp = 1
	listen_addr = "$(cat "$dir/address")"
	auth_tcp = "none"
	auth_unix_rw = "none"
	unix_sock_group = "root"
	host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
	END
    cat >"$dir/etc/qemu.conf" <<-'END'
	user = "root"
	group = "root"
	dynamic_ownership = 0
	security_driver = "none"
	cgroup_controllers = []
	remember_owner = 0
	namespaces = []
	END
    touch "$dir/etc/virtlogd.conf" "$dir/etc/libvirt.conf"
}

boot() { # DIRECTORY
    local dir=$1 launcher tries
    local -a where=()
    init_of "$dir" >/dev/null && fail "host $dir is running already"
    [[ $(cat "$dir/net") == shared ]] || where=(ip netns exec "$(cat "$dir/netns")")
    rm -rf "${dir:?}/run"
    mkdir -p "$dir/run"
    cd "$dir"
    setsid "${where[@]}" unshare -m -u -i -p -f --kill-child=KILL --mount-proc bash "$self" init "$dir" >"$dir/log/init.log" 2>&1 </dev/null 9>&- &
    launcher=$!
    for ((tries = 0; tries < 200; tries++)); do
        if [[ -e $dir/run/up ]]; then
            tr -d ' ' <"/proc/$launcher/task/$launcher/children" >"$dir/init.pid"
            daemon start "$dir"
            return 0
        fi
        [[ -d /proc/$launcher ]] || fail "host $dir did not start: $(tail -n 3 "$dir/log/init.log")"
        sleep 0.05
    done
    fail "host $dir did not start in 10 s: $(tail -n 3 "$dir/log/init.log")"
}

init() { # DIRECTORY : runs inside the new namespaces, as their process 1
    local dir=$1
    hostname "$(cat "$dir/name")"
    mount --bind "$dir/etc" /etc/libvirt
    mkdir -p /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
    mount --bind "$dir/lib" /var/lib/libvirt
    mount --bind "$dir/log" /var/log/libvirt
    mount --bind "$base/capabilities" /var/cache/libvirt # what QEMU can do: found out once, not by each host
    [[ ! -f $dir/../hosts ]] || mount --bind "$dir/../hosts" /etc/hosts
    mount --bind "$dir/run" /run
    mkdir -p /run/libvirt /run/lock
    touch /run/up
    exec tini -- sleep infinity
}

halt() { # DIRECTORY : everything in the host dies at once, as when the power fails
    local pid tries
    pid=$(init_of "$1") || return 0
    kill -KILL "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 200; tries++)); do
        [[ -d /proc/$pid ]] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null || { rm -f "$1/init.pid"; unwire "$1"; return 0; }
        sleep 0.05
    done
    fail "processes of $1 do not end (init is $pid)"
}

unwire() { # DIRECTORY : what the host's kernel knew of networks is lost with its power; the cable stays
    local ns link
    [[ $(cat "$1/net") == own ]] || return 0
    ns=$(cat "$1/netns")
    ip -n "$ns" -o link 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | while read -r link; do
        [[ $link == lo || $link == eth0 ]] || ip -n "$ns" link del "$link" 2>/dev/null || true # a cable's other end is gone with it
    done
    ip netns exec "$ns" nft flush ruleset 2>/dev/null || true # there may be no such namespace any more
}

daemon() { # kill|hang|resume|start DIRECTORY
    local dir=$2 socket=$2/run/libvirt/libvirt-sock tries
    local -a listen=(-l)
    case $1 in
        kill) signal KILL "$dir"; signal CONT "$dir" ;;
        hang) signal STOP "$dir" ;;
        resume) signal CONT "$dir" ;;
        start)
            [[ $(cat "$dir/net") != shared ]] || listen=()
            inside "$dir" sh -c 'kill -0 "$(cat /run/virtlogd.pid 2>/dev/null)" 2>/dev/null || virtlogd -d' 9>&-
            inside "$dir" libvirtd -d "${listen[@]}" 9>&-
            for ((tries = 0; tries < 300; tries++)); do
                timeout 5 virsh -q -c "qemu+unix:///system?socket=$socket" uri >/dev/null 2>&1 && return 0
                sleep 0.1
            done
            fail "libvirtd of $dir does not answer; see $dir/log"
            ;;
        *) fail "daemon does not know $1" ;;
    esac
}
signal() { inside "$2" sh -c "kill -$1 \$(cat /run/libvirtd.pid)" 2>/dev/null || true; }

# --- the network between them -------------------------------------------------------------------------------------------------------

free_subnet() {
    local third used
    used=$(ip -4 route show table all)
    for ((third = 1; third < 255; third++)); do
        [[ $used == *"10.77.$third."* ]] || { echo "10.77.$third"; return 0; }
    done
    fail "no free network 10.77.x.0/24"
}

wire() { # DIRECTORY BRIDGE : own network of the host, and the cable to the bridge
    local dir=$1 bridge=$2 ns cable
    ns=$(cat "$dir/netns")
    cable=$(cat "$dir/cable")
    ip netns add "$ns"
    ip link add "$cable" type veth peer name eth0 netns "$ns"
    ip link set "$cable" master "$bridge" up
    ip -n "$ns" link set lo up
    ip -n "$ns" link set eth0 up
    ip -n "$ns" addr add "$(cat "$dir/address")/24" dev eth0
    ip -n "$ns" route add default via "$(cat "$dir/../gateway")"
}

cable() { # up|down DIRECTORY
    [[ $(cat "$2/net") == own ]] || fail "$2 shares the machine's network; it has no cable to pull"
    ip link set "$(cat "$2/cable")" "$1"
}

# --- runs ---------------------------------------------------------------------------------------------------------------------------

owner_lives() { # RUN-DIRECTORY
    local pid began
    read -r pid began <"$1/owner" 2>/dev/null || return 1
    [[ $pid != none ]] || return 1
    [[ $(began_at "$pid") == "$began" ]]
}
began_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

lock() {
    mkdir -p "$base"
    chmod 700 "$base"
    mkdir -p "$base/capabilities"
    exec 9>"$base/lock"
    flock -w 300 9 || fail "another run has held $base/lock for five minutes"
}

up() { # COUNT NET OWNER
    local count=$1 net=${2:-own} owner=${3:-none} run dir subnet='' bridge n
    [[ $count =~ ^[0-9]+$ && $count -ge 1 && $count -le 50 ]] || fail "up COUNT: from 1 to 50 hosts, not '$count'"
    [[ $net == own || $count -eq 1 ]] || fail "only one host can share the machine's network"
    lock
    sweep
    run=$(od -An -N3 -tx1 /dev/urandom | tr -d ' \n')
    dir=$base/$run
    mkdir "$dir"
    echo "$owner $(if [[ $owner != none ]]; then began_at "$owner"; fi)" >"$dir/owner"
    trap 'remove "'"$run"'" >/dev/null 2>&1' EXIT
    if [[ $net == own ]]; then
        subnet=$(free_subnet)
        bridge=rvt${run}b
        ip link add "$bridge" type bridge
        ip addr add "$subnet.1/24" dev "$bridge"
        ip link set "$bridge" up
        echo "$subnet.1" >"$dir/gateway"
        { echo '127.0.0.1 localhost'; for ((n = 1; n <= count; n++)); do echo "$subnet.$((10 + n)) host-$n-$run"; done; } >"$dir/hosts"
    fi
    for ((n = 1; n <= count; n++)); do
        mkdir "$dir/h$n"
        echo "host-$n-$run" >"$dir/h$n/name"
        echo "$net" >"$dir/h$n/net"
        echo "${subnet:-127.0.0}.$((10 + n))" >"$dir/h$n/address"
        echo "rvt-$run-$n" >"$dir/h$n/netns"
        echo "rvt${run}h$n" >"$dir/h$n/cable"
        lay_out "$dir/h$n"
        [[ $net == shared ]] || wire "$dir/h$n" "$bridge"
    done
    for ((n = 1; n <= count; n++)); do boot "$dir/h$n"; done
    trap - EXIT
    for ((n = 1; n <= count; n++)); do echo "$run $(cat "$dir/h$n/name") $(cat "$dir/h$n/address") $dir/h$n"; done
}

remove() { # RUN
    local run=$1 host ns
    [[ $run =~ ^[0-9a-f]{6}$ ]] || fail "no run is called '$run'"
    for host in "$base/$run"/h*/; do
        host=${host%/}
        [[ ! -d $host ]] || halt "$host"
    done
    ip netns list | while read -r ns _; do
        [[ $ns != "rvt-$run-"* ]] || ip netns del "$ns"
    done
    [[ ! -e /sys/class/net/rvt${run}b ]] || ip link del "rvt${run}b"
    rm -rf "${base:?}/$run"
    echo "removed $run"
}

sweep() { # removes runs whose owner has died (not those that people made and keep)
    local dir
    for dir in "$base"/??????/; do
        dir=${dir%/}
        [[ -f $dir/owner ]] || continue
        [[ $(cat "$dir/owner") == none* ]] || owner_lives "$dir" || remove "${dir##*/}" >&2
    done
}

keep() { # RUN
    [[ -d $base/$1 ]] || fail "no run is called '$1'"
    echo none >"$base/$1/owner"
}

down() { # [RUN…]
    local dir run
    lock
    if [[ $# -gt 0 ]]; then
        for run in "$@"; do remove "$run"; done
        return 0
    fi
    for dir in "$base"/??????/; do
        dir=${dir%/}
        [[ -d $dir ]] || continue
        owner_lives "$dir" || remove "${dir##*/}"
    done
    # Names left over by a run whose directory is gone.
    ip netns list | sed -n 's/^rvt-\([0-9a-f]\{6\}\)-.*/\1/p' | sort -u | while read -r run; do
        [[ -d $base/$run ]] || remove "$run"
    done
}

list() {
    local host pid
    for host in "$base"/??????/h*/; do
        host=${host%/}
        [[ -f $host/name ]] || continue
        pid=$(init_of "$host") || pid=off
        echo "$(basename "$(dirname "$host")") $(cat "$host/name") qemu+tcp://$(cat "$host/address")/system init=$pid $host"
    done
}

[[ $EUID -eq 0 ]] || fail "namespaces need root"
command=${1:-}
[[ $# -eq 0 ]] || shift
case $command in
    up) up "${@:-1}" ;;
    down) down "$@" ;;
    keep) keep "$1" ;;
    list) list ;;
    boot | halt) "$command" "$1" ;;
    cut) cable down "$1" ;;
    mend) cable up "$1" ;;
    daemon) daemon "$1" "$2" ;;
    shell) inside "$1" "${@:2}" ;;
    init) init "$1" ;;
    *) sed -n '2,/^set /s/^# \{0,1\}//p' "$self" >&2; exit 64 ;;
esac
