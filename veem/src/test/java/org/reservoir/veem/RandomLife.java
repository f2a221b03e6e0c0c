package org.reservoir.veem;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veem.kept.VeeRecord;

/** The life of a site made of random wishes, mishaps, faults and deaths of its server, all of them from one seed. */
final class RandomLife {
    private static final int VEES = 14;

    private final long seed;
    private final RandomGenerator random;
    private int names;

    RandomLife(long seed) {
        this.seed = seed;
        this.random = Seeded.random(seed);
    }

    /** Lives until the server has died so often; every now and then all must come to rest. @return how often it died */
    int live(int deaths) {
        try (var site = new SteppedSite(4)) {
            int rests = 0;
            while (site.points.struck() < deaths) {
                site.points.weather(Faults.seeded(random.nextLong(), 30));
                site.points.arm(1 + random.nextInt(9), moment());
                for (int step = 0; step < 6 && site.survives(_ -> step(site)); step++) { }
                if (++rests % 12 == 0) {
                    site.converge();
                    site.vees().stream().filter(vee -> vee.state() == VeeState.RUNNING && random.nextInt(3) == 0).forEach(vee -> site.write(vee.id()));
                }
            }
            site.converge();
            site.vees().forEach(vee -> site.act(vee.id(), new VeeAction.Terminate(true)));
            site.converge();
            return site.points.struck();
        }
    }

    private CrashPoints.Moment moment() {
        return CrashPoints.Moment.values()[random.nextInt(CrashPoints.Moment.values().length)];
    }

    private void step(SteppedSite site) {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> wish(site);
            case 4 -> site.veem.scheduler.turn();
            case 5 -> site.veem.keeper.visitAll();
            case 6 -> mishap(site);
            case 7 -> site.clock.advance(Duration.ofSeconds(random.nextInt(20)));
            default -> site.work();
        }
    }

    private void wish(SteppedSite site) {
        var vees = site.vees();
        if (vees.size() < VEES && random.nextInt(3) == 0) {
            var more = random.nextInt(1, 4);
            site.ask(() -> site.veem.vees().create(SimulatedSite.ADMIN, java.util.stream.IntStream.range(0, more).mapToObj(_ -> site.spec("v" + ++names)).toList()));
        } else if (!vees.isEmpty()) {
            var vee = vees.get(random.nextInt(vees.size()));
            act(site, vee, action(site, vee));
        }
    }

    private void act(SteppedSite site, VeeRecord vee, VeeAction action) {
        if (action instanceof VeeAction.RevertSnapshot || action instanceof VeeAction.Terminate) {
            site.written.remove(vee.id());
        }
        site.act(vee.id(), action);
    }

    private VeeAction action(SteppedSite site, VeeRecord vee) {
        return switch (random.nextInt(24)) {
            case 0 -> new VeeAction.Suspend();
            case 1 -> new VeeAction.Stop();
            case 2, 3, 4 -> new VeeAction.Resume();
            case 5 -> new VeeAction.PowerOff(random.nextBoolean());
            case 6 -> new VeeAction.Reboot(random.nextBoolean());
            case 7, 8 -> new VeeAction.Undeploy(random.nextBoolean());
            case 9, 10, 11 -> new VeeAction.Migrate(random.nextBoolean() ? Optional.empty() : Invariants.elsewhere(site, vee), random.nextBoolean());
            case 12 -> new VeeAction.Resize(1 + random.nextInt(2), Cpus.of(1), DataSize.mebibytes(128 + 64L * random.nextInt(3)));
            case 13 -> new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1)));
            case 14 -> new VeeAction.DetachDisk(1 + random.nextInt(3));
            case 15 -> new VeeAction.ResizeDisk(0, vee.parts().disks().getFirst().size().plus(DataSize.gibibytes(1)));
            case 16 -> new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network));
            case 17 -> new VeeAction.DetachNic(random.nextInt(2));
            case 18 -> new VeeAction.Filter(0, site.group, random.nextBoolean());
            case 19 -> new VeeAction.TakeSnapshot("s" + random.nextInt(3), random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(0));
            case 20 -> new VeeAction.RevertSnapshot("s" + random.nextInt(3));
            case 21 -> new VeeAction.DeleteSnapshot("s" + random.nextInt(3));
            case 22 -> new VeeAction.Recover(VeeAction.Way.values()[random.nextInt(3)]);
            default -> random.nextInt(3) == 0 ? new VeeAction.Terminate(random.nextBoolean()) : new VeeAction.Reschedule(true);
        };
    }

    /** Something happens behind the site's back. */
    private void mishap(SteppedSite site) {
        var machines = List.copyOf(site.world.machines());
        var machine = machines.get(random.nextInt(machines.size()));
        var guests = List.copyOf(machine.guests());
        if (guests.isEmpty()) {
            return;
        }
        VeeId vee = guests.get(random.nextInt(guests.size()));
        switch (random.nextInt(5)) {
            case 0 -> machine.crash(vee);
            case 1 -> machine.shutsItselfDown(vee);
            case 2 -> machine.cutOff();
            case 3 -> machine.reboot();
            default -> machine.reconnect();
        }
    }

    @Override
    public String toString() {
        return "life " + seed;
    }
}
