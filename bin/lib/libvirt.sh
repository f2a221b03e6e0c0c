# shellcheck shell=bash
# QEMU and libvirt on this machine: installed when missing, started when not running.

need_libvirt() {
    need qemu-system-x86_64=qemu-system-x86 qemu-img=qemu-utils libvirtd=libvirt-daemon-system virsh=libvirt-clients \
        '/usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so=libvirt-daemon-driver-qemu' \
        dnsmasq=dnsmasq-base nft=nftables iptables=iptables ip=iproute2 tini=tini nsenter=util-linux \
        genisoimage=genisoimage
}

system_libvirt_answers() { as_root timeout 10 virsh -q -c qemu:///system uri >/dev/null 2>&1; }

# start_libvirt : the system's own libvirtd; by systemd where it runs, else by hand.
start_libvirt() {
    ask_for_root "Using qemu:///system"
    if system_libvirt_answers; then return 0; fi
    if [[ -d /run/systemd/system ]]; then
        step "Starting libvirtd" as_root systemctl start virtlogd.socket libvirtd.socket libvirtd.service
    else
        step "Starting virtlogd and libvirtd" libvirt_by_hand
    fi
    local tries
    for ((tries = 0; tries < 40; tries++)); do
        if system_libvirt_answers; then return 0; fi
        sleep 0.5
    done
    die "libvirtd was started but qemu:///system does not answer." "Try: virsh -c qemu:///system uri"
}

libvirt_by_hand() {
    as_root mkdir -p /run/libvirt /run/lock # the latter for libvirtd's locks of consoles and channels
    # What udev does where it runs. While QEMU's user cannot open the device that libvirtd sees, libvirtd asks QEMU for its
    # capabilities anew at every call, ten seconds each.
    if [[ -c /dev/kvm ]] && getent group kvm >/dev/null; then
        as_root chgrp kvm /dev/kvm
        as_root chmod 0660 /dev/kvm
    fi
    as_root virtlogd -d || true # already running: libvirtd will find it
    as_root libvirtd -d
}
