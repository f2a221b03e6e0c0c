package org.reservoir.testbed.killed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.testbed.TestHost;
import org.reservoir.veem.Veem;

/** A VEEM over its own PostgreSQL and real libvirt hosts: what of a site server matters when it is killed. */
final class SmallSite implements AutoCloseable {
    static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    static final String NETWORK = "net";
    static final String IMAGE = "halt";
    private static final List<String> MIGRATIONS = List.of("db/store", Veem.MIGRATIONS);
    /** {@code cli; hlt; jmp $-1}: a guest that boots at once and needs no processor. */
    private static final byte[] HALT = {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};
    private static final int SECTOR = 512;
    private static final int IMAGE_BYTES = 1 << 20;

    final SiteDatabase database;
    final Veem veem;

    private SmallSite(SiteDatabase database, Veem veem) {
        this.database = database;
        this.veem = veem;
    }

    /** @param name of the site in its guests' names, unique on the machine */
    static SmallSite open(Path data, String name) {
        var settings = DatabaseSettings.Managed.in(data.resolve("database"), data.resolve("programs")).withoutDurability().withPatience(Duration.ofMinutes(1));
        var database = SiteDatabase.open(settings, MIGRATIONS);
        var veem = new Veem(database, List.of(new org.reservoir.veeh.libvirt.LibvirtHosts(name)), Quotas.UNBOUNDED, InstantSource.system(),
                Veem.Settings.of("4b11", "server-1", data.resolve("images")), (_, _) -> {});
        veem.start();
        return new SmallSite(database, veem);
    }

    /** What there must be before anything can be killed. */
    void furnish(List<TestHost> hosts) {
        for (var host : hosts) {
            veem.hosts().add(ADMIN, new HostRequest(host.name(), host.uri(), "default", 16, 1, org.reservoir.kernel.Cpus.ZERO, DataSize.ZERO, java.util.Map.of(),
                    java.util.Map.of("acceleration", "emulated")));
        }
        veem.networks().create(ADMIN, new NetworkSpec(NETWORK, "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.203.0.0/24")), List.of(), false, false, 0, true));
        var sector = java.util.Arrays.copyOf(HALT, IMAGE_BYTES);
        sector[SECTOR - 2] = 0x55;
        sector[SECTOR - 1] = (byte) 0xaa;
        var image = veem.images().request(ADMIN, new ImageRequest(IMAGE, Image.Kind.DISK, Optional.empty(), Optional.empty(), Optional.of("raw"), false));
        veem.images().upload(ADMIN, image.id(), 0, new java.io.ByteArrayInputStream(sector), true);
        Wait.until("the image is ready", Duration.ofMinutes(1), () -> veem.images().image(ADMIN, image.id()).state() == Image.State.READY);
    }

    VeeSpec spec(String name) {
        var image = veem.images().images(ADMIN, Page.Request.FIRST).items().getFirst();
        var network = veem.networks().networks(ADMIN, Page.Request.FIRST).items().getFirst();
        return VeeSpec.of(name, 1, DataSize.mebibytes(64)).withDisks(List.of(VeeSpec.DiskSpec.of(image.id()), VeeSpec.DiskSpec.blank(DataSize.mebibytes(16))))
                .withNics(List.of(VeeSpec.NicSpec.on(network.id())));
    }

    List<Vee> vees() {
        return veem.vees().vees(ADMIN, Vees.Filter.LIVING, Page.Request.FIRST).items();
    }

    /** Nothing passes from one state to another, and no work is left. */
    boolean rests() {
        return vees().stream().noneMatch(vee -> vee.state().passing()) && database.work().atAGlance(1).isEmpty();
    }

    static Path folder() {
        try {
            var folder = Files.createTempDirectory("reservoir-killed-");
            // PostgreSQL's own user must pass through
            Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        veem.close();
        database.close();
    }
}
