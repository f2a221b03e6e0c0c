/**
 * The walk through the whole house that {@code bin/demo} takes: a site server, a host, an image, a service from its OVF manifest, load, elasticity,
 * a bill. It does what a person would do, with the commands a person would type; nothing here knows the site from inside.
 *
 * <p>Read first: {@link org.reservoir.testbed.demo.Demo} (what is offered), {@link org.reservoir.testbed.demo.Walk} (the stages, in order).
 */
package org.reservoir.testbed.demo;
