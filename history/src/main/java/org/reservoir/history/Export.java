package org.reservoir.history;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** Samples as a table for other programs: one series after the other, by subject and name, each a day at a time, so that memory is bounded. */
public final class Export {
    private static final List<String> COLUMNS = List.of("subject", "metric", "service", "component", "host");
    private static final long PIECE = 86_400_000L;
    private static final int MOST_OF_A_PIECE = 20_000_000;

    private Export() {}

    /** RFC 4180, with a head line; times in ISO 8601. The stream stays open. */
    public static void csv(History history, Wanted wanted, Span span, OutputStream to) throws IOException {
        var out = new BufferedOutputStream(to, 64 << 10);
        out.write(("time," + String.join(",", COLUMNS) + ",value\r\n").getBytes(StandardCharsets.UTF_8));
        each(history, wanted, span, (row, points) -> {
            var about = String.join(",", row.stream().map(Export::quoted).toList());
            for (int i = 0; i < points.count(); i++) {
                out.write("%s,%s,%s\r\n".formatted(Instant.ofEpochMilli(points.times()[i]), about, points.values()[i]).getBytes(StandardCharsets.UTF_8));
            }
        });
        out.flush();
    }

    /** Columns as in CSV. The stream stays open. */
    public static void parquet(History history, Wanted wanted, Span span, OutputStream to) throws IOException {
        var out = new BufferedOutputStream(to, 64 << 10);
        var writer = new ParquetWriter(out, COLUMNS);
        each(history, wanted, span, (row, points) -> {
            for (int i = 0; i < points.count(); i++) {
                writer.row(points.times()[i], row, points.values()[i]);
            }
        });
        writer.finish();
    }

    private interface Rows {
        void take(List<String> row, Points points) throws IOException;
    }

    private static void each(History history, Wanted wanted, Span span, Rows rows) throws IOException {
        var order = Comparator.comparing((Series series) -> series.key().subject().toString()).thenComparing(series -> series.key().name());
        for (var series : history.series(wanted, Integer.MAX_VALUE).stream().sorted(order).toList()) {
            for (long from = span.from(); from <= span.to(); from += PIECE) {
                var piece = new Span(from, Math.min(span.to(), from + PIECE - 1));
                for (var points : history.points(new Wanted.One(series.key()), piece, MOST_OF_A_PIECE)) {
                    rows.take(row(series), points);
                }
            }
        }
    }

    private static List<String> row(Series series) {
        var labels = series.labels();
        return List.of(series.key().subject().toString(), series.key().name(), labels.service().map(ServiceId::toString).orElse(""), labels.component().orElse(""),
                labels.host().map(HostId::toString).orElse(""));
    }

    private static String quoted(String text) {
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
