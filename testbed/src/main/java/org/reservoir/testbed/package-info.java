/**
 * The testbed: real libvirt hosts made of namespaces, the small guest that runs on them, and scenarios over whole sites.
 *
 * <p>In RESERVOIR this is the two-site laboratory of the guide, folded into one machine. Tests, benches and the demo call it; it may call
 * every room. Nothing that runs in production calls it.
 *
 * <p>Read first: {@link org.reservoir.testbed.LibvirtHosts} (N hosts up, gone on close), {@link org.reservoir.testbed.TestHost} (what can be
 * done to one: kill its libvirtd, cut its network, take its power), {@link org.reservoir.testbed.GuestImage} (the guest's files).
 */
package org.reservoir.testbed;
