package org.reservoir.veem.work;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.kernel.HostId;
import org.reservoir.veem.image.ImageShelf;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Outcome;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.network.Wiring;

/**
 * Does the jobs: says to a host, step by step, what a VEE needs. It decides nothing — where the VEE goes and what becomes of it
 * was written down before — and every step may be given again, so after a crash the whole job is simply done again.
 */
public final class Workshop {
    private final Function<HostId, VeeHost> hosts;
    private final ImageShelf images;
    private final Wiring wiring;
    private final LeavingDisks leaving;
    private final Function<VeeRecord, Guest> guests;
    private final Deadlines deadlines;
    private final InstantSource clock;

    /** How long each sort of step may take at a host. @param guest for what a guest is asked to do itself: to shut down, to let go of a disk */
    public record Deadlines(Duration step, Duration transfer, Duration guest) {
        public static final Deadlines USUAL = new Deadlines(Duration.ofMinutes(2), Duration.ofHours(2), Duration.ofSeconds(90));
    }

    /** Notes whether an order that changes the guest itself was given, or only its surroundings were made ready. */
    static final class Trace {
        private boolean begun;

        void begin() {
            begun = true;
        }

        boolean begun() {
            return begun;
        }
    }

    /** @param guests says what a host must run for a VEE */
    public Workshop(Function<HostId, VeeHost> hosts, ImageShelf images, Wiring wiring, Function<VeeRecord, Guest> guests, Deadlines deadlines, InstantSource clock) {
        this.hosts = hosts;
        this.images = images;
        this.wiring = wiring;
        this.leaving = new LeavingDisks(images, deadlines);
        this.guests = guests;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    /** Does the job that the VEE's task names. @throws HostFailure when a host did not do its part */
    Outcome.Done perform(VeeRecord vee, Trace trace) {
        var task = vee.task().orElseThrow(() -> new IllegalStateException("%s in state %s has no task".formatted(vee.id(), vee.state())));
        try {
            return task.backward() ? new Undoing(this, leaving, hosts, guests).undo(vee, task) : perform(vee, task, trace);
        } catch (IOException | UncheckedIOException failure) {
            throw new HostFailure(HostFailure.Kind.NO_ROOM, "the site's image store: " + failure.getMessage(), failure);
        }
    }

    private Outcome.Done perform(VeeRecord vee, Task task, Trace trace) throws IOException {
        if (task.job() == Job.DEPLOY) {
            return deploy(vee, hosts.apply(place(vee)), guests.apply(vee), trace);
        }
        trace.begin();
        if (task.job() == Job.TERMINATE) {
            return terminate(vee, task);
        }
        var host = hosts.apply(place(vee));
        var order = order(vee);
        var guest = guests.apply(task.parts().map(vee::with).orElse(vee).with(task.spec().orElse(vee.spec())));
        switch (task.job()) {
            case UNDEPLOY -> {
                return undeploy(vee, task, host, guest);
            }
            case MIGRATE -> {
                return migrate(vee, task, host, guest);
            }
            case PAUSE -> host.pause(order);
            case UNPAUSE -> host.unpause(order);
            case SAVE -> host.save(transfer(vee));
            case RESTORE -> {
                wiring.plug(host, place(vee), guest);
                host.restore(transfer(vee), guest);
            }
            case BOOT -> {
                wiring.plug(host, place(vee), guest);
                host.start(order, guest);
            }
            case SHUT_DOWN -> host.shutdown(asking(vee), hard(task));
            case REBOOT -> host.reboot(asking(vee), hard(task));
            default -> new Alteration(this, wiring, leaving, images, guests).change(vee, task, host, guest);
        }
        return Outcome.Done.PLAIN;
    }

    /** Removes a VEE and all its files. */
    void erase(HostId host, Order order) {
        hosts.apply(host).erase(order);
    }

    /** Removes what a VEE may have left on a host where it no longer belongs: it may be on another that sees the same files. */
    void withdraw(HostId host, Order order) {
        hosts.apply(host).withdraw(order);
    }

    /** An order for one step. */
    Order order(VeeRecord vee) {
        return order(vee, deadlines.step());
    }

    /** An order for a step that the guest itself must do its part of. */
    Order asking(VeeRecord vee) {
        return order(vee, deadlines.guest());
    }

    /** An order for a step that may take as long as its disks are big. */
    Order transfer(VeeRecord vee) {
        return order(vee, deadlines.transfer());
    }

    private static Order order(VeeRecord vee, Duration patience) {
        return new Order(vee.id(), vee.generation(), patience);
    }

    static HostId place(VeeRecord vee) {
        return vee.host().orElseThrow(() -> new IllegalStateException("%s in state %s has no host".formatted(vee.id(), vee.state())));
    }

    // ---- coming and going

    /** Until the guest is to boot nothing of it can run, and whoever gives up before that may begin elsewhere at once. */
    private Outcome.Done deploy(VeeRecord vee, VeeHost host, Guest guest, Trace trace) throws IOException {
        wiring.plug(host, place(vee), guest);
        bringImages(place(vee), host, guest);
        host.prepare(order(vee), guest);
        bringKept(vee, host, guest);
        trace.begin();
        leaving.begin(vee, vee.parts().disks());
        host.start(order(vee), guest);
        return Outcome.Done.with(vee.parts().withDisks(vee.parts().disks().stream().map(disk -> disk.kept(false)).toList()));
    }

    /** Disks that were kept come under the guest, unless it runs on them already: then a server ended just after that. */
    private void bringKept(VeeRecord vee, VeeHost host, Guest guest) {
        var kept = vee.parts().disks().stream().filter(Parts.DiskPart::kept).toList();
        if (kept.isEmpty() || sighting(host, vee).filter(Workshop::runs).isPresent()) {
            return;
        }
        for (var disk : kept) {
            host.importDisk(transfer(vee), guest, disk.number(), file(images.kept(vee.id(), disk.number())), Progress.UNHEARD);
        }
    }

    /** What the host shows of the VEE now. */
    static Optional<GuestState> sighting(VeeHost host, VeeRecord vee) {
        return host.census().ours().stream().filter(seen -> seen.vee().equals(vee.id())).map(Census.Sighting::state).findFirst();
    }

    public static boolean runs(GuestState state) {
        return state == GuestState.RUNNING || state == GuestState.PAUSED || state == GuestState.SHUTTING_DOWN;
    }

    void bringImages(HostId where, VeeHost host, Guest guest) throws IOException {
        for (var image : Guests.images(guest)) {
            images.cached(where, image);
            host.ensureImage(image, images.open(image), Progress.UNHEARD);
        }
    }

    /** Begun again after its last step, it finds the guest gone and all that was to be kept in its place. */
    private Outcome.Done undeploy(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        try {
            leaving.still(vee, host, hard(task));
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.NO_SUCH_GUEST || !leaving.haveLeft(vee)) {
                throw failure;
            }
            return Outcome.Done.with(leaving.parts(vee));
        }
        bringOut(vee, host, guest);
        host.erase(order(vee));
        return Outcome.Done.with(leaving.parts(vee));
    }

