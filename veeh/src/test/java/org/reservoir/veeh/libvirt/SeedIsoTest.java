package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedIsoTest {
    @TempDir
    Path folder;

    @Test
    void theSameFilesGiveTheSameBytes() {
        assertThat(SeedIso.of("cidata", seed())).isEqualTo(SeedIso.of("cidata", new HashMap<>(seed())));
    }

    @Test
    void isMadeOfWholeSectorsAndSaysItsLabel() {
        var image = SeedIso.of("cidata", seed());
        assertThat(image.length % 2048).isZero();
        assertThat(new String(image, 16 * 2048 + 40, 6, StandardCharsets.US_ASCII)).isEqualTo("cidata");
        assertThat(new String(image, 17 * 2048 + 40, 12, StandardCharsets.UTF_16BE)).isEqualTo("cidata");
    }

    @Test
    void refusesNamesThatAFlatDiscCannotHold() {
        for (var name : List.of("", "a/b", "a\\b", "x".repeat(65), "a\nb")) {
            assertThatThrownBy(() -> SeedIso.of("cidata", Map.of(name, new byte[0]))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    @Tag("real")
    void anotherReaderSeesEveryFileUnderItsOwnName() throws Exception {
        var image = Files.write(folder.resolve("seed.iso"), SeedIso.of("cidata", seed()));
        for (var file : seed().entrySet()) {
            assertThat(run("isoinfo", "-J", "-i", image.toString(), "-x", "/" + file.getKey()))
                    .isEqualTo(new String(file.getValue(), StandardCharsets.UTF_8));
        }
        assertThat(run("blkid", "-o", "value", "-s", "LABEL", image.toString()).strip()).isEqualTo("cidata");
    }

    @Test
    @Tag("real")
    void xorrisoFindsNothingToComplainAbout() throws Exception {
        var image = Files.write(folder.resolve("seed.iso"), SeedIso.of("cidata", seed()));
        assertThat(run("xorriso", "-indev", image.toString(), "-toc", "-find", "/")).doesNotContainIgnoringCase("sorry").contains("Volume id    : 'cidata'");
    }

    private static Map<String, byte[]> seed() {
        var files = new HashMap<String, byte[]>();
        files.put("user-data", "#cloud-config\nhostname: web\n".getBytes(StandardCharsets.UTF_8));
        files.put("meta-data", "instance-id: vee-7\n".getBytes(StandardCharsets.UTF_8));
        files.put("network-config", new byte[5000]);
        files.put("ovf-env.xml", new byte[0]);
        for (int i = 0; i < 60; i++) {
            files.put("a-file-with-a-rather-long-name-" + i, new byte[] {(byte) i});
        }
        return files;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0).as(output).isTrue();
        return output;
    }
}
