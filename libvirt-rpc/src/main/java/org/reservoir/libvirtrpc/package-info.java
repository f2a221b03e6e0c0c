/**
 * libvirt's remote protocol in pure Java: a client for libvirtd that needs the JDK and nothing else, no {@code libvirt.so} and no native
 * code. Ten lines that start every domain of a host which is off and hear of what happens there:
 *
 * {@snippet :
 * try (var host = LibvirtConnection.open("qemu+tls://hosta.example/system")) {
 *     System.out.println(host.hostname() + " runs " + host.type() + " " + host.version());
 *     host.listen(event -> System.out.println(event));
 *     for (Domain domain : host.domains(0)) {
 *         if (!domain.active()) {
 *             host.within(Duration.ofMinutes(1)).create(domain, 0);
 *         }
 *     }
 * }
 * }
 *
 * <p><b>Ways to a host</b>: unix socket, TCP, TLS with client certificates, ssh; named by libvirt's own URIs.
 * <b>Calls</b> block and are meant for virtual threads; any number may be under way on one connection, each with its deadline
 * ({@link org.reservoir.libvirtrpc.LibvirtConnection#within}). A host that hangs costs its own calls their deadline and nobody else anything;
 * keep-alive ends its connection. <b>Streams</b> carry volumes and consoles. <b>Events</b> come to one listener.
 * <b>Failures</b> are {@link org.reservoir.libvirtrpc.LibvirtFailure}s: libvirtd's own word ({@link org.reservoir.libvirtrpc.LibvirtError}
 * with its code), no way to the host, a lost connection, a passed deadline. A procedure that is not there yet is one line in
 * {@link org.reservoir.libvirtrpc.Procedure} and one method in a group such as {@link org.reservoir.libvirtrpc.DomainCalls}.
 *
 * <p>Called by VEEH; calls nothing but the JDK. Source of numbers and structures: libvirt 9.0.0, {@code src/remote/remote_protocol.x},
 * {@code src/rpc/virnetprotocol.x}. Not spoken: SASL, file descriptors passed over the socket.
 * Read first: {@link org.reservoir.libvirtrpc.LibvirtConnection}, {@link org.reservoir.libvirtrpc.Caller}, {@code Wire}.
 */
package org.reservoir.libvirtrpc;
