package org.reservoir.veem.image.file;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.reservoir.veem.image.file.ImageFiles.cut;
import static org.reservoir.veem.image.file.ImageFiles.length;
import static org.reservoir.veem.image.file.ImageFiles.put;
import static org.reservoir.veem.image.file.ImageFiles.putInt;
import static org.reservoir.veem.image.file.ImageFiles.putLong;
import static org.reservoir.veem.image.file.ImageFiles.qemuImg;
import static org.reservoir.veem.image.file.ImageFiles.replace;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/** What is refused: every sort of damaged, unfit and hostile image that somebody might send, each with its code and reason. */
@Tag("long")
class HostileImagesTest {
    static final Inspection.Rules RULES = new Inspection.Rules(DataSize.mebibytes(256), DataSize.gibibytes(1024), DataSize.mebibytes(20), 8, Duration.ofMinutes(5));
    private static final String HOSTILE = "IMAGE_HOSTILE";
    private static final String BAD = "IMAGE_BAD";
    private static final String MISMATCH = "IMAGE_FORMAT_MISMATCH";

    @TempDir
    Path folder;
    private ImageFiles files;
    private final Inspection inspection = new Inspection(RULES);

    @BeforeEach
    void makeFiles() {
        files = new ImageFiles(folder);
    }

    /** @param byHeader whether our own look at the header must already refuse it, before any tool opens it */
    private record Bad(String name, Function<ImageFiles, Path> file, Optional<String> format, String code, String words, boolean byHeader) {
        static Bad header(String name, String code, String words, Function<ImageFiles, Path> file) {
            return new Bad(name, file, Optional.empty(), code, words, true);
        }

        static Bad later(String name, String code, String words, Function<ImageFiles, Path> file) {
            return new Bad(name, file, Optional.empty(), code, words, false);
        }

        Bad saidToBe(String wanted) {
            return new Bad(name, file, Optional.of(wanted), code, words, false);
        }
    }

    private static List<Bad> refused() {
        var all = new ArrayList<Bad>();
        all.addAll(qcow2ThatPointsOutside());
        all.addAll(qcow2WithWrongTables());
        all.addAll(otherFormats());
        all.addAll(wrongOrTooMuch());
        return all;
    }

    private static List<Bad> qcow2ThatPointsOutside() {
        return List.of(
                Bad.header("a backing file", HOSTILE, "backing file", files -> {
                    var image = files.next("qcow2");
                    qemuImg("create", "-q", "-f", "qcow2", "-F", "raw", "-b", files.text("secret".repeat(1000)).toString(), image.toString());
                    return image;
                }),
                Bad.header("a backing file that is not there", HOSTILE, "backing file", files -> named(files.of("qcow2"), "/etc/shadow")),
                Bad.header("a backing file given as JSON", HOSTILE, "backing file", files -> named(files.of("qcow2"), "json:{\"driver\":\"nbd\",\"host\":\"10.0.0.1\"}")),
                Bad.header("a backing file in version 2", HOSTILE, "backing file", files -> named(files.of("qcow2", "compat=0.10"), "/etc/shadow")),
                Bad.header("a backing name of a length but without a place", HOSTILE, "backing file", files -> putInt(files.of("qcow2"), 16, 11, BIG_ENDIAN)),
                Bad.header("a backing format in the extensions", HOSTILE, "speaks of a backing file", files -> extended(files.of("qcow2"), 0xe2792aca, "raw")),
                Bad.header("a data file", HOSTILE, "another file", files -> {
                    var image = files.next("qcow2");
                    qemuImg("create", "-q", "-f", "qcow2", "-o", "data_file=" + files.next("data"), image.toString(), "16M");
                    return image;
                }),
                Bad.header("a data file named in the extensions alone", HOSTILE, "names another file", files -> extended(files.of("qcow2"), 0x44415441, "/etc/shadow")),
                Bad.header("a data file named in version 2", HOSTILE, "names another file", files -> extended(files.of("qcow2", "compat=0.10"), 0x44415441, "/etc/shadow")),
                Bad.header("a data file named after other extensions", HOSTILE, "names another file",
                        files -> put(extended(files.of("qcow2"), 0x11223344, "12345678"), 128, extension(0x44415441, "/etc/shadow"))),
                Bad.header("the bit of a data file without a name", HOSTILE, "another file", files -> putLong(files.of("qcow2"), 72, 4, BIG_ENDIAN)));
    }

