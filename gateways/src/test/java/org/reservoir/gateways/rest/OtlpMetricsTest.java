package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;

import com.google.protobuf.InvalidProtocolBufferException;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;

class OtlpMetricsTest {
    private static final int LARGEST = 1 << 16;

    private static byte[] export(Metric.Builder... metrics) {
        var scope = ScopeMetrics.newBuilder();
        for (var metric : metrics) {
            scope.addMetrics(metric);
        }
        return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder().addScopeMetrics(scope)).build().toByteArray();
    }

    private static Metric.Builder gauge(String name, double value, KeyValue... attributes) {
        var point = NumberDataPoint.newBuilder().setAsDouble(value);
        for (var attribute : attributes) {
            point.addAttributes(attribute);
        }
        return Metric.newBuilder().setName(name).setGauge(Gauge.newBuilder().addDataPoints(point));
    }

    private static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static OtlpMetrics read(byte[] body, boolean gzip) {
        return OtlpMetrics.read(body, gzip, LARGEST, name -> name.length() <= 100 && !name.startsWith("vee."));
    }

    @Test
    void gaugesSumsHistogramsAndSummariesBecomeKpis() {
        var metrics = read(export(gauge("queue.length", 3.5),
                Metric.newBuilder().setName("orders").setSum(Sum.newBuilder().addDataPoints(NumberDataPoint.newBuilder().setAsInt(7))),
                Metric.newBuilder().setName("time").setHistogram(Histogram.newBuilder().addDataPoints(HistogramDataPoint.newBuilder().setCount(4).setSum(1.25))),
                Metric.newBuilder().setName("size").setSummary(Summary.newBuilder().addDataPoints(SummaryDataPoint.newBuilder().setCount(2).setSum(9)))), false);
        assertThat(metrics.kpis()).containsOnly(java.util.Map.entry("queue.length", 3.5), java.util.Map.entry("orders", 7.0), java.util.Map.entry("time.count", 4.0),
                java.util.Map.entry("time.sum", 1.25), java.util.Map.entry("size.count", 2.0), java.util.Map.entry("size.sum", 9.0));
        assertThat(metrics.answer()).as("nothing was left out").isEmpty();
    }

    @Test
    void attributesArePartOfTheNameInTheirOrder() {
        var one = gauge("http requests", 1, attribute("code", AnyValue.newBuilder().setIntValue(200)), attribute("a", AnyValue.newBuilder().setStringValue("x y/z")));
        var other = gauge("http requests", 2, attribute("a", AnyValue.newBuilder().setStringValue("x y/z")), attribute("code", AnyValue.newBuilder().setIntValue(200)));
        assertThat(read(export(one, other), false).kpis()).containsOnly(java.util.Map.entry("http_requests/a:x_y/z/code:200", 2.0));
    }

    @Test
    void pointsThatCannotBeKpisAreCountedAndTheOthersTaken() throws InvalidProtocolBufferException {
        var metrics = read(export(gauge("good", 1), gauge("vee.cpu.percent", 1), gauge("infinite", Double.POSITIVE_INFINITY), gauge("n".repeat(101), 1), Metric.newBuilder().setName("nothing"),
                Metric.newBuilder().setName("empty").setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder()))), false);
        assertThat(metrics.kpis()).containsOnlyKeys("good");
        assertThat(ExportMetricsServiceResponse.parseFrom(metrics.answer()).getPartialSuccess().getRejectedDataPoints()).isEqualTo(5);
    }

    @Test
    void whatIsPackedIsUnpackedButNotWithoutEnd() throws IOException {
        assertThat(read(packed(export(gauge("good", 1))), true).kpis()).containsOnlyKeys("good");
        var bomb = packed(new byte[64 << 20]);
        assertThatThrownBy(() -> read(bomb, true)).isInstanceOf(Refused.class).extracting("code").isEqualTo("BODY_TOO_LARGE");
        assertThatThrownBy(() -> read(export(gauge("good", 1)), true)).extracting("code").isEqualTo("BAD_OTLP");
    }

    @Test
    void nonsenseIsRefusedAndNeverWorse() {
        var random = new Random(7);
        var whole = export(gauge("good", 1, attribute("a", AnyValue.newBuilder().setStringValue("b"))), gauge("other", 2));
        for (int i = 0; i < 20_000; i++) {
            var bytes = whole.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), false).kpis().size()).isLessThanOrEqualTo(10);
            } catch (Refused refused) {
                assertThat(refused.code()).isEqualTo("BAD_OTLP");
            }
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
