/**
 * The manifest of a service: OVF (DSP0243, envelopes 0.9 to 2.x) with the RESERVOIR extensions, read into words of this house.
 * It is where a service provider's wish enters Reservoir. Called by the Service Manager and by the CLI's lint; calls the kernel alone,
 * and does no I/O but to read the stream it is given.
 *
 * <p>Reading is tolerant and judging is separate: {@link org.reservoir.manifest.Ovf} refuses only what is no envelope at all,
 * keeps every section it does not know, and notes what is doubtful; {@link org.reservoir.manifest.WellFormedness} says what must
 * hold before a manifest can be deployed.
 *
 * <p>Read first: {@link org.reservoir.manifest.Manifest}, {@link org.reservoir.manifest.Ovf}, {@link org.reservoir.manifest.WellFormedness}.
 */
package org.reservoir.manifest;
