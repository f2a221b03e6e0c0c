/**
 * The agent: the same probes as in a site's server, in a small process of their own on a host. A site needs none, for it
 * measures hosts through their hypervisors; an agent adds what only the host itself can say (pressure, single interfaces, disks,
 * programs that measure). It sends over the wire, sealed, and takes orders from the site. May call monitoring alone.
 * Read first: {@link org.reservoir.agent.Agent}, {@link org.reservoir.agent.Main}.
 */
package org.reservoir.agent;
