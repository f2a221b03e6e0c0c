package org.reservoir.cli;

import java.time.Duration;
import java.time.Instant;

/**
 * Tells how far something long has come, and the time it took. Where a person looks: a line for each stage, the last of them always as it is
 * now. Else, for logs: a line when the stage changes, and of long stages one every few seconds.
 */
final class Progress implements AutoCloseable {
    private static final Duration PACE = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final boolean silent;
    private final Instant begin;
    private String stage = "";
    private String told = "";
    private Instant toldAt = Instant.MIN;

    Progress(Invocation call) {
        terminal = call.terminal();
        silent = call.has("--quiet");
        begin = terminal.clock().instant();
    }

    /** What is the case now. @param detail changes all the time */
    void now(String newStage, String detail) {
        var changed = !newStage.equals(stage);
        if (silent) {
            return;
        }
        if (terminal.interactive()) {
            var lead = changed && !stage.isEmpty() ? "\n" : "\r\033[K";
            terminal.err().print(lead + timed(newStage + detail));
            terminal.err().flush();
        } else if (changed || !told.equals(detail) && toldAt.plus(PACE).isBefore(terminal.clock().instant())) {
            terminal.note(timed(newStage + detail));
            told = detail;
            toldAt = terminal.clock().instant();
        }
        stage = newStage;
    }

    private String timed(String text) {
        var time = Duration.between(begin, terminal.clock().instant());
        return "%6s  %s".formatted("%d.%ds".formatted(time.toSeconds(), time.toMillisPart() / 100), Column.printable(text));
    }

    @Override
    public void close() {
        if (terminal.interactive() && !stage.isEmpty()) {
            terminal.err().println();
        }
    }
}
