/**
 * Where measurements go beyond the site's own frames: over NATS between many servers and sites, and out to what others already
 * run. Calls monitoring; called by the composition root alone. It has the libraries that monitoring does without.
 * Read first: {@link org.reservoir.telemetry.nats.NatsOutlet}, {@link org.reservoir.telemetry.nats.NatsIntake},
 * {@link org.reservoir.telemetry.push.Push}.
 */
package org.reservoir.telemetry;
