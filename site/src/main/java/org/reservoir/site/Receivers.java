package org.reservoir.site;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

import org.reservoir.kernel.Refused;
import org.reservoir.telemetry.push.Otlp;
import org.reservoir.telemetry.push.Push;
import org.reservoir.telemetry.push.RemoteWrite;

import picocli.CommandLine.Option;

/** Who else is sent what is measured: options of the site server. */
final class Receivers {
    @Option(names = "--push-otlp", paramLabel = "URL", description = "Send newest measurements by OTLP over HTTP, such as to http://127.0.0.1:4318/v1/metrics; may be repeated.")
    private List<URI> otlp = List.of();
    @Option(names = "--push-prometheus", paramLabel = "URL",
            description = "Send newest measurements by Prometheus remote write, such as to http://127.0.0.1:8428/api/v1/write; may be repeated.")
    private List<URI> prometheus = List.of();
    @Option(names = "--push-every", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "15s", description = "How often they are sent (${DEFAULT-VALUE}).")
    private Duration every;
    @Option(names = "--push-header", paramLabel = "NAME: VALUE", description = "A header of these requests, such as 'Authorization: Bearer …'; may be repeated. Best kept in the file of --config.")
    private List<String> headers = List.of();

    List<Push.Target> targets(String site) {
        var all = new LinkedHashMap<String, String>();
        for (var header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw Refused.invalid("BAD_HEADER", "A header of --push-header has no colon.", "Write it like 'Authorization: Bearer …'.");
            }
            all.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
        }
        return Stream.concat(otlp.stream().map(to -> new Push.Target(to, new Otlp(site), every, all)), prometheus.stream().map(to -> new Push.Target(to, new RemoteWrite(), every, all))).toList();
    }

    /** Sends to all of them until it is closed. */
    record Sending(List<Push> pushes) implements AutoCloseable {
        @Override
        public void close() {
            pushes.forEach(Push::close);
        }
    }
}
