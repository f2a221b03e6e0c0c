package org.reservoir.bench.veem;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;
import org.reservoir.veem.Veem;

/**
 * {@code veem.deploy}: from the request to the running guest, on simulated hosts that take no time: what the VEEM, its placement and the
 * site database (a durable PostgreSQL of its own) cost. Ten VEEs to a host, at least 50 hosts. CPU is that of this process, simulated hosts
 * included, and of PostgreSQL; memory is what the heap has grown by, simulated guests included, and the size of the database.
 */
public final class VeemDeploy {
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private static final int AT_ONCE = 1_000;
    private static final int ONE_BY_ONE = 20;
    private static final Duration REST = Duration.ofSeconds(5);
    private static final Duration SETTLING = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private VeemDeploy() {}

    /** @param arguments how many VEEs, for each run; a first run warms up and is not told */
    public static void run(List<String> arguments, Report report) throws InterruptedException {
        report.progress("warming up");
        run(2_000);
        for (var vees : arguments.isEmpty() ? List.of("1000", "10000", "100000") : arguments) {
            report.progress(vees + " VEEs");
            run(Integer.parseInt(vees)).tell(report);
        }
    }

    /** @param seconds from the first request until the last guest ran; CPU in milliseconds and memory in bytes each for one VEE; @param idle CPU seconds in a second at rest; @param alone CPU of one more, asked for alone, above that */
    private record Figures(int vees, int hosts, double seconds, double jvm, double postgres, long heap, long database, double idle, double alone) {
        void tell(Report report) {
            var these = ", %d VEEs on %d hosts".formatted(vees, hosts);
            report.figure("deployed" + these, vees / seconds, "1/s");
            report.figure("cpu per VEE" + these, jvm + postgres, "ms");
            report.figure("cpu of PostgreSQL per VEE" + these, postgres, "ms");
            report.figure("heap per VEE" + these, heap, "bytes");
            report.figure("database per VEE" + these, database, "bytes");
            report.figure("cpu at rest" + these, idle * 100, "%");
            report.figure("cpu for one more" + these, alone, "ms");
        }
    }

    private static Figures run(int vees) throws InterruptedException {
        var world = new SimulatedWorld(InstantSource.system());
        int hosts = Math.clamp(vees / 10, 50, 10_000);
        var folder = Scratch.make();
        var settings = DatabaseSettings.Managed.in(folder.resolve("database"), Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache"));
        try (folder;
                var database = SiteDatabase.open(settings, List.of("db/store", Veem.MIGRATIONS));
                var veem = new Veem(database, List.of(new SimulatedHosts(world)), Quotas.UNBOUNDED, InstantSource.system(), Veem.Settings.of("beef", "bench", folder.resolve("images")), (_, _) -> {})) {
            for (int h = 1; h <= hosts; h++) {
                veem.hosts().add(ADMIN, HostRequest.of("h" + h, "sim://h%d?cpus=64&memory=256GiB&disk=8TiB".formatted(h)));
            }
            veem.start();
            Thread.sleep(Duration.ofSeconds(2));
            var heap = Cost.heap();
            var before = Cost.now();
            create(veem, vees);
            await(database, vees);
            var cost = Cost.now().since(before);
            heap = Cost.heap() - heap;
            var size = database.read(sql -> sql.createQuery("select pg_database_size(current_database())").mapTo(Long.class).one());
            var idle = idle();
            var more = more(veem);
            return new Figures(vees, hosts, cost.seconds(), cost.jvm() * 1e3 / vees, cost.postgres() * 1e3 / vees, heap / vees, size / vees,
                    idle, (more.jvm() + more.postgres() - idle * more.seconds()) * 1e3 / ONE_BY_ONE);
        }
    }

    /** CPU seconds in a second in which nothing is asked for, once the hosts have been looked at after so much has happened on them. */
    private static double idle() throws InterruptedException {
        Thread.sleep(SETTLING);
        var before = Cost.now();
        Thread.sleep(REST);
        var cost = Cost.now().since(before);
        return (cost.jvm() + cost.postgres()) / cost.seconds();
    }

    /** Then some more, each alone. */
    private static Cost more(Veem veem) throws InterruptedException {
        var before = Cost.now();
        for (int n = 1; n <= ONE_BY_ONE; n++) {
            var vee = veem.vees().create(ADMIN, spec("one" + n)).id();
            while (veem.vees().vee(ADMIN, vee).state() != VeeState.RUNNING) {
                Thread.sleep(Duration.ofMillis(20));
            }
        }
        return Cost.now().since(before);
    }

    private static VeeSpec spec(String name) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(512)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(4))));
    }

    private static void create(Veem veem, int vees) {
        var specs = new ArrayList<VeeSpec>(AT_ONCE);
        for (int n = 1; n <= vees; n++) {
            specs.add(spec("v" + n));
            if (specs.size() == AT_ONCE || n == vees) {
                veem.vees().create(ADMIN, specs);
                specs.clear();
            }
        }
    }

    private static void await(SiteDatabase database, int vees) throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (database.read(sql -> sql.createQuery("select exists (select 1 from veem.vee where state <> 'RUNNING')").mapTo(Boolean.class).one())) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("after %s not all of %d VEEs run".formatted(LONGEST, vees));
            }
            Thread.sleep(Duration.ofMillis(50));
        }
    }
}
