package org.reservoir.veeh.libvirt;

import java.util.Map;
import java.util.Optional;

import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.MigrationCalls;

/** Both ends of a move between two libvirtds in memory. */
interface FakeMoves extends MigrationCalls, DomainCalls, FakePart {
    @Override
    default Begun migrateBegin(Domain dom, Map<String, Object> parameters, long flags) {
        call("migrateBegin");
        return new Begun(of(dom).xml, dom.uuid().toString().getBytes());
    }

    @Override
    default Prepared migratePrepare(Map<String, Object> parameters, byte[] cookie, long flags) {
        call("migratePrepare");
        return new Prepared(cookie, "");
    }

    @Override
    default byte[] migratePerform(Domain dom, String destination, Map<String, Object> parameters, byte[] cookie, long flags) {
        call("migratePerform");
        become(of(dom), Flags.STATE_PAUSED, 2, Flags.EVENT_SUSPENDED, 1);
        return cookie;
    }

    @Override
    default Finished migrateFinish(Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        call("migrateFinish");
        if (cancelled) {
            return new Finished(Optional.empty(), cookie, "cancelled");
        }
        var dom = define((String) parameters.get("destination_xml"));
        become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 1);
        return new Finished(Optional.of(dom(of(dom))), cookie, "");
    }

    @Override
    default void migrateConfirm(Domain dom, Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        call("migrateConfirm");
        if (cancelled) {
            become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 1);
        } else {
            become(of(dom), Flags.STATE_SHUTOFF, 4, Flags.EVENT_STOPPED, 3);
            undefine(dom, 0);
        }
    }

    @Override
    default void maxDowntime(Domain dom, long milliseconds) {
        call("maxDowntime");
    }
}
