package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;

/** A segment does not hold what was written. Nothing of it is answered, and it is not joined with others. */
final class DamagedSegment extends IOException {
    private static final long serialVersionUID = 1;

    private final String fileName;

    DamagedSegment(Path segment, String what) {
        super("%s is damaged: %s".formatted(segment.getFileName(), what));
        fileName = segment.getFileName().toString();
    }

    DamagedSegment(Path segment, Exception trouble) {
        this(segment, trouble.toString());
        initCause(trouble);
    }

    String fileName() {
        return fileName;
    }
}
