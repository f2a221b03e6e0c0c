package org.reservoir.veem;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.veeh.simulated.Faults;

/**
 * The server of a site is killed at any moment and a fresh one begins on the same database: everything converges, and no guest,
 * volume, address or lease is lost, doubled or left over; no VEE ever runs on two hosts.
 */
class CrashTest {

    /** What is done with a VEE, from which state on. */
    private record Deed(VeeState from, BiConsumer<SteppedSite, VeeId> act) {}

    private static final Map<String, Deed> DEEDS = deeds();

    private static Map<String, Deed> deeds() {
        var deeds = new LinkedHashMap<String, Deed>();
        deeds.put("create", new Deed(VeeState.HELD, acting(new VeeAction.Release())));
        deeds.put("suspend", new Deed(VeeState.RUNNING, acting(new VeeAction.Suspend())));
        deeds.put("continue", new Deed(VeeState.SUSPENDED, acting(new VeeAction.Resume())));
        deeds.put("stop", new Deed(VeeState.RUNNING, acting(new VeeAction.Stop())));
        deeds.put("restore", new Deed(VeeState.STOPPED, acting(new VeeAction.Resume())));
        deeds.put("power off", new Deed(VeeState.RUNNING, acting(new VeeAction.PowerOff(false))));
        deeds.put("boot", new Deed(VeeState.POWERED_OFF, acting(new VeeAction.Resume())));
        deeds.put("reboot", new Deed(VeeState.RUNNING, acting(new VeeAction.Reboot(true))));
        deeds.put("undeploy", new Deed(VeeState.RUNNING, acting(new VeeAction.Undeploy(false))));
        deeds.put("deploy what was kept", new Deed(VeeState.UNDEPLOYED, acting(new VeeAction.Resume())));
        deeds.put("migrate live", new Deed(VeeState.RUNNING, acting(new VeeAction.Migrate(Optional.empty(), true))));
        deeds.put("migrate cold", new Deed(VeeState.POWERED_OFF, acting(new VeeAction.Migrate(Optional.empty(), false))));
        deeds.put("migrate what is saved", new Deed(VeeState.STOPPED, acting(new VeeAction.Migrate(Optional.empty(), false))));
        deeds.put("resize", new Deed(VeeState.POWERED_OFF, acting(new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(512)))));
        deeds.put("attach disk", new Deed(VeeState.RUNNING, acting(new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(2))))));
        deeds.put("detach disk", new Deed(VeeState.RUNNING, acting(new VeeAction.DetachDisk(1))));
        deeds.put("grow disk", new Deed(VeeState.RUNNING, acting(new VeeAction.ResizeDisk(0, DataSize.gibibytes(3)))));
        deeds.put("attach NIC", new Deed(VeeState.RUNNING, (site, vee) -> site.act(vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network)))));
        deeds.put("detach NIC", new Deed(VeeState.RUNNING, acting(new VeeAction.DetachNic(0))));
        deeds.put("filter", new Deed(VeeState.RUNNING, (site, vee) -> site.act(vee, new VeeAction.Filter(0, site.group, true))));
        deeds.put("snapshot", new Deed(VeeState.RUNNING, acting(new VeeAction.TakeSnapshot("s", OptionalInt.empty()))));
        deeds.put("snapshot of a disk", new Deed(VeeState.POWERED_OFF, acting(new VeeAction.TakeSnapshot("s", OptionalInt.of(0)))));
        deeds.put("terminate", new Deed(VeeState.RUNNING, acting(new VeeAction.Terminate(false))));
        deeds.put("terminate what is undeployed", new Deed(VeeState.UNDEPLOYED, acting(new VeeAction.Terminate(true))));
        return deeds;
    }

    private static BiConsumer<SteppedSite, VeeId> acting(VeeAction action) {
        return (site, vee) -> site.act(vee, action);
    }

    /** Every deed, with the server killed once, at an event and in a way drawn by lot. */
    @Test
    @Tag("long")
    void everyActionSurvivesADeathOfItsServer() {
        Seeded.forAll(1, seed -> {
            var random = Seeded.random(seed);
            try (var site = new SteppedSite(3)) {
                DEEDS.forEach((name, deed) -> dies(site, name, deed, 1 + random.nextInt(4), CrashPoints.Moment.values()[random.nextInt(CrashPoints.Moment.values().length)]));
            }
        });
    }

    /** Every deed, with the server killed at its first event, its second, and so on until it lives, in each way. */
    @Test
    @Tag("long")
    void everyActionSurvivesTheDeathOfItsServerAtEveryOneOfItsEvents() {
        try (var site = new SteppedSite(3)) {
            DEEDS.forEach((name, deed) -> {
                for (var moment : CrashPoints.Moment.values()) {
                    for (int event = 1; dies(site, name, deed, event, moment); event++) { }
                }
            });
            System.out.printf("%d crash points, enumerated%n", site.points.struck());
        }
    }

    private static boolean dies(SteppedSite site, String name, Deed deed, int event, CrashPoints.Moment moment) {
        var vee = prepared(site, "v%d".formatted(site.points.struck()), deed.from());
        try {
            site.points.arm(event, moment);
            boolean lived = site.survives(_ -> {
                deed.act().accept(site, vee);
                site.work();
            });
            site.converge();
            site.act(vee, new VeeAction.Terminate(true));
            site.converge();
            return !lived;
        } catch (AssertionError broken) {
            throw new AssertionError("%s, killed at event %d (%s)".formatted(name, event, moment), broken);
        }
    }

    private static VeeId prepared(SteppedSite site, String name, VeeState state) {
        var spec = site.spec(name);
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, state == VeeState.HELD ? held(spec) : spec).id();
        site.work();
        site.write(vee);
        switch (state) {
            case SUSPENDED -> site.act(vee, new VeeAction.Suspend());
            case STOPPED -> site.act(vee, new VeeAction.Stop());
            case POWERED_OFF -> site.act(vee, new VeeAction.PowerOff(true));
            case UNDEPLOYED -> site.act(vee, new VeeAction.Undeploy(true));
            default -> { }
        }
        site.work();
        if (site.vee(vee).state() != state) {
            throw new AssertionError("%s is %s, not %s".formatted(vee, site.vee(vee), state));
        }
        return vee;
    }

    static VeeSpec held(VeeSpec spec) {
        return new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(), spec.placement(), true,
                spec.notBefore(), spec.agent(), spec.readyGate(), spec.tags(), spec.notes());
    }

    @Test
    @Tag("long")
    void aHundredDeathsAtRandomLoseNothing() {
        System.out.printf("%d crash points, at random%n", deaths(1, 100));
    }

    @Test
    @Tag("long")
    void tenThousandDeathsAtRandomLoseNothing() {
        System.out.printf("%d crash points, at random%n", deaths(40, 250));
    }

    private static int deaths(int lives, int each) {
        var struck = new int[1];
        Seeded.forAll(lives, seed -> struck[0] += new RandomLife(seed).live(each));
        return struck[0];
    }
}