    private static Path named(Path image, String backing) {
        putLong(image, 8, 512, BIG_ENDIAN);
        putInt(image, 16, backing.length(), BIG_ENDIAN);
        return put(image, 512, backing);
    }

    /** The extension right behind the header, where the list begins. */
    private static Path extended(Path image, int type, String text) {
        try {
            var header = Files.readAllBytes(image);
            int at = header[7] == 2 ? 72 : ByteBuffer.wrap(header).getInt(100);
            put(image, at, new byte[256]);
            return put(image, at, extension(type, text));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] extension(int type, String text) {
        return ByteBuffer.allocate(8 + (text.length() + 7) / 8 * 8).putInt(type).putInt(text.length()).put(text.getBytes()).array();
    }

    private static List<Bad> qcow2WithWrongTables() {
        return List.of(
                Bad.header("version 1", BAD, "version 1", files -> putInt(files.of("qcow2"), 4, 1, BIG_ENDIAN)),
                Bad.header("features of the future", BAD, "0x8000", files -> putLong(files.of("qcow2"), 72, 0x8000, BIG_ENDIAN)),
                Bad.header("not closed", BAD, "not closed properly", files -> putLong(files.of("qcow2"), 72, 1, BIG_ENDIAN)),
                Bad.header("known to be corrupt", BAD, "not closed properly", files -> putLong(files.of("qcow2"), 72, 2, BIG_ENDIAN)),
                Bad.header("encrypted", BAD, "encrypted", files -> putInt(files.of("qcow2"), 32, 1, BIG_ENDIAN)),
                Bad.header("clusters of 2 GiB", BAD, "clusters of 2^31", files -> putInt(files.of("qcow2"), 20, 31, BIG_ENDIAN)),
                Bad.header("a header of 2 GiB", BAD, "header of", files -> putInt(files.of("qcow2"), 100, 0x7ffffff8, BIG_ENDIAN)),
                Bad.header("an extension of 4 GiB", BAD, "extension of", files -> putInt(extended(files.of("qcow2"), 0x11223344, "x"), 116, -1, BIG_ENDIAN)),
                Bad.header("reference counts of 2^40 bits", BAD, "2^40", files -> putInt(files.of("qcow2"), 96, 40, BIG_ENDIAN)),
                Bad.header("a first table beyond the end", BAD, "ends before its first table", files -> putLong(files.of("qcow2"), 40, 1L << 40, BIG_ENDIAN)),
                Bad.header("a first table over the header", HOSTILE, "first table lies at 0", files -> putLong(files.of("qcow2"), 40, 0, BIG_ENDIAN)),
                Bad.header("a first table of 32 GiB", HOSTILE, "first table has", files -> putInt(files.of("qcow2"), 36, -1, BIG_ENDIAN)),
                Bad.header("a first table that is too short", HOSTILE, "first table has", files -> putLong(files.of("qcow2"), 24, 1L << 39, BIG_ENDIAN)),
                Bad.header("a second table beyond the end", BAD, "second tables", files -> {
                    var image = files.of("qcow2");
                    return putLong(image, firstTable(image), 1L << 63 | 1L << 40, BIG_ENDIAN);
                }),
                Bad.header("reference counts beyond the end", BAD, "table of reference counts", files -> putLong(files.of("qcow2"), 48, 1L << 40, BIG_ENDIAN)),
                Bad.header("reference counts of 4 GiB", HOSTILE, "table of reference counts", files -> putInt(files.of("qcow2"), 56, 1 << 16, BIG_ENDIAN)),
                Bad.header("snapshots beyond the end", BAD, "table of snapshots", files -> putLong(putInt(files.of("qcow2"), 60, 3, BIG_ENDIAN), 64, 1L << 40, BIG_ENDIAN)),
                Bad.header("two milliard snapshots", HOSTILE, "snapshots", files -> putInt(files.of("qcow2"), 60, Integer.MAX_VALUE, BIG_ENDIAN)),
                Bad.header("cut off within the header", BAD, "header", files -> cut(files.of("qcow2"), 50)),
                Bad.later("cut off in its data", BAD, "qemu-img check", files -> {
                    var image = files.of("qcow2");
                    return cut(image, length(image) - (1 << 20));
                }),
                Bad.later("a cluster used twice", BAD, "qemu-img check", files -> {
                    var image = files.of("qcow2");
                    long second = readLong(image, firstTable(image)) & 0x00fffffffffffe00L;
                    return putLong(image, second + 8, readLong(image, second), BIG_ENDIAN);
                }));
    }

    private static long firstTable(Path image) {
        return readLong(image, 40);
    }

    private static long readLong(Path image, long at) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(image)).getLong((int) at);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Bad> otherFormats() {
        return List.of(
                Bad.header("VMDK, flat", HOSTILE, "names other files", files -> files.of("vmdk", "subformat=monolithicFlat")),
                Bad.header("VMDK, several extents", HOSTILE, "names other files", files -> files.of("vmdk", "subformat=twoGbMaxExtentSparse")),
                Bad.header("VMDK, a descriptor that names a device", HOSTILE, "names other files",
                        files -> files.text("# Disk DescriptorFile\nversion=1\ncreateType=\"fullDevice\"\nRW 100 FLAT \"/dev/sda\" 0\n")),
                Bad.header("VMDK, sparse but with a flat extent", HOSTILE, "data lie in other files", files -> replace(files.of("vmdk"), " SPARSE ", " FLAT   ")),
                Bad.header("VMDK, sparse but of a type that is not", HOSTILE, "monolithicFlat", files -> replace(files.of("vmdk"), "monolithicSparse\"", "monolithicFlat\"\n ")),
                Bad.header("VMDK with a parent", HOSTILE, "parent", files -> replace(files.of("vmdk"), "parentCID=ffffffff", "parentCID=12345678")),
                Bad.header("VMDK that names a parent", HOSTILE, "parent", files -> replace(files.of("vmdk"), "ddb.adapterType = \"ide\"", "parentFileNameHint=\"/x\"")),
                Bad.header("VMDK without a size", HOSTILE, "without a size", files -> putLong(files.of("vmdk"), 12, 0, LITTLE_ENDIAN)),
                Bad.header("VMDK whose end says something else than its start", HOSTILE, "without a size", files -> {
                    var image = files.of("vmdk", "subformat=streamOptimized");
                    long end = length(image);
                    put(image, end + 512, "KDMV");
                    put(image, end + 1535, new byte[1]);
                    return putLong(image, 56, -1, LITTLE_ENDIAN);
                }),
                Bad.header("VMDK without its end", BAD, "without its end", files -> putLong(files.of("vmdk", "subformat=streamOptimized"), 56, -1, LITTLE_ENDIAN)),
                Bad.header("VHD with a parent", HOSTILE, "parent", files -> putInt(files.of("vpc"), 60, 4, BIG_ENDIAN)),
                Bad.header("VHD, cut off", BAD, "cut off", files -> cut(files.of("vpc"), 2 << 20)),
                Bad.header("VHD with a table that is too short", HOSTILE, "table has", files -> putInt(files.of("vpc"), 512 + 28, 1, BIG_ENDIAN)),
                Bad.header("VDI with a parent", HOSTILE, "parent", files -> putLong(files.of("vdi"), 440, 7, LITTLE_ENDIAN)),
                Bad.header("VDI that is a difference", HOSTILE, "parent", files -> putInt(files.of("vdi"), 76, 4, LITTLE_ENDIAN)),
                Bad.header("VDI, cut off", BAD, "ends before", files -> cut(files.of("vdi"), 2 << 20)),
                Bad.header("VHDX with a parent", HOSTILE, "parent", files -> {
                    var image = files.of("vhdx");
                    long region = ImageFiles.find(image, "metadata".getBytes());
                    return putInt(image, region + (64 << 10) + 4, 2, LITTLE_ENDIAN);
                }),
                Bad.header("VHDX without its tables", BAD, "how large", files -> put(put(files.of("vhdx"), 192 << 10, "xxxx"), 256 << 10, "xxxx")),
                Bad.header("QED", BAD, "QED", files -> files.of("qed")),
                Bad.later("packed with gzip", BAD, "gzip", files -> put(files.raw(1 << 20), 0, new byte[] {0x1f, (byte) 0x8b, 8})),
                Bad.later("a tar archive", BAD, "tar", files -> put(files.raw(1 << 20), 257, "ustar")));
    }

