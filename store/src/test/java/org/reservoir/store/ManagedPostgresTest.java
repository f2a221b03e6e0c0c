package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;

@Tag("long")
class ManagedPostgresTest {
    private static final List<String> TABLES = List.of("db/store");

    @TempDir
    Path directory;

    private DatabaseSettings.Managed settings;

    @BeforeEach
    void letPostgresIn() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        settings = DatabaseSettings.Managed.in(directory.resolve("db"), Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache")).withoutDurability();
    }

    @Test
    void startedAndStoppedTwiceItHoldsWhatWasWrittenAndLeavesNoProcess() {
        for (int time = 1; time <= 2; time++) {
            long pid;
            try (var database = SiteDatabase.open(settings, TABLES)) {
                pid = pid(database);
                database.run(tx -> tx.publish("site", "site", "started", "{}"));
                assertThat(database.outbox().after(Cursor.START, Set.of(), 10)).hasSize(time);
            }
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    void aNewDatabaseBeginsAsACopyOfTheModelThatTheseProgramsMadeAndElseIsMade() throws Exception {
        SiteDatabase.makeModel(beginningAs("model"), TABLES);
        var first = making(beginningAs("first"), TABLES);
        assertThat(making(beginningAs("second"), TABLES)).as("of the same making, tables and all").isEqualTo(first);
        assertThat(Files.getPosixFilePermissions(directory.resolve("second/cluster"))).as("for its user alone").isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(making(beginningAs("other"), List.of("db/store", "db/first-tables"))).as("other tables than the model's").isNotEqualTo(first);
        var maker = directory.resolve("model-files/made-by");
        var these = Files.readString(maker);
        Files.writeString(maker, "another build of PostgreSQL");
        assertThat(making(beginningAs("third"), TABLES)).isNotEqualTo(first);
        Files.writeString(maker, these);
        Trees.delete(directory.resolve("model-files/cluster"));
        assertThat(making(beginningAs("fourth"), TABLES)).as("what cannot be copied is made").isNotEqualTo(first);
    }

    @Test
    void aBackupIsRestoredIntoADatabaseThatIsNoCopyOfTheModel() throws Exception {
        SiteDatabase.makeModel(beginningAs("model"), TABLES);
        var backup = directory.resolve("backup.zip");
        try (var database = SiteDatabase.open(beginningAs("old"), TABLES)) {
            database.run(tx -> tx.publish("site", "site", "kept", "{}"));
            database.backup(backup);
        }
        SiteDatabase.restore(backup, beginningAs("new"), TABLES);
        try (var database = SiteDatabase.open(beginningAs("new"), TABLES)) {
            assertThat(database.outbox().after(Cursor.START, Set.of(), 10)).hasSize(1);
        }
    }

    private DatabaseSettings.Managed beginningAs(String name) {
        return DatabaseSettings.Managed.in(directory.resolve(name), settings.cache()).withoutDurability().withModel(directory.resolve("model-files"));
    }

    /** What differs between two that were made by themselves: the number by which PostgreSQL tells them apart, and when their first table was made. */
    private static String making(DatabaseSettings.Managed settings, List<String> tables) {
        try (var database = SiteDatabase.open(settings, tables)) {
            return database.read(handle -> handle.createQuery("""
                    SELECT system_identifier || ' ' || (SELECT installed_on FROM flyway_schema_history WHERE installed_rank = 1) FROM pg_control_system()""").mapTo(String.class).one());
        }
    }

    @Test
    void aSecondSiteOnTheSameDirectoryIsRefused() {
        try (var database = SiteDatabase.open(settings, TABLES)) {
            assertThatThrownBy(() -> SiteDatabase.open(settings, TABLES)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("DATABASE_IN_USE"));
            database.run(tx -> tx.publish("site", "site", "unharmed", "{}"));
        }
    }

    @Test
    void postgresKilledUnderLoadLosesNoAcknowledgedCommit() throws Exception {
        var durable = DatabaseSettings.Managed.in(settings.directory(), settings.cache()).withPatience(Duration.ofSeconds(60));
        try (var database = SiteDatabase.open(durable, TABLES)) {
            database.run(tx -> tx.sql().execute("CREATE TABLE kept (n int)"));
            var acknowledged = ConcurrentHashMap.<Integer>newKeySet();
            var stop = new AtomicBoolean();
            var numbers = new AtomicInteger();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int writer = 0; writer < 4; writer++) {
                    threads.submit(() -> write(database, numbers, acknowledged, stop));
                }
                try {
                    for (int kill = 0; kill < 3; kill++) {
                        awaitMore(acknowledged, 100);
                        ProcessHandle.of(pid(database)).orElseThrow().destroyForcibly();
                    }
                    awaitMore(acknowledged, 100);
                } finally {
                    stop.set(true);
                }
            }
            List<Integer> kept = database.read(sql -> sql.createQuery("SELECT n FROM kept").mapTo(Integer.class).list());
            assertThat(kept).doesNotHaveDuplicates().containsAll(acknowledged);
        }
    }

