package org.reservoir.telemetry.push;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Tags;

/** OTLP over HTTP: a gauge for each name of measurement, a point for each VEE, host or service that has it, told apart by attributes. */
public final class Otlp implements Format {
    private final String site;

    /** @param site its name, the resource's {@code service.instance.id} */
    public Otlp(String site) {
        this.site = site;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", "application/x-protobuf");
    }

    @Override
    public byte[] body(List<Measurements.Latest> values) {
        var gauges = new TreeMap<String, Gauge.Builder>();
        for (var value : values) {
            gauges.computeIfAbsent(value.key().name(), _ -> Gauge.newBuilder()).addDataPoints(point(value));
        }
        var scope = ScopeMetrics.newBuilder().setScope(InstrumentationScope.newBuilder().setName("reservoir.monitoring"));
        gauges.forEach((name, gauge) -> scope.addMetrics(Metric.newBuilder().setName(name).setGauge(gauge)));
        return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", "reservoir")).addAttributes(attribute("service.instance.id", site)))
                .addScopeMetrics(scope)).build().toByteArray();
    }

    private static NumberDataPoint.Builder point(Measurements.Latest value) {
        var point = NumberDataPoint.newBuilder().setTimeUnixNano(value.at().toEpochMilli() * 1_000_000).setAsDouble(value.value());
        Tags.of(value.key(), value.labels()).forEach((name, text) -> {
            if (!name.equals(Tags.NAME)) {
                point.addAttributes(attribute("reservoir." + name, text));
            }
        });
        return point;
    }

    private static KeyValue.Builder attribute(String name, String value) {
        return KeyValue.newBuilder().setKey(name).setValue(AnyValue.newBuilder().setStringValue(value));
    }
}
