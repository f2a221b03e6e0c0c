package org.reservoir.gateways.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What {@code /metrics} tells, in Prometheus' text format: requests by route, the process, and the gauges that other rooms hand in. */
public final class Metrics {
    static final String MEDIA_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final List<Supplier<String>> more = new CopyOnWriteArrayList<>();
    private final Histogram requests = Histogram.builder().name("reservoir_http_request_seconds").help("Requests by route and status.")
            .labelNames("route", "method", "status").classicOnly().classicUpperBounds(0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10).register(registry);

    public Metrics() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        var memory = ManagementFactory.getMemoryMXBean();
        var threads = ManagementFactory.getThreadMXBean();
        gauge("process_start_time_seconds", "When the site server started, since 1970.", () -> runtime.getStartTime() / 1000.0);
        gauge("jvm_memory_heap_used_bytes", "Heap in use.", () -> memory.getHeapMemoryUsage().getUsed());
        gauge("jvm_memory_heap_max_bytes", "Heap at most.", () -> memory.getHeapMemoryUsage().getMax());
        gauge("jvm_threads", "Platform threads.", threads::getThreadCount);
        counter("process_cpu_seconds", "Processor time used.",
                () -> ProcessHandle.current().info().totalCpuDuration().map(time -> time.toNanos() / 1e9).orElse(0.0));
        counter("jvm_gc_seconds", "Time spent collecting garbage.",
                () -> ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(gc -> Math.max(0, gc.getCollectionTime())).sum() / 1000.0);
    }

    /** Something that goes up and down; {@code value} is asked at every scrape and must answer at once. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder().name(name).help(help).callback(callback -> callback.call(value.getAsDouble())).register(registry);
    }

    /** Something that only grows; {@code _total} is put behind its name. */
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder().name(name).help(help).callback(callback -> callback.call(value.getAsDouble())).register(registry);
    }

    void answered(String route, String method, int status, long nanoseconds) {
        requests.labelValues(route, method, Integer.toString(status)).observe(nanoseconds / 1e9);
    }

    /** More lines in the same format, asked at every scrape. */
    public void also(Supplier<String> lines) {
        more.add(lines);
    }

    byte[] text() throws IOException {
        var out = new ByteArrayOutputStream();
        writer.write(out, registry.scrape());
        for (var lines : more) {
            out.write(lines.get().getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
