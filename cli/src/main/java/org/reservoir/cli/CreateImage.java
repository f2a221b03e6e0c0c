package org.reservoir.cli;

import java.util.List;
import java.util.Map;

/** {@code image create}: notes the image, and uploads its file when it is on this machine. */
final class CreateImage implements Verb.Work {
    static final List<Column> MADE = Column.of("ID", "NAME", "KIND", "STATE", "SIZE=virtualSize:size");

    @Override
    public void run(Invocation call) {
        var body = call.body(Map.of("NAME", "name"));
        body.putIfAbsent("kind", "DISK");
        if (call.has("--upload") == body.containsKey("source")) {
            throw Failure.usage("Say where the image comes from: either --upload or --source.", "See 'reservoir image create --help'.");
        }
        call.option("--upload").ifPresent(UploadImage::requireReadable);
        var image = call.site().send("POST", "/api/veem/v1/images", Map.of(), Json.write(body, false));
        var arrived = call.has("--upload") ? UploadImage.send(call, image, call.option("--upload").orElseThrow()) : image;
        call.output().list(List.of(call.has("--wait") ? Waiting.IMAGE.until(call, arrived) : arrived), MADE);
        if (!call.has("--wait")) {
            call.hint("Follow it with: reservoir image show %s --watch".formatted(Json.text(image, "name")));
        }
    }
}