    /** A host that has erased half of the guest refuses to give disks that have left it already. */
    private void bringOut(VeeRecord vee, VeeHost host, Guest guest) throws IOException {
        for (var disk : vee.parts().disks()) {
            try {
                if (disk.hasOwnContent()) {
                    leaving.leave(vee, host, guest, disk);
                }
            } catch (HostFailure failure) {
                if (failure.kind().passing() || !leaving.haveLeft(vee)) {
                    throw failure;
                }
            }
        }
    }

    /** What was written to persistent disks is brought back to their images before anything is erased. */
    private Outcome.Done terminate(VeeRecord vee, Task task) throws IOException {
        for (var where : vee.hosts()) {
            leaving.writeBack(vee, hosts.apply(where), guests.apply(vee), hard(task));
        }
        for (var where : vee.hosts()) {
            erase(where, order(vee));
        }
        return Outcome.Done.PLAIN;
    }

    private Outcome.Done migrate(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        var to = vee.destination().orElseThrow(() -> new IllegalStateException("%s migrates to nowhere".formatted(vee.id())));
        var destination = hosts.apply(to);
        if (!host.canMigrateTo(destination)) {
            throw new HostFailure(HostFailure.Kind.UNSUPPORTED, "a VEE cannot move from %s to %s: they are of different kinds".formatted(place(vee), to));
        }
        wiring.plug(destination, to, guest);
        bringImages(to, destination, guest);
        var live = task.action().map(action -> action instanceof VeeAction.Migrate(_, var wanted) && wanted).orElse(true);
        var begun = clock.instant();
        host.migrate(transfer(vee), guest, destination, live ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
        return Outcome.Done.moved(Duration.between(begun, clock.instant()));
    }

    // ---- what the parts of it share

    private static boolean hard(Task task) {
        return task.action().map(action -> switch (action) {
            case VeeAction.PowerOff(var hard) -> hard;
            case VeeAction.Reboot(var hard) -> hard;
            case VeeAction.Undeploy(var hard) -> hard;
            case VeeAction.Terminate(var hard) -> hard;
            default -> false;
        }).orElse(false);
    }

    private static ByteSource file(Path path) {
        return new ByteSource() {
            @Override
            public long length() {
                return path.toFile().length();
            }

            @Override
            public InputStream openAt(long offset) throws IOException {
                var bytes = new FileInputStream(path.toFile());
                bytes.skipNBytes(offset);
                return bytes;
            }
        };
    }
}
