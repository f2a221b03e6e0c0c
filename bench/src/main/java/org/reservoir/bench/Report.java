package org.reservoir.bench;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;

/** Where a bench tells its figures: one line each, for people or as {@code {"bench","metric","value","unit"}}. */
public final class Report {
    private static final int DIGITS = 4;

    private final String bench;
    private final boolean json;
    private final PrintStream out;

    Report(String bench, boolean json, PrintStream out) {
        this.bench = bench;
        this.json = json;
        this.out = out;
    }

    /** @param metric what was measured, with what tells it from its like: {@code cpu per VEE, 10000 VEEs} */
    public void figure(String metric, double value, String unit) {
        var rounded = rounded(value);
        if (json) {
            out.printf("{\"bench\":\"%s\",\"metric\":\"%s\",\"value\":%s,\"unit\":\"%s\"}%n", bench, metric, rounded, unit);
        } else {
            out.printf("%-58s %12s %s%n", metric, rounded, unit);
        }
        out.flush();
    }

    /** Whole numbers are exact. */
    private static String rounded(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        var exact = new BigDecimal(value);
        return (value == Math.rint(value) ? exact : exact.round(new MathContext(DIGITS)).stripTrailingZeros()).toPlainString();
    }

    /** What is being done, for people who wait. */
    public void progress(String line) {
        System.err.println("  " + line);
    }
}
