package org.reservoir.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reservoir.kernel.Refused;

/**
 * Reads every public descriptor of a local corpus. The corpus is no part of the project (some of it under other licences); where it is
 * not there, the one test that is left says so. {@code RESERVOIR_DATA} names the folder that holds {@code ovf-corpus}.
 */
class CorpusTest {
    private static final Pattern NEGATIVE = Pattern.compile("neg-|negative-|negative_|ovf_negative|invalid|/Neg/|corrupted");
    /** Public manifests whose root is no OVF envelope. */
    private static final Set<String> OTHER_ROOTS = Set.of("ServiceManifest", "Environment");

    private static final String RANGES = "the bounds of a resource range are not read, only its normal value";
    private static final String VMWARE = "breaks a limit of VMware's hosts, none of OVF's";
    private static final String TESTED = "vmware+govmomi/ovf/fixtures/external/OVFToolTemplates/OVF/xmltestfiles/";
    /** Negative files that nothing is found wrong with, and why that is right. */
    private static final Map<String, String> LENIENT = Map.of(
            "vmware+govmomi/ovf/fixtures/external/2011OVFs/sunVHW-DiskTypes/sunVHW-DiskTypes-invalid.ovf", VMWARE,
            TESTED + "Options/Neg/nvm001.ovf", VMWARE,
            TESTED + "VirtualHardware/Neg/maxwith_nonormal.ovf", RANGES,
            TESTED + "VirtualHardware/Neg/noninteger_range.ovf", RANGES,
            TESTED + "VirtualHardware/Neg/twomax_rangemarker.ovf", RANGES,
            TESTED + "VirtualHardware/Neg/twomin_rangemarker.ovf", RANGES,
            TESTED + "VirtualHardware_1_0/Neg/twomax_rangemarker.ovf", RANGES);

    private static Optional<Path> corpus() {
        var named = Optional.ofNullable(System.getenv("RESERVOIR_DATA")).map(Path::of);
        return Stream.concat(named.stream(), Stream.of(Path.of("../../shared/data"), Path.of("../shared/data"), Path.of("../../../shared/data")))
                .map(data -> data.resolve("ovf-corpus")).filter(Files::isDirectory).findFirst();
    }

    @TestFactory
    Stream<DynamicTest> corpusOfPublicDescriptors() throws IOException {
        var corpus = corpus();
        if (corpus.isEmpty()) {
            System.out.println("CorpusTest: there is no folder ovf-corpus here (set RESERVOIR_DATA), so no public descriptor was read.");
            return Stream.of(DynamicTest.dynamicTest("no corpus here: nothing was read", () -> assertThat(corpus).isEmpty()));
        }
        var read = read(corpus.get());
        return Stream.of(
                DynamicTest.dynamicTest("nothing but a refusal is thrown", () -> assertThat(read.broken).isEmpty()),
                DynamicTest.dynamicTest("every envelope of a non-negative file is read", () -> {
                    assertThat(read.refused).isEmpty();
                    assertThat(read.positives).isEqualTo(551);
                }),
                DynamicTest.dynamicTest("other documents are refused as what they are", () -> assertThat(read.otherRoots).hasSize(63)),
                DynamicTest.dynamicTest("negative files are found fault with, but for those known to be taken leniently",
                        () -> assertThat(read.faultless).isEqualTo(LENIENT.keySet())),
                DynamicTest.dynamicTest("the packages are read", () -> assertThat(read.packages).isEqualTo(3)));
    }

    private static final class Read {
        final List<String> broken = new java.util.ArrayList<>();
        final TreeMap<String, String> refused = new TreeMap<>();
        final TreeSet<String> otherRoots = new TreeSet<>();
        final TreeSet<String> faultless = new TreeSet<>();
        int positives;
        int packages;
    }

    private static Read read(Path corpus) throws IOException {
        var read = new Read();
        try (var files = Files.walk(corpus)) {
            for (var file : files.filter(Files::isRegularFile).filter(f -> !f.toString().endsWith(".md")).sorted().toList()) {
                one(corpus.relativize(file).toString(), file, read);
            }
        }
        return read;
    }

    private static void one(String name, Path file, Read read) throws IOException {
        boolean negative = NEGATIVE.matcher(name).find();
        try (var stream = Files.newInputStream(file)) {
            var findings = Ovf.read(stream).findings();
            read.positives += negative ? 0 : 1;
            read.packages += name.endsWith(".ova") ? 1 : 0;
            if (negative && findings.stream().allMatch(f -> f.severity() == Finding.Severity.NOTE)) {
                read.faultless.add(name);
            }
        } catch (Refused refused) {
            if (refused.code().equals("OVF_NOT_AN_ENVELOPE") && OTHER_ROOTS.stream().anyMatch(refused.getMessage()::contains)) {
                read.otherRoots.add(name);
            } else if (!negative) {
                read.refused.put(name, refused.code() + " " + refused.getMessage());
            }
        } catch (RuntimeException bug) {
            read.broken.add(name + ": " + bug);
        }
    }
}
