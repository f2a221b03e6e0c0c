package org.reservoir.libvirtrpc;

/** What libvirtd answers to a call. */
public sealed interface Answer<T> {
    record Given<T>(T value) implements Answer<T> {}

    record Denied<T>(LibvirtError error) implements Answer<T> {}
}
