package org.reservoir.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is measured, live in the terminal. */
final class MeasureViews {
    static final Opt ONCE = Opt.flag("--once", "Show it once and end, as where nobody looks.", "");
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final String HISTORY = "/api/monitoring/v1/history";

    private MeasureViews() {}

    static Verb top() {
        return Verb.of("top", "The highest values of a metric, live.", new Top()).anyArgs("METRIC", "Its name; vee.cpu.percent when left out.")
                .options(ONCE, Opt.text("--count", "N", "How many; as many as there are lines, or 20.", "")).example("measurement top").example("measurement top host.cpu.percent --once -o json");
    }

    static Verb watch() {
        return Verb.of("watch", "Print new values of a subject as they come, until interrupted.", new Watch()).arg("SUBJECT", "vee-7, host-2 or service-3; vee/NAME and so on.")
                .options(Opt.text("--metric", "NAME", "Only this.", "?metric"), ONCE, Opt.text("--count", "N", "End after so many.", "")).example("measurement watch vee/web --metric vee.cpu.percent");
    }

    static Verb plot() {
        return Verb.of("plot", "Draw a series over time, as wide as the terminal.", new Plot()).arg("SUBJECT", "vee-7, host-2 or service-3; vee/NAME and so on.").arg("METRIC", "Its name.")
                .options(Opt.text("--for", "TIME", "How far back: 1h (when left out), 7d.", ""), Opt.text("--figure", "FIGURE", "What each step shows: avg (when left out), min, max, sum, count, last.", ""),
                        Opt.text("--height", "LINES", "Lines; 12 when left out.", ""), ONCE)
                .example("measurement plot vee/web vee.cpu.percent --for 6h").example("measurement plot host-2 host.cpu.percent --once");
    }

    /** Shows it again and again where a person looks, in place; else once. */
    private static void live(Invocation call, Runnable show) {
        boolean again = isLive(call);
        do {
            if (again) {
                call.terminal().out().print("\033[H\033[2J");
            }
            show.run();
            call.terminal().out().flush();
        } while (again && call.terminal().pause().pause(AGAIN));
    }

    private static boolean isLive(Invocation call) {
        return !call.has("--once") && call.terminal().interactive() && call.forPeople();
    }

    /** Columns and lines of the terminal. */
    private record Size(int columns, int lines) {
        static Size of(Invocation call) {
            var environment = call.terminal().environment();
            if (call.terminal().interactive() && !environment.containsKey("COLUMNS")) {
                return asked();
            }
            return new Size(number(environment.get("COLUMNS"), 80), number(environment.get("LINES"), 24));
        }

        private static Size asked() {
            try {
                var process = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.DISCARD).start();
                var words = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
                return words.length == 2 ? new Size(number(words[1], 80), number(words[0], 24)) : new Size(80, 24);
            } catch (IOException _) {
                return new Size(80, 24);
            }
        }

