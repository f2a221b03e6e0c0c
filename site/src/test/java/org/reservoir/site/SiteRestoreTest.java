package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** A site that is lost and made anew from its backup finds its machines where they went on running. */
@Tag("long")
class SiteRestoreTest {
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);

    @TempDir
    Path data;

    private final SimulatedWorld world = new SimulatedWorld(InstantSource.system());

    private Site open(String folder, DatabaseSettings database) {
        return open(folder, database, new SimulatedHosts(world));
    }

    private Site open(String folder, DatabaseSettings database, SimulatedHosts hosts) {
        return Site.open(new Settings("restored", data.resolve(folder), database, RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test"),
                List.of(hosts), InstantSource.system());
    }

    private static VeeId running(Site site, String name) {
        var vee = site.vmi().vees().create(ADMIN, VeeSpec.of(name, 1, DataSize.mebibytes(64))).id();
        until(() -> state(site, vee) == VeeState.RUNNING);
        return vee;
    }

    private static VeeState state(Site site, VeeId vee) {
        return site.vmi().vees().vee(ADMIN, vee).state();
    }

    private static Host host(Site site) {
        return site.vmi().hosts().hosts(ADMIN, Page.Request.FIRST).items().getFirst();
    }

    private static void until(BooleanSupplier holds) {
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void aSiteThatIsStartedAgainFindsSimulatedMachinesAsItLeftThem() {
        var database = TestDatabase.settings("db/store");
        VeeId vee;
        try (var site = open("same", database, new SimulatedHosts(data.resolve("simulated")))) {
            site.vmi().hosts().add(ADMIN, HostRequest.of("h1", "sim://h1"));
            vee = running(site, "v");
        }
        try (var site = open("same", database, new SimulatedHosts(data.resolve("simulated")))) {
            site.vmi().vees().act(ADMIN, vee, new VeeAction.Suspend());
            until(() -> !state(site, vee).passing());
            assertThat(state(site, vee)).isEqualTo(VeeState.SUSPENDED);
        }
    }

    @Test
    void aSiteRestoredFromItsBackupConvergesWithWhatRunsOnItsHosts() {
        var backup = data.resolve("site.backup");
        VeeId stays;
        VeeId ended;
        VeeId younger;
        var database = TestDatabase.settings("db/store");
        try (var site = open("old", database)) {
            site.vmi().hosts().add(ADMIN, HostRequest.of("h1", "sim://h1"));
            stays = running(site, "stays");
            ended = running(site, "ended");
            try (var same = SiteDatabase.open(database, Site.MIGRATIONS)) {
                same.backup(backup);
            }
            site.vmi().vees().act(ADMIN, ended, new VeeAction.Terminate(true));
            until(() -> state(site, ended) == VeeState.TERMINATED);
            younger = running(site, "younger");
        }
        var fresh = TestDatabase.settings();
        SiteDatabase.restore(backup, fresh, Site.MIGRATIONS);
        try (var site = open("new", fresh)) {
            until(() -> state(site, ended) == VeeState.FAILED);
            assertThat(site.vmi().vees().vee(ADMIN, ended).problem()).as("its guest is gone, and somebody must say what is to become of it").isPresent();
            assertThat(state(site, stays)).isEqualTo(VeeState.RUNNING);
            until(() -> host(site).problem().filter(problem -> problem.contains(younger.toString())).isPresent());
            assertThat(world.machine("h1").stateOf(younger)).as("made after the backup, and somebody's").contains(GuestState.RUNNING);
            assertThatThrownBy(() -> site.vmi().vees().vee(ADMIN, younger)).isInstanceOf(Refused.class);
            assertThat(running(site, "next").value()).as("no number is given twice").isGreaterThan(younger.value());
        }
    }
}
