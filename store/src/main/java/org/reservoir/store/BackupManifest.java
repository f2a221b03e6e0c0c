package org.reservoir.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.reservoir.kernel.Refused;

/**
 * What a backup says it holds: lines of tab-separated words, in the order in which a restore needs them.
 * {@code reservoir-backup 1} first, {@code end} last, so that a cut file shows.
 */
record BackupManifest(List<Script> scripts, List<TableData> tables, List<Counter> counters) {
    static final String NAME = "manifest.tsv";
    private static final String FIRST = "reservoir-backup";
    private static final String LAST = "end";

    record Script(String name, String digest) {}

    record TableData(String name, String columns, long rows, String digest) {}

    record Counter(String sequence, long value) {}

    static BackupManifest parse(String text) {
        var lines = text.lines().map(line -> line.split("\t", -1)).toList();
        if (lines.size() < 2 || !lines.getFirst()[0].equals(FIRST) || !lines.getLast()[0].equals(LAST)) {
            throw damaged("its manifest is not complete");
        }
        var format = lines.getFirst()[1];
        if (!format.equals(Integer.toString(Backup.FORMAT))) {
            throw newer("the backup is of format %s, this program knows format %d".formatted(format, Backup.FORMAT));
        }
        var manifest = new BackupManifest(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try {
            lines.subList(1, lines.size() - 1).forEach(manifest::add);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw damaged("its manifest cannot be read");
        }
        return manifest;
    }

    private void add(String[] words) {
        switch (words[0]) {
            case "script" -> scripts.add(new Script(words[1], words[2]));
            case "table" -> tables.add(new TableData(words[1], words[2], Long.parseLong(words[3]), words[4]));
            case "counter" -> counters.add(new Counter(words[1], Long.parseLong(words[2])));
            default -> throw newer("the backup holds '%s', which this program does not know".formatted(words[0]));
        }
    }

    static Refused damaged(String what) {
        return Refused.invalid("BACKUP_DAMAGED", "the backup is damaged: " + what, "take another backup");
    }

    static Refused newer(String what) {
        return Refused.invalid("BACKUP_NEWER", what, "restore it with the version of Reservoir that wrote it, or a newer one");
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A manifest being written. */
    static final class Draft {
        private final StringBuilder text = new StringBuilder(FIRST + "\t" + Backup.FORMAT + "\n");

        void script(String name, String digest) {
            line("script", name, digest);
        }

        void table(String name, String columns, long rows, String digest) {
            line("table", name, columns, Long.toString(rows), digest);
        }

        void counter(String sequence, long value) {
            line("counter", sequence, Long.toString(value));
        }

        private void line(String... words) {
            text.append(String.join("\t", words)).append('\n');
        }

        String text() {
            return text + LAST + "\n";
        }
    }
}
