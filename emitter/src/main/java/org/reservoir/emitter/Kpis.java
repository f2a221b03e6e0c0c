package org.reservoir.emitter;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells a site the KPIs of the guest in which this program runs, over the guest's own channel or by HTTP. A program must not
 * fail because nobody listens: what cannot be told is lost, and {@link #tell} says so. Safe for several threads.
 */
public final class Kpis implements AutoCloseable {
    /** The channel that leads from every guest to its site. */
    public static final Path CHANNEL = Path.of("/dev/virtio-ports/org.reservoir.voice.0");
    /** Where the guest's seed is by custom: the CD with the label cidata, mounted. */
    public static final Path SEED = Path.of("/run/seed/reservoir.env");
    /** Who speaks is said again so often: whoever listens may have begun anew. */
    private static final long HELLO_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int PATIENCE_MILLIS = 5000;

    private interface Way {
        void tell(String name, double value) throws IOException;

        void ready() throws IOException;

        void close() throws IOException;
    }

    private final Way way;

    private Kpis(Way way) {
        this.way = way;
    }

    /** As a guest usually finds all that it needs. @throws IOException when there is no seed */
    public static Kpis open() throws IOException {
        return open(CHANNEL, SEED);
    }

    /** @param channel a device, or anything that can be written to @param seed a file with VEE_ID='…' and VEE_SECRET='…' */
    public static Kpis open(Path channel, Path seed) throws IOException {
        Map<String, String> told = read(seed);
        return new Kpis(new Channel(channel, told.get("VEE_ID"), told.get("VEE_SECRET")));
    }

    /** @param site such as https://site.example:8470 @param vee such as vee-7 */
    public static Kpis overHttp(URI site, String vee, String secret) {
        return new Kpis(new Http(site, vee, secret));
    }

    /** @param name of a KPI of the manifest: letters, digits and . _ - : / @ @return whether it was sent; whether anybody heard it is another thing */
    public synchronized boolean tell(String name, double value) {
        if (!Double.isFinite(value) || !name.matches("[A-Za-z_][A-Za-z0-9._:/@-]{0,199}")) {
            throw new IllegalArgumentException("no KPI: " + name + " " + value);
        }
        return sent(() -> way.tell(name, value));
    }

    /** Says that the guest's work may begin. */
    public synchronized boolean ready() {
        return sent(way::ready);
    }

    private interface Sending {
        void send() throws IOException;
    }

    private static boolean sent(Sending sending) {
        try {
            sending.send();
            return true;
        } catch (IOException nobodyListens) {
            return false;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        way.close();
    }

    private static Map<String, String> read(Path seed) throws IOException {
        var told = new HashMap<String, String>();
        for (String line : Files.readAllLines(seed)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                told.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^'|'$", "").replace("'\\''", "'"));
            }
        }
        if (!told.containsKey("VEE_ID") || !told.containsKey("VEE_SECRET")) {
            throw new IOException(seed + " tells no VEE_ID and VEE_SECRET");
        }
        return told;
    }

    private static final class Channel implements Way {
        private final Path path;
        private final String hello;
        private OutputStream out;
        private long greeted;

        Channel(Path path, String vee, String secret) {
            this.path = path;
            this.hello = "HELLO " + vee + " " + secret + "\n";
        }

        @Override
        public void tell(String name, double value) throws IOException {
            say("KPI " + name + " " + value + "\n");
        }

        @Override
        public void ready() throws IOException {
            say("READY\n");
        }

        private void say(String line) throws IOException {
            try {
                if (out == null) {
                    out = Files.newOutputStream(path, StandardOpenOption.WRITE);
                    greeted = System.nanoTime() - HELLO_NANOS;
                }
                if (System.nanoTime() - greeted >= HELLO_NANOS) {
                    out.write(hello.getBytes(StandardCharsets.UTF_8));
                    greeted = System.nanoTime();
                }
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException broken) {
                close(); // opened anew next time
                throw broken;
            }
        }

        @Override
        public void close() throws IOException {
            if (out != null) {
                OutputStream old = out;
                out = null;
                old.close();
            }
        }
    }

    private static final class Http implements Way {
        private final URI guest;
        private final String secret;

        Http(URI site, String vee, String secret) {
            this.guest = site.resolve("/api/monitoring/v1/guests/" + vee + "/");
            this.secret = secret;
        }

        @Override
        public void tell(String name, double value) throws IOException {
            post("kpis", "{\"" + name + "\": " + value + "}"); // neither a name nor a number needs escapes
        }

        @Override
        public void ready() throws IOException {
            post("ready", "");
        }

        private void post(String what, String body) throws IOException {
            var connection = (HttpURLConnection) guest.resolve(what).toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Authorization", "Bearer " + secret);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            connection.disconnect();
            if (status >= 300) {
                throw new IOException("the site answers " + status);
            }
        }

        @Override
        public void close() {
            // each request is a connection's whole life
        }
    }
}
