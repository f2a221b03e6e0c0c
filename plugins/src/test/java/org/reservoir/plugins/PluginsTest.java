package org.reservoir.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.plugins.sum.Sum;

@Tag("long")
class PluginsTest {
    private static final Budget SMALL = new Budget(2_000_000, DataSize.mebibytes(32), Duration.ofSeconds(20));
    private static final Kind<Sum> KIND = Kind.of(Sum.class).tried(sum -> {
        if (sum.of(new long[] {}) != 0) {
            throw new IllegalArgumentException("the sum of nothing is not 0");
        }
    });

    @TempDir
    static Path workshop;
    private static Jars jars;

    @TempDir
    Path folder;
    private final AtomicReference<Trust> trust = new AtomicReference<>();
    private Plugins plugins;

    @BeforeAll
    static void makeAKey() throws Exception {
        jars = new Jars(workshop);
    }

    @BeforeEach
    void open() {
        trust.set(jars.trust());
        plugins = Plugins.watching(folder, trust::get, SMALL, List.of(KIND), InstantSource.system(), _ -> { });
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Test
    void aJarDroppedIntoTheFolderIsUsedAndOneTakenAwayIsNot() throws Exception {
        drop("plain", summing("return java.util.Arrays.stream(numbers).sum();"));
        until(() -> sums().size() == 1);
        assertThat(ask(new long[] {1, 2, 3})).isEqualTo(6);
        assertThat(plugins.list()).singleElement().satisfies(plugin -> {
            assertThat(plugin.state()).isEqualTo(Plugin.State.IN_FORCE);
            assertThat(plugin.provides()).containsExactly("other.Summing");
            assertThat(jars.trust().signers()).containsExactly(plugin.signer());
        });
        Files.delete(folder.resolve("plain.jar"));
        until(() -> sums().isEmpty() && plugins.list().isEmpty());
    }

    @Test
    void whatTheJdkComputesIsAtItsHand() throws Exception {
        plugins.put("rich", summing("""
                record Pair(long a, long b) {}
                enum Side { LEFT, RIGHT }
                var list = new java.util.ArrayList<Pair>();
                for (long n : numbers) { list.add(new Pair(n, -n)); }
                Object side = list.isEmpty() ? Side.LEFT : Side.RIGHT;
                var words = switch (side) { case Side s when s == Side.LEFT -> "none"; case Side s -> s + " of " + list.size(); default -> "?"; };
                var random = java.util.random.RandomGeneratorFactory.of("L64X128MixRandom").create(7);
                long noise = random.nextLong(10);
                return words.isEmpty() ? -1 : list.stream().mapToLong(Pair::a).reduce(0, (x, y) -> Math.addExact(x, y)) + noise - noise;"""));
        assertThat(ask(new long[] {4, 5})).isEqualTo(9);
    }

    @Test
    void aNewJarOfTheSameNameTakesTheOldOnesPlace() throws Exception {
        plugins.put("a", summing("return numbers.length == 0 ? 0 : 1;"));
        plugins.put("a", summing("return numbers.length == 0 ? 0 : 2;"));
        assertThat(ask(new long[1])).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "while (numbers.length > 0) { } return 0; | steps",
        "for (;;) { try { for (;;) { if (numbers.length == 0) return 0; } } catch (Throwable t) { } } | steps",
        "return numbers.length == 0 ? 0 : of(numbers) + of(numbers); | itself",
        "if (numbers.length == 0) return 0; var all = new java.util.ArrayList<long[]>(); for (;;) all.add(new long[1000]); | memory",
        "return numbers.length == 0 ? 0 : new long[Integer.MAX_VALUE - 9].length; | memory",
        "return numbers.length == 0 ? 0 : new long[30000][30000].length; | memory",
        "return numbers.length == 0 ? 0 : java.util.stream.Stream.iterate(1, x -> x).filter(x -> x > 1).count(); | steps",
        "if (numbers.length == 0) return 0; throw new IllegalStateException(\"out of order\"); | out of order",
        "if (numbers.length == 0) return 0; switch ((int) numbers[0]) { default: for (;;) { switch ((int) numbers[0]) { case 1: continue; default: continue; } } } | steps"})
    void whatLoopsAllocatesOrThrowsIsFencedOffAndTheFaultIsTold(String body, String word) throws Exception {
        plugins.put("faulty", summing(body));
        var sum = sums().getFirst();
        assertThatThrownBy(() -> sum.call(it -> it.of(new long[] {1}))).isInstanceOf(PluginFault.class).hasMessageContaining("faulty").hasMessageContaining(word);
        assertThat(sums()).isEmpty();
        assertThat(plugins.list()).singleElement().satisfies(plugin -> {
            assertThat(plugin.state()).isEqualTo(Plugin.State.FENCED);
            assertThat(plugin.why()).contains(word);
        });
    }

