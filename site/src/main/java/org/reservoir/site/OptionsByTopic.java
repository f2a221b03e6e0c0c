package org.reservoir.site;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists a command's options under the names of the mixins that brought them, its own first: fifty in a row teach nobody. */
final class OptionsByTopic implements IHelpSectionRenderer {
    /** What picocli calls --help and --version. */
    private static final String STANDARD = "mixinStandardHelpOptions";

    /** Has the command's help show them so. */
    static CommandLine in(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionsByTopic());
        return command;
    }

    @Override
    public String render(Help help) {
        var topics = new LinkedHashMap<>(help.commandSpec().mixins());
        topics.remove(STANDARD);
        var mixed = topics.values().stream().flatMap(mixin -> mixin.options().stream()).map(OptionSpec::longestName).collect(Collectors.toSet());
        var text = new StringBuilder(list(help, help.commandSpec().options().stream().filter(option -> !mixed.contains(option.longestName())).toList()));
        topics.forEach((topic, mixin) -> text.append("%n%s%n".formatted(topic)).append(list(help, mixin.options())));
        return text.toString();
    }

    private static String list(Help help, List<OptionSpec> options) {
        var layout = help.createDefaultLayout();
        layout.addOptions(options.stream().filter(option -> !option.hidden()).toList(), help.createDefaultParamLabelRenderer());
        return layout.toString();
    }
}
