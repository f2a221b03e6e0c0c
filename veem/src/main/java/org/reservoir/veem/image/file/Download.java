package org.reservoir.veem.image.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.reservoir.kernel.Refused;

/**
 * Fetches an image from a web server, going on where the connection broke (RFC 9110 §14, Range) as long as the server says that it is
 * still the same file (§13.1.5, If-Range), or a digest will tell. Follows few redirects itself, so that none leads from the world to
 * an address that only this machine can reach.
 */
public final class Download {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);
    private static final int RANGE_NOT_THERE = 416;
    private static final int MOST_REDIRECTS = 5;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(\\d{1,18})");

    /**
     * @param tries  without any progress
     * @param pause  after the first that failed, doubled each time
     * @param stall  after which a server that sends nothing counts as gone
     * @param total  for all tries together
     */
    public record Limits(int tries, Duration pause, Duration stall, Duration total) {
        public static final Limits USUAL = new Limits(6, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofHours(12));
    }

    private final URI source;
    private final Arrival arrival;
    private final boolean willBeVerified;
    private final boolean trusted;
    private final Limits limits;
    private final long end;

    /**
     * @param willBeVerified whether a digest will tell if the parts do not belong together
     * @param trusted        whether the source was given by somebody who may reach what only this machine can reach
     */
    public Download(URI source, Arrival arrival, boolean willBeVerified, boolean trusted, Limits limits) {
        this.source = source;
        this.arrival = arrival;
        this.willBeVerified = willBeVerified;
        this.trusted = trusted;
        this.limits = limits;
        this.end = System.nanoTime() + limits.total().toNanos();
    }

    /** @throws Refused {@code IMAGE_SOURCE_UNREACHABLE}, {@code IMAGE_SOURCE_NOT_ALLOWED}, {@code IMAGE_TOO_LARGE} */
    public void run(LongConsumer progress) throws IOException {
        for (int failures = 0; ; ) {
            long before = arrival.length();
            try {
                attempt(progress);
                return;
            } catch (IOException broken) {
                requireNotInterrupted(broken);
                failures = failed(before, failures, broken);
            }
        }
    }

    private static void requireNotInterrupted(IOException cause) {
        if (Thread.currentThread().isInterrupted()) {
            throw Interrupted.now(cause);
        }
    }

    private int failed(long before, int failures, IOException broken) throws IOException {
        int now = arrival.length() > before ? 1 : failures + 1;
        if (now >= limits.tries() || System.nanoTime() > end) {
            throw unreachable(broken.getMessage());
        }
        try {
            Thread.sleep(limits.pause().multipliedBy(1L << now - 1));
        } catch (InterruptedException e) {
            throw Interrupted.now(e);
        }
        return now;
    }

    private Refused unreachable(String why) {
        return Refused.unavailable("IMAGE_SOURCE_UNREACHABLE", "%s cannot be read: %s.".formatted(source, why), "Check the address, then import it again.");
    }

    // ---- one try

    private void attempt(LongConsumer progress) throws IOException {
        long has = arrival.length();
        var same = label(label());
        var from = has > 0 && (willBeVerified || same.isPresent()) ? has : 0;
        var connection = open(from, same);
        try {
            int status = connection.getResponseCode();
            switch (status) {
                case HttpURLConnection.HTTP_OK -> {
                    keepLabel(connection);
                    take(connection, 0, connection.getContentLengthLong(), progress);
                }
                case HttpURLConnection.HTTP_PARTIAL -> take(connection, from, lengthAfter(connection, from), progress);
                case RANGE_NOT_THERE -> requireWhole(connection, has);
                default -> throw refusal(status);
            }
        } finally {
            connection.disconnect();
        }
    }

    private IOException refusal(int status) {
        if (status >= 500 || PASSING.contains(status)) {
            return new IOException("it answers with status " + status);
        }
        throw unreachable("it answers with status " + status);
    }

    private void take(HttpURLConnection connection, long from, long length, LongConsumer progress) throws IOException {
        arrival.requireFits(length);
        try (var body = new InTime(connection.getInputStream())) {
            long done = arrival.append(from, body, progress).bytes();
            if (length >= 0 && done != length) {
                throw new IOException("it broke off after %d of %d bytes".formatted(done, length));
            }
        }
    }

    private static long lengthAfter(HttpURLConnection connection, long from) throws IOException {
        var range = CONTENT_RANGE.matcher(Optional.ofNullable(connection.getHeaderField("Content-Range")).orElse(""));
        if (!range.matches() || range.group(1) == null || Long.parseLong(range.group(1)) != from) {
            throw new IOException("it sends another part than the one asked for");
        }
        return Long.parseLong(range.group(2));
    }

    /** Asked for what follows the last byte, a server says that there is nothing; when it has another length, all begins anew. */
    private void requireWhole(HttpURLConnection connection, long has) throws IOException {
        var range = CONTENT_RANGE.matcher(Optional.ofNullable(connection.getHeaderField("Content-Range")).orElse(""));
        if (!range.matches() || Long.parseLong(range.group(2)) != has) {
            Files.deleteIfExists(arrival.file());
            Files.deleteIfExists(label());
            throw new IOException("it has another length than before");
        }
    }

    // ---- asking

    private HttpURLConnection open(long from, Optional<String> same) throws IOException {
        var at = source;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            requireAllowed(at);
            var connection = ask(at, from, same);
            if (!REDIRECTS.contains(connection.getResponseCode())) {
                return connection;
            }
            var next = at.resolve(Optional.ofNullable(connection.getHeaderField("Location")).orElseThrow(() -> unreachable("it redirects to nowhere")));
            connection.disconnect();
            requireWeb(next);
            if (at.getScheme().equalsIgnoreCase("https") && !next.getScheme().equalsIgnoreCase("https")) {
                throw unreachable("it redirects from https to " + next.getScheme());
            }
            at = next;
        }
        throw unreachable("it redirects more than %d times".formatted(MOST_REDIRECTS));
    }

    private HttpURLConnection ask(URI at, long from, Optional<String> same) throws IOException {
        var connection = (HttpURLConnection) at.toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) limits.stall().toMillis());
        connection.setReadTimeout((int) limits.stall().toMillis());
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept-Encoding", "identity");
        if (from > 0) {
            connection.setRequestProperty("Range", "bytes=%d-".formatted(from));
            same.ifPresent(label -> connection.setRequestProperty("If-Range", label));
        }
        return connection;
    }

    /** @throws Refused {@code IMAGE_SOURCE_NOT_ALLOWED} when it is no address on the web */
    public static URI requireWeb(URI at) {
        if (at.getHost() == null || at.getScheme() == null || !Set.of("http", "https").contains(at.getScheme().toLowerCase(java.util.Locale.ROOT)) || at.getUserInfo() != null) {
            throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "%s is no address that images are fetched from.".formatted(at), "Give an http:// or https:// address without a password in it.");
        }
        return at;
    }

    private void requireAllowed(URI at) {
        if (!trusted && isNear(at)) {
            throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "%s is an address of the site's own machine.".formatted(at), "An administrator may import from there.");
        }
    }

    /** Whether it can be reached from this machine alone: what listens there expects no strangers. */
    private static boolean isNear(URI at) {
        try {
            return Stream.of(InetAddress.getAllByName(at.getHost()))
                    .anyMatch(address -> address.isLoopbackAddress() || address.isAnyLocalAddress() || address.isLinkLocalAddress() || address.isMulticastAddress());
        } catch (UnknownHostException _) {
            return false; // nor can it be fetched
        }
    }

    // ---- whether it is still the same file

    private Path label() {
        return arrival.label();
    }

    private static Optional<String> label(Path label) throws IOException {
        return Files.exists(label) ? Optional.of(Files.readString(label)) : Optional.empty();
    }

    private void keepLabel(HttpURLConnection connection) throws IOException {
        Files.deleteIfExists(label());
        Files.deleteIfExists(arrival.file());
        var name = Optional.ofNullable(connection.getHeaderField("ETag")).filter(tag -> !tag.startsWith("W/")).or(() -> Optional.ofNullable(connection.getHeaderField("Last-Modified")));
        if (name.isPresent()) {
            Files.writeString(label(), name.get());
        }
    }

    /** The body, as long as there is time. */
    private final class InTime extends FilterInputStream {
        InTime(InputStream body) {
            super(body);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (System.nanoTime() > end) {
                throw unreachable("it takes longer than %d minutes".formatted(limits.total().toMinutes()));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException();
            }
            return super.read(buffer, offset, length);
        }
    }
}
