package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Schemas.ordered;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Describes routes as an OpenAPI 3.1 document; made from the very routes that serve. */
final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)\\}");
    private static final Map<String, String> METHODS = Map.of("GET", "get", "POST", "post", "PUT", "put", "PATCH", "patch", "DELETE", "delete");

    private final Schemas schemas = new Schemas();

    static Map<String, Object> of(List<Route> routes) {
        return new OpenApi().document(routes);
    }

    private Map<String, Object> document(List<Route> routes) {
        var paths = new TreeMap<String, Map<String, Object>>();
        for (var route : routes) {
            paths.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>()).put(METHODS.get(route.method()), operation(route));
        }
        var problem = schemas.of(Problem.class);
        return ordered("openapi", "3.1.0",
                "info", ordered("title", "Reservoir", "version", "v1", "description", "The site's REST interface. Things in paths may be called by id or by name.",
                        "license", ordered("name", "Apache-2.0", "identifier", "Apache-2.0")),
                "security", List.of(Map.of("token", List.of())), "paths", paths,
                "components", ordered("schemas", schemas.components(), "securitySchemes", ordered(
                        "token", ordered("type", "http", "scheme", "bearer", "description", "A user's token."),
                        "secret", ordered("type", "http", "scheme", "bearer", "description", "A VEE's own secret.")),
                        "responses", Map.of("Problem", ordered("description", "A refusal (RFC 9457).", "content",
                                Map.of("application/problem+json", Map.of("schema", problem))))));
    }

    private Map<String, Object> operation(Route route) {
        var operation = ordered("operationId", route.id(), "summary", route.summary(), "tags", List.of(route.id().replaceFirst("\\..*", "")));
        if (route.who() != Route.Who.CALLER) {
            operation.put("security", route.who() == Route.Who.ANYONE ? List.of() : List.of(Map.of("secret", List.of())));
        }
        var parameters = parameters(route);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (!route.body().equals(Shape.NONE)) {
            operation.put("requestBody", ordered("required", !route.path().contains("/actions/"), "content", content(route.body())));
        }
        operation.put("responses", ordered(Integer.toString(route.status()), answer(route), "default", Map.of("$ref", "#/components/responses/Problem")));
        return operation;
    }

    private Map<String, Object> answer(Route route) {
        return route.answer().equals(Shape.NONE) ? ordered("description", "Done.") : ordered("description", "Done.", "content", content(route.answer()));
    }

    private Map<String, Object> content(Shape shape) {
        return shape instanceof Shape.Raw(var type) ? Map.of(type, Map.of("schema", schemas.of(shape)))
                : Map.of("application/json", Map.of("schema", schemas.of(shape)));
    }

    private List<Object> parameters(Route route) {
        var parameters = new ArrayList<Object>();
        for (var match = PARAMETER.matcher(route.path()); match.find();) {
            parameters.add(ordered("name", match.group(1), "in", "path", "required", true, "schema", Map.of("type", "string")));
        }
        for (var query : route.queries()) {
            var schema = new LinkedHashMap<>(schemas.of(query.type()));
            query.values().ifPresent(values -> schema.put("enum", values));
            parameters.add(ordered("name", query.name(), "in", "query", "description", query.description(), "schema", schema));
        }
        if (route.who() == Route.Who.CALLER && !route.method().equals("GET")) {
            parameters.add(ordered("name", "If-Match", "in", "header", "description", "Only while the thing has this ETag; else 412.", "schema", Map.of("type", "string")));
        }
        if (route.creates()) {
            parameters.add(ordered("name", "Idempotency-Key", "in", "header", "description", "The same key again gets the first answer again, for a day.",
                    "schema", Map.of("type", "string", "maxLength", 128)));
        }
        return parameters;
    }
}
