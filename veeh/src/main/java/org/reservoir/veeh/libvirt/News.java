package org.reservoir.veeh.libvirt;

import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.veeh.Ears;

/** Tells those who listen, in our words, what libvirtd tells by itself; and listens to the voice of each of our guests that runs. */
record News(Site site, Platform platform, Voices voices, Ears ears) {

    void heard(DomainEvent event) {
        switch (event) {
            case DomainEvent.Lifecycle(var dom, int what, int detail) -> site.veeOfDomain(dom.name()).ifPresent(vee -> changed(vee, dom, what, detail));
            case DomainEvent.DeviceRemoved(_, _) -> { }
        }
    }

    private void changed(VeeId vee, Domain dom, int event, int detail) {
        switch (event) {
            case Flags.EVENT_UNDEFINED -> ears.tell(listener -> listener.guestGone(vee));
            case Flags.EVENT_STARTED, Flags.EVENT_RESUMED -> runs(vee, dom);
            case Flags.EVENT_STOPPED -> {
                voices.ended(vee);
                if (detail == Flags.STOPPED_MIGRATED) {
                    ears.tell(listener -> listener.guestGone(vee));
                }
            }
            default -> { }
        }
        States.after(event, detail).ifPresent(state -> ears.tell(listener -> listener.guestChanged(vee, state, States.why(event, detail))));
    }

    void runs(VeeId vee, Domain dom) {
        if (platform.hypervisor() == Hypervisor.QEMU) {
            voices.runs(vee, dom);
        }
    }
}
