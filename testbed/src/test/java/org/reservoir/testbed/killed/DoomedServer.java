package org.reservoir.testbed.killed;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;

/** A site server in a process of its own that goes on from what there is, and acts at random until it is killed: {@code DATA SITE SEED}. */
final class DoomedServer {
    private static final int VEES = 5;
    private static final String SNAPSHOT = "s";

    private final SmallSite site;
    private final RandomGenerator random;

    private DoomedServer(SmallSite site, long seed) {
        this.site = site;
        this.random = Seeded.random(seed);
    }

    public static void main(String[] arguments) {
        var server = new DoomedServer(SmallSite.open(Path.of(arguments[0]), arguments[1]), Long.parseLong(arguments[2]));
        System.out.println("open");
        System.out.flush();
        if (arguments.length > 3) {
            System.exit(0); // a start for the class archive only
        }
        while (true) {
            server.step();
            Wait.of(server.random.nextInt(60));
        }
    }

    private void step() {
        try {
            var vees = site.vees();
            if (vees.size() < VEES) {
                site.veem.vees().create(SmallSite.ADMIN, site.spec("v" + random.nextInt(1 << 30)));
            } else {
                var vee = vees.get(random.nextInt(vees.size()));
                site.veem.vees().act(SmallSite.ADMIN, vee.id(), action(vee));
            }
        } catch (Refused _) {
            // not possible now: an answer like others
        }
    }

    private VeeAction action(Vee vee) {
        if (vee.state() == VeeState.FAILED || vee.state() == VeeState.UNKNOWN) {
            return new VeeAction.Recover(VeeAction.Way.values()[random.nextInt(3)]);
        }
        return switch (random.nextInt(20)) {
            case 0 -> new VeeAction.Suspend();
            case 1, 2 -> new VeeAction.Stop();
            case 3, 4, 5, 6 -> new VeeAction.Resume();
            case 7 -> new VeeAction.PowerOff(true);
            case 8 -> new VeeAction.Reboot(true);
            case 9 -> new VeeAction.Undeploy(true);
            case 10, 11, 12, 13 -> new VeeAction.Migrate(Optional.empty(), random.nextBoolean());
            case 14 -> new VeeAction.Resize(1, Cpus.of(1), DataSize.mebibytes(64 + 16L * random.nextInt(3)));
            case 15 -> new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.mebibytes(8)));
            // a guest that has halted keeps what it has; the VEE must come to rest all the same
            case 16 -> new VeeAction.DetachDisk(1 + random.nextInt(3));
            case 17 -> random.nextBoolean() ? new VeeAction.AttachNic(List.copyOf(vee.spec().nics()).getFirst()) : new VeeAction.DetachNic(1);
            case 18 -> random.nextBoolean() ? new VeeAction.TakeSnapshot(SNAPSHOT, OptionalInt.empty()) : new VeeAction.DeleteSnapshot(SNAPSHOT);
            default -> new VeeAction.Terminate(true);
        };
    }
}
