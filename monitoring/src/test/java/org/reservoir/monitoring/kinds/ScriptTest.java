package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

class ScriptTest {
    private static final Schema SCHEMA = Schema.of("script.test", new Schema.Attribute("queue.length", ValueType.DOUBLE, "jobs", true),
            new Schema.Attribute("queue.oldest", ValueType.DOUBLE, "", true));

    @TempDir
    Path folder;
    private final AtomicLong nanos = new AtomicLong();
    private Script script;

    @BeforeEach
    void guard() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void end() {
        if (script != null) {
            script.ended();
        }
    }

    private Script script(String text) throws IOException {
        script = new Script(SCHEMA, new CoProcess(List.of(program("probe", text).toString()), folder), nanos::get);
        return script;
    }

    private Path program(String name, String text) throws IOException {
        var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private Row measured() throws Exception {
        var row = new Row(SCHEMA).begin(1);
        script.measure(row);
        return row;
    }

    @Test
    void oneProcessAnswersAgainAndAgain() throws Exception {
        script("n=0; while read -r _; do n=$((n + 1)); echo queue.length $n; echo other.name 7; echo END; done");
        for (int n = 1; n <= 5; n++) {
            var row = measured();
            assertThat(row.number(0)).isEqualTo(n);
            assertThat(row.has(1)).as("not told").isFalse();
        }
    }

    @Test
    void whatMakesNoSenseEndsItAndItIsStartedAgainAfterAWhile() throws Exception {
        script("read -r _; if [ -e again ]; then echo queue.length 1; else touch again; echo queue.length many; fi; echo END; read -r _");
        assertThatThrownBy(this::measured).hasMessageContaining("no decimal number");
        assertThatThrownBy(this::measured).hasMessageContaining("in a while");
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(measured().number(0)).isEqualTo(1);
    }

    @Test
    void aProgramThatEverEndsIsGivenUp() throws Exception {
        script("echo x >> starts; exit 3");
        for (int i = 0; i < 20; i++) {
            nanos.addAndGet(Duration.ofHours(1).toNanos());
            assertThatThrownBy(this::measured).isInstanceOf(Exception.class);
        }
        assertThat(Files.readAllLines(folder.resolve("starts")).size()).isLessThanOrEqualTo(Script.MOST_STARTS);
        assertThatThrownBy(this::measured).hasMessageContaining("given up");
    }

    @Test
    void whoSaysTooMuchIsEnded() throws Exception {
        script("read -r _; while :; do echo queue.length 1; done");
        assertThatThrownBy(this::measured).hasMessageContaining("more than 1000 lines");
        script.ended();
        script("read -r _; head -c 100000 /dev/zero | tr '\\0' x; read -r _");
        assertThatThrownBy(this::measured).hasMessageContaining("1024 characters");
    }

    @Test
    void whoDoesNotAnswerIsEndedWithTheDeadlineOfItsMeasurement() throws Exception {
        script("echo $$ > pid; read -r _; sleep 1000");
        var failed = new java.util.concurrent.CompletableFuture<Exception>();
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                measured();
            } catch (Exception trouble) {
                failed.complete(trouble);
            }
        });
        await(() -> pid() > 0);
        waiting.interrupt();
        assertThat(failed.get(1, java.util.concurrent.TimeUnit.MINUTES)).isInstanceOf(InterruptedException.class);
        await(() -> ProcessHandle.of(pid()).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void aProbeThatIsRemovedTakesItsProgramWithIt() throws Exception {
        script("echo $$ > pid; while read -r _; do echo END; done");
        measured();
        script.ended();
        await(() -> ProcessHandle.of(pid()).filter(ProcessHandle::isAlive).isEmpty());
        measured();
        assertThat(script.waits()).isTrue();
    }

    @Test
    void theProgramSeesLittleOfTheWorldAround() throws Exception {
        script("read -r _; env > seen; echo END");
        measured();
        assertThat(Files.readAllLines(folder.resolve("seen")).stream().map(line -> line.split("=")[0]).toList()).isSubsetOf("PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_");
    }

    @Test
    void onlyProgramsOfTheFolderAreRun() throws IOException {
        var kind = new ScriptKind(folder);
        program("good", "exit 0");
        assertThat(kind.make(given("good")).schema().attributes()).extracting(Schema.Attribute::name, Schema.Attribute::unit)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("a.b", "jobs"), org.assertj.core.groups.Tuple.tuple("c", ""));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("/bin/sh"));
        Files.writeString(folder.resolve("plain"), "no program");
        var open = program("open", "exit 0");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (var name : List.of("../bin/sh", "/bin/sh", "link", "plain", "open", "missing", ".", "..", "", "good;id", "good\n")) {
            assertThatThrownBy(() -> kind.make(given(name))).as(name).isInstanceOf(Refused.class).extracting("code").isEqualTo("BAD_PROBE");
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> kind.make(given("good"))).hasMessageContaining("may write to");
    }

    private static Map<String, String> given(String program) {
        return Map.of("program", program, "attributes", "a.b:jobs, c", "arguments", "");
    }

    private long pid() {
        try {
            return Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        } catch (IOException | NumberFormatException notYet) {
            return -1;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("time is over").isNegative();
            Thread.sleep(5);
        }
    }
}
