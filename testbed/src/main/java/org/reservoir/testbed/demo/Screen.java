package org.reservoir.testbed.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the demo tells the person before it: stages with their times, commands with their answers, lines in between. */
final class Screen {
    private final PrintStream out;
    private final long began = System.nanoTime();
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    Screen(PrintStream out) {
        this.out = out;
    }

    /** Announces and times one stage of the demo. */
    void stage(String title, Runnable work) {
        out.printf("%n%s  %s%n", mark(), title);
        var start = System.nanoTime();
        work.run();
        seconds.merge(title, since(start), Double::sum);
        out.flush();
    }

    void command(String line) {
        out.println("       $ " + line);
    }

    /** A line below the command or stage it belongs to. */
    void tell(String line) {
        out.println("       " + line);
        out.flush();
    }

    /** A line that happened at a moment worth knowing. */
    void now(String line) {
        out.println(mark() + "  " + line);
        out.flush();
    }

    void say(String line) {
        out.println();
        out.println(line);
        out.flush();
    }

    private String mark() {
        return "%5.1f".formatted(since(began));
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    Duration total() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    Map<String, Double> seconds() {
        return seconds;
    }
}
