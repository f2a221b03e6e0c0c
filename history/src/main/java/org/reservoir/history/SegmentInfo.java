package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.apache.tsfile.read.TsFileSequenceReader;
import org.reservoir.monitoring.history.Span;

/**
 * A segment as the table of contents has it.
 *
 * @param rows  samples or buckets in it
 * @param fresh whether its samples are not yet in the roll-ups; of samples only
 * @param sums  the checksum of its {@link BlockSums}; empty for one from before there were any
 */
record SegmentInfo(Tier tier, long number, Span span, long rows, long bytes, boolean fresh, Optional<Integer> sums) {
    String fileName() {
        return "%s-%d.tsfile".formatted(tier.word(), number);
    }

    Path in(Path folder) {
        return folder.resolve(fileName());
    }

    /** Reads it by TsFile, checked. To be closed. */
    TsFileSequenceReader reader(Path folder) throws IOException {
        var file = in(folder);
        var checked = new CheckedFile(file, sums.isPresent() ? Optional.of(BlockSums.read(file, sums.get())) : Optional.empty());
        try {
            return new TsFileSequenceReader(checked);
        } catch (IOException | RuntimeException e) {
            checked.close();
            throw Segment.damaged(file, e);
        }
    }

    /** Whether its writing was finished. */
    boolean isWhole(Path folder) throws IOException {
        try (var reader = reader(folder)) {
            return reader.isComplete();
        } catch (DamagedSegment _) {
            return false;
        }
    }

    SegmentInfo rolled() {
        return new SegmentInfo(tier, number, span, rows, bytes, false, sums);
    }

    String line() {
        return "segment %s %d %d %d %d %d %s%s".formatted(tier.word(), number, span.from(), span.to(), rows, bytes, fresh ? "fresh" : "rolled", sums.map(sum -> " " + sum).orElse(""));
    }

    static SegmentInfo read(String[] words) {
        return new SegmentInfo(Tier.valueOf(words[1].toUpperCase(java.util.Locale.ROOT)), Long.parseLong(words[2]), new Span(Long.parseLong(words[3]), Long.parseLong(words[4])),
                Long.parseLong(words[5]), Long.parseLong(words[6]), words[7].equals("fresh"), words.length > 8 ? Optional.of(Integer.parseInt(words[8])) : Optional.empty());
    }
}
