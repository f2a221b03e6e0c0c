package org.reservoir.libvirtrpc;

/** A volume of a storage pool. @param key its path, for pools of files */
public record Volume(String pool, String name, String key) {}
