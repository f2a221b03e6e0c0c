package org.reservoir.placement.admission;

/**
 * What trials tell of how often a service has all that it wants, and whether that decides.
 *
 * <p>To admit wrongly and to refuse wrongly are errors on different sides, each of no more than 1/40. To refuse is looked at twice over: at moments as they come, and at those when unusually many hosts are down
 * ({@link ManyDown}). The latter are so rare that they are not met among a few hundred moments, but when the service falls short at most of them, and they are some times as often as it may fall short at all, that
 * decides (stratified sampling; Cochran, Sampling Techniques, chapter 5). Whoever looks often finds something by chance in the end, so each look may err half as often as the one before.
 */
final class Estimate {
    /** What all looks on one side may err together. */
    private static final double ERROR = 1 / 40.0;
    private static final long FIRST_LOOK = 50;
    private static final int FIRST_OF_MANY = 4;
    private static final int MOST_OF_MANY = 32;

    private final double promised;
    /** The part of all time that is known to end well; trials are of the rest. */
    private final double sure;
    private final double many;
    private final int manyDown;
    private int made;
    private int held;
    /** At moments when not so many are down. */
    private int failedOfFew;
    private int madeOfMany;
    private int heldOfMany;
    private final Looks refusal = new Looks(FIRST_LOOK, ERROR / 4);
    private final Looks refusalByMany = new Looks(FIRST_OF_MANY, ERROR / 4);
    private final Looks admission;
    private boolean decided;

    /** @param sure the part of all time that is known to end well @param many when unusually many are down; count 0 when that is not looked at */
    Estimate(double promised, double sure, double many, int manyDown) {
        this.promised = promised;
        this.sure = sure;
        this.many = many;
        this.manyDown = manyDown;
        admission = new Looks(promised <= sure ? 1 : Math.max(FIRST_LOOK, leastThatAdmit((promised - sure) / (1 - sure))), ERROR / 2);
    }

    /** Fewer cannot, even if all of them end well. */
    static long leastThatAdmit(double promised) {
        return promised == 0 ? 1 : (long) Math.ceil(Math.log(ERROR / 2) / Math.log(promised));
    }

    /** After how many something is looked at, and how often that may err: at first, then at twice as many each time. */
    private static final class Looks {
        private long next;
        private double error;

        Looks(long first, double error) {
            next = first;
            this.error = 2 * error;
        }

        boolean due(long trials) {
            if (trials < next) {
                return false;
            }
            next *= 2;
            error /= 2;
            return true;
        }
    }

    /** A moment as they come. */
    void made(Trials.Trial trial, String service) {
        boolean well = !trial.broken().contains(service);
        made++;
        held += well ? 1 : 0;
        failedOfFew += !well && trial.down() < manyDown ? 1 : 0;
        var share = share(0);
        if (refusal.due(made) && all(share.high(refusal.error)) < promised) {
            decided = true;
        }
        if (admission.due(made) && all(share.low(admission.error)) >= promised) {
            decided = true;
        }
    }

    /** A moment when unusually many are down. */
    void madeOfMany(Trials.Trial trial, String service) {
        madeOfMany++;
        heldOfMany += trial.broken().contains(service) ? 0 : 1;
        decided |= refusalByMany.due(madeOfMany) && highOfMany(refusalByMany.error) < promised;
    }

    boolean decided() {
        return decided;
    }

    /** Whether more of those when unusually many are down may tell: the first few always, and then as long as they look like a refusal. */
    boolean looksAtMany() {
        return manyDown > 0 && !decided && (madeOfMany < FIRST_OF_MANY || madeOfMany < MOST_OF_MANY && many * (madeOfMany - heldOfMany) > (1 - promised) * madeOfMany);
    }

    private double all(double ofTheRest) {
        return sure + (1 - sure) * ofTheRest;
    }

    private Share share(int cutShort) {
        return new Share(held, made + cutShort, false);
    }

    private double highOfMany(double error) {
        return 1 - many * (1 - new Share(heldOfMany, madeOfMany, false).high(error));
    }

    /** @param cutShort whether one more was begun and time was up: it may well have failed */
    boolean keeps(boolean cutShort) {
        return all(share(cutShort ? 1 : 0).low(ERROR)) >= promised;
    }

    /** As trials of the one and of the other tell together. */
    Chance told() {
        double low = all(share(0).low(ERROR));
        double high = all(share(0).high(madeOfMany > 0 ? ERROR / 2 : ERROR));
        double rate = all(share(0).rate());
        if (madeOfMany > 0) {
            high = Math.min(high, highOfMany(ERROR / 2));
            rate = 1 - many * (madeOfMany - heldOfMany) / madeOfMany - (1 - sure) * failedOfFew / Math.max(1, made);
        }
        return new Chance(Math.clamp(rate, Math.min(low, high), high), Math.min(low, high), high, made + madeOfMany);
    }
}
