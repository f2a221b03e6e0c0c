package org.reservoir.history;

/** How finely something is kept. */
enum Tier {
    /** Samples as they came. */ RAW(0),
    /** What they come to in each minute. */ MINUTE(60_000),
    /** And in each hour. */ HOUR(3_600_000);

    /** Milliseconds of a bucket; 0 of samples. */
    final long step;

    Tier(long step) {
        this.step = step;
    }

    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
