package org.reservoir.interfaces;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.TemplateId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/**
 * How the words of the interfaces are written as JSON, in the API and in the site database alike: ids as {@code "vee-7"},
 * sizes as bytes (a text like {@code "2GiB"} is read too), CPU shares as numbers, instants as ISO 8601, absent optionals left out.
 * What is the same is written the same: the keys of a map and the members of a set come in their order. Fields may be left out where they have a default. Unknown fields are refused, so that a misspelt one is not silently ignored.
 */
public final class Wire {
    private static final ObjectMapper MAPPER = mapper();
    /** Of Java's names, which mean nothing to those who sent the JSON. */
    private static final Pattern PACKAGES = Pattern.compile("(?:org\\.reservoir|java)\\.(?:[a-z]+\\.)*");

    private static final Set<Class<?>> WHOLE = Set.of(int.class, Integer.class, long.class, Long.class);

    private Wire() {}

    /** The mapper itself, for streaming; do not configure it. */
    public static ObjectMapper json() {
        return MAPPER;
    }

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write %s as JSON".formatted(value), e);
        }
    }

    /** @throws Refused {@code BAD_JSON} with line and column when {@code json} is not JSON or not a {@code type}, {@code BAD_VALUE}, {@code UNKNOWN_FIELD} and others when it is one with something wrong in it */
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw refusal(e);
        }
    }

    /** Whether JSON may leave out this field of a record, which then has its default. */
    public static boolean mayBeAbsent(RecordComponent field) {
        return Absent.mayBe(field);
    }

    /** What a caller is told about JSON that cannot be read: the innermost reason, where it stands. */
    public static Refused refusal(JsonProcessingException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Refused refused) {
                return refused;
            }
        }
        var where = failure.getLocation() == null ? ""
                : " at line %d, column %d".formatted(failure.getLocation().getLineNr(), failure.getLocation().getColumnNr());
        if (failure instanceof UnrecognizedPropertyException unknown) {
            var known = unknown.getKnownPropertyIds().stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
            return Refused.invalid("UNKNOWN_FIELD", "There is no field '%s'%s.".formatted(unknown.getPropertyName(), where), "Its fields are " + known + ".");
        }
        if (failure instanceof MismatchedInputException wrong && !wrong.getPath().isEmpty() && (wrong instanceof InvalidFormatException || wrong.getPath().getLast().getFieldName() != null)) {
            return badValue(wrong, where);
        }
        return Refused.invalid("BAD_JSON", "%s%s.".formatted(PACKAGES.matcher(failure.getOriginalMessage()).replaceAll(""), where), "See /openapi.json for what is expected.");
    }

    /** A value that its field does not take: of an enumeration another word, of a number a text, or the wrong kind of JSON. */
    private static Refused badValue(MismatchedInputException wrong, String where) {
        var field = wrong.getPath().getLast().getFieldName();
        var value = wrong instanceof InvalidFormatException format ? "'%s'".formatted(format.getValue()) : "of another kind";
        return Refused.invalid("BAD_VALUE", "%s cannot be %s%s.".formatted(field == null ? "An item" : "Field '" + field + "'", value, where), wanted(wrong.getTargetType()));
    }

    private static String wanted(Class<?> type) {
        if (type.isEnum()) {
            return "It is one of %s.".formatted(Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", ")));
        }
        if (type == Instant.class) {
            return "It is a time like 2026-12-01T08:00:00Z.";
        }
        if (WHOLE.contains(type)) {
            return "It is a whole number.";
        }
        return type.isPrimitive() || Number.class.isAssignableFrom(type) ? "It is a number." : "See /openapi.json for what is expected.";
    }

    private static ObjectMapper mapper() {
        var factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).maxStringLength(16 << 20).build()).build();
        var mapper = new ObjectMapper(factory)
                .registerModule(new Jdk8Module()).registerModule(new JavaTimeModule()).registerModule(words())
                .setDefaultPropertyInclusion(JsonInclude.Include.NON_ABSENT)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT); // 1.5 of something would quietly be 1
        for (var choice : List.of(VeeAction.class, Disk.Content.class, Guest.Boot.class)) {
            mapper.addMixIn(choice, Named.class).registerSubtypes(choice.getPermittedSubclasses());
        }
        return mapper;
    }

    /** Sealed choices carry the name of their record in {@code "is"}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "is", requireTypeIdForSubtypes = OptBoolean.FALSE)
    private interface Named {}

    private static SimpleModule words() {
        var module = new SimpleModule("reservoir");
        id(module, VeeId.class, VeeId::parse);
        id(module, HostId.class, HostId::parse);
        id(module, ImageId.class, ImageId::parse);
        id(module, LeaseId.class, LeaseId::parse);
        id(module, NetworkId.class, NetworkId::parse);
        id(module, SecurityGroupId.class, SecurityGroupId::parse);
        id(module, TemplateId.class, TemplateId::parse);
        id(module, ServiceId.class, ServiceId::parse);
        id(module, UserId.class, UserId::parse);
        id(module, GroupId.class, GroupId::parse);
        number(module, DataSize.class, (generator, size) -> generator.writeNumber(size.bytes()), DataSize::parse);
        module.setValueInstantiators(new Absent());
        module.addSerializer(Set.class, new StdDelegatingSerializer(new StdConverter<Set<?>, List<?>>() {
            @Override
            public List<?> convert(Set<?> set) {
                return set.stream().sorted().toList();
            }
        }));
        number(module, Cpus.class, (generator, cpus) -> generator.writeNumber(cpus.toString()), Cpus::parse);
        return module;
    }

    private static <T> void id(SimpleModule module, Class<T> type, Function<String, T> parse) {
        number(module, type, (generator, id) -> generator.writeString(id.toString()), parse);
        module.addKeyDeserializer(type, new KeyDeserializer() {
            @Override
            public Object deserializeKey(String key, DeserializationContext context) {
                return parse.apply(key);
            }
        });
    }

    @FunctionalInterface
    private interface Writer<T> {
        void write(JsonGenerator generator, T value) throws IOException;
    }

    private static <T> void number(SimpleModule module, Class<T> type, Writer<T> writer, Function<String, T> parse) {
        module.addSerializer(type, new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                writer.write(generator, value);
            }
        });
        module.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return parse.apply(parser.getValueAsString(""));
            }
        });
    }
}
