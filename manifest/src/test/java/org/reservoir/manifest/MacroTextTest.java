package org.reservoir.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.manifest.MacroText.Resolution;

class MacroTextTest {
    private static final Function<Macro, Optional<String>> KNOWN = macro -> switch (macro.kind()) {
        case IP -> Optional.of("10.0.0." + macro.arguments().getFirst());
        case ID -> Optional.of(String.valueOf(3 + Integer.parseInt(macro.arguments().getFirst())));
        case SERVICE -> Optional.of("service-9");
        case PRECEDENT -> Optional.empty();
        default -> Optional.of(macro.kind().name());
    };

    private static Resolution resolve(String text) {
        return MacroText.parse(text).resolve(KNOWN);
    }

    @Test
    void severalMacrosInOneValueAreAllResolved() {
        assertThat(resolve("http://@IP(7):80/@ServiceId.kpis/executor@id(2)@Domain"))
                .isEqualTo(new Resolution.Resolved("http://10.0.0.7:80/service-9.kpis/executor5DOMAIN"));
    }

    @Test
    void wordsThatAreNoMacrosStayAsTheyStand() {
        for (var text : List.of("me@example.org", "@", "@id", "@id()x(", "@IP", "@IP(a,b,c)", "@PrecedentTierEntryPoint(a)", "", "@@x@")) {
            assertThat(resolve(text)).as(text).isInstanceOf(Resolution.Resolved.class);
        }
        assertThat(resolve("me@example.org @IP")).isEqualTo(new Resolution.Resolved("me@example.org @IP"));
        assertThat(resolve("@Domain(x)")).isEqualTo(new Resolution.Resolved("DOMAIN(x)"));
    }

    @Test
    void whatIsNotKnownIsNamed() {
        assertThat(resolve("@IP(1) @PrecedentTierEntryPoint(net, db)"))
                .isEqualTo(new Resolution.Unknown(List.of(new Macro(Macro.Kind.PRECEDENT, List.of("net", "db")))));
    }

    @Test
    void cuttingIntoPiecesLosesNothing() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var text = new StringBuilder();
            var words = List.of("@", "@IP", "(", ")", "(a,b)", "@id(1)", "x", "@ServiceId", ",", " ", "@Gateway(n)");
            random.ints(12, 0, words.size()).forEach(i -> text.append(words.get(i)));
            var back = MacroText.parse(text.toString()).resolve(macro -> Optional.of(macro.toString()));
            assertThat(back).isEqualTo(new Resolution.Resolved(text.toString()));
        });
    }
}
