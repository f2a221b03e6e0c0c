package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;

/** A segment that is being written. What is not finished is not in the table of contents, and so is cleared away. */
final class NewSegment implements AutoCloseable {
    private final Tier tier;
    private final long number;
    private final SegmentWriter out;

    NewSegment(Path folder, Tier tier, long number) throws IOException {
        this.tier = tier;
        this.number = number;
        out = new SegmentWriter(folder.resolve(fileName()));
    }

    String fileName() {
        return "%s-%d.tsfile".formatted(tier.word(), number);
    }

    SegmentWriter out() {
        return out;
    }

    /** @param fresh whether its samples are in no roll-up yet */
    SegmentInfo finish(boolean fresh) throws IOException {
        return out.finish(tier, number, fresh);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
