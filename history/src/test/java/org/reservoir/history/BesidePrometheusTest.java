package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.WriteRequest;
import org.reservoir.monitoring.history.Wanted;
import org.reservoir.monitoring.promql.PromQl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The same samples in our history and in Debian's Prometheus, the same queries to both. */
@Tag("real")
class BesidePrometheusTest {
    private static final int ROWS = 180;
    private static final long STEP = 10_000;
    private static final String BUCKETS_NAMED = "label_replace(reservoir_kpi{kpi=~\"le_.*\"}, \"le\", \"$1\", \"kpi\", \"le_(.*)\")";
    /** KPIs as the buckets of a classic histogram. */
    private static final String BUCKETS = "sum by (vee, le) (" + BUCKETS_NAMED + ")";
    /** {@code %1$s} is a time within what was measured. */
    private static final List<String> QUERIES = List.of("reservoir_vee_cpu_percent", "reservoir_kpi{kpi=\"requests\"}", "{__name__=~\"reservoir_vee.*\",component!=\"db\"}", "reservoir_kpi{vee=~\"vee-[12]\"}",
            "reservoir_kpi offset 5m", "rate(reservoir_kpi{kpi=\"requests\"}[1m])", "rate(reservoir_kpi[95s])", "increase(reservoir_kpi{kpi=\"requests\"}[5m])", "irate(reservoir_kpi[2m])",
            "delta(reservoir_vee_cpu_percent[3m])", "idelta(reservoir_vee_cpu_percent[3m])", "deriv(reservoir_vee_cpu_percent[3m])", "predict_linear(reservoir_vee_cpu_percent[3m], 600)",
            "avg_over_time(reservoir_vee_cpu_percent[2m])", "min_over_time(reservoir_vee_cpu_percent[2m])", "max_over_time(reservoir_vee_cpu_percent[2m])",
            "sum_over_time(reservoir_vee_cpu_percent[2m])", "count_over_time(reservoir_vee_cpu_percent[2m])", "last_over_time(reservoir_vee_cpu_percent[2m])",
            "stddev_over_time(reservoir_vee_cpu_percent[2m])", "quantile_over_time(0.9, reservoir_vee_cpu_percent[2m])", "changes(reservoir_vee_cpu_percent[2m])", "resets(reservoir_kpi[20m])",
            "sum(reservoir_vee_cpu_percent)", "avg by (service) (reservoir_vee_cpu_percent)", "sum without (vee, host) (reservoir_vee_cpu_percent)", "max by (component) (reservoir_vee_cpu_percent)",
            "count(reservoir_kpi) by (kpi)", "stddev(reservoir_vee_cpu_percent)", "quantile(0.5, reservoir_vee_cpu_percent)", "topk(2, reservoir_vee_cpu_percent)", "bottomk(1, reservoir_vee_cpu_percent)",
            "group(reservoir_kpi)", "count_values(\"size\", count by (service) (reservoir_kpi))", "reservoir_vee_cpu_percent * 2 + 1", "-reservoir_vee_cpu_percent ^ 2", "2 ^ 3 ^ 2",
            "reservoir_vee_cpu_percent > 50", "reservoir_vee_cpu_percent > bool 50", "100 - reservoir_vee_cpu_percent", "1 == bool 1", "reservoir_vee_cpu_percent % 7",
            "reservoir_vee_cpu_percent / on(vee) reservoir_kpi{kpi=\"requests\"}", "reservoir_vee_cpu_percent / ignoring(kpi) reservoir_kpi{kpi=\"requests\"}",
            "reservoir_kpi / on(vee) group_left reservoir_vee_cpu_percent", "reservoir_vee_cpu_percent * on(vee) group_right(component) reservoir_kpi",
            "reservoir_vee_cpu_percent and on(vee) reservoir_kpi{kpi=\"queue\"}", "reservoir_vee_cpu_percent unless on(vee) reservoir_kpi{kpi=\"queue\"}", "reservoir_kpi{vee=\"vee-1\"} or reservoir_vee_cpu_percent",
            "absent(reservoir_nothing{vee=\"vee-9\"})", "absent(reservoir_kpi)", "absent_over_time(reservoir_nothing[5m])", "present_over_time(reservoir_kpi[1m])", "abs(-reservoir_vee_cpu_percent)",
            "ceil(reservoir_vee_cpu_percent)", "floor(reservoir_vee_cpu_percent)", "round(reservoir_vee_cpu_percent, 5)", "round(reservoir_vee_cpu_percent)", "sqrt(reservoir_vee_cpu_percent)",
            "ln(reservoir_vee_cpu_percent)", "log2(reservoir_vee_cpu_percent)", "log10(reservoir_vee_cpu_percent)", "exp(reservoir_vee_cpu_percent / 100)", "clamp(reservoir_vee_cpu_percent, 20, 60)",
            "clamp_max(reservoir_vee_cpu_percent, 40)", "clamp_min(reservoir_vee_cpu_percent, 40)", "sgn(reservoir_vee_cpu_percent - 50)", "scalar(sum(reservoir_vee_cpu_percent))", "vector(7)", "time()",
            "hour()", "day_of_week(vector(0))", "timestamp(reservoir_vee_cpu_percent)", "label_replace(reservoir_kpi, \"number\", \"$1\", \"vee\", \"vee-(.*)\")",
            "sum(rate(reservoir_kpi{kpi=\"requests\"}[1m])) by (service) / count(reservoir_vee_cpu_percent) by (service)", "avg_over_time(reservoir_vee_cpu_percent[90s] offset 2m)",
            "sum by (service) (reservoir_vee_cpu_percent > 10) or vector(0)", "0x1F + 1e3 - .5", "reservoir_gappy", "avg_over_time(reservoir_kpi{kpi=\"gappy\"}[1m])", "rate(reservoir_kpi{kpi=\"gappy\"}[2m])",
            "avg_over_time(reservoir_vee_cpu_percent[5m:30s])", "max_over_time(rate(reservoir_kpi{kpi=\"requests\"}[1m])[5m:30s])", "avg_over_time(reservoir_vee_cpu_percent[10m:])",
            "sum_over_time((reservoir_vee_cpu_percent > 50)[3m:7s])", "count_over_time(sum by (service) (reservoir_vee_cpu_percent)[4m:13s])", "last_over_time(reservoir_vee_cpu_percent[5m:30s] offset 2m)",
            "rate(reservoir_kpi{kpi=\"requests\"}[5m:20s])", "deriv(reservoir_vee_cpu_percent[5m:40s])", "max_over_time(avg_over_time(reservoir_vee_cpu_percent[2m:10s])[5m:1m])", "quantile_over_time(0.9, reservoir_vee_cpu_percent[5m:17s])",
            "absent_over_time(reservoir_nothing[5m:1m])", "avg_over_time(reservoir_kpi{kpi=\"gappy\"}[10m:30s])", "min_over_time((reservoir_vee_cpu_percent offset 1m)[4m:20s])", "avg_over_time(vector(time())[5m:30s])",
            "reservoir_vee_cpu_percent @ %1$s", "reservoir_vee_cpu_percent @ %1$s offset 1m", "reservoir_vee_cpu_percent offset 1m @ %1$s", "rate(reservoir_kpi{kpi=\"requests\"}[2m] @ %1$s)", "reservoir_vee_cpu_percent - reservoir_vee_cpu_percent @ start()",
            "reservoir_vee_cpu_percent / reservoir_vee_cpu_percent @ end()", "avg_over_time(reservoir_vee_cpu_percent[5m:30s] @ %1$s)", "avg_over_time(rate(reservoir_kpi{kpi=\"requests\"}[1m] @ end())[3m:30s])",
            "reservoir_vee_cpu_percent and topk(1, rate(reservoir_kpi{kpi=\"requests\"}[10m] @ end())) by (vee)", "timestamp(reservoir_vee_cpu_percent @ %1$s)", "avg_over_time(reservoir_vee_cpu_percent[5m:1m] offset -1m)",
            "histogram_quantile(0.9, " + BUCKETS + ")", "histogram_quantile(0.5, sum by (le) (" + BUCKETS + "))", "histogram_quantile(0.01, " + BUCKETS + ")", "histogram_quantile(0.999, " + BUCKETS + ")", "histogram_quantile(-1, " + BUCKETS + ")",
            "histogram_quantile(2, " + BUCKETS + ")", "histogram_quantile(0.9, rate(reservoir_kpi[2m]))", "histogram_quantile(scalar(vector(0.25)), sum by (vee, le) (increase(reservoir_kpi{kpi=~\"le_.*\"}[5m]) * 0 + on(vee, kpi) group_right " + BUCKETS_NAMED + "))",
            "histogram_quantile(0.9, " + BUCKETS + " < 40)", "histogram_quantile(0.9, sum by (vee, le) (label_replace(reservoir_kpi{kpi=~\"le_[0-9]+\"}, \"le\", \"$1\", \"kpi\", \"le_(.*)\")))");

