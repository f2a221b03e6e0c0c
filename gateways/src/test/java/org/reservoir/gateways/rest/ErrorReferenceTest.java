package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;

/** The reference of error codes in docs is made of the refusals in the sources. {@code -Dgolden=write} writes it anew. */
class ErrorReferenceTest {
    private static final Path FILE = Path.of("..", "docs", "reference", "errors.md");
    private static final Pattern REFUSAL = Pattern.compile("(?:Refused\\.(invalid|notFound|conflict|forbidden|exhausted|unavailable)\\(|new Refused\\((?:Refused\\.)?Kind\\.([A-Z_]+),)\\s*"
            + "\"([A-Z][A-Z_]+)\",\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|");

    private record Found(String code, Refused.Kind kind, String message, String room) {}

    @Test
    void theReferenceNamesEveryCodeOfEveryRoomAndNoneThatIsGone() throws IOException {
        var found = new TreeMap<String, Found>();
        for (var room : rooms()) {
            for (var refusal : refusals(room)) {
                found.putIfAbsent(refusal.code(), refusal);
            }
        }
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(FILE, reference(found));
        }
        var named = ROW.matcher(Files.readString(FILE)).results().map(row -> row.group(1)).collect(Collectors.toSet());
        assertThat(named).as("write it anew with -Dgolden=write").containsExactlyInAnyOrderElementsOf(found.keySet());
    }

    private static List<Path> rooms() throws IOException {
        try (var folders = Files.list(Path.of(".."))) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java"))).sorted().toList();
        }
    }

    private static List<Found> refusals(Path room) throws IOException {
        try (var files = Files.walk(room.resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().flatMap(file -> REFUSAL.matcher(text(file)).results()
                    .map(match -> new Found(match.group(3), kind(match.group(1), match.group(2)), match.group(4), room.getFileName().toString()))).toList();
        }
    }

    private static Refused.Kind kind(String factory, String named) {
        return Refused.Kind.valueOf(named != null ? named : factory.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String reference(Map<String, Found> found) {
        var text = new StringBuilder("""
                # Error codes

                Generated from the refusals in the sources. Each answer that is no success is a problem document (RFC 9457) with one of these codes, or `THING_NOT_FOUND` for a sort of thing
                (`VEE_NOT_FOUND`) and `THING_NAME_TAKEN`. Codes stay; their words may change. `%s` stands for the values. A defect has the code `INTERNAL`, status 500 and an incident.

                | code | status | says | from |
                | --- | --- | --- | --- |
                """);
        found.values().forEach(each -> text.append("| `%s` | %d | %s | %s |\n".formatted(each.code(), Problem.status(new Refused(each.kind(), each.code(), "", "")),
                each.message().replace("\\\"", "\"").replace("|", "\\|").replaceAll("%[0-9$.]*[a-z]", "%s").strip(), each.room())));
        return text.toString();
    }

    @Test
    void whatTheReferenceWouldNameIsFoundInSources() {
        assertThat(Set.of("BAD_PARAMETER", "NO_TOKEN", "BODY_TOO_LARGE")).allMatch(code -> {
            try {
                return refusals(Path.of("..", "gateways")).stream().anyMatch(each -> each.code().equals(code));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
