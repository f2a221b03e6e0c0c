/** Frames of measurements as messages of NATS: subjects say service, type and name, so that the server filters; accounts and leaf nodes are borders. */
package org.reservoir.telemetry.nats;
