package org.reservoir.gateways.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.reservoir.interfaces.Wire;

/** Holds answers against the OpenAPI document that is served, by a foreign JSON Schema library. */
public final class SchemaJudge {
    private final JsonNode document;
    private final Map<String, Schema> schemas = new HashMap<>();
    private final Set<String> judged = new TreeSet<>();

    public SchemaJudge(JsonNode document) {
        this.document = document;
    }

    /** The ids of the operations whose good answers it has seen. */
    public Set<String> judged() {
        return Set.copyOf(judged);
    }

    /** What is wrong with an answer; nothing when all is well. @param target of the request, with its query */
    public String wrong(String method, String target, int status, String mediaType, String body) {
        var operation = operation(method, target.replaceFirst("\\?.*", ""));
        if (operation == null) {
            return status == 404 || status == 405 ? "" : "%s %s is not described, but answered %d".formatted(method, target, status);
        }
        var answer = operation.at("/responses/" + status);
        if (answer.isMissingNode() && status < 400) {
            return status == 304 ? "" : "%s %s answered %d, which is not described".formatted(method, target, status);
        }
        var content = answer.isMissingNode() ? document.at("/components/responses/Problem/content") : answer.path("content");
        if (status < 400) {
            judged.add(operation.get("operationId").asText());
        }
        if (content.isMissingNode()) {
            return body.isEmpty() ? "" : "%s %s answered a body, which is not described".formatted(method, target);
        }
        var type = mediaType.replaceFirst(";.*", "");
        if (!content.has(type)) {
            return "%s %s answered %d as %s, which is not described".formatted(method, target, status, mediaType);
        }
        var errors = type.endsWith("json") ? errors(content.at("/" + type.replace("/", "~1") + "/schema"), body) : List.of();
        return errors.isEmpty() ? "" : "%s %s: %s".formatted(method, target, errors);
    }

    /** What is wrong with JSON by a schema of the document. */
    List<?> errors(JsonNode schema, String body) {
        return schemas.computeIfAbsent(schema.toString(), this::compiled).validate(body, InputFormat.JSON);
    }

    private Schema compiled(String schema) {
        var whole = (ObjectNode) Wire.read(schema, JsonNode.class);
        whole.set("components", document.get("components"));
        whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(whole.toString(), InputFormat.JSON);
    }

    /** The operation for a path; of several templates that fit, the one with the fewest parameters. */
    private JsonNode operation(String method, String path) {
        var fitting = new ArrayList<String>();
        document.get("paths").fieldNames().forEachRemaining(template -> {
            if (path.matches("\\Q" + template.replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q") + "\\E") && document.at(pointer(template, method)).isObject()) {
                fitting.add(template);
            }
        });
        return fitting.stream().min((a, b) -> Long.compare(parameters(a), parameters(b))).map(template -> document.at(pointer(template, method))).orElse(null);
    }

    private static String pointer(String template, String method) {
        return "/paths/" + template.replace("/", "~1") + "/" + method.toLowerCase(Locale.ROOT);
    }

    private static long parameters(String template) {
        return template.chars().filter(each -> each == '{').count();
    }
}
