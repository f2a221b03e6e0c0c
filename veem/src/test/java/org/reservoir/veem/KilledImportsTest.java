package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veem.image.file.Digest;
import org.reservoir.veem.image.file.ImageFiles;

/**
 * Imports of every kind while their server is killed again and again: in the end each image is whole, and nothing else is there. Servers of their
 * own take their time to start, so this is none of the quick tests.
 */
@Tag("real")
class KilledImportsTest {
    private static final int KILLS = 5;
    private static final int LONGEST_LIFE = 1500;
    @TempDir
    Path images;
    @TempDir
    Path sources;

    @Test
    void importsAreWholeHoweverOftenTheirServerIsKilled() throws Exception {
        var settings = (DatabaseSettings.External) TestDatabase.settings("db/store", Veem.MIGRATIONS);
        try (var database = SiteDatabase.open(settings, List.of("db/store", Veem.MIGRATIONS)); var desk = KilledServer.veem(database, images, sources, "desk"); var web = new Web(bytes(2))) {
            var wishes = wishes(desk, web);
            int cutOff = 0;
            var random = Seeded.random(1);
            for (int kill = 0; kill < KILLS; kill++) {
                try (var server = KilledServer.start(settings, images, sources)) {
                    Thread.sleep(random.nextInt(LONGEST_LIFE));
                }
                cutOff += unfinished(desk, wishes).isEmpty() ? 0 : 1;
                free(database);
            }
            assertThat(cutOff).as("kills while something was under way").isPositive();
            try (var server = KilledServer.start(settings, images, sources)) {
                await(desk, wishes);
            }
            check(desk, wishes);
        }
    }

    private static byte[] bytes(long seed) {
        var bytes = new byte[12 << 20];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<ImageId> wishes(Veem desk, Web web) throws IOException {
        var files = new ImageFiles(sources);
        var wishes = new ArrayList<ImageId>();
        wishes.add(wish(desk, "file", Optional.of(files.raw(12 << 20, bytes(1)).toString())));
        wishes.add(wish(desk, "same", Optional.of(files.raw(12 << 20, bytes(1)).toString())));
        wishes.add(wish(desk, "web", Optional.of(web.address())));
        wishes.add(wish(desk, "vmdk", Optional.of(files.convert(files.raw(12 << 20, bytes(3)), "vmdk", "subformat=streamOptimized").toString())));
        var upload = wish(desk, "upload", Optional.empty());
        desk.images().upload(SimulatedSite.ADMIN, upload, 0, new ByteArrayInputStream(bytes(4)), true);
        wishes.add(upload);
        var bad = Files.write(sources.resolve("bad"), new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 9});
        wishes.add(wish(desk, "bad", Optional.of(bad.toString())));
        return wishes;
    }

    private static ImageId wish(Veem desk, String name, Optional<String> source) {
        return desk.images().request(SimulatedSite.ADMIN, new ImageRequest(name, Image.Kind.DISK, source, Optional.empty(), Optional.empty(), false)).id();
    }

    private static Image seen(Veem desk, ImageId image) {
        return desk.images().image(SimulatedSite.ADMIN, image);
    }

    private static List<ImageId> unfinished(Veem desk, List<ImageId> wishes) {
        return wishes.stream().filter(image -> seen(desk, image).state() == Image.State.IMPORTING).toList();
    }

    private static void free(SiteDatabase database) {
        database.run(transaction -> transaction.sql().execute("update work set lease_until = now() - interval '1 second' where claimed_by is not null"));
    }

    private static void await(Veem desk, List<ImageId> wishes) {
        var end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (!unfinished(desk, wishes).isEmpty()) {
            assertThat(System.nanoTime()).as("waiting for " + unfinished(desk, wishes)).isLessThan(end);
            SimulatedSite.pause(20);
        }
    }

    private void check(Veem desk, List<ImageId> wishes) throws IOException {
        var seen = wishes.stream().map(image -> seen(desk, image)).toList();
        assertThat(seen).filteredOn(image -> !image.name().equals("bad")).allSatisfy(image -> assertThat(image.state()).as(image.toString()).isEqualTo(Image.State.READY));
        assertThat(seen.getLast().problem().orElseThrow()).startsWith("IMAGE_BAD");
        assertThat(seen.get(1).digest()).isEqualTo(seen.getFirst().digest());
        desk.clearImages(Duration.ZERO);
        assertThat(names("stored")).isEqualTo(seen.stream().flatMap(image -> image.digest().stream()).collect(Collectors.toSet()));
        assertThat(names("arriving")).isEmpty();
        for (var name : names("stored")) {
            assertThat(Digest.sha256(images.resolve("stored").resolve(name))).isEqualTo(name);
        }
        assertThat(guestReads(seen.get(2))).isEqualTo(bytes(2));
        assertThat(guestReads(seen.get(4))).isEqualTo(bytes(4));
    }

    private byte[] guestReads(Image image) throws IOException {
        var raw = Files.createTempFile(sources, "raw", "");
        ImageFiles.qemuImg("convert", "-f", "qcow2", "-O", "raw", images.resolve("stored").resolve(image.digest().orElseThrow()).toString(), raw.toString());
        return Files.readAllBytes(raw);
    }

    private java.util.Set<String> names(String folder) throws IOException {
        try (var files = Files.list(images.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    /** A web server that takes its time and knows ranges. */
    private static final class Web implements AutoCloseable {
        private final HttpServer server;
        private final byte[] bytes;

        Web(byte[] bytes) throws IOException {
            this.bytes = bytes;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::answer);
            server.start();
        }

        String address() {
            return "http://127.0.0.1:%d/image.raw".formatted(server.getAddress().getPort());
        }

        private void answer(HttpExchange exchange) throws IOException {
            var range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
            int from = range.map(text -> Integer.parseInt(text.replaceAll("bytes=|-", ""))).orElse(0);
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.getResponseHeaders().set("Content-Range", from < bytes.length ? "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length) : "bytes */" + bytes.length);
            exchange.sendResponseHeaders(range.isEmpty() ? 200 : from < bytes.length ? 206 : 416, from < bytes.length ? bytes.length - from : -1);
            try (var out = exchange.getResponseBody()) {
                for (int at = from; at < bytes.length; at += 1 << 19) {
                    out.write(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + (1 << 19))));
                    out.flush();
                    SimulatedSite.pause(10);
                }
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
