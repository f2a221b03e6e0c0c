package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.Procedure.*;

import java.util.Map;
import java.util.Optional;

/**
 * Migration by protocol 3, whose client drives both ends: Begin at the source, Prepare at the destination, Perform at the source, Finish at
 * the destination, Confirm at the source. Each hands a cookie on that only the daemons understand. Typed parameters are libvirt's
 * ({@code VIR_MIGRATE_PARAM_…}).
 */
public interface MigrationCalls extends Caller {

    record Begun(String xml, byte[] cookie) {}

    /** @param uri where the source's hypervisor reaches the destination's; empty when the parameters say so themselves */
    record Prepared(byte[] cookie, String uri) {}

    /** @param domain empty when it does not run at the destination, for the reason {@code why} */
    record Finished(Optional<Domain> domain, byte[] cookie, String why) {}

    default Begun migrateBegin(Domain domain, Map<String, Object> parameters, long flags) {
        return call(DOMAIN_MIGRATE_BEGIN3_PARAMS, out -> out.domain(domain).parameters(parameters).number((int) flags), in -> {
            var cookie = in.opaque();
            return new Begun(in.text(), cookie);
        });
    }

    default Prepared migratePrepare(Map<String, Object> parameters, byte[] cookie, long flags) {
        return call(DOMAIN_MIGRATE_PREPARE3_PARAMS, out -> out.parameters(parameters).opaque(cookie).number((int) flags),
                in -> new Prepared(in.opaque(), in.maybe().orElse("")));
    }

    /** @param destination the destination's libvirt URI for a peer-to-peer migration, else empty */
    default byte[] migratePerform(Domain domain, String destination, Map<String, Object> parameters, byte[] cookie, long flags) {
        return call(DOMAIN_MIGRATE_PERFORM3_PARAMS, out -> out.domain(domain).maybe(Optional.of(destination).filter(text -> !text.isEmpty()))
                .parameters(parameters).opaque(cookie).number((int) flags), XdrReader::opaque);
    }

    default Finished migrateFinish(Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        return switch (ask(DOMAIN_MIGRATE_FINISH3_PARAMS, out -> out.parameters(parameters).opaque(cookie).number((int) flags).number(cancelled ? 1 : 0),
                in -> new Finished(Optional.of(in.domain()), in.opaque(), ""))) {
            case Answer.Given<Finished>(var finished) -> finished;
            case Answer.Denied<Finished>(var error) -> new Finished(Optional.empty(), new byte[0], String.valueOf(error.getMessage()));
        };
    }

    default void migrateConfirm(Domain domain, Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        call(DOMAIN_MIGRATE_CONFIRM3_PARAMS, out -> out.domain(domain).parameters(parameters).opaque(cookie).number((int) flags).number(cancelled ? 1 : 0));
    }

    /** Bounds the standstill of the migration that is under way. */
    default void maxDowntime(Domain domain, long milliseconds) {
        call(DOMAIN_MIGRATE_SET_MAX_DOWNTIME, out -> out.domain(domain).hyper(milliseconds).number(0));
    }
}
