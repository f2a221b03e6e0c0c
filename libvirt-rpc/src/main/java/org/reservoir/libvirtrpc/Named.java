package org.reservoir.libvirtrpc;

import java.util.UUID;

/** A network, a filter or a storage pool. */
public record Named(String name, UUID uuid) {}
