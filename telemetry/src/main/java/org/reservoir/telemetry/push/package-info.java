/** Newest values, sent every so often in the protocols that others understand. */
package org.reservoir.telemetry.push;