    @TempDir
    private Path folder;

    @Test
    void everyQueryComesToWhatPrometheusSays() throws Exception {
        long begin = (System.currentTimeMillis() / STEP - ROWS) * STEP;
        try (var prometheus = Peer.prometheus(folder);
             var history = TsFileHistory.open(folder.resolve("history"), HistoryPolicy.USUAL.within(1L << 30, 0), InstantSource.system())) {
            fill(history, begin);
            copy(history, prometheus);
            var ours = new PromQl((matchers, span) -> history.points(new Wanted.Matching(matchers), span, 1_000_000));
            var wrong = new ArrayList<String>();
            for (var template : QUERIES) {
                var query = template.replace("%1$s", Double.toString((begin + 900_000) / 1000.0));
                for (long at : new long[] {begin + 1_234_567, begin + 1_700_000, begin + 600_000}) {
                    compare(query + " at " + at, wrong, () -> lines(ours.instant(query, at)), () -> lines(asked(prometheus, "query", query, "&time=" + at / 1000.0)));
                }
                compare(query + " over time", wrong, () -> lines(ours.range(query, begin + 300_000, begin + 1_500_000, 37_000)),
                        () -> lines(asked(prometheus, "query_range", query, "&start=%s&end=%s&step=37".formatted((begin + 300_000) / 1000.0, (begin + 1_500_000) / 1000.0))));
            }
            assertThat(wrong).isEmpty();
        }
    }

