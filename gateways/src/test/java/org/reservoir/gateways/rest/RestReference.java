package org.reservoir.gateways.rest;

import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

/** The REST reference in docs, made of the OpenAPI document. */
final class RestReference {
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    private RestReference() {}

    static String of(JsonNode document) {
        var text = new StringBuilder("""
                # REST reference

                Generated from `/openapi.json`, which says more: the schemas of all bodies. Things in paths may be called by id (`vee-7` or `7`) or by name.
                Send `Authorization: Bearer TOKEN`. Errors are problem documents (RFC 9457) with a stable `code`; the status follows from its kind:
                400 not valid, 401 not authenticated, 403 not allowed, 404 not found, 405 and 415 wrong method or media type, 409 in conflict with the present
                state, 412 changed since it was looked at, 413 too large, 429 asked too often, 503 not available now, 507 a quota or pool is used up, 500 a defect (with an incident for the log).
                """);
        var byTag = new TreeMap<String, StringBuilder>();
        document.get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .sorted(Comparator.comparing(operation -> METHODS.indexOf(operation.getKey()))).forEach(operation -> line(
                byTag.computeIfAbsent(operation.getValue().at("/tags/0").asText(), _ -> new StringBuilder()), path.getKey(), operation.getKey(), operation.getValue())));
        byTag.forEach((tag, lines) -> text.append("\n## ").append(tag).append("\n\n| request | what it does | body | answer |\n| --- | --- | --- | --- |\n").append(lines));
        return text.toString();
    }

    private static void line(StringBuilder lines, String path, String method, JsonNode operation) {
        var queries = new StringBuilder();
        operation.path("parameters").forEach(parameter -> {
            if (parameter.get("in").asText().equals("query")) {
                queries.append(queries.isEmpty() ? "?" : "&").append(parameter.get("name").asText());
            }
        });
        var status = operation.get("responses").properties().iterator().next();
        lines.append("| `%s %s%s` | %s | %s | %s %s |\n".formatted(method.toUpperCase(java.util.Locale.ROOT), path, queries, operation.get("summary").asText(),
                type(operation.at("/requestBody/content")), status.getKey(), type(status.getValue().path("content"))));
    }

    private static String type(JsonNode content) {
        return content.isEmpty() ? "" : name(content.properties().iterator().next().getValue().get("schema"), content.properties().iterator().next().getKey());
    }

    private static String name(JsonNode schema, String mediaType) {
        if (schema.has("$ref")) {
            return schema.get("$ref").asText().replaceFirst(".*/", "");
        }
        if (schema.has("anyOf")) {
            return String.join(" or ", schema.get("anyOf").valueStream().map(each -> name(each, mediaType)).toList());
        }
        return schema.path("type").asText().equals("array") ? "list of " + name(schema.get("items"), mediaType)
                : mediaType.equals("application/json") ? "object" : mediaType;
    }
}