    private static List<Bad> wrongOrTooMuch() {
        return List.of(
                Bad.later("qcow2 said to be raw", MISMATCH, "said to be raw, but is qcow2", files -> files.of("qcow2")).saidToBe("raw"),
                Bad.later("raw said to be qcow2", MISMATCH, "said to be qcow2, but is raw", files -> files.raw(1 << 20)).saidToBe("qcow2"),
                Bad.later("VDI said to be VMDK", MISMATCH, "said to be vmdk, but is vdi", files -> files.of("vdi")).saidToBe("vmdk"),
                Bad.header("a descriptor said to be raw", HOSTILE, "names other files", files -> files.text("# Disk DescriptorFile\nRW 1 FLAT \"/etc/shadow\" 0\n")).saidToBe("raw"),
                Bad.later("nothing", BAD, "empty", files -> files.raw(0, new byte[0])),
                Bad.later("a disk of 512 TiB", HOSTILE, "At most 1 TiB are taken", files -> {
                    var image = files.next("qcow2");
                    qemuImg("create", "-q", "-f", "qcow2", "-o", "cluster_size=2M", image.toString(), "512T");
                    return image;
                }),
                Bad.header("a disk of 8 EiB", HOSTILE, "beyond all measure", files -> putLong(files.of("qcow2"), 24, -1, BIG_ENDIAN)),
                Bad.later("a disk of nothing", BAD, "no size", files -> putLong(files.of("qcow2"), 24, 0, BIG_ENDIAN)),
                Bad.later("a small VMDK that unpacks to a large one", HOSTILE, "unpack to more than 20 MiB", files -> files.convert(pattern(files), "vmdk", "subformat=streamOptimized")),
                Bad.later("a small qcow2 that unpacks to a large one", HOSTILE, "unpack to more than 20 MiB", files -> files.convert(pattern(files), "qcow2", "compress")));
    }

