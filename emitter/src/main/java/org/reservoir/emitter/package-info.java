/**
 * For programs in guests: tells a site their KPIs. One class without dependencies, for Java 11 and later; what it writes is
 * described in docs/how-to-add/a-kpi.md, for other languages. Nothing else in Reservoir calls it.
 */
package org.reservoir.emitter;
