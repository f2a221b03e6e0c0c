package org.reservoir.history;

import java.util.List;

import org.reservoir.monitoring.Subject;

/** Series of one subject that are always measured together. Equal to itself alone; remembers where the head that is filling keeps its rows. */
final class Line {
    private final Subject subject;
    private final List<String> names;
    private final int width;
    private Head head;
    private Run run;

    Line(Subject subject, List<String> names) {
        this.subject = subject;
        this.names = List.copyOf(names);
        width = names.size();
    }

    Subject subject() {
        return subject;
    }

    List<String> names() {
        return names;
    }

    int width() {
        return width;
    }

    /** For the one thread that fills heads. */
    Run run(Head of) {
        if (head != of) {
            run = of.run(this);
            head = of;
        }
        return run;
    }
}
