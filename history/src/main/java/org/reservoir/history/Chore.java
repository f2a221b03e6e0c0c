package org.reservoir.history;

import java.util.List;

/**
 * What is to be done next with the segments of a folder, decided by its table of contents alone. Fresh samples are joined first and rolled up when an hour
 * of them is together: a segment of minutes or hours costs by the series and hardly by the rows, so that of an hour it costs little more than of ten minutes.
 */
sealed interface Chore {
    /** Segments that were sealed one by one and are read one by one, at most. */
    int GATHER_AT = 8;
    /** Of some tier and rolled up. */
    int JOIN_AT = 2 * GATHER_AT;
    int JOINED_AT_MOST = 4 * GATHER_AT;
    /** Bytes of a segment that is better joined with others. */
    long SMALL = 64L << 20;

    /** What is larger than so many usual ones was joined before. */
    int ALIKE = GATHER_AT / 2;

    /** Minutes and hours are to be made of all that is fresh. */
    record RollUp(List<SegmentInfo> fresh) implements Chore {
        /** Whether its samples become one segment in the same pass; large ones stay as they are. */
        boolean joins() {
            return fresh.size() > 1 && bytes(fresh) <= 2 * SMALL;
        }
    }

    /** Small segments are to become one, as fresh or as rolled up as they were. */
    record Join(Tier tier, boolean fresh, List<SegmentInfo> small) implements Chore {}

    record Nothing() implements Chore {}

    /**
     * @param anyway whether what is fresh is rolled up also when it is little
     * @param most   bytes of samples that may be fresh: when room is made, samples that are rolled up go first, and some must be
     */
    static Chore next(Contents contents, boolean anyway, long most) {
        var fresh = contents.of(Tier.RAW).stream().filter(SegmentInfo::fresh).toList();
        if (!fresh.isEmpty() && (anyway || fresh.size() >= GATHER_AT && isEnough(fresh, most))) {
            return new RollUp(fresh);
        }
        var parts = alike(small(fresh));
        if (parts.size() >= GATHER_AT) {
            return new Join(Tier.RAW, true, parts);
        }
        for (var tier : Tier.values()) {
            var small = small(contents.of(tier).stream().filter(segment -> !segment.fresh()).toList());
            if (small.size() >= JOIN_AT) {
                return new Join(tier, false, small);
            }
        }
        return new Nothing();
    }

    private static boolean isEnough(List<SegmentInfo> fresh, long most) {
        long from = fresh.stream().mapToLong(segment -> segment.span().from()).min().orElseThrow();
        long to = fresh.stream().mapToLong(segment -> segment.span().to()).max().orElseThrow();
        return to - from >= Tier.HOUR.step || bytes(fresh) >= most || fresh.size() >= JOIN_AT;
    }

    private static List<SegmentInfo> small(List<SegmentInfo> segments) {
        return segments.stream().filter(segment -> segment.bytes() < SMALL).limit(JOINED_AT_MOST).toList();
    }

    /** Without those that are much larger than most of the least, which were joined before: they are not written again for each few that come. */
    private static List<SegmentInfo> alike(List<SegmentInfo> segments) {
        long usual = segments.stream().mapToLong(SegmentInfo::bytes).sorted().limit(GATHER_AT).skip(GATHER_AT / 2 - 1).findFirst().orElse(0);
        return segments.stream().filter(segment -> segment.bytes() <= ALIKE * usual).toList();
    }

    private static long bytes(List<SegmentInfo> segments) {
        return segments.stream().mapToLong(SegmentInfo::bytes).sum();
    }
}