    private static void write(SiteDatabase database, AtomicInteger numbers, Set<Integer> acknowledged, AtomicBoolean stop) {
        while (!stop.get()) {
            int number = numbers.incrementAndGet();
            try {
                database.run(tx -> tx.sql().execute("INSERT INTO kept VALUES (?)", number));
                acknowledged.add(number);
            } catch (Refused unknown) {
                assertThat(unknown.code()).isEqualTo("DATABASE_COMMIT_UNKNOWN");
            }
        }
    }

    private static void awaitMore(Set<Integer> acknowledged, int more) throws InterruptedException {
        int before = acknowledged.size();
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (acknowledged.size() < before + more) {
            assertThat(System.nanoTime()).as("the database came back within a minute").isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Test
    void aSiteStartedAfterAKillTakesOverThePostgresThatStillRuns() throws Exception {
        var killed = otherSite();
        long pid;
        try {
            pid = Long.parseLong(new BufferedReader(new InputStreamReader(killed.getInputStream())).readLine());
        } finally {
            killed.destroyForcibly().waitFor();
        }
        try (var database = SiteDatabase.open(settings, TABLES)) {
            assertThat(pid(database)).isEqualTo(pid);
            assertThat(database.outbox().after(Cursor.START, Set.of(), 10)).extracting(Event::type).containsExactly("told before the kill");
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aSiteAndItsPostgresBothKilledStartAgain() throws Exception {
        var killed = otherSite();
        try {
            long pid = Long.parseLong(new BufferedReader(new InputStreamReader(killed.getInputStream())).readLine());
            killed.destroyForcibly().waitFor();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        } finally {
            killed.destroyForcibly().waitFor();
        }
        try (var database = SiteDatabase.open(settings, TABLES)) {
            assertThat(database.outbox().after(Cursor.START, Set.of(), 10)).extracting(Event::type).containsExactly("told before the kill");
        }
    }

    private Process otherSite() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), OtherSite.class.getName(),
                        settings.directory().toString(), settings.cache().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** A site in a JVM of its own, to be killed. */
    static final class OtherSite {
        public static void main(String[] arguments) throws Exception {
            // durable: what it was told must outlive even a killed PostgreSQL
            var database = SiteDatabase.open(DatabaseSettings.Managed.in(Path.of(arguments[0]), Path.of(arguments[1])), TABLES);
            database.run(tx -> tx.publish("site", "site", "told before the kill", "{}"));
            System.out.println(pid(database));
            Thread.sleep(Duration.ofMinutes(2));
        }
    }

    @Test
    void callersWaitForADatabaseThatIsAwayAndAreRefusedWhenItStaysAway() {
        var nowhere = new DatabaseSettings.External("jdbc:postgresql://127.0.0.1:1/none", "x", "x", 2, Duration.ofSeconds(1));
        try (var database = SiteDatabase.open(nowhere, TABLES)) {
            assertThat(database).as("never opened").isNull();
        } catch (Refused refused) {
            assertThat(refused.code()).isEqualTo("DATABASE_UNAVAILABLE");
        }
    }

    @Test
    void postgresRunsFromTheProgramsThatComeWithReservoir() {
        var user = ServiceUser.forThisProcess();
        var unpacked = PostgresPrograms.unpacked(settings.cache(), user);
        try (var database = SiteDatabase.open(settings.withPrograms(unpacked), TABLES)) {
            assertThat(database.<String>read(sql -> sql.createQuery("SHOW server_version").mapTo(String.class).one())).startsWith("18.");
        }
    }

    @Test
    void aDirectoryMadeByAnotherPostgresIsRefusedUnchanged() throws Exception {
        SiteDatabase.open(settings, TABLES).close();
        var version = settings.directory().resolve("cluster/PG_VERSION");
        var made = Files.readString(version);
        Files.writeString(version, "9\n");
        assertThatThrownBy(() -> SiteDatabase.open(settings, TABLES)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("DATABASE_OF_OTHER_VERSION"));
        Files.writeString(version, made);
        SiteDatabase.open(settings, TABLES).close();
    }

    private static long pid(SiteDatabase database) {
        return database.server().orElseThrow().pid();
    }
}
