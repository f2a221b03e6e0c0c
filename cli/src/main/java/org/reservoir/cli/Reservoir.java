package org.reservoir.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import picocli.CommandLine;

/**
 * The {@code reservoir} command: finds the verb, runs it, and tells what went wrong in one way. Process exit codes are those of
 * {@link Failure.Exit}. What verbs there are is said by {@link Nouns}.
 */
public final class Reservoir {
    private final Terminal terminal;

    Reservoir(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] args) throws IOException {
        if (List.of(args).equals(List.of(Training.COMMAND))) {
            Training.run();
            return;
        }
        var exit = new Reservoir(Terminal.ofProcess()).run(List.of(args));
        System.out.flush();
        if (exit != 0) { // ending by itself is cheaper
            System.exit(exit);
        }
    }

    /**
     * Runs one command line as a process of its own would, without a person at the terminal: for programs that show or script commands.
     *
     * @param environment {@code RESERVOIR_URL} and {@code RESERVOIR_TOKEN} say where and as whom
     * @param in          what is typed
     * @return the exit code
     */
    public static int run(List<String> args, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        return new Reservoir(Terminal.without(environment, in, out, err)).run(args);
    }

    /** Runs one command line; gives the exit code. */
    int run(List<String> args) {
        if (!args.isEmpty() && args.getFirst().equals(Completion.COMMAND)) {
            return complete(args.subList(1, args.size()));
        }
        if (args.equals(List.of("--version"))) {
            terminal.out().println("reservoir " + Optional.ofNullable(Reservoir.class.getPackage().getImplementationVersion()).orElse("(not packaged)"));
            return Failure.Exit.OK.code;
        }
        var line = CommandLines.of(args, terminal);
        try {
            var parsed = line.parseArgs(args.toArray(String[]::new));
            var deepest = deepest(parsed);
            if (deepest.isUsageHelpRequested() || !(deepest.commandSpec().userObject() instanceof Verb verb)) {
                deepest.commandSpec().commandLine().usage(terminal.out());
                return deepest.isUsageHelpRequested() || args.isEmpty() ? 0 : Failure.Exit.USAGE.code;
            }
            return run(verb, deepest);
        } catch (CommandLine.ParameterException e) {
            return tell(misunderstood(e));
        } catch (Failure failure) {
            return tell(failure);
        }
    }

    private int complete(List<String> words) {
        new Completion(new Invocation(Verb.of(Completion.COMMAND, "", _ -> {}), Map.of(), terminal, Output.Format.TABLE)).of(words).forEach(terminal.out()::println);
        return Failure.Exit.OK.code;
    }

    private static Failure misunderstood(CommandLine.ParameterException e) {
        var help = "See '%s --help'.".formatted(e.getCommandLine().getCommandSpec().qualifiedName(" "));
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return Failure.usage(e.getMessage() + ".", help);
        }
        var word = unmatched.getUnmatched().getFirst().replaceFirst("^(--[^=]*)=.*", "$1");
        var spec = e.getCommandLine().getCommandSpec();
        var alike = Synonyms.of(word, word.startsWith("-") ? spec.optionsMap().keySet() : spec.subcommands().keySet());
        var meant = alike.isEmpty() ? unmatched.getSuggestions() : alike;
        var near = meant.isEmpty() ? "" : "Did you mean '%s'? ".formatted(String.join("' or '", meant));
        return Failure.usage(spec.userObject() instanceof Verb ? tooMuch(word, spec) : "'%s' is not known here.".formatted(word), near + help);
    }

    private static String tooMuch(String word, CommandLine.Model.CommandSpec spec) {
        if (word.startsWith("-")) {
            return "There is no option '%s' here.".formatted(word);
        }
        var taken = spec.positionalParameters().stream().map(CommandLine.Model.PositionalParamSpec::paramLabel).toList();
        return "'%s' is one word too many: ".formatted(word) + (taken.isEmpty() ? "nothing but options is taken here." : "%s is all that is taken here.".formatted(String.join(" ", taken)));
    }

    private int run(Verb verb, CommandLine.ParseResult parsed) {
        var given = given(parsed);
        var call = new Invocation(verb, given, terminal, format(given.getOrDefault("--output", List.of("table")).getFirst()));
        call.duration("--timeout", Duration.ZERO); // what cannot be understood is told before anything is done
        verb.work().run(call);
        return terminal.out().checkError() ? Failure.Exit.REFUSED.code : Failure.Exit.OK.code;
    }

    private static CommandLine.ParseResult deepest(CommandLine.ParseResult parsed) {
        return parsed.hasSubcommand() ? deepest(parsed.subcommand()) : parsed;
    }

    private static Map<String, List<String>> given(CommandLine.ParseResult parsed) {
        var given = new HashMap<String, List<String>>();
        for (var option : parsed.matchedOptions()) {
            given.put(option.longestName(), option.stringValues().isEmpty() ? List.of("true") : List.copyOf(option.stringValues()));
        }
        for (var positional : parsed.matchedPositionals()) {
            given.computeIfAbsent(positional.paramLabel(), _ -> new ArrayList<>()).addAll(positional.stringValues());
        }
        return given;
    }

    private static Output.Format format(String text) {
        return switch (text) {
            case "table" -> Output.Format.TABLE;
            case "json" -> Output.Format.JSON;
            case "yaml" -> Output.Format.YAML;
            default -> throw Failure.usage("--output takes table, json or yaml, not '%s'.".formatted(text), "");
        };
    }

    private int tell(Failure failure) {
        var lines = String.valueOf(failure.getMessage()).split("\\R");
        terminal.note("error: " + Column.printable(lines[0]) + " [" + failure.code() + "]");
        Arrays.stream(lines).skip(1).forEach(line -> terminal.note("  " + Column.printable(line)));
        if (!failure.advice().isEmpty()) {
            terminal.note("  " + Column.printable(failure.advice()));
        }
        return failure.exit().code;
    }
}
