package org.reservoir.bench.monitoring;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;

/** OpenTelemetry's protocol by its own classes: a hundred VEEs, each a resource with five gauges, in one request. */
final class Otlp implements Codec {
    private byte[] written = {};

    @Override
    public String name() {
        return "OTLP, 100 VEEs a request";
    }

    @Override
    public long write(Sample sample) {
        var request = ExportMetricsServiceRequest.newBuilder();
        for (int i = 0; i < Sample.VEES; i++) {
            request.addResourceMetrics(ResourceMetrics.newBuilder()
                    .setResource(Resource.newBuilder().addAttributes(KeyValue.newBuilder().setKey("fqn").setValue(AnyValue.newBuilder().setStringValue(sample.names[i]))))
                    .addScopeMetrics(ScopeMetrics.newBuilder()
                            .addMetrics(gauge("cpu.percent", point(sample).setAsDouble(sample.percent[i])))
                            .addMetrics(gauge("cpu.total", point(sample).setAsInt(sample.cpu[i])))
                            .addMetrics(gauge("mem.used", point(sample).setAsInt(sample.memory[i])))
                            .addMetrics(gauge("net.rx", point(sample).setAsInt(sample.received[i])))
                            .addMetrics(gauge("net.tx", point(sample).setAsInt(sample.sent[i])))));
        }
        written = request.build().toByteArray();
        return written.length;
    }

    private static NumberDataPoint.Builder point(Sample sample) {
        return NumberDataPoint.newBuilder().setTimeUnixNano(sample.at * 1_000_000);
    }

    private static Metric gauge(String name, NumberDataPoint.Builder point) {
        return Metric.newBuilder().setName(name).setGauge(Gauge.newBuilder().addDataPoints(point)).build();
    }

    @Override
    public double read() {
        try {
            double sum = 0;
            for (var resource : ExportMetricsServiceRequest.parseFrom(written).getResourceMetricsList()) {
                sum += resource.getResource().getAttributes(0).getValue().getStringValue().length();
                for (var metric : resource.getScopeMetrics(0).getMetricsList()) {
                    var point = metric.getGauge().getDataPoints(0);
                    sum += point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
                }
            }
            return sum;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
