package org.reservoir.site;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What a site is asked sooner or later, on some hosts and with a rule: an answer that is promised within a second is so for the first time as well.
 *
 * @param round names what is made apart from what was made in others
 */
record Questions(URI site, String token, int round) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int FINE = 2;

    /** @param answer the hundreds of the status that it is to have */
    private record Question(String method, String path, String body, int answer) {
        static Question get(String path) {
            return new Question("GET", path, "", FINE);
        }
    }

    private Stream<Question> all() {
        var hosts = Stream.of("warm", "mild", "cool").map(host -> new Question("POST", "/api/veeh/v1/hosts", "{\"name\":\"%1$s%2$d\",\"uri\":\"sim://%1$s%2$d\"}".formatted(host, round), FINE));
        var placement = Stream.of(
                new Question("POST", "/api/veem/v1/vees", ("[{\"name\":\"a%1$d\",\"vcpus\":1,\"memory\":\"1GiB\"},{\"name\":\"b%1$d\",\"vcpus\":1,\"memory\":\"1GiB\"},"
                        + "{\"name\":\"c%1$d\",\"vcpus\":2,\"memory\":\"2GiB\"}]").formatted(round), FINE),
                new Question("PUT", "/api/placement/v1/policies", "{\"goals\":{\"power\":1,\"few-moves\":1}}", FINE),
                new Question("POST", "/api/placement/v1/reviews", "", FINE),
                new Question("POST", "/api/placement/v1/survival", "{}", FINE),
                new Question("POST", "/api/placement/v1/admissions", "{\"name\":\"warm\",\"promised\":0.99,\"tiers\":[{\"name\":\"web\",\"least\":1,\"most\":4,\"cpu\":1,\"memory\":\"1GiB\"},"
                        + "{\"name\":\"db\",\"least\":1,\"most\":2,\"cpu\":1,\"memory\":\"1GiB\",\"apart\":true}]}", FINE));
        var looks = Stream.of("/health", "/api/site/v1/status", "/api/veem/v1/vees", "/api/veeh/v1/hosts", "/api/sm/v1/services").map(Question::get);
        return Stream.of(hosts, placement, looks, Stream.of(new Question("GET", "/api/nothing", "", 4))).flatMap(questions -> questions);
    }

    /** @throws IllegalStateException when a question is answered otherwise than it was meant */
    void ask() throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build()) {
            for (var question : all().toList()) {
                var request = HttpRequest.newBuilder(site.resolve(question.path())).timeout(PATIENCE).header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                        .method(question.method(), question.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(question.body())).build();
                var answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() / 100 != question.answer()) {
                    throw new IllegalStateException("in training, %s %s was answered %d: %s".formatted(question.method(), question.path(), answer.statusCode(), answer.body()));
                }
            }
        }
    }
}
