package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.SmallDisk;

/** The site's own PostgreSQL on a file system of its own that runs full, which needs root to be mounted. */
@Tag("real")
class FullDiskTest {
    private static final List<String> TABLES = List.of("db/store");

    @TempDir
    Path directory;
    private SmallDisk disk;
    private SiteDatabase database;

    @BeforeEach
    void open() throws Exception {
        disk = SmallDisk.mount(directory, 160);
        database = SiteDatabase.open(DatabaseSettings.Managed.in(disk.resolve("db"), Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache")).withPatience(Duration.ofMinutes(2)), TABLES);
        database.run(tx -> tx.sql().execute("CREATE TABLE kept (n int, filler text)"));
    }

    @AfterEach
    void close() throws Exception {
        database.close();
        disk.close();
    }

    private void write(int rows) {
        database.run(tx -> tx.sql().createUpdate("INSERT INTO kept SELECT n, repeat('x', 1000) FROM generate_series(1, :rows) n").bind("rows", rows).execute());
    }

    private long kept() {
        return database.read(sql -> sql.createQuery("SELECT count(*) FROM kept").mapTo(Long.class).one());
    }

    @Test
    void whatCannotBeWrittenIsRefusedInWordsAndTheRestCanBeRead() throws Exception {
        write(100);
        var foreign = disk.fill();
        assertThatThrownBy(() -> write(2_000)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("DATABASE_FULL"));
        assertThat(kept()).isEqualTo(100);
        Files.delete(foreign);
        write(2_000);
        assertThat(kept()).isEqualTo(2_100);
    }

    @Test
    void aServerThatItsFullDiskEndsIsThereAgainWhenThereIsRoom() throws Exception {
        write(100);
        var foreign = disk.fill();
        var before = ProcessHandle.of(database.server().orElseThrow().pid()).orElseThrow();
        assertThatThrownBy(() -> database.run(tx -> { // its log's next file has no room: it ends, as it must
            for (int i = 0; i < 20; i++) {
                tx.sql().execute("SELECT pg_switch_wal()");
                tx.sql().execute("CREATE TEMPORARY TABLE t%d (n int)".formatted(i));
            }
        })).isInstanceOf(RuntimeException.class);
        before.onExit().get(2, TimeUnit.MINUTES); // nor can it recover by itself without room
        Files.delete(foreign);
        assertThat(kept()).as("those who ask wait for it").isEqualTo(100);
        write(2_000);
        assertThat(kept()).isEqualTo(2_100);
        assertThat(database.server().orElseThrow().pid()).isNotEqualTo(before.pid());
    }
}