    @Test
    void oneThatLiedIsFencedOffByWhoeverNoticed() throws Exception {
        plugins.put("liar", summing("return numbers.length == 0 ? 0 : -1;"));
        assertThat(sums().getFirst().lied("says that a sum of squares is -1")).hasMessage("plug-in liar says that a sum of squares is -1");
        assertThat(plugins.list().getFirst().state()).isEqualTo(Plugin.State.FENCED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "System.exit(1); return 0; | java.lang.System",
        "new Thread(() -> {}).start(); return 0; | java.lang.Thread",
        "return java.nio.file.Files.exists(java.nio.file.Path.of(\"/\")) ? 1 : 0; | java.nio.file",
        "return java.time.Instant.now().toEpochMilli(); | java.time.Instant.now",
        "return getClass().getClassLoader().hashCode(); | java.lang.Class.getClassLoader",
        "try { numbers.wait(); } catch (InterruptedException e) { } return 0; | java.lang.Object.wait",
        "synchronized (numbers) { return 0; } | locks an object",
        "return java.util.List.of(1).parallelStream().count(); | parallelStream",
        "return new long[2][2][2].length; | 3 dimensions",
        "return org.reservoir.kernel.DataSize.ZERO.bytes(); | org.reservoir.kernel.DataSize"})
    void whatReachesTooFarIsRefusedAndTheReachIsNamed(String body, String word) {
        assertThatThrownBy(() -> plugins.put("reaching", summing(body))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("PLUGIN_REACHES_TOO_FAR");
            assertThat(refused.getMessage()).contains("other.Summing").contains(word);
        });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void onlyWhatAnAllowedSignerSignedWholeIsTaken() throws Exception {
        var source = source("return 0;");
        refused("PLUGIN_UNSIGNED", jars.unsigned(Sum.class, "other.Summing", source));
        var signed = jars.signed(Sum.class, "other.Summing", source);
        refused("PLUGIN_UNSIGNED", with(signed, "/other/More.class"));
        refused("PLUGIN_UNREADABLE", with(signed, "/other/Summing.class"));
        trust.set(Trust.NOBODY);
        refused("PLUGIN_UNSIGNED", signed);
    }

    @Test
    void whoseSignerIsNoLongerTrustedIsWithdrawn() throws Exception {
        plugins.put("a", summing("return 0;"));
        trust.set(Trust.NOBODY);
        until(() -> sums().isEmpty());
        assertThat(plugins.list().getFirst().why()).contains("PLUGIN_UNSIGNED");
    }

