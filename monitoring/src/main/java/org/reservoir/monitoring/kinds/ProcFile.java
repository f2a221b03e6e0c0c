package org.reservoir.monitoring.kinds;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.reservoir.kernel.Refused;

/**
 * A file of the kernel's that is kept open and read from its beginning again and again, and a place in what was read. Reading
 * and parsing make no garbage: bytes lie in one array, numbers are made of them in place. What does not fit is not seen. Not
 * for several threads.
 */
final class ProcFile {
    /** The counters of a host with a thousand processors and as many interfaces. */
    private static final int MOST = 1 << 18;
    private static final int FIRST = 1 << 13;
    /** The kernel hands out such files by pages of whole lines, and no line that is read here is as long as half a page: fewer bytes than that are all there are. */
    private static final int HALF_A_PAGE = 1 << 11;

    private final Path path;
    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST);
    private byte[] bytes = new byte[FIRST];
    private int end;
    private int at;

    private ProcFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws Refused {@code BAD_PROBE} when it is not there: no Linux, or one without it */
    static ProcFile open(Path path) {
        try {
            return new ProcFile(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw Refused.invalid("BAD_PROBE", "There is no %s to measure by: %s".formatted(path, e.getMessage()), "Such probes read what Linux tells; give them a host that runs it.");
        }
    }

    /** Reads it anew; the place is its beginning. */
    ProcFile read() {
        try {
            buffer.clear();
            int read = channel.read(buffer, 0);
            while (read >= HALF_A_PAGE || read > 0 && !buffer.hasRemaining()) {
                if (!buffer.hasRemaining() && !grow()) {
                    break;
                }
                read = channel.read(buffer, buffer.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
        buffer.flip();
        end = buffer.limit();
        buffer.get(bytes, 0, end);
        at = 0;
        return this;
    }

    private boolean grow() {
        if (buffer.capacity() >= MOST) {
            return false;
        }
        var larger = ByteBuffer.allocateDirect(buffer.capacity() * 2);
        buffer.flip();
        buffer = larger.put(buffer);
        bytes = new byte[larger.capacity()];
        return true;
    }

    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    boolean ended() {
        return at >= end;
    }

    /** Whether what stands here begins so; then the place is behind it. */
    boolean take(byte[] word) {
        if (end - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return false;
            }
        }
        at += word.length;
        return true;
    }

    /** Goes to the next line; tells whether there is one. */
    boolean nextLine() {
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        at++;
        return at < end;
    }

    /** Behind the blanks that stand here. */
    ProcFile skipBlanks() {
        while (at < end && bytes[at] == ' ') {
            at++;
        }
        return this;
    }

    /** Behind the word that stands here, which ends at a blank, a line's end or {@code stop}; gives its end. */
    int skipWord(char stop) {
        while (at < end && bytes[at] != ' ' && bytes[at] != '\n' && bytes[at] != stop) {
            at++;
        }
        return at;
    }

    /** Behind as many words. */
    ProcFile skipWords(int count) {
        for (int i = 0; i < count; i++) {
            skipBlanks().skipWord(' ');
        }
        return this;
    }

    /** Behind the last {@code byte} of the line, or where it is when there is none. */
    ProcFile behindLast(char wanted) {
        for (int i = at; i < end && bytes[i] != '\n'; i++) {
            at = bytes[i] == wanted ? i + 1 : at;
        }
        return this;
    }

    /** The next number of the line, whatever blanks are before it; -1 when none stands there. */
    long number() {
        skipBlanks();
        if (at >= end || bytes[at] < '0' || bytes[at] > '9') {
            return -1;
        }
        long number = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            number = number * 10 + bytes[at++] - '0';
        }
        return number;
    }

    /** A number with a decimal point; NaN when none stands there. */
    double decimal() {
        long whole = number();
        if (whole < 0) {
            return Double.NaN;
        }
        if (at >= end || bytes[at] != '.') {
            return whole;
        }
        double value = whole;
        double place = 0.1;
        for (at++; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            value += place * (bytes[at] - '0');
            place /= 10;
        }
        return value;
    }

    static byte[] word(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static void close(ProcFile... files) {
        for (var file : files) {
            try {
                file.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close " + file.path, e);
            }
        }
    }
}
