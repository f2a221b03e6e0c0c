package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** What people are told to type is a command that there is. */
class AdviceTest {
    private static final Pattern COMMAND = Pattern.compile("reservoir ([a-z]+) ([a-z]+(?:-[a-z]+)*)");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void everyCommandThatAMessageNamesIsOneThatThereIs() throws IOException {
        try (var rooms = Files.list(ROOT)) {
            var sources = rooms.map(room -> room.resolve("src/main/java")).filter(Files::isDirectory).flatMap(AdviceTest::files).toList();
            assertThat(sources).hasSizeGreaterThan(300);
            var commands = sources.stream().flatMap(file -> COMMAND.matcher(text(file)).results()).toList();
            assertThat(commands).hasSizeGreaterThan(40).allSatisfy(command -> assertThat(isThere(command)).as(command.group()).isTrue());
        }
    }

    private static boolean isThere(MatchResult command) {
        return Nouns.called(command.group(1)).filter(noun -> noun.isVerb() || noun.verbs().stream().anyMatch(verb -> verb.name().equals(command.group(2)))).isPresent();
    }

    private static Stream<Path> files(Path folder) {
        try (var all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