    @Test
    void whatIsNoPluginIsRefusedWithItsReason() throws Exception {
        refused("PLUGIN_UNREADABLE", "no jar".getBytes());
        refused("PLUGIN_UNREADABLE", jars.sign(jars.packed(Sum.class, "other.X", java.util.Map.of("other.X", new byte[] {1, 2, 3}))));
        refused("PLUGIN_PROVIDES_NOTHING", jars.signed(Runnable.class, "other.Summing", source("return 0;")));
        refused("PLUGIN_FAILS_ITS_TRIAL", jars.signed(Sum.class, "other.Nobody", source("return 0;")));
        refused("PLUGIN_FAILS_ITS_TRIAL", jars.signed(Sum.class, "other.Summing", source("return 1;")));
        refused("PLUGIN_FAILS_ITS_TRIAL", jars.signed(Sum.class, "other.Summing", source("for (;;) { }")));
        refused("PLUGIN_REACHES_TOO_FAR", jars.signed(Sum.class, "java.util.Summing", "package org.reservoir.plugins.sum; public class Mine implements Sum { public long of(long[] n) { return 0; } }"));
        drop("half", "half a jar".getBytes());
        until(() -> plugins.list().stream().anyMatch(plugin -> plugin.state() == Plugin.State.REFUSED && plugin.why().contains("PLUGIN_UNREADABLE")));
        assertThatThrownBy(() -> plugins.put("../x", new byte[0])).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> plugins.withdraw("nothing")).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("PLUGIN_UNKNOWN"));
    }

    @Test
    void noCallIsLostWhileJarsComeAndGoAndNoClassLoaderStays() throws Exception {
        reloads(8);
    }

    @Test
    void aHundredReloadsUnderLoadLoseNoCallAndLeaveNoClassLoader() throws Exception {
        reloads(100);
    }

    private void reloads(int times) throws Exception {
        var versions = List.of(summing("return numbers.length;"), summing("return numbers.length + 0L;"));
        var loaders = new ArrayList<WeakReference<ClassLoader>>();
        var answered = new AtomicInteger();
        var stop = new AtomicBoolean();
        plugins.put("a", versions.get(0));
        try (var callers = Executors.newFixedThreadPool(2)) {
            var calls = List.of(callers.submit(() -> call(stop, answered)), callers.submit(() -> call(stop, answered)));
            for (int time = 0; time < times; time++) {
                loaders.add(new WeakReference<>(sums().getFirst().call(sum -> sum.getClass().getClassLoader())));
                plugins.put("a", versions.get(time % 2));
            }
            stop.set(true);
            for (var call : calls) {
                call.get();
            }
        }
        assertThat(answered.get()).isPositive();
        loaders.removeLast();
        until(() -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
    }

    private Void call(AtomicBoolean stop, AtomicInteger answered) throws Exception {
        while (!stop.get()) {
            assertThat(ask(new long[3])).isEqualTo(3);
            answered.incrementAndGet();
        }
        return null;
    }

    // ---- words

    private List<Provided<Sum>> sums() {
        return plugins.of(Sum.class);
    }

    private long ask(long[] numbers) throws PluginFault {
        return sums().getFirst().call(sum -> sum.of(numbers));
    }

    private static String source(String body) {
        return "package other; public class Summing implements org.reservoir.plugins.sum.Sum { public Summing() {} public long of(long[] numbers) { %s } }".formatted(body);
    }

    private static byte[] summing(String body) throws Exception {
        return jars.signed(Sum.class, "other.Summing", source(body));
    }

    private void drop(String name, byte[] jar) throws Exception {
        var beside = Files.write(workshop.resolve("new.jar"), jar);
        Files.move(beside, folder.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void refused(String code, byte[] jar) {
        assertThatThrownBy(() -> plugins.put("x", jar)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
        assertThat(plugins.list()).isEmpty();
    }

    private static byte[] with(byte[] jar, String entry) throws Exception {
        var file = Files.write(workshop.resolve("more.jar"), jar);
        try (var zip = java.nio.file.FileSystems.newFileSystem(file)) {
            Files.write(zip.getPath(entry), new byte[] {1});
        }
        return Files.readAllBytes(file);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens within half a minute").isLessThan(end);
            Thread.sleep(20);
        }
    }
}
