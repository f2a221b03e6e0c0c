package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Schema;

/** Writes down what is measured. {@code -Dgolden=write} writes it anew. */
class KindsReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/probes.md");

    @Test
    void thePageSaysWhatIsMeasured() throws Exception {
        var page = page();
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).hasContent(page);
    }

    private static String page() {
        var page = new StringBuilder("""
                # Probes and what they measure

                Kinds of probes that Reservoir brings along, each with its parameters and series. A server has probes for each host and VEE by itself (kinds `hypervisor.load`
                and `vee.…`) and for the site ([site-probes.md](site-probes.md)); an agent has those of its host. Others are added with `reservoir probe add`, or stand in an agent's file of probes.
                Whose measurements an added one brings says `--subject`: an id, or `vee/NAME`, `host/NAME`, `service/NAME`.
                Rates are by the time that really passed between two looks; what is not known is absent and never 0.

                ## By themselves, through the hypervisor
                """);
        var byThemselves = new LinkedHashMap<String, Schema>();
        byThemselves.put("`hypervisor.load` — each host, every 5 s", new HostLoad().schema());
        byThemselves.put("`vee.load` — each VEE, every 5 s, from one look at its host", new VeeLoad().schema());
        byThemselves.put("`vee.details` — each VEE, every 10 s, asked of its own process", new VeeDetails(new VeeId(1), () -> null, () -> 0).schema());
        byThemselves.put("`vee.inside` — each VEE, every minute, asked of an agent inside it", WatchedVees.inside().schema());
        byThemselves.forEach((title, schema) -> page.append("\n### ").append(title).append('\n').append(series(schema)));
        page.append("\n## On request\n");
        for (var kind : HostKinds.all()) {
            page.append(heading(kind)).append(series(kind.make(usual(kind)).schema()));
        }
        for (var kind : List.of(new ScriptKind(Path.of("scripts")), new ScrapeKind(), TestSignal.kind())) {
            page.append(heading(kind));
        }
        return page.toString();
    }

    private static Map<String, String> usual(ProbeKind kind) {
        var given = new LinkedHashMap<String, String>();
        kind.parameters().forEach(parameter -> given.put(parameter.name(), parameter.usual().orElse("/")));
        return given;
    }

    private static String heading(ProbeKind kind) {
        var text = new StringBuilder("\n### `").append(kind.name()).append("` — ").append(kind.purpose()).append('\n');
        kind.parameters().forEach(parameter -> text.append("Parameter `").append(parameter.name()).append("`: ").append(parameter.meaning())
                .append(parameter.usual().map(usual -> usual.isEmpty() ? " (none)" : " (" + usual + ")").orElse("; needed")).append(".\n"));
        return text.toString();
    }

    private static String series(Schema schema) {
        var text = new StringBuilder("\n| series | unit |\n|---|---|\n");
        schema.attributes().forEach(attribute -> text.append("| `").append(attribute.name()).append("` | ").append(attribute.unit()).append(" |\n"));
        return text.toString();
    }
}
