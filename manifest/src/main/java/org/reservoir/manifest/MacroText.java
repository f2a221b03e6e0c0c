package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A property value, cut into what stands there literally and the macros between. Any number of macros may stand in one value.
 * Words behind an {@code @} that are no macro, or have the wrong number of arguments, are literal.
 */
public record MacroText(List<Piece> pieces) {
    private static final Pattern AT_WORD = Pattern.compile("@([A-Za-z]+)(?:\\(([^()]{0,200})\\))?");
    private static final Map<String, Macro.Kind> WORDS = Arrays.stream(Macro.Kind.values()).collect(Collectors.toMap(Macro.Kind::word, Function.identity()));

    public MacroText {
        pieces = List.copyOf(pieces);
    }

    public sealed interface Piece permits Literal, Macro {}

    public record Literal(String text) implements Piece {}

    /** What resolving came to. */
    public sealed interface Resolution {
        record Resolved(String value) implements Resolution {}

        /** Nothing is known yet, or ever, for these. */
        record Unknown(List<Macro> macros) implements Resolution {
            public Unknown {
                macros = List.copyOf(macros);
            }
        }
    }

    static MacroText literal(String text) {
        return new MacroText(List.of(new Literal(text)));
    }

    public static MacroText parse(String text) {
        var pieces = new ArrayList<Piece>();
        var match = AT_WORD.matcher(text);
        int done = 0;
        while (match.find()) {
            var macro = macro(match.group(1), match.group(2));
            if (macro.isPresent()) {
                pieces.add(new Literal(text.substring(done, match.start())));
                pieces.add(macro.get());
                done = macro.get().arguments().isEmpty() ? match.end(1) : match.end();
            }
        }
        pieces.add(new Literal(text.substring(done)));
        return new MacroText(pieces);
    }

    private static Optional<Macro> macro(String word, String inParentheses) {
        var kind = WORDS.get(word);
        if (kind == null) {
            return Optional.empty();
        }
        var arguments = inParentheses == null || kind.takes(0) ? List.<String>of() : Stream.of(inParentheses.split(",", -1)).map(String::strip).toList();
        return kind.takes(arguments.size()) && arguments.stream().noneMatch(String::isEmpty) ? Optional.of(new Macro(kind, arguments)) : Optional.empty();
    }

    public Stream<Macro> macros() {
        return pieces.stream().filter(Macro.class::isInstance).map(Macro.class::cast);
    }

    /** Puts the values that {@code known} has in the place of the macros; the same for the same answers. */
    public Resolution resolve(Function<Macro, Optional<String>> known) {
        var value = new StringBuilder();
        var missing = new ArrayList<Macro>();
        for (var piece : pieces) {
            switch (piece) {
                case Literal(var text) -> value.append(text);
                case Macro macro -> known.apply(macro).ifPresentOrElse(value::append, () -> missing.add(macro));
            }
        }
        return missing.isEmpty() ? new Resolution.Resolved(value.toString()) : new Resolution.Unknown(missing);
    }
}
