package org.reservoir.veem.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.veem.image.file.ImageFiles.put;
import static org.reservoir.veem.image.file.ImageFiles.qemuImg;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.DataSize;

/** What is let in: every sort of disk image that is taken becomes what hosts use, with the content that a guest would have read. */
class SoundImagesTest {
    @TempDir
    Path folder;
    private ImageFiles files;
    private final Inspection inspection = new Inspection(HostileImagesTest.RULES);

    @BeforeEach
    void makeFiles() {
        files = new ImageFiles(folder);
    }

    private record Sound(String name, Function<ImageFiles, Path> file, boolean asItIs) {}

    private static List<Sound> sound() {
        return List.of(new Sound("raw", files -> files.raw(16 << 20), false),
                new Sound("qcow2", files -> files.of("qcow2"), true),
                new Sound("qcow2 of version 2", files -> files.of("qcow2", "compat=0.10"), true),
                new Sound("qcow2 with compressed clusters", files -> files.of("qcow2", "compress"), true),
                new Sound("qcow2 compressed by zstd", files -> files.of("qcow2", "compress", "compression_type=zstd"), true),
                new Sound("qcow2 with extended tables", files -> files.of("qcow2", "extended_l2=on"), true),
                new Sound("qcow2 with clusters of 2 MiB", files -> files.of("qcow2", "cluster_size=2M"), true),
                new Sound("qcow2 with a snapshot", files -> snapshotted(files), false),
                new Sound("VMDK, sparse", files -> files.of("vmdk"), false),
                new Sound("VMDK, stream-optimized", files -> files.of("vmdk", "subformat=streamOptimized"), false),
                new Sound("VDI", files -> files.of("vdi"), false),
                new Sound("VHD, dynamic", files -> files.of("vpc", "force_size=on"), false),
                new Sound("VHD, fixed", files -> files.of("vpc", "subformat=fixed,force_size=on"), false),
                new Sound("VHDX, dynamic", files -> files.of("vhdx"), false),
                new Sound("VHDX, fixed", files -> files.of("vhdx", "subformat=fixed"), false));
    }

    private static Path snapshotted(ImageFiles files) {
        var image = files.of("qcow2");
        qemuImg("snapshot", "-c", "before", image.toString());
        return image;
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> aSoundImageBecomesAPlainDiskWithTheSameContent() {
        return sound().stream().map(image -> DynamicTest.dynamicTest(image.name(), () -> {
            var arrival = new Arrival(image.file().apply(files), HostileImagesTest.RULES.largest());
            var sound = inspection.disk(arrival, Optional.empty(), Optional.empty());
            assertThat(sound.path().equals(arrival.file())).isEqualTo(image.asItIs());
            assertThat(sound.file().format()).isEqualTo("qcow2");
            assertThat(sound.file().virtualSize()).isEqualTo(DataSize.mebibytes(16));
            assertThat(sound.file().digest()).isEqualTo(Digest.sha256(sound.path()));
            assertThat(ImageHeader.read(sound.path()).plain()).isTrue();
            assertThat(guestReads(sound.path())).isEqualTo(Files.readAllBytes(files.raw(16 << 20)));
        }));
    }

    private byte[] guestReads(Path image) throws Exception {
        var raw = files.next("raw");
        qemuImg("convert", "-f", "qcow2", "-O", "raw", image.toString(), raw.toString());
        return Files.readAllBytes(raw);
    }

    @Test
    void aCopyThatGrowsTellsHowMuchOfItIsThere() throws Exception {
        var image = files.of("qcow2", "preallocation=full");
        var told = new ArrayList<Long>();
        var grown = inspection.grown(new Arrival(folder.resolve("grown"), HostileImagesTest.RULES.largest()), image, DataSize.mebibytes(20), told::add);
        assertThat(told).as("sixteen MiB at a time").hasSizeGreaterThan(1).isSorted().last().isEqualTo(Files.size(image));
        assertThat(grown.file().virtualSize()).isEqualTo(DataSize.mebibytes(20));
    }

    @Test
    void aCdIsTakenAsItIs() throws Exception {
        var iso = put(files.raw(1 << 20), 32769, "CD001");
        var sound = inspection.bytes(new Arrival(iso, HostileImagesTest.RULES.largest()), Optional.of(Digest.parse("sha256:" + Digest.sha256(iso))));
        assertThat(sound.path()).isEqualTo(iso);
        assertThat(sound.file().format()).isEqualTo("raw");
    }
}
