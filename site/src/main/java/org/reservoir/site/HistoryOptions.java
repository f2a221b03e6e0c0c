package org.reservoir.site;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.reservoir.history.HistoryPolicy;

import picocli.CommandLine.Option;

/** Whether and how long what is measured is kept: options of the site server. */
final class HistoryOptions {
    @Option(names = "--history", paramLabel = "DIR|URL|none", description = {"Where measurements are kept: a folder (DIR/history of the site's folder),",
            "a store that takes Prometheus' remote write and answers PromQL (http://HOST:8428), or none."})
    private String history = "";
    @Option(names = "--history-samples", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "2d", description = "For how long samples are kept one by one (${DEFAULT-VALUE}).")
    private Duration samples;
    @Option(names = "--history-minutes", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "31d", description = "For how long figures of each minute (${DEFAULT-VALUE}).")
    private Duration minutes;
    @Option(names = "--history-hours", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "400d", description = "For how long figures of each hour (${DEFAULT-VALUE}).")
    private Duration hours;
    @Option(names = "--history-size", paramLabel = "MIB", defaultValue = "1024", description = "MiB on disk at most; the oldest samples go first, hours last (${DEFAULT-VALUE}).")
    private long size;

    HistoryChoice choice(Path data, String server) {
        if (history.equals("none")) {
            return new HistoryChoice.None();
        }
        if (history.matches("https?://.*")) {
            return new HistoryChoice.Store(URI.create(history));
        }
        var folder = history.isEmpty() ? data.resolve("history") : Path.of(history);
        var usual = HistoryPolicy.USUAL;
        return new HistoryChoice.Folder(folder.resolve(server), usual.keeping(samples, minutes, hours).within(size << 20, usual.spare()));
    }
}
