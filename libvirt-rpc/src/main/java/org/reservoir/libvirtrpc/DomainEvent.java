package org.reservoir.libvirtrpc;

/** A change that libvirt tells of. */
public sealed interface DomainEvent {
    /** @param event virDomainEventType, {@code Flags.EVENT_…}; @param detail its detail */
    record Lifecycle(Domain domain, int event, int detail) implements DomainEvent {}

    /** The guest has let go of the device of this alias. */
    record DeviceRemoved(Domain domain, String alias) implements DomainEvent {}
}
