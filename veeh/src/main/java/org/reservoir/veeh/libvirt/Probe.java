package org.reservoir.veeh.libvirt;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.HostFacts.Acceleration;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Finds out whether KVM works on a host: {@code /dev/kvm} may exist and libvirt may offer it where a guest then hangs in its first
 * instructions. The probe guest is one boot sector ({@code probe.s}) that enters protected and long mode, turns paging and SSE on, touches
 * memory through both and switches itself off by ACPI. Where it ends by itself, about 0.1 s, KVM works; where it does not in
 * five seconds, guests are emulated.
 */
final class Probe {
    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int SECTOR = 512;
    private static final String CODE = """
            fa31c08ed88ec08ed0bc0070b83100e85e00e4920c02e692bf00106631c0b9000cfc66f3ab66c70600100320000066c70600200330000066c706003083000000
            66c7060830830020000f0116107d0f20e06683c8200f22e066b8001000000f22d80f20c06683c8010f22c0ea757c1800baf803eec366b810008ed88ed08ec0b0
            3266baf803eeb9800000c00f320d000100000f300f20c00d000000800f22c0eaa67c00000800b03366baf803ee0f20c04883e0fb4883c8020f22c00f20e0480d
            000600000f22e048c7c60000200066480f6ec6660fd606483936750db034ee66ba040666b8002066eff4ebfd0f1f4000000000000000000000000000009a2000
            ffff00000092cf00ffff0000009acf001f00f07c
            """;

    private final Site site;
    private final Pool pool;

    Probe(Site site, Pool pool) {
        this.site = site;
        this.pool = pool;
    }

    /** Assembled from {@code probe.s}. */
    static byte[] bootSector() {
        var sector = Arrays.copyOf(HexFormat.of().parseHex(CODE.replaceAll("\\s", "")), SECTOR);
        sector[SECTOR - 2] = 0x55;
        sector[SECTOR - 1] = (byte) 0xaa;
        return sector;
    }

    /** @throws HostFailure when the host was not able to answer now: that tells nothing of KVM, and is asked again */
    Acceleration run(LibvirtConnection daemon) {
        var name = "reservoir-%s-probe".formatted(site.id());
        var file = name + ".img";
        pool.putFile(file, SECTOR, new ByteArrayInputStream(bootSector()));
        try {
            var dom = daemon.define(xml(name, file));
            try {
                stopFormer(daemon, dom);
                daemon.create(dom, Flags.START_AUTODESTROY);
                return ended(daemon, dom) ? Acceleration.KVM : Acceleration.EMULATED;
            } finally {
                uninterrupted(() -> remove(daemon, dom));
            }
        } catch (HostFailure failure) {
            if (failure.kind().passing()) {
                throw failure;
            }
            LOG.info("The probe guest did not start, so guests are emulated: {}", failure.getMessage());
            return Acceleration.EMULATED;
        } finally {
            uninterrupted(() -> pool.deleteFile(file));
        }
    }

    /** Who is told to stop still clears away first; libvirtd itself ends the guest of one that is killed. */
    private static void uninterrupted(Runnable work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A probe of which nobody saw the end may run still. */
    private static void stopFormer(LibvirtConnection daemon, Domain dom) {
        if (dom.active()) {
            daemon.destroy(dom);
        }
    }

    private static boolean ended(LibvirtConnection daemon, Domain dom) {
        var deadline = Deadline.in(PATIENCE);
        while (!deadline.isOver()) {
            var state = daemon.state(dom).state();
            if (state != Flags.STATE_RUNNING) {
                return state == Flags.STATE_SHUTOFF;
            }
            deadline.rest(LOOK, "the probe guest");
        }
        return false;
    }

    private static void remove(LibvirtConnection daemon, Domain dom) {
        if (States.alive(daemon.state(dom).state())) {
            daemon.destroy(dom);
        }
        daemon.undefine(dom, Flags.UNDEFINE_ALL);
    }

    private String xml(String name, String file) {
        return Xml.document("domain", xml -> {
            xml.text("name", name).text("uuid", site.uuid("probe")).kib("memory", 16 << 10).text("vcpu", 1);
            xml.tag("os", os -> os.text("type", "hvm", "machine", "pc").tag("boot", "dev", "hd"));
            xml.tag("features", features -> features.tag("acpi")).text("on_reboot", "destroy").text("on_crash", "destroy");
            xml.tag("devices", devices -> devices.tag("disk", disk -> disk.tag("driver", "name", "qemu", "type", "raw")
                    .tag("source", "file", pool.folder() + "/" + file).tag("target", "dev", "hda", "bus", "ide"), "type", "file", "device", "disk")
                    .tag("controller", "type", "usb", "model", "none").tag("memballoon", "model", "none"));
        }, "type", "kvm");
    }
}
