package org.reservoir.monitoring.wire;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;

/** What waits to be sent over a connection, words and measurements, and in which order the other end can make sense of it. Not for several threads. */
final class Backlog {
    static final int NOTHING = -1;

    private final RowRing ring;
    private final ToldStreams told = new ToldStreams();
    private long unsendable;
    private long untellable;

    /** @param most measurements that wait; the newest stay */
    Backlog(int most) {
        ring = new RowRing(most);
    }

    void add(StreamInfo stream, long sequence, Row row) {
        ring.add(stream, sequence, row);
    }

    void tell(Words.Told word) {
        untellable += told.tell(word) ? 0 : 1;
    }

    /** For a new connection, whose other end may have missed the last of the one before. */
    void beginAnew(long now) {
        told.tellAllAgain(now);
    }

    /** Measurements that were overtaken by newer ones or fit into no frame, and words of streams beyond those that are told of at most. */
    long dropped() {
        return ring.pushedOut() + unsendable + untellable;
    }

    boolean isEmpty() {
        return ring.size() == 0 && told.isTold();
    }

    boolean isHalfFull() {
        return ring.size() >= ring.most() / 2;
    }

    /**
     * Fills the next frame: with words of streams, before all that they measured; else with measurements; else with words of streams that
     * end, after their last. Decided in one moment, since the listener cannot make sense of differences of a stream that it was not told of.
     *
     * @param body where words are put; measurements are in the writer
     * @return the kind of the frame, or {@link #NOTHING}
     */
    int next(FrameWriter writer, Cursor body, long now) {
        int begin = body.at;
        told.putBeginnings(body, ring.size(), now);
        if (body.at > begin) {
            return Frame.TELL;
        }
        writer.clear();
        unsendable += ring.drainTo(writer);
        if (writer.rows() > 0) {
            return Frame.DELTA;
        }
        told.putEnds(body, now);
        return body.at > begin ? Frame.TELL : NOTHING;
    }
}
