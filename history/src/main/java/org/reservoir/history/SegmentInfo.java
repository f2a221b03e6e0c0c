package org.reservoir.history;

import java.nio.file.Path;

import org.reservoir.monitoring.history.Span;

/**
 * A segment as the table of contents has it.
 *
 * @param rows  samples or buckets in it
 * @param fresh whether its samples are not yet in the roll-ups; of samples only
 */
record SegmentInfo(Tier tier, long number, Span span, long rows, long bytes, boolean fresh) {
    String fileName() {
        return "%s-%d.tsfile".formatted(tier.word(), number);
    }

    Path in(Path folder) {
        return folder.resolve(fileName());
    }

    SegmentInfo rolled() {
        return new SegmentInfo(tier, number, span, rows, bytes, false);
    }

    String line() {
        return "segment %s %d %d %d %d %d %s".formatted(tier.word(), number, span.from(), span.to(), rows, bytes, fresh ? "fresh" : "rolled");
    }

    static SegmentInfo read(String[] words) {
        return new SegmentInfo(Tier.valueOf(words[1].toUpperCase(java.util.Locale.ROOT)), Long.parseLong(words[2]), new Span(Long.parseLong(words[3]), Long.parseLong(words[4])),
                Long.parseLong(words[5]), Long.parseLong(words[6]), words[7].equals("fresh"));
    }
}
