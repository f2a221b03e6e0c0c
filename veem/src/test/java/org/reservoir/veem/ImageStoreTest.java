package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.veem.image.file.Digest;
import org.reservoir.veem.image.file.FlakyServer;
import org.reservoir.veem.image.file.FlakyServer.Answer;
import org.reservoir.veem.image.file.ImageFiles;

/** How images come in and go: from files, uploads and URLs, whole or with a reason why not, and never leaving anything behind. */
@Tag("long")
class ImageStoreTest {
    private final SimulatedSite site = SimulatedSite.with(0);
    @TempDir
    Path sources;
    private ImageFiles files;

    @BeforeEach
    void makeFiles() {
        files = new ImageFiles(site.images);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Image request(Caller caller, String name, Image.Kind kind, Optional<String> source, Optional<String> digest) {
        return site.veem.images().request(caller, new ImageRequest(name, kind, source, digest, Optional.empty(), false));
    }

    private Image from(String name, Path file) {
        return awaitEnd(request(SimulatedSite.ADMIN, name, Image.Kind.DISK, Optional.of(file.toString()), Optional.empty()).id());
    }

    private Image awaitEnd(ImageId id) {
        return site.awaitImage(id, image -> image.state() != Image.State.IMPORTING);
    }

    private static Refused refusal(Runnable wish) {
        return catchThrowableOfType(Refused.class, wish::run);
    }

    // ---- files

    @Test
    void imagesWithTheSameContentAreOneFile() throws IOException {
        var raw = files.raw(8 << 20);
        var first = from("first", files.convert(raw, "qcow2"));
        var second = from("second", files.convert(raw, "qcow2"));
        assertThat(first.state()).isEqualTo(Image.State.READY);
        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(site.stored()).containsExactly(first.digest().orElseThrow());
        site.awaitArrivals();
        site.veem.images().delete(SimulatedSite.ADMIN, first.id());
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.stored()).as("the other image needs it still").containsExactly(second.digest().orElseThrow());
        site.veem.images().delete(SimulatedSite.ADMIN, second.id());
        site.veem.clearImages(Duration.ofMinutes(5));
        assertThat(site.stored()).as("somebody may be about to need it").hasSize(1);
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.stored()).isEmpty();
    }

    @Test
    void anImageWhoseFileIsNotInTheFolderOfTheServerIsFoundMissing() throws IOException {
        var image = from("lost", files.convert(files.raw(1 << 20), "qcow2"));
        assertThat(site.veem.imageKeeper.missing()).isEmpty();
        Files.delete(site.images.resolve("stored").resolve(image.digest().orElseThrow()));
        assertThat(site.veem.imageKeeper.missing()).containsExactly(image.name());
    }

    @Test
    void anImageGrowsAndKeepsWhatItHolds() throws IOException {
        var raw = files.raw(8 << 20);
        var small = from("small", files.convert(raw, "qcow2"));
        var copy = site.veem.images().copy(SimulatedSite.ADMIN, small.id(), "copy");
        var growing = site.veem.images().resize(SimulatedSite.ADMIN, small.id(), DataSize.bytes((20L << 20) + 1));
        assertThat(growing.wantedSize().orElse(growing.virtualSize())).as("it may have grown already").isEqualTo(DataSize.bytes((20L << 20) + 512));
        site.veem.close();
        site.freeClaims();
        site.reopen();
        var grown = site.awaitImage(small.id(), image -> !image.virtualSize().equals(small.virtualSize()));
        assertThat(grown.problem()).isEmpty();
        assertThat(grown.virtualSize()).as("whole sectors").isEqualTo(DataSize.bytes((20L << 20) + 512));
        assertThat(grown.digest()).isNotEqualTo(small.digest());
        assertThat(grown.wantedSize()).isEmpty();
        assertThat(grown.done()).isEqualTo(grown.length());
        assertThat(ImageFiles.qemuImg("compare", "-f", "raw", "-F", "qcow2", raw.toString(), site.images.resolve("stored").resolve(grown.digest().orElseThrow()).toString())).contains("identical");
        assertThat(site.veem.images().image(SimulatedSite.ADMIN, copy.id())).as("the copy stays").isEqualTo(copy);
        site.await(() -> site.arriving().isEmpty(), "nothing to be on its way");
        site.veem.images().delete(SimulatedSite.ADMIN, copy.id());
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.stored()).containsExactly(grown.digest().orElseThrow());
    }

    @Test
    void anImageThatCannotGrowIsRefusedAndStaysAsItIs() {
        var disk = from("disk", files.of("qcow2"));
        var kernel = awaitEnd(request(SimulatedSite.ADMIN, "kernel", Image.Kind.KERNEL, Optional.of(files.raw(1 << 20).toString()), Optional.empty()).id());
        var waits = request(SimulatedSite.ADMIN, "waits", Image.Kind.DISK, Optional.empty(), Optional.empty());
        var stranger = new Caller(new UserId(7), "eve", new GroupId(7), java.util.Set.of(new GroupId(7)), false);
        assertThat(refusalOfResize(SimulatedSite.ADMIN, disk.id(), DataSize.mebibytes(1))).isEqualTo("BAD_IMAGE");
        assertThat(refusalOfResize(SimulatedSite.ADMIN, disk.id(), DataSize.gibibytes(1 << 20))).isEqualTo("IMAGE_HOSTILE");
        assertThat(refusalOfResize(SimulatedSite.ADMIN, kernel.id(), DataSize.gibibytes(1))).isEqualTo("BAD_IMAGE");
        assertThat(refusalOfResize(SimulatedSite.ADMIN, waits.id(), DataSize.gibibytes(1))).isEqualTo("IMAGE_NOT_READY");
        assertThat(refusalOfResize(stranger, disk.id(), DataSize.gibibytes(9))).isEqualTo("IMAGE_NOT_FOUND");
        assertThat(site.veem.images().image(SimulatedSite.ADMIN, disk.id())).isEqualTo(disk);
    }

    private String refusalOfResize(Caller caller, ImageId image, DataSize size) {
        return refusal(() -> site.veem.images().resize(caller, image, size)).code();
    }

    @Test
    void onlyFilesBelowTheAllowedFoldersCanBeImported() throws IOException {
        var secret = Files.writeString(sources.resolve("secret"), "secret");
        var link = Files.createSymbolicLink(site.images.resolve("link"), secret);
        for (var path : new String[] {secret.toString(), link.toString(), site.images + "/../" + sources.getFileName() + "/secret", "/etc/passwd", "/dev/zero", "nowhere",
                "file:///etc/passwd", "ftp://example.org/x", "http://user:secret@example.org/x", "http:///x", "ht tp://x", "\0"}) {
            assertThat(refusal(() -> request(SimulatedSite.ADMIN, "x", Image.Kind.DISK, Optional.of(path), Optional.empty())).code()).as(path).isEqualTo("IMAGE_SOURCE_NOT_ALLOWED");
        }
        assertThat(site.veem.images().images(SimulatedSite.ADMIN, org.reservoir.interfaces.vmi.Page.Request.FIRST).items()).isEmpty();
    }

    @Test
    void aHostileImageFailsWithItsCodeAndLeavesNothing() {
        var image = from("evil", ImageFiles.put(ImageFiles.putInt(files.of("qcow2"), 16, 11, java.nio.ByteOrder.BIG_ENDIAN), 512, "/etc/shadow"));
        assertThat(image.state()).isEqualTo(Image.State.FAILED);
        assertThat(image.problem().orElseThrow()).startsWith("IMAGE_HOSTILE: It is a qcow2 image with a backing file.");
        assertThat(site.stored()).isEmpty();
        site.awaitArrivals();
    }

    @Test
    void wishesThatMakeNoSenseAreRefusedAtOnce() {
        var images = site.veem.images();
        assertThat(refusal(() -> images.request(SimulatedSite.ADMIN, new ImageRequest("x", Image.Kind.DISK, Optional.empty(), Optional.of("sha256:12"), Optional.empty(), false))).code())
                .isEqualTo("BAD_DIGEST");
        assertThat(refusal(() -> images.request(SimulatedSite.ADMIN, new ImageRequest("x", Image.Kind.DISK, Optional.empty(), Optional.empty(), Optional.of("qed"), false))).code())
                .isEqualTo("BAD_IMAGE_FORMAT");
        assertThat(refusal(() -> images.request(SimulatedSite.ADMIN, new ImageRequest("x", Image.Kind.CD, Optional.empty(), Optional.empty(), Optional.empty(), true))).code())
                .isEqualTo("BAD_IMAGE");
        request(SimulatedSite.ANNA, "x", Image.Kind.DISK, Optional.empty(), Optional.empty());
        assertThat(refusal(() -> request(SimulatedSite.ANNA, "x", Image.Kind.DISK, Optional.empty(), Optional.empty())).code()).isEqualTo("IMAGE_NAME_TAKEN");
    }

    // ---- uploads

    private static InputStream breaking(byte[] bytes) {
        return new SequenceInputStream(new ByteArrayInputStream(bytes), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the client has gone");
            }
        });
    }

    @Test
    void anUploadThatBreaksGoesOnFromWhatItsImageSays() throws IOException {
        var bytes = Files.readAllBytes(files.of("qcow2"));
        var image = request(SimulatedSite.ANNA, "mine", Image.Kind.DISK, Optional.empty(), Optional.empty()).id();
        var images = site.veem.images();
        assertThat(refusal(() -> images.upload(SimulatedSite.ANNA, image, 0, breaking(Arrays.copyOf(bytes, 1 << 20)), true)).code()).isEqualTo("UPLOAD_CUT_OFF");
        int done = (int) images.image(SimulatedSite.ANNA, image).done().bytes();
        assertThat(done).isEqualTo(1 << 20);
        assertThat(refusal(() -> images.upload(SimulatedSite.ANNA, image, done + 1, new ByteArrayInputStream(bytes), false)).code()).isEqualTo("WRONG_OFFSET");
        assertThat(refusal(() -> images.upload(SimulatedSite.BERT, image, done, new ByteArrayInputStream(bytes), false)).code()).isEqualTo("IMAGE_NOT_FOUND");
        assertThat(images.upload(SimulatedSite.ANNA, image, done, new ByteArrayInputStream(bytes, done, bytes.length - done), true).bytes()).isEqualTo(bytes.length);
        assertThat(refusal(() -> images.upload(SimulatedSite.ANNA, image, 0, new ByteArrayInputStream(bytes), true)).code()).isEqualTo("WRONG_STATE");
        assertThat(awaitEnd(image).state()).isEqualTo(Image.State.READY);
        site.awaitArrivals();
    }

    @Test
    void bytesThatCameAfterTheLastWordOfAServerThatWasKilledAreWrittenAgain() throws IOException {
        var bytes = Files.readAllBytes(files.of("qcow2"));
        var image = request(SimulatedSite.ANNA, "mine", Image.Kind.DISK, Optional.empty(), Optional.of("sha256:" + Digest.sha256(files.of("qcow2")))).id();
        site.veem.images().upload(SimulatedSite.ANNA, image, 0, new ByteArrayInputStream(bytes, 0, 1000), false);
        Files.write(site.images.resolve("arriving").resolve(image.toString()), new byte[5000], java.nio.file.StandardOpenOption.APPEND);
        site.veem.images().upload(SimulatedSite.ANNA, image, 1000, new ByteArrayInputStream(bytes, 1000, bytes.length - 1000), true);
        assertThat(awaitEnd(image).state()).isEqualTo(Image.State.READY);
    }

    @Test
    void whoSendsAnImageTwiceAtOnceIsToldSo() throws Exception {
        var image = request(SimulatedSite.ANNA, "mine", Image.Kind.DISK, Optional.empty(), Optional.empty()).id();
        var begun = new java.util.concurrent.CountDownLatch(1);
        var end = new java.util.concurrent.CountDownLatch(1);
        var slow = new InputStream() {
            @Override
            public int read() throws IOException {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }
        };
        var first = Thread.ofVirtual().start(() -> site.veem.images().upload(SimulatedSite.ANNA, image, 0, slow, false));
        begun.await();
        assertThat(refusal(() -> site.veem.images().upload(SimulatedSite.ANNA, image, 0, new ByteArrayInputStream(new byte[1]), false)).code()).isEqualTo("TRANSFER_UNDER_WAY");
        end.countDown();
        first.join();
    }

    /** The page of a server that did not find it, under the image's name. */
    @Test
    void whatItsNameCallsAnImageAndIsNoneIsRefusedUnlessSomebodySaysThatItIsARawDisk() throws IOException {
        var page = Files.writeString(files.raw(1 << 20).resolveSibling("debian.QCOW2"), "<html>not found</html>");
        var refused = from("debian", page);
        assertThat(refused.state()).isEqualTo(Image.State.FAILED);
        assertThat(refused.problem().orElseThrow()).startsWith("IMAGE_FORMAT_MISMATCH: Its name says that it is qcow2, but it is not.");
        var said = site.veem.images().request(SimulatedSite.ADMIN, new ImageRequest("raw", Image.Kind.DISK, Optional.of(page.toString()), Optional.empty(), Optional.of("raw"), false));
        assertThat(awaitEnd(said.id()).state()).isEqualTo(Image.State.READY);
    }

    // ---- URLs

    @Test
    void anImportFromTheWebGoesOnAfterBrokenConnectionsAndIsVerified() throws IOException {
        var bytes = Files.readAllBytes(files.of("vmdk", "subformat=streamOptimized"));
        var cut = Answer.of(200, "ETag: \"1\"").with(bytes).cutAt(1000);
        var rest = Answer.of(206, "Content-Range: bytes 1000-%d/%d".formatted(bytes.length - 1, bytes.length)).with(Arrays.copyOfRange(bytes, 1000, bytes.length));
        try (var server = new FlakyServer(cut, rest)) {
            var digest = "md5:" + java.util.HexFormat.of().formatHex(md5(bytes));
            var image = awaitEnd(request(SimulatedSite.ADMIN, "web", Image.Kind.DISK, Optional.of(server.uri("/x.vmdk").toString()), Optional.of(digest)).id());
            assertThat(image.state()).as(image.toString()).isEqualTo(Image.State.READY);
            assertThat(image.format()).isEqualTo("qcow2");
            assertThat(server.ranges()).containsExactly("none", "Range: bytes=1000-");
        }
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return java.security.MessageDigest.getInstance("MD5").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anOrdinaryUserCannotHaveTheSitesOwnMachineRead() {
        try (var server = new FlakyServer(Answer.of(200).with(new byte[10]))) {
            var image = awaitEnd(request(SimulatedSite.ANNA, "near", Image.Kind.DISK, Optional.of(server.uri("/").toString()), Optional.empty()).id());
            assertThat(image.problem().orElseThrow()).startsWith("IMAGE_SOURCE_NOT_ALLOWED");
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test
    void aWrongDigestIsTold() throws IOException {
        var image = awaitEnd(request(SimulatedSite.ADMIN, "x", Image.Kind.DISK, Optional.of(files.of("qcow2").toString()), Optional.of("sha1:" + "0".repeat(40))).id());
        assertThat(image.problem().orElseThrow()).startsWith("IMAGE_DIGEST_MISMATCH: Its sha1 is ");
    }

    // ---- interrupted

    @Test
    void anImportThatItsServerDidNotFinishIsFinishedByTheNext() throws IOException {
        var bytes = Files.readAllBytes(files.of("qcow2"));
        try (var server = new FlakyServer(Answer.of(200, "ETag: \"1\"").with(bytes).stallAt(1 << 20), Answer.of(206, "Content-Range: bytes %d-%d/%d".formatted(1 << 20, bytes.length - 1, bytes.length))
                .with(Arrays.copyOfRange(bytes, 1 << 20, bytes.length)))) {
            var image = request(SimulatedSite.ADMIN, "web", Image.Kind.DISK, Optional.of(server.uri("/x").toString()), Optional.empty()).id();
            site.await(() -> site.images.resolve("arriving").resolve(image.toString()).toFile().length() == 1 << 20, "the first part to come");
            site.veem.close();
            assertThat(site.veem.images().image(SimulatedSite.ADMIN, image).state()).isEqualTo(Image.State.IMPORTING);
            site.freeClaims();
            site.reopen();
            assertThat(awaitEnd(image).state()).isEqualTo(Image.State.READY);
            assertThat(server.ranges()).containsExactly("none", "Range: bytes=%d-".formatted(1 << 20));
        }
    }

    @Test
    void anImageThatIsDeletedWhileItComesLeavesNothing() throws IOException {
        try (var server = new FlakyServer(Answer.of(200).with(new byte[40 << 20]).stallAt(1 << 20), Answer.of(200).with(new byte[40 << 20]))) {
            var image = request(SimulatedSite.ADMIN, "web", Image.Kind.DISK, Optional.of(server.uri("/x").toString()), Optional.empty()).id();
            site.await(() -> Files.exists(site.images.resolve("arriving").resolve(image.toString())), "the first bytes to come");
            site.veem.images().delete(SimulatedSite.ADMIN, image);
            site.veem.clearImages(Duration.ZERO);
            site.awaitArrivals();
            assertThat(refusal(() -> site.veem.images().image(SimulatedSite.ADMIN, image)).code()).isEqualTo("IMAGE_NOT_FOUND");
        }
    }

    // ---- copies, quotas and owners

    @Test
    void storedImagesCountTowardsTheQuotaOfDisk() throws IOException {
        site.veem.close();
        site.veem = site.open(new Quotas() {
            @Override
            public Limits of(UserId user) {
                return new Limits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(5 << 20), OptionalLong.empty());
            }

            @Override
            public Limits of(GroupId group) {
                return Limits.NONE;
            }
        }, "two");
        site.veem.start();
        var file = files.of("qcow2");
        var first = from("first", file);
        assertThat(first.state()).isEqualTo(Image.State.READY);
        assertThat(refusal(() -> site.veem.images().copy(SimulatedSite.ADMIN, first.id(), "copy")).code()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(from("second", file).problem().orElseThrow()).startsWith("QUOTA_EXCEEDED: The quota of user user-1 is 5 MiB of disk");
        site.veem.images().delete(SimulatedSite.ADMIN, first.id());
        assertThat(from("third", file).state()).isEqualTo(Image.State.READY);
    }

    @Test
    void aCopyIsThereAtOnceAndStandsAlone() {
        var image = from("first", files.of("qcow2"));
        var copy = site.veem.images().copy(SimulatedSite.ADMIN, image.id(), "second");
        assertThat(copy.state()).isEqualTo(Image.State.READY);
        assertThat(copy.digest()).isEqualTo(image.digest());
        site.veem.images().delete(SimulatedSite.ADMIN, image.id());
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.stored()).hasSize(1);
        assertThatThrownBy(() -> site.veem.images().copy(SimulatedSite.ANNA, copy.id(), "third")).isInstanceOf(Refused.class);
        site.veem.images().own(SimulatedSite.ADMIN, copy.id(), new Ownership(copy.ownership().user(), copy.ownership().group(), Ownership.PUBLIC));
        assertThat(site.veem.images().copy(SimulatedSite.ANNA, copy.id(), "third").ownership().user()).isEqualTo(SimulatedSite.ANNA.user());
        assertThat(refusal(() -> site.veem.images().delete(SimulatedSite.ANNA, copy.id())).code()).isEqualTo("NOT_ALLOWED");
        assertThat(refusal(() -> site.veem.images().rename(SimulatedSite.ANNA, copy.id(), "mine")).code()).isEqualTo("NOT_ALLOWED");
        assertThat(site.veem.images().rename(SimulatedSite.ADMIN, copy.id(), "renamed").name()).isEqualTo("renamed");
        var other = site.veem.images().copy(SimulatedSite.ADMIN, copy.id(), "other");
        assertThat(refusal(() -> site.veem.images().rename(SimulatedSite.ADMIN, other.id(), "renamed")).code()).isEqualTo("IMAGE_NAME_TAKEN");
    }
}
