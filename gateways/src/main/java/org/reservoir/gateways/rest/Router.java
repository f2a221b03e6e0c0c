package org.reservoir.gateways.rest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import org.reservoir.kernel.Refused;

/** Finds the route for a method and a path: a tree of segments, fixed ones before parameters. */
final class Router {
    private final Node root = new Node();
    private final List<Route> routes;

    /** A route with the values of its path's parameters. */
    record Match(Route route, Map<String, String> parameters) {}

    private static final class Node {
        private final Map<String, Node> fixed = new HashMap<>();
        private final Map<String, Route> methods = new TreeMap<>();
        private Node parameter;

        private Node child(String segment) {
            if (!segment.startsWith("{")) {
                return fixed.computeIfAbsent(segment, _ -> new Node());
            }
            parameter = parameter == null ? new Node() : parameter;
            return parameter;
        }
    }

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
        this.routes.forEach(this::add);
    }

    List<Route> routes() {
        return routes;
    }

    private void add(Route route) {
        var node = root;
        for (var segment : segments(route.path())) {
            node = node.child(segment);
        }
        if (node.methods.put(route.method(), route) != null) {
            throw new IllegalStateException("two routes for %s %s".formatted(route.method(), route.path()));
        }
    }

    /**
     * @param path as sent, still percent-encoded
     * @throws Refused {@code NO_SUCH_PATH}, {@code METHOD_NOT_ALLOWED}
     */
    Match match(String method, String path) {
        var segments = segments(path);
        var node = node(path, segments);
        var route = node.methods.get(method.equals("HEAD") ? "GET" : method);
        if (route == null) {
            throw Refused.invalid("METHOD_NOT_ALLOWED", "%s cannot be done with %s.".formatted(method, path), "Allowed: " + methods(node) + ".");
        }
        return new Match(route, parameters(route, segments));
    }

    /** The same, empty when there is none. */
    Optional<Match> find(String method, String path) {
        var segments = segments(path);
        return Optional.ofNullable(find(root, segments, 0)).map(node -> node.methods.get(method)).map(route -> new Match(route, parameters(route, segments)));
    }

    private static Node find(Node node, String[] segments, int at) {
        if (at == segments.length) {
            return node.methods.isEmpty() ? null : node;
        }
        var next = node.fixed.get(segments[at]);
        var found = next == null ? null : find(next, segments, at + 1);
        return found != null || node.parameter == null || segments[at].isEmpty() ? found : find(node.parameter, segments, at + 1);
    }

    private Node node(String path, String[] segments) {
        var node = find(root, segments, 0);
        if (node == null) {
            throw Refused.notFound("NO_SUCH_PATH", "There is nothing at %s.".formatted(path), "See /openapi.json for what there is.");
        }
        return node;
    }

    /** The methods that {@code path} takes, for an Allow header. @throws Refused {@code NO_SUCH_PATH} */
    String allowed(String path) {
        return path.equals("*") ? "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE" : methods(node(path, segments(path)));
    }

    private static String methods(Node node) {
        var methods = new TreeSet<>(node.methods.keySet());
        methods.add("OPTIONS");
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }

    private static Map<String, String> parameters(Route route, String[] given) {
        var named = segments(route.path());
        var parameters = new HashMap<String, String>(4);
        for (int i = 0; i < named.length; i++) {
            if (named[i].startsWith("{")) {
                parameters.put(named[i].substring(1, named[i].length() - 1), decoded(given[i]));
            }
        }
        return parameters;
    }

    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_PATH", "'%s' is not percent-encoded rightly.".formatted(segment), "");
        }
    }

    private static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }
}
