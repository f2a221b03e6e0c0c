package org.reservoir.interfaces.vhi;

import java.util.Map;

/**
 * Where a host is and how to speak to it.
 *
 * @param uri     {@code qemu:///system}, {@code qemu+tls://h/system}, {@code sim://…}
 * @param options what the driver further knows, such as {@code acceleration=kvm}, {@code pool=…}, {@code shell=…}; never secrets
 */
public record HostAddress(String uri, Map<String, String> options) {
    public HostAddress {
        options = Map.copyOf(options);
    }
}
