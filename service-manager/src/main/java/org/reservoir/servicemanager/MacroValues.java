package org.reservoir.servicemanager;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Macro;

/**
 * What RESERVOIR's macros stand for in the properties of one replica. Addresses of the replica itself are not known before it is deployed:
 * for them the VEEM's own placeholders are put, which it resolves then.
 *
 * @param entryPoints addresses of components that have started, by component and network name; only of what is known
 */
record MacroValues(ServiceId service, ServiceSettings settings, Component component, int replica, Map<EntryPoint, String> entryPoints)
        implements Function<Macro, Optional<String>> {

    /** A component's address on a network of the manifest. */
    record EntryPoint(String network, String component) {}

    MacroValues {
        entryPoints = Map.copyOf(entryPoints);
    }

    @Override
    public Optional<String> apply(Macro macro) {
        return switch (macro.kind()) {
            case IP -> ofNic(macro.arguments(), "address");
            case NETMASK -> ofNic(macro.arguments(), "netmask");
            case GATEWAY -> ofNic(macro.arguments(), "gateway");
            case DNS -> ofNic(macro.arguments(), "dns");
            case ID -> number(macro.arguments().getFirst()).map(offset -> String.valueOf(replica + offset));
            case PRECEDENT -> Optional.ofNullable(entryPoints.get(new EntryPoint(macro.arguments().get(0), macro.arguments().get(1))));
            case DOMAIN -> Optional.of(settings.domain());
            case SERVICE -> Optional.of(service.toString());
            case VM -> Optional.of("${vee.id}");
            case MONITORING -> Optional.of(settings.channel());
        };
    }

    private static Optional<Integer> number(String text) {
        return text.matches("-?[0-9]{1,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    private Optional<String> ofNic(List<String> arguments, String what) {
        var nic = nicOn(component, arguments.getFirst());
        return nic.isPresent() ? Optional.of("${nic%d.%s}".formatted(nic.getAsInt(), what)) : Optional.empty();
    }

    /** Adapters that are connected to nothing are not made, and do not count. */
    static OptionalInt nicOn(Component component, String network) {
        var connected = component.nics().stream().flatMap(nic -> nic.network().stream()).toList();
        return IntStream.range(0, connected.size()).filter(i -> connected.get(i).equals(network)).findFirst();
    }
}