    private interface Asking {
        Map<String, Map<Long, Double>> lines() throws Exception;
    }

    private static void compare(String what, List<String> wrong, Asking ours, Asking theirs) throws Exception {
        Map<String, Map<Long, Double>> mine;
        try {
            mine = ours.lines();
        } catch (RuntimeException e) {
            wrong.add(what + ": " + e);
            return;
        }
        var expected = theirs.lines();
        try {
            assertThat(mine.keySet()).isEqualTo(expected.keySet());
            expected.forEach((labels, samples) -> {
                assertThat(mine.get(labels).keySet()).isEqualTo(samples.keySet());
                samples.forEach((at, value) -> assertThat(mine.get(labels).get(at)).matches(own -> own.equals(value) || Math.abs(own - value) <= Math.max(1e-9, Math.abs(value) * 1e-9), "is " + value));
            });
        } catch (AssertionError different) {
            wrong.add(what + ": " + different.getMessage().replaceAll("\\s+", " "));
        }
    }

    private static void fill(TsFileHistory history, long begin) throws InterruptedException {
        var random = Seeded.random(42);
        for (int row = 0; row < ROWS; row++) {
            for (int vee = 1; vee <= 5; vee++) {
                var labels = Labels.of(new ServiceId(vee % 2 + 1), vee == 5 ? "db" : "web").at(new HostId(vee % 3 + 1));
                var pen = history.pen(Subject.of(new VeeId(vee)), List.of("vee.cpu.percent", "requests"), labels);
                long at = begin + row * STEP + vee * 7L;
                pen.write(at, random.nextDouble(100), row % 60 * 10L * vee); // a counter that begins anew every ten minutes
                if (vee < 3) {
                    history.pen(Subject.of(new VeeId(vee)), List.of("queue"), labels).write(at, random.nextInt(5));
                }
                histogram(history, vee, labels, at, random.nextInt(60), row);
                if (row % 50 < 20) {
                    history.pen(Subject.of(new VeeId(vee)), List.of("gappy"), labels).write(at, row);
                }
            }
        }
        history.settle();
    }

