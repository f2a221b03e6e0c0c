package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

@Tag("long")
class ServerLockTest {
    @TempDir
    Path data;

    @Test
    void twoServersOfOneNameDoNotRunAtATimeButOneAfterTheOther() {
        var settings = new Settings("locked", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "server-1");
        try (var site = open(settings)) {
            assertThat(site.uri()).isNotNull();
            assertThatThrownBy(() -> open(settings)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("SERVER_RUNNING"));
        }
        try (var again = open(settings)) {
            assertThat(again.uri()).isNotNull();
        }
    }

    private static Site open(Settings settings) {
        return Site.open(settings, List.of(new SimulatedHosts()), InstantSource.system());
    }
}
