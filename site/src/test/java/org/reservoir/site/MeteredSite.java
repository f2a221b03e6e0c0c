package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** A site on simulated hosts that may be closed and opened again, spoken to by its commands. Its probes and agents count 1, 2, 3 … for accounting. */
final class MeteredSite implements AutoCloseable {
    private static final Pattern METERED = Pattern.compile("\"count\" : (\\d+).*?\"sum\" : ([0-9.E]+).*?\"high\" : ([0-9.E]+)", Pattern.DOTALL);
    private static final long PATIENCE = 120_000_000_000L;

    final Path data;
    final SimulatedWorld world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
    private final Settings settings;
    private Site site;

    MeteredSite(String name, Path data, UnaryOperator<Settings.Measuring> measuring) throws IOException {
        this(name, data, TestDatabase.settings("db/store"), measuring);
    }

    MeteredSite(String name, Path data, DatabaseSettings database, UnaryOperator<Settings.Measuring> measuring) throws IOException {
        this.data = data;
        this.settings = new Settings(name, data, database, RestOptions.LOCAL, List.of(data.resolve("import")), Policy.STRIPING, false, "server-1").measuring(measuring);
        Files.write(Files.createDirectories(data.resolve("import")).resolve("reservoir-guest.img"), new byte[1 << 20]);
        open();
    }

    /** Where agents and peers are heard: free for connections and for datagrams. */
    static InetSocketAddress freePort() throws IOException {
        for (int i = 0; i < 100; i++) {
            try (var connections = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); var datagrams = new DatagramSocket(connections.getLocalSocketAddress())) {
                return (InetSocketAddress) datagrams.getLocalSocketAddress();
            } catch (BindException _) {
                // that number is taken for datagrams: another
            }
        }
        throw new IOException("a hundred ports were all taken");
    }

    /** A file that none but its owner may read. */
    static Path secret(Path file, String text) throws IOException {
        return Files.writeString(Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))), text);
    }

    void open() {
        site = Site.open(settings, List.of(new SimulatedHosts(world)), InstantSource.system());
    }

    Commands commands() {
        return Commands.of(site, data);
    }

    String done(String words) {
        return commands().done(words);
    }

    String say(String words) {
        return commands().say(words);
    }

    String until(String words, Predicate<String> expected) {
        return commands().until(words, expected);
    }

    String until(String words, String expected) {
        return commands().until(words, expected);
    }

    /** With hosts, and an image for the guests of the examples. */
    void begin(String... hosts) {
        for (var host : hosts) {
            done("host add %s sim://%s".formatted(host, host));
        }
        done("image create reservoir-guest --source file://%s --wait".formatted(data.resolve("import/reservoir-guest.img")));
    }

    /** What the test signals for accounting come to, over the hours that a test touches. */
    record Metered(long count, double sum, double high) {
        /** Whether it is each of 1, 2, 3 … once, told by one process, or by two of which each began anew. */
        boolean isWhole() {
            double other = count - high;
            return sum == high * (high + 1) / 2 + other * (other + 1) / 2;
        }
    }

    Metered metered(String subject) {
        var found = METERED.matcher(done("statement metered --metric test.count --subject %s -o json".formatted(subject)));
        long count = 0;
        double sum = 0;
        double high = 0;
        while (found.find()) {
            count += Long.parseLong(found.group(1));
            sum += Double.parseDouble(found.group(2));
            high = Math.max(high, Double.parseDouble(found.group(3)));
        }
        return new Metered(count, sum, high);
    }

    Metered meteredWhen(String subject, String what, Predicate<Metered> expected) throws InterruptedException {
        var now = metered(subject);
        for (long end = System.nanoTime() + PATIENCE; !expected.test(now); now = metered(subject)) {
            assertThat(System.nanoTime()).as("%s: %s; sources: %s, borders: %s", what, now, say("source list"), say("border list")).isLessThan(end);
            Thread.sleep(100);
        }
        return now;
    }

    Metered meteredMoreThan(String subject, long count) throws InterruptedException {
        return meteredWhen(subject, "more than %d are metered".formatted(count), metered -> metered.count() > count);
    }

    /** What a path shows to the administrator. */
    String get(String path) throws InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(site.uri().resolve(path)).header("Authorization", "Bearer " + commands().token()).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        site.close();
    }
}