    private static void histogram(TsFileHistory history, int vee, Labels labels, long at, int load, int row) {
        var pen = history.pen(Subject.of(new VeeId(vee)), List.of("le_5", "le_20", "le_50", "le_Inf"), labels);
        pen.write(at, Math.min(load, 5) + row, Math.min(load, 20) + row, Math.min(load, 50) + row, load + row);
    }

    private static void copy(TsFileHistory history, Peer prometheus) throws InterruptedException {
        var request = new WriteRequest();
        for (var points : history.points(new Wanted.Matching(List.of()), new org.reservoir.monitoring.history.Span(0, Long.MAX_VALUE - 1), 1_000_000)) {
            var samples = new ArrayList<long[]>();
            for (int i = 0; i < points.count(); i++) {
                samples.add(new long[] {points.times()[i], Double.doubleToRawLongBits(points.values()[i])});
            }
            request.add(points.series().tags(), samples);
        }
        assertThat(new PrometheusClient(prometheus.uri()).write(request.plain(), () -> false)).isEmpty();
    }

    private static JsonNode asked(Peer prometheus, String what, String query, String more) throws Exception {
        var reply = prometheus.get("/api/v1/" + what + "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + more);
        assertThat(reply.statusCode()).as(query + ": " + reply.body()).isEqualTo(200);
        return new ObjectMapper().readTree(reply.body()).path("data");
    }

    private static Map<String, Map<Long, Double>> lines(JsonNode data) {
        var lines = new TreeMap<String, Map<Long, Double>>();
        if (data.path("resultType").asText().equals("scalar")) {
            lines.put("{}", Map.of(0L, number(data.path("result"))));
            return lines;
        }
        for (var result : data.path("result")) {
            var labels = new TreeMap<String, String>();
            result.path("metric").properties().forEach(entry -> labels.put(entry.getKey(), entry.getValue().asText()));
            var samples = lines.computeIfAbsent(labels.toString(), _ -> new TreeMap<>());
            if (result.has("value")) {
                samples.put(0L, number(result.path("value")));
            }
            result.path("values").forEach(sample -> samples.put(Math.round(sample.get(0).asDouble() * 1000), number(sample)));
        }
        return lines;
    }

    private static double number(JsonNode sample) {
        return Double.parseDouble(sample.get(1).asText().replace("Inf", "Infinity"));
    }

    private static Map<String, Map<Long, Double>> lines(PromQl.Result result) {
        var lines = new TreeMap<String, Map<Long, Double>>();
        switch (result) {
            case PromQl.Result.Scalar(var value) -> lines.put("{}", Map.of(0L, value));
            case PromQl.Result.Vector(var vector) -> vector.forEach(line -> lines.put(line.labels().toString(), Map.of(0L, line.values()[0])));
            case PromQl.Result.Matrix(var matrix) -> matrix.forEach(line -> {
                var samples = lines.computeIfAbsent(line.labels().toString(), _ -> new TreeMap<>());
                for (int i = 0; i < line.times().length; i++) {
                    samples.put(line.times()[i], line.values()[i]);
                }
            });
            case PromQl.Result.Text(var text) -> throw new IllegalStateException(text);
        }
        return lines;
    }
}
