package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Memory.Kept;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Transmission;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class StoredProbesTest {
    private static final List<Transmission> SENDINGS = List.of(new Transmission.Always(), new Transmission.OnChange(Duration.ofSeconds(7)),
            new Transmission.DeadBand("load", 0.1, true, Duration.ofMinutes(2)), new Transmission.Band("load", 1, 2, true, Duration.ofMinutes(1)),
            new Transmission.Band("load", 1, 2, false, Duration.ofMinutes(1)), Transmission.Band.above("load", 3), Transmission.Band.below("load", 4),
            new Transmission.Summary(Duration.ofMinutes(1), Aggregate.MAX));

    private static Wanted probe(int number, Transmission sending) {
        return new Wanted("p" + number, "script", Map.of("command", "/bin/\"quoted\" é"), Subject.of(new VeeId(7)), Labels.of(new ServiceId(2), "web").at(new HostId(number + 1)),
                new ProbeSettings(number % 2 == 0, Duration.ofMillis(1500), sending, Delivery.ACCOUNTING, Duration.ofSeconds(3)));
    }

    @Test
    void whatIsKeptIsThereAgainForItsServerAlone() {
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store"), Site.MIGRATIONS, InstantSource.system())) {
            var probes = new StoredProbes(database, "server-1");
            var wanted = new java.util.ArrayList<Wanted>();
            for (var sending : SENDINGS) {
                wanted.add(probe(wanted.size(), sending));
            }
            probes.keep(wanted.stream().map(each -> new Kept(each, true)).toList());
            var ours = probe(50, new Transmission.Always());
            probes.keep(List.of(new Kept(ours, false)));

            var after = new StoredProbes(database, "server-1");
            assertThat(after.lasting()).isEqualTo(wanted);
            assertThat(after.settings("p50")).as("asked of one that the server itself adds").contains(ours.settings());
            assertThat(after.settings("p99")).isEmpty();
            assertThat(new StoredProbes(database, "server-2").lasting()).isEmpty();

            after.keep(List.of(new Kept(wanted.getFirst().asked(ProbeSettings.every(Duration.ofSeconds(9))), true)));
            after.forget(List.of("p1", "p50", "p99"));
            assertThat(probes.lasting()).hasSize(SENDINGS.size() - 1);
            assertThat(probes.settings("p0").map(ProbeSettings::period)).isEqualTo(Optional.of(Duration.ofSeconds(9)));
            assertThat(probes.settings("p50")).isEmpty();
            assertThat(after.budgets()).isEqualTo(Budgets.NONE);
            after.keep(new Budgets(0.05, Double.POSITIVE_INFINITY));
            assertThat(probes.budgets()).isEqualTo(new Budgets(0.05, Double.POSITIVE_INFINITY));
            assertThat(new StoredProbes(database, "server-2").budgets()).isEqualTo(Budgets.NONE);
            after.keep(List.of());
            after.forget(List.of());
        }
    }
}
