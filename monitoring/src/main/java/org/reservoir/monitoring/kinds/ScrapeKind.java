package org.reservoir.monitoring.kinds;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/**
 * Probes that read what an exporter shows in Prometheus' text. Which of its metrics are measured, and under which names, is said
 * beforehand: {@code app.requests=http_requests_total{code="200"}, node_load1}. What several samples match is summed. Only
 * {@code http} and {@code https} are fetched, without following to other places, and an answer is bounded in size and time.
 */
public final class ScrapeKind implements ProbeKind {
    /** NAME=SELECTOR or SELECTOR, up to a comma that is not within braces. */
    private static final Pattern ENTRY = Pattern.compile("\\s*(?:([A-Za-z_][A-Za-z0-9._:/@-]*)\\s*=\\s*)?([A-Za-z_:][A-Za-z0-9_:.]*)\\s*(\\{[^}]*})?\\s*(?:,|$)");
    private static final Pattern LABEL = Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*\"([^\"]*)\"\\s*(?:,|$)");

    /** @param labels that a sample must have; it may have more */
    record Selector(String metric, Map<String, String> labels) {
        boolean takes(String name, Map<String, String> shown) {
            return metric.equals(name) && shown.entrySet().containsAll(labels.entrySet());
        }
    }

    @Override
    public String name() {
        return "scrape";
    }

    @Override
    public String purpose() {
        return "what an exporter shows in Prometheus' text";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(MadeOf.needed("url", "where it shows it"), MadeOf.needed("metrics", "as NAME=metric{label=\"value\"} or metric, with commas between"),
                MadeOf.usually("token-file", "file with a bearer token, which none but its owner may read", ""));
    }

    @Override
    public Probe make(Map<String, String> given) {
        var attributes = new ArrayList<Schema.Attribute>();
        var selectors = new ArrayList<Selector>();
        entries(given.get("metrics"), attributes, selectors);
        return new Scrape(url(given.get("url")), given.get("token-file"), Schemas.distinct("scrape", attributes), selectors);
    }

    private static void entries(String text, List<Schema.Attribute> attributes, List<Selector> selectors) {
        var matcher = ENTRY.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at || matcher.end() == at) {
                throw bad("'%s' names no metrics.".formatted(text.length() <= 100 ? text : text.substring(0, 100) + "…"), "Write it like app.requests=http_requests_total{code=\"200\"}, node_load1.");
            }
            var selector = new Selector(matcher.group(2), labels(matcher.group(3)));
            var name = matcher.group(1) == null ? selector.metric() : matcher.group(1);
            if (!SeriesKey.isName(name)) {
                throw bad("'%s' cannot be a series' name.".formatted(name), "Put NAME= before it.");
            }
            attributes.add(new Schema.Attribute(name, ValueType.DOUBLE, "", true));
            selectors.add(selector);
            at = matcher.end();
        }
    }

    private static Map<String, String> labels(String braces) {
        var labels = new HashMap<String, String>();
        if (braces != null) {
            var text = braces.substring(1, braces.length() - 1);
            var matcher = LABEL.matcher(text);
            for (int at = 0; at < text.strip().length(); at = matcher.end()) {
                if (!matcher.find(at) || matcher.start() != at) {
                    throw bad("'%s' says nothing of labels.".formatted(braces), "Write it like {code=\"200\",method=\"get\"}.");
                }
                labels.put(matcher.group(1), matcher.group(2));
            }
        }
        return labels;
    }

    private static URI url(String text) {
        try {
            var url = new URI(text);
            if (url.getHost() != null && url.getUserInfo() == null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException _) {
            // told below
        }
        throw bad("'%s' is nothing to be read.".formatted(text.length() <= 100 ? text : text.substring(0, 100) + "…"), "Write it like http://127.0.0.1:9100/metrics.");
    }

    private static Refused bad(String message, String advice) {
        return Refused.invalid("BAD_PROBE", message, advice);
    }
}
