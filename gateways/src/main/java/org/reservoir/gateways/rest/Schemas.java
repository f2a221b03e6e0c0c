package org.reservoir.gateways.rest;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;

/**
 * JSON Schemas (2020-12) of the records that go in and out, as {@link Wire} reads and writes them. What {@code Wire} lets be left out is not
 * required; what it refuses (unknown fields) the schemas refuse too.
 */
final class Schemas {
    private static final Map<Class<?>, Map<String, Object>> PLAIN = Map.ofEntries(
            Map.entry(String.class, Map.of("type", "string")), Map.entry(boolean.class, Map.of("type", "boolean")), Map.entry(Boolean.class, Map.of("type", "boolean")),
            Map.entry(int.class, integer("int32")), Map.entry(Integer.class, integer("int32")), Map.entry(long.class, integer("int64")),
            Map.entry(Long.class, integer("int64")), Map.entry(OptionalInt.class, integer("int32")), Map.entry(OptionalLong.class, integer("int64")),
            Map.entry(double.class, Map.of("type", "number")), Map.entry(Double.class, Map.of("type", "number")),
            Map.entry(OptionalDouble.class, Map.of("type", "number")), Map.entry(BigDecimal.class, Map.of("type", "number")),
            Map.entry(Instant.class, Map.of("type", "string", "format", "date-time")), Map.entry(Duration.class, Map.of("type", "string", "format", "duration")),
            Map.entry(byte[].class, Map.of("type", "string", "contentEncoding", "base64")), Map.entry(JsonNode.class, Map.of()),
            Map.entry(Map.class, Map.of("type", "object")),
            Map.entry(DataSize.class, Map.of("type", List.of("integer", "string"), "description", "Bytes, or a text with a unit such as 2GiB; answered as bytes.")),
            Map.entry(Cpus.class, Map.of("type", List.of("number", "string"), "description", "A share of processors such as 0.5, at most three decimals.")));

    private final Map<String, Object> components = new TreeMap<>();

    /** The named schemas that others refer to. */
    Map<String, Object> components() {
        return components;
    }

    Map<String, Object> of(Shape shape) {
        return switch (shape) {
            case Shape.Nothing _ -> Map.of();
            case Shape.Raw _ -> Map.of("type", "string", "contentMediaType", "application/octet-stream");
            case Shape.One(var type) -> of(type);
            case Shape.Many(var item) -> array(of(item));
            case Shape.Paged(var item) -> page(item);
            case Shape.Either(var shapes) -> Map.of("anyOf", shapes.stream().map(this::of).toList());
        };
    }

    private Map<String, Object> page(Class<?> item) {
        var name = "Page." + name(item);
        var items = array(of(item));
        components.put(name, object(ordered("items", items, "next", Map.of("type", "string")), List.of("items")));
        return reference(name);
    }

    Map<String, Object> of(Type type) {
        return switch (type) {
            case Class<?> plain when PLAIN.containsKey(plain) -> PLAIN.get(plain);
            case Class<?> choice when choice.isEnum() -> Map.of("type", "string", "enum", Arrays.stream(choice.getEnumConstants()).map(Object::toString).toList());
            case Class<?> record when record.isRecord() -> isId(record) ? id(record) : named(record);
            case ParameterizedType generic -> generic(generic);
            default -> throw new IllegalStateException("no schema for %s".formatted(type));
        };
    }

    private Map<String, Object> generic(ParameterizedType type) {
        var raw = type.getRawType();
        var arguments = type.getActualTypeArguments();
        if (raw == Optional.class) {
            return of(arguments[0]);
        }
        if (raw == List.class || raw == Set.class) {
            return array(of(arguments[0]));
        }
        if (raw == Map.class) {
            return Map.of("type", "object", "additionalProperties", of(arguments[1]));
        }
        throw new IllegalStateException("no schema for %s".formatted(type));
    }

    /** Ids of the kernel are texts. */
    private static boolean isId(Class<?> type) {
        return type.getPackageName().equals("org.reservoir.kernel") && type.getSimpleName().endsWith("Id");
    }

    private static Map<String, Object> id(Class<?> type) {
        return Map.of("type", "string", "description", "Such as " + example(type) + ".");
    }

    private static String example(Class<?> type) {
        try {
            return type.getDeclaredConstructor(long.class).newInstance(7L).toString();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s is no id".formatted(type), e);
        }
    }

    private Map<String, Object> named(Class<?> type) {
        var name = name(type);
        if (!components.containsKey(name)) {
            components.put(name, Map.of());
            components.put(name, record(type));
        }
        return reference(name);
    }

    private Map<String, Object> record(Class<?> type) {
        var fields = new LinkedHashMap<String, Object>();
        for (var component : type.getRecordComponents()) {
            fields.put(component.getName(), of(component.getGenericType()));
        }
        var required = Arrays.stream(type.getRecordComponents()).filter(component -> !Wire.mayBeAbsent(component)).map(RecordComponent::getName).toList();
        return object(fields, required);
    }

    private static Map<String, Object> object(Map<String, Object> fields, List<String> required) {
        var object = new LinkedHashMap<String, Object>(Map.of("type", "object", "properties", fields, "additionalProperties", false));
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        return new TreeMap<>(object);
    }

    static String name(Class<?> type) {
        var within = type.getEnclosingClass();
        var own = type.getSimpleName();
        return within == null || within.getSimpleName().endsWith("Routes") || !within.isRecord() ? own : name(within) + "." + own;
    }

    private static Map<String, Object> array(Map<String, Object> items) {
        return Map.of("type", "array", "items", items);
    }

    private static Map<String, Object> integer(String format) {
        return Map.of("type", "integer", "format", format);
    }

    static Map<String, Object> reference(String name) {
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    static Map<String, Object> ordered(Object... keysAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
