package org.reservoir.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.reservoir.kernel.Refused;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The site server's options as they stand in a file, which is a Java properties file in UTF-8. A key that is no option is refused: a misspelt one must not be left out silently. */
final class ConfigurationFile implements IDefaultValueProvider {
    static final String OPTION = "--config";

    private final Map<String, String> values;

    private ConfigurationFile(Map<String, String> values) {
        this.values = values;
    }

    /** The file that a command line names. */
    static Optional<Path> named(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(OPTION + "=")) {
                return Optional.of(Path.of(arguments[i].substring(OPTION.length() + 1)));
            }
            if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
                return Optional.of(Path.of(arguments[i + 1]));
            }
        }
        return Optional.empty();
    }

    /** @throws Refused {@code BAD_CONFIGURATION} */
    static ConfigurationFile of(Path file, CommandSpec command) {
        var known = command.options().stream().filter(ConfigurationFile::mayStandInAFile).map(ConfigurationFile::key).collect(Collectors.toCollection(TreeSet::new));
        var values = read(file);
        values.keySet().stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw Refused.invalid("BAD_CONFIGURATION", "There is no option '%s', which stands in %s.".formatted(key, file), "Known: " + String.join(", ", known) + ".");
        });
        return new ConfigurationFile(values);
    }

    private static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw Refused.invalid("BAD_CONFIGURATION", "%s cannot be read as a configuration: %s.".formatted(file, e.getMessage()), "Give a file of lines like 'listen = 0.0.0.0:8470'.");
        }
        return properties.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, name -> properties.getProperty(name).strip(), (a, _) -> a, TreeMap::new));
    }

    static boolean mayStandInAFile(OptionSpec option) {
        return !option.usageHelp() && !option.versionHelp() && !Arrays.asList(option.names()).contains(OPTION);
    }

    static String key(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    @Override
    public String defaultValue(ArgSpec arg) {
        return arg instanceof OptionSpec option ? values.get(key(option)) : null;
    }
}
