package org.reservoir.veeh.libvirt;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Caller;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;

/** What the parts of one connection to a {@link FakeLibvirtd} need of it. */
interface FakePart extends Caller {
    FakeLibvirtd libvirtd();

    /** A call is made; fails where the test wants the connection to break. */
    void call(String what);

    /** A call is made that not every driver takes. */
    void need(String what);

    default FakeLibvirtd.Kept of(Domain dom) {
        var found = libvirtd().domains.get(dom.uuid());
        if (found == null) {
            throw new HostFailure(Kind.NO_SUCH_GUEST, dom.name());
        }
        return found;
    }

    default Domain dom(FakeLibvirtd.Kept domain) {
        return new Domain(domain.name, domain.uuid, domain.id);
    }

    default void become(FakeLibvirtd.Kept domain, int state, int reason, int event, int detail) {
        domain.state = state;
        domain.reason = reason;
        domain.id = state == Flags.STATE_SHUTOFF ? -1 : domain.id < 0 ? ++libvirtd().ids : domain.id;
        libvirtd().tell(new DomainEvent.Lifecycle(dom(domain), event, detail));
    }
}
