package org.reservoir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Makes picocli's model of the nouns and verbs; of the one verb that the command line names alone, of the nouns alone when it names none,
 * and of nothing but the list of nouns when it asks for that, since the whole costs time.
 */
final class CommandLines {
    private static final List<String> FOOTER = List.of("", "Exit codes: 0 done, 1 refused or failed, 2 not understood, 3 no site answers,",
            "            4 not found, 5 not allowed, 6 still under way.");

    private static final int WIDTH = 110;

    private CommandLines() {}

    static CommandLine of(List<String> args, Terminal terminal) {
        var line = new CommandLine(args.isEmpty() || args.equals(List.of("--help")) || args.equals(List.of("-h")) ? overview() : parsing(args));
        return terminal.interactive() ? line : line.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    }

    private static CommandSpec overview() {
        var root = root();
        var sections = root.usageMessage().customSynopsis("reservoir [-h] [--version] NOUN VERB").sectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "Commands:%n".formatted());
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> table(help, Nouns.all()));
        return root;
    }

    private static String table(Help help, List<Noun> nouns) {
        int longest = nouns.stream().mapToInt(noun -> names(noun).length()).max().orElse(0) + 2;
        var table = TextTable.forColumns(help.colorScheme(), new Help.Column(longest, 2, Help.Column.Overflow.SPAN), new Help.Column(WIDTH - longest, 2, Help.Column.Overflow.WRAP));
        nouns.forEach(noun -> table.addRowValues(help.colorScheme().commandText(names(noun)), help.colorScheme().text(noun.summary())));
        return table.toString();
    }

    private static String names(Noun noun) {
        return noun.aliases().isEmpty() ? noun.name() : noun.name() + ", " + String.join(", ", noun.aliases());
    }

    private static CommandSpec parsing(List<String> args) {
        var named = Nouns.called(args.getFirst());
        var root = root();
        for (var noun : named.map(noun -> List.of(only(noun, args))).orElseGet(Nouns::withoutVerbs)) {
            root.addSubcommand(noun.name(), noun.isVerb() ? verb(noun.verbs().getFirst(), noun.name(), noun.name()) : noun(noun));
        }
        return root;
    }

    private static Noun only(Noun noun, List<String> args) {
        var verbs = noun.verbs();
        var named = args.size() < 2 ? Optional.<Verb>empty() : verbs.stream().filter(each -> each.name().equals(args.get(1))).findFirst();
        return new Noun(noun.name(), noun.summary(), noun.aliases(), () -> named.map(List::of).orElse(verbs));
    }

    private static CommandSpec root() {
        var root = CommandSpec.create().name("reservoir").addOption(help())
                .addOption(OptionSpec.builder("--version").arity("0").type(boolean.class).description("Tell the version of this command.").build());
        root.usageMessage().width(WIDTH).description("Speaks to a Reservoir site: reservoir NOUN VERB.").synopsisSubcommandLabel("NOUN VERB")
                .footer(footer(List.of("host add local qemu:///system", "image create debian --source http://images.example/debian.qcow2 --wait",
                        "vee create web --memory 1GiB --disk debian --nic net --wait", "vee list --watch")));
        return root;
    }

    private static CommandSpec noun(Noun noun) {
        var spec = CommandSpec.create().name(noun.name()).aliases(noun.aliases().toArray(String[]::new)).addOption(help());
        spec.usageMessage().width(WIDTH).description(noun.summary()).synopsisSubcommandLabel("VERB");
        noun.verbs().forEach(verb -> spec.addSubcommand(verb.name(), verb(verb, verb.name(), noun.name() + " " + verb.name())));
        return spec;
    }

    private static CommandSpec verb(Verb verb, String name, String whole) {
        var spec = CommandSpec.wrapWithoutInspection(verb).name(name).addOption(help());
        spec.usageMessage().width(WIDTH).description(verb.summary()).sortOptions(false).footer(footer(verb.examples()));
        int index = 0;
        for (var arg : verb.args()) {
            spec.addPositional(PositionalParamSpec.builder().index(arg.many() ? index + "..*" : Integer.toString(index)).paramLabel(arg.name())
                    .arity(arg.needed() ? arg.many() ? "1..*" : "1" : "0..*").required(arg.needed()).type(arg.many() ? List.class : String.class).auxiliaryTypes(String.class).description(arg.about()).build());
            index++;
        }
        verb.options().forEach(option -> spec.addOption(option(option)));
        spec.addOption(option(Call.OUTPUT)).addOption(option(Call.QUIET));
        return spec;
    }

    private static OptionSpec option(Opt option) {
        var names = switch (option.name()) {
            case "--output" -> new String[] {"-o", "--output"};
            case "--file" -> new String[] {"-f", "--file"};
            case "--quiet" -> new String[] {"-q", "--quiet"};
            case "--tag" -> option.many() ? new String[] {"-l", "--tag"} : new String[] {"--tag"};
            default -> new String[] {option.name()};
        };
        var builder = OptionSpec.builder(names).description(option.about()).required(option.required());
        return option.isFlag() ? builder.arity("0").type(boolean.class).build()
                : builder.arity("1").paramLabel(option.label()).type(option.many() ? List.class : String.class).auxiliaryTypes(String.class).build();
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).arity("0").type(boolean.class).description("Show this.").build();
    }

    private static String[] footer(List<String> examples) {
        var lines = new ArrayList<String>();
        if (!examples.isEmpty()) {
            lines.add("");
            lines.add("Examples:");
            examples.forEach(example -> lines.add("  reservoir " + example.replace("%", "%%")));
        }
        lines.addAll(FOOTER);
        return lines.toArray(String[]::new);
    }
}
