package org.reservoir.site;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.veem.host.Fence;
import org.reservoir.veem.host.Keeping;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What becomes of the VEEs on a host that does not come back: options of the site server. Nothing starts elsewhere unless the host was fenced off. */
final class LostForGood {
    @Option(names = "--restart-lost-after", paramLabel = "TIME", converter = Span.class,
            description = {"When a host has been silent for so long (10m), it is fenced off and its VEEs start elsewhere.", "Without it they wait for the host. Needs --fence."})
    private Optional<Duration> after = Optional.empty();
    @Option(names = "--fence", paramLabel = "PROGRAM", description = {"Fences a host off: called as PROGRAM NAME URI, it switches the host off or cuts it from storage and",
            "network, and exits with 0 only when the host certainly runs nothing any more."})
    private Optional<Path> fence = Optional.empty();
    @Option(names = "--fence-timeout", paramLabel = "TIME", converter = Span.class, defaultValue = "60s",
            description = "How long it may take; after that it is ended and the host counts as not fenced off (${DEFAULT-VALUE}).")
    private Duration timeout;

    Keeping keeping() {
        if (after.isPresent() != fence.isPresent()) {
            throw Refused.invalid("BAD_FENCE", "--restart-lost-after and --fence belong together.",
                    "A VEE starts elsewhere only when its old host certainly does not run it; see docs/reference/configuration.md.");
        }
        return after.map(time -> Keeping.USUAL.restartingLost(time, Fence.by(program(), timeout))).orElse(Keeping.USUAL);
    }

    private Path program() {
        return program("BAD_FENCE", fence.orElseThrow());
    }

    static Path program(String code, Path path) {
        var program = path.toAbsolutePath();
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw Refused.invalid(code, "%s is no program.".formatted(program), "Give the path of an executable file.");
        }
        return program;
    }

    /** {@code 90s}, {@code 10m}, {@code 2h}, {@code 30d}. */
    static final class Span implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[1-9][0-9]{0,6}[smhd]")) {
                throw new TypeConversionException("'%s' is no time; write it like 90s, 10m, 2h or 30d".formatted(text));
            }
            return Duration.parse((text.endsWith("d") ? "P" : "PT") + text.toUpperCase(java.util.Locale.ROOT));
        }
    }
}
