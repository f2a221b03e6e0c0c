package org.reservoir.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Completes command lines. The shells' scripts know nothing: they ask {@code reservoir __complete WORDS…}, the last of them begun, so that
 * nouns, verbs, options and the names of what the site has are always those of now.
 */
record Completion(Invocation call) {
    static final String COMMAND = "__complete";
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Where the things are listed that an argument or an option's value can name. */
    private static final Map<String, String> LISTS = Map.ofEntries(Map.entry("VEE", "/api/veem/v1/vees"), Map.entry("IMAGE", "/api/veem/v1/images"),
            Map.entry("DISK", "/api/veem/v1/images"), Map.entry("NETWORK", "/api/veem/v1/networks"), Map.entry("NIC", "/api/veem/v1/networks"),
            Map.entry("SECGROUP", "/api/veem/v1/security-groups"), Map.entry("TEMPLATE", "/api/veem/v1/templates"), Map.entry("HOST", "/api/veeh/v1/hosts"),
            Map.entry("SERVICE", "/api/sm/v1/services"), Map.entry("USER", "/api/access/v1/users"), Map.entry("GROUP", "/api/access/v1/groups"));
    private static final Map<String, List<String>> CHOICES = Map.of("FORMAT", List.of("table", "json", "yaml"), "REACH", List.of("isolated", "nat", "bridged"),
            "KIND", List.of("DISK", "CD", "KERNEL", "RAMDISK"), "WAY", List.of("RETRY", "UNDO", "FORCE"), "BOOLEAN", List.of("true", "false"));

    /** What the last of {@code words} can become. */
    List<String> of(List<String> words) {
        var begun = words.isEmpty() ? "" : words.getLast();
        return candidates(words.subList(0, Math.max(0, words.size() - 1)), begun).filter(word -> word.startsWith(begun)).distinct().sorted().toList();
    }

    private Stream<String> candidates(List<String> before, String begun) {
        if (before.isEmpty()) {
            return Nouns.all().stream().flatMap(noun -> Stream.concat(Stream.of(noun.name()), noun.aliases().stream()));
        }
        var noun = Nouns.called(before.getFirst());
        if (noun.isEmpty()) {
            return Stream.empty();
        }
        var alone = noun.get().verbs().getFirst().name().isEmpty();
        if (before.size() == 1 && !alone) {
            return noun.get().verbs().stream().map(Verb::name);
        }
        var rest = before.subList(alone ? 1 : 2, before.size());
        return noun.get().verbs().stream().filter(verb -> alone || verb.name().equals(before.get(1))).findFirst().map(verb -> within(verb, rest, begun)).orElse(Stream.empty());
    }

    private Stream<String> within(Verb verb, List<String> words, String begun) {
        var options = Stream.concat(verb.options().stream(), Stream.of(Call.OUTPUT, Call.QUIET)).toList();
        if (!words.isEmpty()) {
            var last = words.getLast().equals("-o") ? "--output" : words.getLast();
            var valued = options.stream().filter(option -> option.name().equals(last) && !option.isFlag()).findFirst();
            if (valued.isPresent()) {
                return values(valued.get().label());
            }
        }
        return begun.startsWith("-") ? options.stream().map(Opt::name) : argument(verb, given(words, options));
    }

    /** How many arguments stand among {@code words}. */
    private static int given(List<String> words, List<Opt> options) {
        int count = 0;
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (!word.startsWith("-")) {
                count++;
            } else if (word.equals("-o") || word.equals("-f") || options.stream().anyMatch(option -> option.name().equals(word) && !option.isFlag())) {
                i++;
            }
        }
        return count;
    }

    private Stream<String> argument(Verb verb, int index) {
        if (verb.args().isEmpty()) {
            return Stream.empty();
        }
        var arg = verb.args().get(Math.min(index, verb.args().size() - 1));
        return index < verb.args().size() || arg.many() ? values(arg.name()) : Stream.empty();
    }

    private Stream<String> values(String label) {
        if (CHOICES.containsKey(label)) {
            return CHOICES.get(label).stream();
        }
        return label.equals("NAME") || !LISTS.containsKey(label) ? Stream.empty() : names(LISTS.get(label)).stream();
    }

    /** Nothing when no site answers: a shell that completes must not complain. */
    private List<String> names(String path) {
        try {
            var names = new ArrayList<String>();
            Json.list(Json.at(call.site().patient(PATIENCE).get(path + "?limit=1000"), "items")).forEach(item -> names.add(Json.text(item, "name")));
            return names;
        } catch (Failure _) {
            return List.of();
        }
    }

    static String script(String shell) {
        return switch (shell) {
            case "bash" -> """
                    _reservoir() {
                        local IFS=$'\\n'
                        COMPREPLY=($(reservoir __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
                    }
                    complete -o default -F _reservoir reservoir
                    """;
            case "zsh" -> """
                    #compdef reservoir
                    _reservoir() {
                        local -a candidates
                        candidates=("${(@f)$(reservoir __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
                        [[ -n $candidates ]] && compadd -a candidates || _files
                    }
                    compdef _reservoir reservoir
                    """;
            default -> """
                    function __reservoir_complete
                        set -l words (commandline -opc) (commandline -ct)
                        reservoir __complete $words[2..-1] 2>/dev/null
                    end
                    complete -c reservoir -a '(__reservoir_complete)'
                    """;
        };
    }
}
