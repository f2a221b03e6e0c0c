package org.reservoir.kernel.expression;

/**
 * What a number measures: powers of time (seconds) and data (bytes), and for plain numbers whether they count or are a share.
 * A share (80%) and a count (80) do not compare: the commonest slip in a rule is a forgotten percent sign. Quotients of
 * like numbers ({@code used / total}) may be read as either.
 */
public record Dimension(int time, int data, Scale scale) {

    /** How a number without time and data is meant. */
    public enum Scale { COUNT, SHARE, EITHER }

    public static final Dimension COUNT = new Dimension(0, 0, Scale.COUNT);
    public static final Dimension SHARE = new Dimension(0, 0, Scale.SHARE);
    public static final Dimension TIME = new Dimension(1, 0, Scale.EITHER);
    public static final Dimension DATA = new Dimension(0, 1, Scale.EITHER);
    private static final Dimension EITHER = new Dimension(0, 0, Scale.EITHER);

    public boolean plain() {
        return time == 0 && data == 0;
    }

    /** Whether the two may be added and compared. */
    public boolean agreesWith(Dimension other) {
        return time == other.time && data == other.data
                && (!plain() || scale == other.scale || scale == Scale.EITHER || other.scale == Scale.EITHER);
    }

    /** Of a sum: the more definite of the two. */
    Dimension sum(Dimension other) {
        return scale == Scale.EITHER ? other : this;
    }

    Dimension times(Dimension other) {
        return combined(time + other.time, data + other.data, equals(COUNT) && other.equals(COUNT) ? Scale.COUNT : Scale.EITHER);
    }

    Dimension over(Dimension other) {
        return combined(time - other.time, data - other.data, Scale.EITHER);
    }

    private static Dimension combined(int time, int data, Scale scale) {
        return time == 0 && data == 0 ? (scale == Scale.COUNT ? COUNT : EITHER) : new Dimension(time, data, Scale.EITHER);
    }

    @Override
    public String toString() {
        if (plain()) {
            return scale == Scale.SHARE ? "a percentage" : "a plain number";
        }
        if (equals(TIME)) {
            return "a time";
        }
        if (equals(DATA)) {
            return "a data size";
        }
        return "a number in %s%s".formatted(power("bytes", data), power("seconds", time)).stripTrailing();
    }

    private static String power(String unit, int power) {
        return power == 0 ? "" : power == 1 ? unit + " " : "%s^%d ".formatted(unit, power);
    }
}
