package org.reservoir.gateways.rest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

import com.google.protobuf.InvalidProtocolBufferException;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;

import org.reservoir.kernel.Refused;

/**
 * Reads metrics as OTLP 1 exports them (protobuf; opentelemetry-proto's metrics_service) into KPIs: a gauge or sum is its newest
 * value, a histogram or summary its {@code .count} and {@code .sum}. A point's attributes become part of the name, in their
 * order: {@code http.requests/code:200}; what no name may hold becomes an underscore. Pure.
 *
 * @param kpis    of points that can be KPIs
 * @param skipped points that cannot: without a number, or under names that a KPI may not have
 */
record OtlpMetrics(Map<String, Double> kpis, long skipped) {
    static final String MEDIA_TYPE = "application/x-protobuf";

    /** @param largest bytes at most once unpacked @param isKpi whether a guest may report under a name @throws Refused {@code BAD_OTLP}, {@code BODY_TOO_LARGE} */
    static OtlpMetrics read(byte[] body, boolean gzip, int largest, Predicate<String> isKpi) {
        try {
            var request = ExportMetricsServiceRequest.parseFrom(gzip ? unpacked(body, largest) : body);
            var reading = new Reading(isKpi);
            request.getResourceMetricsList().forEach(resource -> resource.getScopeMetricsList().forEach(scope -> scope.getMetricsList().forEach(reading::metric)));
            return new OtlpMetrics(reading.kpis, reading.skipped);
        } catch (InvalidProtocolBufferException nonsense) {
            throw Refused.invalid("BAD_OTLP", "This is no export of metrics: %s".formatted(nonsense.getMessage()), "Send OTLP 1 as protobuf.");
        }
    }

    private static byte[] unpacked(byte[] body, int largest) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            var bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new Refused(Refused.Kind.TOO_LARGE, "BODY_TOO_LARGE", "The export has more than %d bytes once it is unpacked.".formatted(largest), "Send less at a time.");
            }
            return bytes;
        } catch (IOException broken) {
            throw Refused.invalid("BAD_OTLP", "The export cannot be unpacked.", "Send it whole, or without compression.");
        }
    }

    /** What is sent back: how many points were not taken. */
    byte[] answer() {
        var answer = ExportMetricsServiceResponse.newBuilder();
        if (skipped > 0) {
            answer.setPartialSuccess(ExportMetricsPartialSuccess.newBuilder().setRejectedDataPoints(skipped).setErrorMessage("points without a number, or under a reserved or unusable name"));
        }
        return answer.build().toByteArray();
    }

    private static final class Reading {
        private final Map<String, Double> kpis = new LinkedHashMap<>();
        private final Predicate<String> isKpi;
        private long skipped;

        Reading(Predicate<String> isKpi) {
            this.isKpi = isKpi;
        }

        void metric(Metric metric) {
            switch (metric.getDataCase()) {
                case GAUGE -> metric.getGauge().getDataPointsList().forEach(point -> number(metric, point));
                case SUM -> metric.getSum().getDataPointsList().forEach(point -> number(metric, point));
                case HISTOGRAM -> metric.getHistogram().getDataPointsList().forEach(point -> both(metric, point.getAttributesList(), point.getCount(), point.getSum()));
                case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsList().forEach(point -> both(metric, point.getAttributesList(), point.getCount(), point.getSum()));
                case SUMMARY -> metric.getSummary().getDataPointsList().forEach(point -> both(metric, point.getAttributesList(), point.getCount(), point.getSum()));
                case DATA_NOT_SET -> skipped++;
            }
        }

        private void number(Metric metric, NumberDataPoint point) {
            switch (point.getValueCase()) {
                case AS_DOUBLE -> put(name(metric.getName(), point.getAttributesList()), point.getAsDouble());
                case AS_INT -> put(name(metric.getName(), point.getAttributesList()), point.getAsInt());
                case VALUE_NOT_SET -> skipped++;
            }
        }

        private void both(Metric metric, List<KeyValue> attributes, long count, double sum) {
            put(name(metric.getName() + ".count", attributes), count);
            put(name(metric.getName() + ".sum", attributes), sum);
        }

        private void put(String name, double value) {
            if (!Double.isFinite(value) || !isKpi.test(name)) {
                skipped++;
            } else {
                kpis.put(name, value);
            }
        }

        private static String name(String metric, List<KeyValue> attributes) {
            var words = new ArrayList<String>();
            attributes.forEach(attribute -> words.add(attribute.getKey() + ":" + text(attribute.getValue())));
            words.sort(null);
            words.addFirst(metric);
            return String.join("/", words).replaceAll("[^A-Za-z0-9._:/@-]", "_");
        }

        private static String text(AnyValue value) {
            return switch (value.getValueCase()) {
                case STRING_VALUE -> value.getStringValue();
                case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
                case INT_VALUE -> Long.toString(value.getIntValue());
                case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
                default -> "_";
            };
        }
    }
}
