package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteDatabaseTest {
    @TempDir
    Path directory;

    @Test
    void aChangeItsEventAndItsWorkAreOneTransaction() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var settings = DatabaseSettings.Managed.in(directory.resolve("db"), directory.resolve("cache")).withoutDurability();
        try (var database = SiteDatabase.open(settings, List.of("db/store"))) {
            var before = database.outbox().latest();
            database.run(tx -> {
                tx.publish("vee", "vee-1", "created", "{}");
                tx.enqueue(new NewWork("boot", "vee-1", "host-1", "{}", Instant.EPOCH));
            });
            assertThat(database.outbox().after(before, Set.of("vee"), 10)).extracting(Event::type).containsExactly("created");
            var claims = database.work().claim("w", Set.of("boot"), 10, Duration.ofSeconds(5), List.of());
            assertThat(claims).hasSize(1);
            database.run(tx -> tx.completeAll(claims));
            assertThat(database.work().atAGlance(5)).isEmpty();
        }
    }
}
