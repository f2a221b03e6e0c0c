package org.reservoir.veeh.libvirt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The header of a qcow2 file (QEMU's docs/interop/qcow2.txt), as far as a disk that moves between hosts needs it. */
final class Qcow2 {
    private static final int MAGIC = 0x514649fb;
    private static final int HEAD = 64 << 10;
    private static final int LONGEST_NAME = 1023;

    private Qcow2() {}

    /**
     * The same file, naming {@code base} as what it differs from when it differs from anything: each host keeps images in its own folder.
     *
     * @throws IOException when it is no qcow2, or needs a base and there is none
     */
    static InputStream rebased(InputStream file, Optional<String> base) throws IOException {
        var bytes = file.readNBytes(HEAD);
        var head = ByteBuffer.wrap(bytes);
        if (bytes.length < 104 || head.getInt(0) != MAGIC) {
            throw new IOException("not a qcow2 file");
        }
        long at = head.getLong(8);
        if (at != 0) {
            var name = base.orElseThrow(() -> new IOException("the file differs from an image that is not named")).getBytes(StandardCharsets.UTF_8);
            if (at < 72 || at + Math.max(name.length, head.getInt(16)) > bytes.length || name.length > LONGEST_NAME) {
                throw new IOException("no room for the image's name at %d".formatted(at));
            }
            head.putInt(16, name.length).put((int) at, name);
        }
        return new SequenceInputStream(new ByteArrayInputStream(bytes), file);
    }
}
