package org.reservoir.veem.kept;

import java.io.IOException;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;

import org.reservoir.interfaces.Wire;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseRecord;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.Quantity;

/** Writes the records of lease planning as JSON for the site database; rules are no part of it: they are the site's, and may change. */
public final class LeaseJson {
    private static final ObjectMapper MAPPER = Wire.json().copy().registerModule(quantities());

    static {
        MAPPER.addMixIn(LeaseRequest.Start.class, Named.class).registerSubtypes(LeaseRequest.Start.class.getPermittedSubclasses());
    }

    private LeaseJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "is", requireTypeIdForSubtypes = OptBoolean.FALSE)
    private interface Named {}

    /** A book but for its rules. */
    public record Kept(LeaseSite site, Set<Long> lost, long now, List<LeaseRecord> leases, List<Long> queue, List<Long> waiting) {
        public static Kept of(LeaseBook book) {
            return new Kept(book.site(), book.lost(), book.now(), book.leases(), book.queue(), book.waiting());
        }

        public LeaseBook under(LeaseRules rules) {
            return new LeaseBook(site, rules.settings(), rules.policies(), lost, now, leases, queue, waiting);
        }
    }

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException("cannot write %s as JSON".formatted(value), failure);
        }
    }

    static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException("the site database holds no %s: %s".formatted(type.getSimpleName(), json), failure);
        }
    }

    /** Amounts alone: here no resource comes in instances. */
    private static SimpleModule quantities() {
        return new SimpleModule("quantities").addSerializer(new StdSerializer<>(Quantity.class) {
            @Override
            public void serialize(Quantity value, JsonGenerator generator, SerializerProvider provider) throws IOException {
                var amounts = value.amounts().stream().mapToLong(Long::longValue).toArray();
                generator.writeArray(amounts, 0, amounts.length);
            }
        }).addDeserializer(Quantity.class, new StdDeserializer<Quantity>(Quantity.class) {
            @Override
            public Quantity deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return Quantity.of(context.readValue(parser, long[].class));
            }
        });
    }
}
