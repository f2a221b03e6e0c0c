package org.reservoir.site;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;

/**
 * A kind of probe that a jar brought: every call goes through the plug-in's fence, on a thread whose processor time is counted. A
 * measurement that fails is the probe's failure; one that goes beyond all bounds fences the plug-in off.
 */
final class PluggedKind implements ProbeKind {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Provided<ProbeKind> provided;
    private final About about;

    /** What it says of itself, asked once: plain data from then on. */
    record About(String name, String purpose, List<Parameter> parameters) {}

    private PluggedKind(Provided<ProbeKind> provided, About about) {
        this.provided = provided;
        this.about = about;
    }

    static PluggedKind of(Provided<ProbeKind> provided) throws PluginFault {
        return new PluggedKind(provided, provided.call(kind -> checked(kind.name(), kind.purpose(), kind.parameters())));
    }

    /** @throws Refused {@code BAD_KIND} */
    static About checked(String name, String purpose, List<Parameter> parameters) {
        if (!SeriesKey.isName(name) || name.length() > 100 || parameters.size() > 32) {
            throw Refused.invalid("BAD_KIND", "A kind of probe has no usable name, or too many parameters.", "Use up to 100 letters, digits and . _ - : / @.");
        }
        return new About(name, purpose, parameters.stream().map(each -> new Parameter(each.name(), each.meaning(), each.usual())).toList());
    }

    @Override
    public String name() {
        return about.name();
    }

    @Override
    public String purpose() {
        return about.purpose();
    }

    @Override
    public List<Parameter> parameters() {
        return about.parameters();
    }

    private record Made(Probe probe, Schema schema, String refusal) {}

    @Override
    public Probe make(Map<String, String> parameters) {
        var made = ask(kind -> {
            try {
                var probe = kind.make(parameters);
                return new Made(probe, probe.schema(), "");
            } catch (RuntimeException refusal) {
                return new Made(null, null, words(refusal));
            }
        });
        if (made.probe() == null) {
            throw Refused.invalid("BAD_PROBE", "%s makes no probe of these parameters: %s".formatted(about.name(), made.refusal()), "");
        }
        if (made.schema().attributes().stream().map(Schema.Attribute::type).anyMatch(type -> type == ValueType.TABLE || type == ValueType.MAP || type == ValueType.LIST)) {
            throw Refused.invalid("BAD_PROBE", "%s measures tables, maps or lists.".formatted(about.name()), "Plug-ins measure numbers, texts and bytes.");
        }
        return new Fenced(made.probe(), made.schema());
    }

    private <R> R ask(java.util.function.Function<ProbeKind, R> question) {
        try {
            return provided.call(question);
        } catch (PluginFault fault) {
            throw Refused.unavailable("KIND_FENCED_OFF", "The plug-in of %s is fenced off: %s.".formatted(about.name(), fault.getMessage()), "See 'reservoir plugin list'.");
        }
    }

    /** To be called where the plug-in's code is metered: the message may be its own. */
    private static String words(Exception failure) {
        var text = failure.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    /** What came of a measurement. @param failure empty when all is well */
    private record Measured(long nanos, String failure) {}

    private final class Fenced implements Probe {
        private final Probe inner;
        private final Schema schema;
        private volatile long spent = -1;

        Fenced(Probe inner, Schema schema) {
            this.inner = inner;
            this.schema = schema;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        /** The plug-in runs on a thread of its own, which can be given up. */
        @Override
        public boolean waits() {
            return true;
        }

        @Override
        public long spent() {
            return spent;
        }

        @Override
        public void measure(Row row) {
            var measured = ask(_ -> {
                long before = THREADS.getCurrentThreadCpuTime();
                var failure = "";
                try {
                    inner.measure(row);
                } catch (Exception trouble) { // the probe's own, told as its failure
                    failure = words(trouble);
                }
                return new Measured(THREADS.getCurrentThreadCpuTime() - before, failure);
            });
            spent = measured.nanos();
            if (!measured.failure().isEmpty()) {
                throw new IllegalStateException(measured.failure());
            }
        }
    }
}
