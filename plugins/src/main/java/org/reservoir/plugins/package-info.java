/**
 * Jars that join a running site and leave it again: policies, constraints, solvers, later probes and tariffs.
 *
 * <p>A jar is taken when an allowed signer has signed all of it ({@link org.reservoir.plugins.Trust}) and when its classes use
 * nothing but what plug-ins may ({@link org.reservoir.plugins.Vetting}). It gets a class loader of its own, which rewrites each
 * class so that it counts its steps ({@link org.reservoir.plugins.Metering}): a plug-in that loops, allocates without measure,
 * throws or lies ends its call, is fenced off, and the fault is told. What calls it goes on without it.
 *
 * <p>Read first: {@link org.reservoir.plugins.Plugins}, the folder and what is in force; {@link org.reservoir.plugins.Provided},
 * one thing that a jar provides. The room calls the kernel only and knows nothing of what is plugged in: a {@link
 * org.reservoir.plugins.Kind} says that.
 */
package org.reservoir.plugins;
