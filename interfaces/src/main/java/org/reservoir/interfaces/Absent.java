package org.reservoir.interfaces;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.module.SimpleValueInstantiators;
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;

import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * What a record gets for a field that its JSON leaves out: nothing for optionals, lists and maps, the stated default where there is one, else a
 * refusal that names the field. So no record is ever made with a {@code null} in it.
 */
final class Absent extends SimpleValueInstantiators {
    private static final Map<Class<?>, Object> EMPTY = Map.of(
            Optional.class, Optional.empty(), OptionalInt.class, OptionalInt.empty(), OptionalLong.class, OptionalLong.empty(),
            OptionalDouble.class, OptionalDouble.empty(),
            List.class, List.of(), Set.class, Set.of(), Map.class, Map.of(),
            VeeSpec.Context.class, VeeSpec.Context.NONE, VeeSpec.Wish.class, VeeSpec.Wish.ANYWHERE);

    /** Defaults by record and field; each may look at the fields given before it. */
    private static final Map<Class<?>, Map<String, Function<Object[], Object>>> DEFAULTS = Map.of(
            VeeSpec.class, Map.of("cpu", fields -> Cpus.of(Math.clamp((Integer) fields[1], 0, VeeSpec.MOST_VCPUS))),
            HostRequest.class, Map.of("cluster", _ -> "default", "cpuFactor", _ -> 1.0, "memoryFactor", _ -> 1.0,
                    "cpuReserve", _ -> Cpus.ZERO, "memoryReserve", _ -> DataSize.ZERO),
            PlacementPolicy.class, Map.of("failures", _ -> 1, "mostMoves", _ -> PlacementPolicy.MOVES, "leastGain", _ -> PlacementPolicy.GAIN, "period", _ -> Duration.ZERO),
            PlacementPolicy.Sleep.class, Map.of("spare", _ -> 1),
            LeasePolicy.class, Map.of("admission", _ -> LeasePolicy.USUAL.admission(), "preemption", _ -> LeasePolicy.USUAL.preemption(), "hosts", _ -> LeasePolicy.USUAL.hosts(),
                    "pricing", _ -> LeasePolicy.USUAL.pricing()),
            Placements.Tier.class, Map.of("disk", _ -> DataSize.ZERO));

    static boolean mayBe(RecordComponent field) {
        return EMPTY.containsKey(field.getType()) || field.getType().isPrimitive()
                || DEFAULTS.getOrDefault(field.getDeclaringRecord(), Map.of()).containsKey(field.getName());
    }

    @Override
    public ValueInstantiator findValueInstantiator(DeserializationConfig config, BeanDescription description, ValueInstantiator standard) {
        var type = description.getBeanClass();
        return type.isRecord() && standard instanceof StdValueInstantiator usual ? new Filling(type, usual) : standard;
    }

    private static final class Filling extends StdValueInstantiator {
        private final Class<?> type;

        Filling(Class<?> type, StdValueInstantiator usual) {
            super(usual);
            this.type = type;
        }

        @Override
        public Object createFromObjectWith(DeserializationContext context, SettableBeanProperty[] fields, PropertyValueBuffer given) throws IOException {
            var values = given.getParameters(fields);
            for (int i = 0; i < fields.length; i++) {
                if (values[i] == null || !given.hasParameter(fields[i])) {
                    values[i] = absent(fields[i], values);
                }
            }
            return createFromObjectWith(context, values);
        }

        private Object absent(SettableBeanProperty field, Object[] values) {
            var byDefault = DEFAULTS.getOrDefault(type, Map.of()).get(field.getName());
            if (byDefault != null) {
                return byDefault.apply(values);
            }
            var value = EMPTY.getOrDefault(field.getType().getRawClass(), values[field.getCreatorIndex()]);
            if (value == null) {
                throw Refused.invalid("MISSING_FIELD", "A %s needs the field '%s'.".formatted(type.getSimpleName(), field.getName()),
                        "Its fields are " + known() + ".");
            }
            return value;
        }

        private String known() {
            return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).collect(Collectors.joining(", "));
        }
    }
}
