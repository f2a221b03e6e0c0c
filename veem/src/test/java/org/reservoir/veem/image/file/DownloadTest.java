package org.reservoir.veem.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.image.file.FlakyServer.Answer;

/** A web server may break off, stall, lie and lead astray: what arrives is the whole file, or nothing is. */
class DownloadTest {
    private static final byte[] BYTES = bytes();
    private static final String TAG = "ETag: \"one\"";
    private static final Download.Limits LIMITS = new Download.Limits(3, Duration.ofMillis(1), Duration.ofSeconds(30), Duration.ofMinutes(5));

    @TempDir
    Path folder;

    private static byte[] bytes() {
        var bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private Arrival arrival() {
        return new Arrival(folder.resolve("image-1"), DataSize.mebibytes(1));
    }

    private void download(FlakyServer server, boolean verified, boolean trusted, Download.Limits limits) throws IOException {
        new Download(server.uri("/image"), arrival(), verified, trusted, limits).run(_ -> {});
    }

    private void download(FlakyServer server) throws IOException {
        download(server, false, true, LIMITS);
    }

    private Refused refusal(FlakyServer server) {
        return catchThrowableOfType(Refused.class, () -> download(server));
    }

    private static Answer rest(int from, String... headers) {
        var all = new java.util.ArrayList<>(Arrays.asList(headers));
        all.add("Content-Range: bytes %d-%d/%d".formatted(from, BYTES.length - 1, BYTES.length));
        return Answer.of(206, all.toArray(String[]::new)).with(Arrays.copyOfRange(BYTES, from, BYTES.length));
    }

    @Test
    void aDownloadThatBreaksGoesOnWhereItBroke() throws IOException {
        try (var server = new FlakyServer(Answer.of(200, TAG).with(BYTES).cutAt(100_000), rest(100_000).cutAt(50_000), Answer.of(503), rest(150_000))) {
            download(server);
            assertThat(arrival().file()).hasBinaryContent(BYTES);
            assertThat(server.ranges()).containsExactly("none", "Range: bytes=100000-", "Range: bytes=150000-", "Range: bytes=150000-");
            assertThat(server.asked().get(1)).contains("If-Range: \"one\"");
        }
    }

    @Test
    void aDownloadGoesOnAfterItsServerOfOursWasKilled() throws IOException {
        try (var server = new FlakyServer(Answer.of(200, TAG).with(BYTES).cutAt(100_000))) {
            assertThatThrownBy(() -> download(server, false, true, new Download.Limits(1, Duration.ZERO, Duration.ofSeconds(30), Duration.ofMinutes(1)))).isInstanceOf(Refused.class);
        }
        try (var server = new FlakyServer(rest(100_000))) {
            download(server);
            assertThat(arrival().file()).hasBinaryContent(BYTES);
        }
        try (var server = new FlakyServer(Answer.of(416, "Content-Range: bytes */" + BYTES.length))) {
            download(server);
            assertThat(arrival().file()).hasBinaryContent(BYTES);
        }
    }

    @Test
    void partsOfTwoVersionsAreNeverPutTogether() throws IOException {
        var other = new byte[BYTES.length];
        try (var server = new FlakyServer(Answer.of(200, TAG).with(other).cutAt(100_000), Answer.of(200, "ETag: \"two\"").with(BYTES))) {
            download(server);
            assertThat(arrival().file()).hasBinaryContent(BYTES);
        }
    }

    @Test
    void withoutAWordFromTheServerThatItIsTheSameFileItBeginsAnewUnlessADigestWillTell() throws IOException {
        try (var server = new FlakyServer(Answer.of(200).with(BYTES).cutAt(100_000), Answer.of(200).with(BYTES))) {
            download(server);
            assertThat(server.ranges()).containsExactly("none", "none");
        }
        Files.delete(arrival().file());
        try (var server = new FlakyServer(Answer.of(200).with(BYTES).cutAt(100_000), rest(100_000))) {
            download(server, true, true, LIMITS);
            assertThat(server.ranges()).containsExactly("none", "Range: bytes=100000-");
            assertThat(arrival().file()).hasBinaryContent(BYTES);
        }
    }

    @Test
    void aServerThatSendsAnotherPartIsNotBelieved() {
        try (var server = new FlakyServer(Answer.of(200, TAG).with(BYTES).cutAt(100_000), rest(50_000))) {
            assertThat(refusal(server).code()).isEqualTo("IMAGE_SOURCE_UNREACHABLE");
            assertThat(arrival().file()).hasSize(100_000);
        }
    }

    @Test
    void aServerThatStallsIsGivenUp() {
        try (var server = new FlakyServer(Answer.of(200).with(BYTES).stallAt(10))) {
            var impatient = new Download.Limits(2, Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofMinutes(5));
            assertThatThrownBy(() -> download(server, false, true, impatient)).isInstanceOf(Refused.class).hasMessageContaining("timed out");
        }
    }

    @Test
    void aDownloadThatTakesTooLongInAllIsGivenUp() {
        try (var server = new FlakyServer(Answer.of(200).with(BYTES))) {
            var hurried = new Download.Limits(2, Duration.ofMillis(1), Duration.ofSeconds(30), Duration.ZERO);
            assertThatThrownBy(() -> download(server, false, true, hurried)).isInstanceOf(Refused.class).hasMessageContaining("longer than");
        }
    }

    @Test
    void anImageThatIsTooLargeIsRefusedBeforeItIsFetched() {
        try (var server = new FlakyServer(Answer.of(200).with(new byte[(1 << 20) + 1]))) {
            assertThat(refusal(server).code()).isEqualTo("IMAGE_TOO_LARGE");
            assertThat(arrival().file()).doesNotExist();
        }
    }

    @Test
    void whatIsNotThereIsNotAskedForAgain() {
        try (var server = new FlakyServer(Answer.of(404))) {
            assertThat(refusal(server)).hasMessageContaining("status 404");
            assertThat(server.asked()).hasSize(1);
        }
    }

    @Test
    void redirectsAreFollowedButNotForEver() throws IOException {
        try (var target = new FlakyServer(Answer.of(200).with(BYTES)); var server = new FlakyServer(Answer.of(302, "Location: /elsewhere"), Answer.of(307, "Location: " + target.uri("/x")))) {
            download(server);
            assertThat(arrival().file()).hasBinaryContent(BYTES);
        }
        try (var server = new FlakyServer(Answer.of(301, "Location: /again"))) {
            assertThat(refusal(server)).hasMessageContaining("more than 5 times");
        }
    }

    @Test
    void aRedirectLeadsToTheWebOnly() {
        try (var server = new FlakyServer(Answer.of(302, "Location: file:///etc/passwd"))) {
            assertThat(refusal(server).code()).isEqualTo("IMAGE_SOURCE_NOT_ALLOWED");
        }
        try (var server = new FlakyServer(Answer.of(302, "Location: ftp://example.org/x"))) {
            assertThat(refusal(server).code()).isEqualTo("IMAGE_SOURCE_NOT_ALLOWED");
        }
    }

    @Test
    void strangersCannotMakeTheSiteReadItsOwnMachine() {
        try (var server = new FlakyServer(Answer.of(200).with(BYTES))) {
            var refused = catchThrowableOfType(Refused.class, () -> download(server, false, false, LIMITS));
            assertThat(refused.code()).isEqualTo("IMAGE_SOURCE_NOT_ALLOWED");
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test
    void anInterruptedDownloadIsNoFaultOfTheImage() {
        try (var server = new FlakyServer(Answer.of(200).with(BYTES))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> download(server)).isInstanceOf(Interrupted.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
