package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** What docs/how-to-add/a-host-driver.md speaks of is there. */
class HowToTest {
    private static final Pattern MEMBER = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");
    private static final Pattern FILE = Pattern.compile("\\b((?:veeh|site)/src/[\\w/]+(?:\\.java|/))");
    private static final List<String> PLACES = List.of("org.reservoir.interfaces.vhi.", "org.reservoir.interfaces.vhi.HostFailure$", "org.reservoir.interfaces.vhi.HostFacts$", "org.reservoir.veeh.",
            "org.reservoir.veeh.libvirt.");

    @Test
    void itNamesOnlyWhatThereIs() throws IOException {
        var root = root();
        var text = Files.readString(root.resolve("docs/how-to-add/a-host-driver.md"));
        var members = MEMBER.matcher(text).results().toList();
        assertThat(members).hasSizeGreaterThan(20).allSatisfy(found -> assertThat(has(found.group(1), found.group(2))).as(found.group()).isTrue());
        var files = FILE.matcher(text).results().map(found -> root.resolve(found.group(1))).toList();
        assertThat(files).hasSizeGreaterThan(2).allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void everyOptionOfAHostIsSaidInItsReference() throws IOException {
        var text = Files.readString(root().resolve("docs/reference/hosts.md"));
        assertThat(new LibvirtHosts("lab").options()).hasSizeGreaterThan(5).allSatisfy(option -> assertThat(text).contains("| `%s` |".formatted(option)));
    }

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent).filter(each -> Files.isDirectory(each.resolve("docs/how-to-add"))).findFirst().orElseThrow();
    }

    private static boolean has(String type, String member) {
        return PLACES.stream().flatMap(place -> find(place + type).stream()).anyMatch(found ->
                Stream.concat(Arrays.stream(found.getDeclaredMethods()), Arrays.stream(found.getDeclaredFields())).anyMatch(each -> each.getName().equals(member)));
    }

    private static Optional<Class<?>> find(String name) {
        try {
            return Optional.of(Class.forName(name, false, HowToTest.class.getClassLoader()));
        } catch (ClassNotFoundException _) {
            return Optional.empty();
        }
    }
}
