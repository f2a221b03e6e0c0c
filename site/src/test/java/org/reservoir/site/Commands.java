package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import org.reservoir.cli.Reservoir;

/** The command line, spoken to a site in the same process as its administrator. */
record Commands(Site site, String token) {
    /** @param data folder of the server that made the site's first token */
    static Commands of(Site site, Path data) {
        return new Commands(site, Site.adminToken(data).orElseThrow());
    }

    /** What a command prints, or what it complains of. */
    String say(String words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", token);
        var exit = Reservoir.run(List.of(words.split(" ")), environment, new ByteArrayInputStream(new byte[0]), stream(out), stream(err));
        return exit == 0 ? out.toString(StandardCharsets.UTF_8) : out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    String done(String words) {
        var answer = say(words);
        assertThat(answer).as(words).doesNotContain("error: ");
        return answer;
    }

    /** What was ordered of a source in the same process is so at once, of another and in the registry a moment later. */
    String until(String words, String expected) {
        return until(words, answer -> answer.contains(expected));
    }

    String until(String words, Predicate<String> expected) {
        var answer = say(words);
        for (long deadline = System.nanoTime() + 120_000_000_000L; !expected.test(answer) && System.nanoTime() < deadline; answer = say(words)) {
            LockSupport.parkNanos(100_000_000);
        }
        assertThat(answer).as(words).matches(expected);
        return answer;
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }
}