    /** 40 MiB that compress to almost nothing. */
    private static Path pattern(ImageFiles files) {
        var bytes = new byte[40 << 20];
        Arrays.fill(bytes, (byte) 'x');
        return files.raw(bytes.length, bytes);
    }

    @TestFactory
    Stream<DynamicTest> whatIsHostileDamagedOrUnfitIsRefusedWithItsReason() {
        return refused().stream().map(image -> DynamicTest.dynamicTest(image.name(), () -> {
            var file = image.file().apply(files);
            if (image.byHeader()) {
                assertRefused(image, catchThrowableOfType(Refused.class, () -> ImageHeader.read(file)));
            }
            var arrival = new Arrival(file, RULES.largest());
            assertRefused(image, catchThrowableOfType(Refused.class, () -> inspection.disk(arrival, image.format(), Optional.empty())));
        }));
    }

    private static void assertRefused(Bad image, Refused refused) {
        assertThat(refused).as(image.name()).isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo(image.code());
        assertThat(refused.getMessage() + " " + refused.advice()).contains(image.words());
    }

    @Test
    void aDiskImageThatIsSaidToBeACdIsRefused() {
        var refused = catchThrowableOfType(Refused.class, () -> inspection.bytes(new Arrival(files.of("qcow2"), RULES.largest()), Optional.empty()));
        assertThat(refused.code()).isEqualTo(MISMATCH);
    }

    @Test
    void anImageWithAnotherDigestIsRefused() {
        var refused = catchThrowableOfType(Refused.class, () -> inspection.disk(new Arrival(files.of("qcow2"), RULES.largest()), Optional.empty(), Optional.of(Digest.parse("md5:" + "0".repeat(32)))));
        assertThat(refused.code()).isEqualTo("IMAGE_DIGEST_MISMATCH");
    }

    /** So little that the tool cannot even begin: whatever a file makes it ask for, it gets no more than it is given. */
    @Test
    void aToolThatWantsTooMuchMemoryIsRefusedIt() {
        var image = files.of("qcow2");
        assertThat(new QemuImg(Duration.ofMinutes(1), DataSize.gibibytes(2)).check(image)).isNotNull();
        var poor = catchThrowableOfType(Refused.class, () -> new QemuImg(Duration.ofMinutes(1), DataSize.mebibytes(8)).check(image));
        assertThat(poor.code()).isEqualTo(BAD);
    }

    @Test
    void aToolThatTakesTooLongIsEnded() {
        var image = files.of("qcow2");
        var said = new TreeSet<String>();
        for (int i = 0; i < 200; i++) {
            var hurried = new QemuImg(Duration.ofMillis(i % 3));
            Optional.ofNullable(catchThrowableOfType(Refused.class, () -> hurried.check(image))).map(Refused::code).ifPresent(said::add);
        }
        assertThat(said).containsExactly(BAD);
    }
}
