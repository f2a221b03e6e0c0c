package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.monitoring.history.Span;

class ChoreTest {
    private static final long LARGE = 200L << 20;
    private static final long MUCH = 2L << 30;
    private static final long MINUTE = 60_000;

    private static List<SegmentInfo> segments(Tier tier, int count, long length, long bytes, boolean fresh) {
        return IntStream.range(0, count).mapToObj(i -> new SegmentInfo(tier, i + 1, new Span(i * length, (i + 1) * length), 10, bytes, fresh, Optional.empty())).toList();
    }

    private static Contents of(List<SegmentInfo> segments) {
        return Contents.EMPTY.changed(List.of(), segments);
    }

    @Test
    void littleIsLeftAsItIsUntilItsHourComes() {
        var seven = segments(Tier.RAW, 7, MINUTE, 1_000, true);
        assertThat(Chore.next(of(seven), false, MUCH)).isEqualTo(new Chore.Nothing());
        assertThat(Chore.next(of(seven), true, MUCH)).isEqualTo(new Chore.RollUp(seven));
        assertThat(Chore.next(Contents.EMPTY, true, MUCH)).isEqualTo(new Chore.Nothing());
    }

    @Test
    void eightOfLessThanAnHourAreJoinedAndStayFresh() {
        var eight = segments(Tier.RAW, 8, MINUTE, 1_000, true);
        assertThat(Chore.next(of(eight), false, MUCH)).isEqualTo(new Chore.Join(Tier.RAW, true, eight));
    }

    @Test
    void whatWasJoinedBeforeIsNotJoinedAgainWithEachFewThatCome() {
        var joined = List.of(new SegmentInfo(Tier.RAW, 100, new Span(0, MINUTE), 80, 8_000, true, Optional.empty()));
        var restarted = List.of(new SegmentInfo(Tier.RAW, 101, new Span(MINUTE, MINUTE + 1), 1, 10, true, Optional.empty()));
        var seven = segments(Tier.RAW, 7, MINUTE, 1_000, true);
        var some = of(joined).changed(List.of(), seven);
        assertThat(Chore.next(some, false, MUCH)).isEqualTo(new Chore.Nothing());
        assertThat(Chore.next(some.changed(List.of(), restarted), false, MUCH)).isEqualTo(new Chore.Join(Tier.RAW, true, of(seven).changed(List.of(), restarted).segments()));
    }

    @Test
    void eightOfAnHourAreRolledUpAndJoinedInOnePass() {
        var eight = segments(Tier.RAW, 8, 8 * MINUTE, 1_000, true);
        assertThat(Chore.next(of(eight), false, MUCH)).isEqualTo(new Chore.RollUp(eight));
        assertThat(new Chore.RollUp(eight).joins()).isTrue();
    }

    @Test
    void largeOnesAreRolledUpWhereTheyAre() {
        assertThat(new Chore.RollUp(segments(Tier.RAW, 8, 8 * MINUTE, LARGE, true)).joins()).isFalse();
        assertThat(new Chore.RollUp(segments(Tier.RAW, 1, 8 * MINUTE, 1_000, true)).joins()).isFalse();
    }

    @Test
    void whatIsFreshIsRolledUpBeforeRoomMustBeMadeOfIt() {
        var eight = segments(Tier.RAW, 8, MINUTE, LARGE, true);
        assertThat(Chore.next(of(eight), false, 8 * LARGE)).isEqualTo(new Chore.RollUp(eight));
        assertThat(Chore.next(of(eight), false, 8 * LARGE + 1)).isEqualTo(new Chore.Nothing());
    }

    @Test
    void noMoreThanSixteenAreEverFreshBecauseEachIsReadForItself() {
        var sixteen = segments(Tier.RAW, 16, MINUTE, LARGE, true);
        assertThat(Chore.next(of(sixteen), false, Long.MAX_VALUE)).isEqualTo(new Chore.RollUp(sixteen));
    }

    @Test
    void smallOnesOfATierAreJoinedBySixteenAndLargeOnesAreNot() {
        var some = new ArrayList<>(segments(Tier.MINUTE, 15, MINUTE, 1_000, false));
        some.addAll(segments(Tier.RAW, 40, MINUTE, LARGE, false));
        assertThat(Chore.next(of(some), false, MUCH)).isEqualTo(new Chore.Nothing());
        var sixteen = segments(Tier.MINUTE, 16, MINUTE, 1_000, false);
        assertThat(Chore.next(of(sixteen), false, MUCH)).isEqualTo(new Chore.Join(Tier.MINUTE, false, sixteen));
    }
}
