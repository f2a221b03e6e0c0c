package org.reservoir.testbed.demo;

import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.testbed.TestHost;

/** Speaks HTTP to a guest from where its network can be reached: its host. Bash does it, for it is on every host. */
record GuestHttp(String address, Optional<TestHost> inside) {
    private static final int TRIES = 20;
    /** Asks with HTTP/1.0, prints the body; fails when the answer is not 200. */
    private static final String ASK = """
            exec 3<>/dev/tcp/$0/80 && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$1" >&3 && read -r -t 8 _ status _ <&3 || exit 1
            while IFS= read -r -t 8 line <&3 && [[ ${line%$'\\r'} ]]; do :; done
            timeout 8 cat <&3; [[ $status == 200 ]]""";

    static GuestHttp of(Stage stage, Shell shell, JsonNode replica) {
        var host = shell.ask("vee", "show", replica.path("vee").asText()).path("host").asText();
        var name = shell.ask("host", "show", host).path("name").asText();
        var seat = stage.seats().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow(() -> new Demo.Failed("no host is called " + name));
        return new GuestHttp(replica.path("address").asText(), seat.inside());
    }

    String url(String path) {
        return "http://" + address + path;
    }

    /** The body; a guest that does not answer is asked again a few times. */
    String get(String path) {
        for (int left = TRIES; ; left--) {
            var answer = tryGet(path);
            if (answer.isPresent()) {
                return answer.get();
            }
            if (left == 0) {
                throw new Demo.Failed("%s does not answer".formatted(url(path)));
            }
            Pause.of(Duration.ofMillis(500));
        }
    }

    Optional<String> tryGet(String path) {
        try {
            return Optional.of(run("timeout", "20", "bash", "-c", ASK, address, path));
        } catch (IllegalStateException _) {
            return Optional.empty();
        }
    }

    /** Runs a command where the guest can be reached. */
    private String run(String... command) {
        return inside.map(host -> host.run(command)).orElseGet(() -> TestHost.onThisMachine(command));
    }
}
