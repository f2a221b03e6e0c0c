package org.reservoir.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * Probes of an agent's own configuration, one a line: {@code NAME KIND PERIOD [PARAMETER=VALUE …]}, such as
 * {@code db.space host.space 30s folder=/var/lib/postgresql}; values with blanks stand in double quotes. Empty lines and what
 * begins with # are passed over.
 */
final class ProbesFile {
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");
    private static final Pattern PERIOD = Pattern.compile("([0-9]{1,7})(ms|s|m|h)");

    private ProbesFile() {}

    /** @throws Refused {@code BAD_PROBES_FILE} with the line */
    static List<Wanted> read(Path file, HostId host) {
        var probes = new ArrayList<Wanted>();
        var shared = new Shared(Subject.of(host), new HashMap<>());
        try (var lines = Files.newBufferedReader(file)) { // never all of them at once: it is the most memory that an agent ever has
            int number = 0;
            for (var read = lines.readLine(); read != null; read = lines.readLine()) {
                var line = read.strip();
                number++;
                if (!line.isEmpty() && !line.startsWith("#")) {
                    probes.add(probe(line, "%s, line %d".formatted(file, number), shared));
                }
            }
        } catch (IOException e) {
            throw bad("%s cannot be read: %s".formatted(file, e.getMessage()));
        }
        return probes;
    }

    /** What many lines say alike is kept once: an agent may have tens of thousands of probes. */
    private record Shared(Subject host, Map<String, Object> things) {
        <T> T once(Class<T> type, String text, Supplier<T> made) {
            return type.cast(things.computeIfAbsent(type.getSimpleName() + " " + text, _ -> made.get()));
        }
    }

    private static Wanted probe(String line, String where, Shared shared) {
        var words = WORD.matcher(line).results().map(found -> found.group().replace("\"", "")).toList();
        if (words.size() < 3) {
            throw bad("%s is no probe: '%s'.".formatted(where, line));
        }
        var parameters = new HashMap<String, String>();
        for (var word : words.subList(3, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1 || parameters.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw bad("%s: '%s' is no parameter, or there twice.".formatted(where, word));
            }
        }
        var kind = shared.once(String.class, words.get(1), () -> words.get(1));
        return new Wanted(words.get(0), kind, parameters, shared.host(), Labels.NONE, shared.once(ProbeSettings.class, words.get(2), () -> ProbeSettings.every(period(words.get(2), where))));
    }

    private static Duration period(String text, String where) {
        Matcher matcher = PERIOD.matcher(text);
        if (!matcher.matches()) {
            throw bad("%s: '%s' is no period.".formatted(where, text));
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private static Refused bad(String message) {
        return Refused.invalid("BAD_PROBES_FILE", message, "Write NAME KIND PERIOD [PARAMETER=VALUE …], such as: db.space host.space 30s folder=/var/lib/postgresql");
    }
}
