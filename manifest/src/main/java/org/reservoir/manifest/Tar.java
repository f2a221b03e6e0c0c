package org.reservoir.manifest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.reservoir.kernel.Refused;

/**
 * Finds the descriptor in an OVA: USTAR (POSIX.1-1988) with the long names of PAX and GNU tar. It looks no further than it must,
 * and writes nothing anywhere, so names in the archive can do no harm.
 */
final class Tar {
    private static final int BLOCK = 512;
    private static final int MOST_MEMBERS = 1_000;
    private static final int LONGEST_NAME = 64 << 10;

    private Tar() {}

    static boolean isTar(InputStream stream) throws IOException {
        stream.mark(BLOCK);
        var header = stream.readNBytes(BLOCK);
        stream.reset();
        return header.length == BLOCK && new String(header, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    }

    /** The first member whose name ends in {@code .ovf}. */
    static byte[] descriptor(InputStream tar, int largest) throws IOException {
        var longName = "";
        for (int member = 0; member < MOST_MEMBERS; member++) {
            var header = tar.readNBytes(BLOCK);
            if (header.length < BLOCK || header[0] == 0) {
                break;
            }
            long size = number(header, 124, 12);
            char type = (char) header[156];
            if (type == 'x' || type == 'L') {
                longName = longName(type, content(tar, size, LONGEST_NAME));
                continue;
            }
            var name = longName.isEmpty() ? text(header, 0, 100) : longName;
            if (name.toLowerCase(Locale.ROOT).endsWith(".ovf") && (type == '0' || type == 0)) {
                return content(tar, size, largest);
            }
            skip(tar, padded(size));
            longName = "";
        }
        throw Refused.invalid("OVA_NO_DESCRIPTOR", "The package holds no .ovf file among its first %d members.".formatted(MOST_MEMBERS),
                "Put the descriptor first into the tar, as DSP0243 §5.3 asks.");
    }

    private static byte[] content(InputStream tar, long size, int largest) throws IOException {
        if (size > largest) {
            throw Ovf.tooLarge(size);
        }
        var content = tar.readNBytes((int) size);
        if (content.length < size) {
            throw truncated();
        }
        skip(tar, padded(size) - size);
        return content;
    }

    private static String longName(char type, byte[] content) {
        var text = new String(content, StandardCharsets.UTF_8);
        if (type == 'L') {
            return text.replace("\0", "");
        }
        return text.lines().filter(line -> line.contains(" path=")).map(line -> line.substring(line.indexOf('=') + 1)).findFirst().orElse("");
    }

    private static long number(byte[] header, int from, int length) {
        var digits = text(header, from, length).strip();
        if (!digits.matches("[0-7]{1,11}")) {
            throw Refused.invalid("OVA_BROKEN", "The package is no tar that can be read: a member's size is '%s'.".formatted(digits), "Pack it in USTAR format.");
        }
        return Long.parseLong(digits, 8);
    }

    private static String text(byte[] header, int from, int length) {
        var text = new String(header, from, length, StandardCharsets.UTF_8);
        var end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static void skip(InputStream tar, long bytes) throws IOException {
        try {
            tar.skipNBytes(bytes);
        } catch (EOFException _) {
            throw truncated();
        }
    }

    private static Refused truncated() {
        return Refused.invalid("OVA_TRUNCATED", "The package ends in the middle of a member.", "Hand it in whole.");
    }
}