        private static int number(String text, int otherwise) {
            return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : otherwise;
        }
    }

    private static double value(Object thing) {
        return new BigDecimal(Json.text(thing, "value")).doubleValue();
    }

    private static final class Top implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var metric = call.values("METRIC").isEmpty() ? "vee.cpu.percent" : call.arg("METRIC");
            var query = "metric=" + Site.encoded(metric);
            try (var readings = new LiveReadings(call.site(), query)) {
                live(call, () -> show(call, metric, isLive(call) ? readings.look() : LiveReadings.list(call.site(), query)));
            }
        }

        private static void show(Invocation call, String metric, List<Object> all) {
            var size = Size.of(call);
            var most = call.option("--count").map(text -> Numbers.whole("--count", text)).orElse(call.terminal().interactive() ? Math.max(1, size.lines() - 3L) : 20L);
            var readings = all.stream().sorted(Comparator.comparingDouble(MeasureViews::value).reversed().thenComparing(reading -> Json.text(reading, "subject"))).limit(most).toList();
            if (call.forPeople()) {
                draw(call, metric, readings, size.columns());
            } else {
                call.output().list(readings, Column.of("SUBJECT", "METRIC", "VALUE"));
            }
        }

        private static void draw(Invocation call, String metric, List<Object> readings, int columns) {
            var out = call.terminal().out();
            out.printf("%s  %s%n", metric, Column.seconds(call.terminal().clock().instant().toString()));
            double most = readings.stream().mapToDouble(MeasureViews::value).max().orElse(0);
            for (var reading : readings) {
                var component = Json.text(reading, "labels.component");
                var where = Column.printable(component.isEmpty() ? Json.text(reading, "labels.host") : component);
                int room = Math.max(5, columns - 44);
                out.println("%-12s %-16.16s %12s %s".formatted(Json.text(reading, "subject"), where, shown(metric, Json.at(reading, "value")), bar(value(reading), most, room)).stripTrailing());
            }
            if (readings.isEmpty()) {
                out.println("Nothing tells it.");
            }
        }

        /** Eighths of a block. */
        private static String bar(double value, double most, int room) {
            int eighths = most <= 0 ? 0 : (int) Math.round(Math.max(0, value) / most * room * 8);
            return "█".repeat(eighths / 8) + (eighths % 8 == 0 ? "" : String.valueOf((char) ('█' + 8 - eighths % 8)));
        }
    }

    private static String shown(String metric, Object value) {
        return metric.endsWith(".bytes") ? Column.size(value) : Column.figure(value);
    }

    /** What there is, and then what the site streams, each value once; when the stream breaks off, again from what there is. */
    private static final class Watch implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var watching = new Watching(call, call.path("?subject={SUBJECT}").substring(1));
            do {
                watching.follow();
            } while (watching.goesOn() && call.terminal().pause().pause(AGAIN));
        }
    }

    private static final class Watching {
        private final Invocation call;
        private final String query;
        private final long most;
        private final Map<String, Instant> seen = new HashMap<>();
        private boolean silent;
        private long told;

        Watching(Invocation call, String query) {
            this.call = call;
            this.query = query;
            this.most = call.option("--count").map(text -> Numbers.whole("--count", text)).orElse(Long.MAX_VALUE);
        }

        boolean goesOn() {
            return told < most && !call.has("--once");
        }

        void follow() {
            if (call.has("--once")) {
                list();
                return;
            }
            try (var events = LiveReadings.stream(call.site(), query)) {
                list();
                for (var next = Optional.<ServerEvents.Event>empty(); goesOn() && (next = events.next()).isPresent(); ) {
                    hear(next.get());
                }
            } catch (IOException _) {
                call.hint("The stream broke off; looking again.");
            }
        }

        private void list() {
            var readings = new ArrayList<>(LiveReadings.list(call.site(), query));
            readings.sort(Comparator.comparing(reading -> Json.text(reading, "metric")));
            if (readings.isEmpty() && seen.isEmpty() && !silent) {
                silent = true;
                call.hint("Nothing tells of %s%s.".formatted(call.arg("SUBJECT"), call.has("--once") ? "" : " yet; waiting"));
            }
            readings.forEach(this::note);
            call.terminal().out().flush();
        }

        private void hear(ServerEvents.Event event) {
            if (event.name().equals("gap")) {
                call.hint("%s values came too fast and are left out.".formatted(Json.text(event.data(), "missed")));
            } else {
                note(event.data());
            }
            call.terminal().out().flush();
        }

        private void note(Object reading) {
            var metric = Json.text(reading, "metric");
            var at = Instant.parse(Json.text(reading, "at"));
            if (told < most && at.isAfter(seen.getOrDefault(metric, Instant.MIN))) {
                seen.put(metric, at);
                tell(call, metric, reading);
                told++;
            }
        }

        private static void tell(Invocation call, String metric, Object reading) {
            call.terminal().out().println(call.forPeople() ? "%s  %-40s %s".formatted(Column.seconds(Json.text(reading, "at")), metric, shown(metric, Json.at(reading, "value"))) : Json.write(reading, false));
        }
    }

    private static final class Plot implements Verb.Work {
        private static final int MARGIN = 11;

        @Override
        public void run(Invocation call) {
            var length = call.duration("--for", Duration.ofHours(1));
            int height = Math.clamp(call.option("--height").map(text -> Numbers.whole("--height", text)).orElse(12L), 2, 100);
            live(call, () -> {
                int width = Math.max(10, Size.of(call).columns() - MARGIN);
                long step = Math.max(1_000, (length.toMillis() / (width * 2L) + 999) / 1_000 * 1_000);
                var to = call.terminal().clock().instant();
                var from = to.minusMillis(step * width * 2);
                var answer = call.site().get(call.path(HISTORY + "?subject={SUBJECT}&metric={METRIC}") + "&from=%s&to=%s&step=%s&figure=%s".formatted(from, to, Duration.ofMillis(step),
                        call.option("--figure").orElse("avg")));
                if (call.forPeople()) {
                    draw(call, answer, from, to, step, width, height);
                } else {
                    call.output().one(answer);
                }
            });
        }

        private static void draw(Invocation call, Object answer, Instant from, Instant to, long step, int width, int height) {
            var out = call.terminal().out();
            var metric = call.arg("METRIC");
            var values = new double[width * 2];
            Arrays.fill(values, Double.NaN);
            for (var point : Json.list(Json.at(answer, "0.points"))) {
                long place = (Instant.parse(Json.text(point, "at")).toEpochMilli() - from.toEpochMilli()) / step;
                if (place >= 0 && place < values.length) {
                    values[(int) place] = value(point);
                }
            }
            var some = Arrays.stream(values).filter(value -> !Double.isNaN(value)).summaryStatistics();
            out.printf("%s of %s, %s to %s%n", metric, call.arg("SUBJECT"), Column.seconds(from.toString()), Column.seconds(to.toString()));
            if (some.getCount() == 0) {
                out.println("Nothing was heard.");
                return;
            }
            joined(values);
            var lines = Braille.lines(values, some.getMin(), some.getMax(), width, height);
            for (int i = 0; i < lines.size(); i++) {
                var label = i == 0 ? some.getMax() : i == lines.size() - 1 ? some.getMin() : i == lines.size() / 2 ? (some.getMin() + some.getMax()) / 2 : Double.NaN;
                out.printf("%9s %s%s%n", Double.isNaN(label) ? "" : shown(metric, BigDecimal.valueOf(label)), Double.isNaN(label) ? "│" : "┤", lines.get(i).replaceAll("\u2800+$", ""));
            }
            axis(call, from, to, width);
        }

        /** Steps without a sample between two that are near are no gap: the series is only told less often than there are dots. */
        private static void joined(double[] values) {
            var places = java.util.stream.IntStream.range(0, values.length).filter(i -> !Double.isNaN(values[i])).toArray();
            var gaps = new int[Math.max(0, places.length - 1)];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = places[i + 1] - places[i];
            }
            var sorted = gaps.clone();
            Arrays.sort(sorted);
            int usual = sorted.length == 0 ? 1 : sorted[sorted.length / 2];
            for (int i = 0; i < gaps.length; i++) {
                for (int x = 1; gaps[i] <= 3 * usual && x < gaps[i]; x++) {
                    values[places[i] + x] = values[places[i]] + (values[places[i + 1]] - values[places[i]]) * x / gaps[i];
                }
            }
        }

        private static void axis(Invocation call, Instant from, Instant to, int width) {
            var form = DateTimeFormatter.ofPattern(Duration.between(from, to).toDays() > 1 ? "MM-dd HH:mm" : "HH:mm:ss").withZone(ZoneOffset.UTC);
            var left = form.format(from);
            var middle = form.format(from.plus(Duration.between(from, to).dividedBy(2)));
            var right = form.format(to);
            int room = Math.max(2, width - left.length() - middle.length() - right.length());
            call.terminal().out().printf("%9s └%s%n%10s%s%s%s%s%s%n", "", "─".repeat(width), "", left, " ".repeat(room / 2), middle, " ".repeat(room - room / 2), right);
        }
    }
}
