package org.reservoir.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** {@code image upload}: sends a file in parts, beginning with what has not arrived yet. */
final class UploadImage implements Verb.Work {
    private static final long PART = 64L << 20;

    @Override
    public void run(Invocation call) {
        var image = call.site().get("/api/veem/v1/images/" + Site.encoded(call.arg("IMAGE")));
        var arrived = send(call, image, call.option("--file").orElseThrow());
        call.output().list(List.of(call.has("--wait") ? Waiting.IMAGE.until(call, arrived) : arrived), CreateImage.MADE);
    }

    /** Before anything is noted that would wait for its bytes for ever. */
    static void requireReadable(String file) {
        if (!Files.isRegularFile(Path.of(file)) || !Files.isReadable(Path.of(file))) {
            throw Failure.usage("%s is no file that can be read.".formatted(file), "Nothing was made. Give the path of an image on this machine.");
        }
    }

    static Object send(Invocation call, Object image, String file) {
        var content = "/api/veem/v1/images/" + Json.text(image, "id") + "/content";
        var offset = Json.at(image, "done") instanceof Number done ? done.longValue() : 0;
        try (var in = Files.newInputStream(Path.of(file)); var progress = new Progress(call)) {
            var length = Files.size(Path.of(file));
            in.skipNBytes(offset);
            var answer = image;
            do {
                var count = Math.min(PART, length - offset);
                answer = call.site().upload("PUT", content, Map.of("Content-Type", "application/octet-stream",
                        "Content-Range", "bytes %d-%d/%d".formatted(offset, Math.max(offset, offset + count - 1), length)), new Http.Content(first(in, count, told(progress, offset, length)), count));
                offset += count;
                told(progress, offset, length).accept(0);
            } while (offset < length);
            return answer;
        } catch (IOException e) {
            throw Failure.usage("%s cannot be read (%s).".formatted(file, e.getClass().getSimpleName()), "");
        }
    }

    /** Tells how far it has come when so many more bytes have gone. */
    private static LongConsumer told(Progress progress, long offset, long length) {
        return more -> {
            var gone = offset + more;
            progress.now(gone < length ? "uploading" : "uploaded", ", %s of %s".formatted(Column.size(gone), Column.size(length)));
        };
    }

    /** The next {@code count} bytes of {@code in}, which stays open. @param told how many have gone, now and then */
    private static InputStream first(InputStream in, long count, LongConsumer told) {
        return new InputStream() {
            private long left = count;

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int most) throws IOException {
                var read = left == 0 ? -1 : in.read(bytes, offset, (int) Math.min(left, most));
                left -= Math.max(0, read);
                told.accept(count - left);
                return read;
            }
        };
    }
}
