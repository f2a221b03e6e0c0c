package org.reservoir.veeh.libvirt;

import java.util.Locale;
import java.util.Optional;

import org.reservoir.libvirtrpc.Flags;

/** What differs between libvirt's drivers in the guests we write for them. What is not said here is the same for all. */
enum Hypervisor {
    QEMU("pc", "vd", true, true, true, true),
    /** libvirt's own driver that runs nothing: takes QEMU's words. */
    TEST("pc", "vd", true, true, true, true),
    /** libxl, fully virtualised guests: disks are {@code xvd…}, no virtio. */
    XEN("xenfv", "xvd", false, false, false, false),
    /** VMware: disks live on datastores ({@code [store] file.vmdk}); no virtio, no consoles, and as many CPUs as there may ever be. */
    ESX("", "sd", false, false, false, false),
    VBOX("", "sd", false, false, false, false);

    final String machine;
    final String prefix;
    final boolean virtio;
    final boolean channels;
    final boolean cpuModel;
    final boolean filters;

    Hypervisor(String machine, String prefix, boolean virtio, boolean channels, boolean cpuModel, boolean filters) {
        this.machine = machine;
        this.prefix = prefix;
        this.virtio = virtio;
        this.channels = channels;
        this.cpuModel = cpuModel;
        this.filters = filters;
    }

    /** By libvirt's own word for the driver ({@code virConnectGetType}). */
    static Hypervisor of(String type) {
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "TEST" -> TEST;
            case "XEN", "LIBXL" -> XEN;
            case "ESX", "VMWARE" -> ESX;
            case "VBOX" -> VBOX;
            default -> QEMU;
        };
    }

    String bus() {
        return switch (this) {
            case QEMU, TEST -> "virtio";
            case XEN -> "xen";
            case ESX -> "scsi";
            case VBOX -> "sata";
        };
    }

    /** What a start from the disk says to a driver that might otherwise take a saved state; the others refuse flags that they do not know. */
    int bootFlags() {
        return this == QEMU ? Flags.START_FORCE_BOOT : 0;
    }

    /** All that the driver keeps beside a definition, each driver by the flags that it takes (their {@code DomainUndefineFlags}). */
    int undefineFlags() {
        return switch (this) {
            case QEMU -> Flags.UNDEFINE_ALL;
            case TEST -> Flags.UNDEFINE_MANAGED_SAVE | Flags.UNDEFINE_SNAPSHOTS_METADATA;
            case XEN -> Flags.UNDEFINE_MANAGED_SAVE;
            case ESX, VBOX -> Flags.UNDEFINE_SNAPSHOTS_METADATA;
        };
    }

    /**
     * Whether libvirtd keeps files on the host for us. ESX's driver knows a pool only within its own process: what came to libvirtd in a call it refuses
     * ("pool->privateData … must not be NULL"). VirtualBox's makes no pools, tells no space and takes no bytes.
     */
    boolean storesFiles() {
        return this != ESX && this != VBOX;
    }

    String cdBus() {
        return this == VBOX ? "sata" : "ide";
    }

    /** The controller of SCSI disks, where libvirt's own choice would be another; ESX's driver would look at the first disk for it, which is not there yet. */
    Optional<String> scsiModel() {
        return switch (this) {
            case QEMU, TEST -> Optional.of("virtio-scsi");
            case ESX -> Optional.of("lsilogic");
            case XEN, VBOX -> Optional.empty();
        };
    }

    String nicModel() {
        return switch (this) {
            case QEMU, TEST -> "virtio";
            case XEN -> "netfront";
            case ESX -> "vmxnet3";
            case VBOX -> "82540EM";
        };
    }

    /** How volumes of copy-on-write disks are written. */
    String diskFormat() {
        return switch (this) {
            case ESX -> "vmdk";
            case VBOX -> "vdi";
            case QEMU, TEST, XEN -> "qcow2";
        };
    }
}
