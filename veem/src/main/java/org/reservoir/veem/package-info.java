/**
 * The VEE manager: keeps what was asked for of VEEs, images, networks and leases, decides where each VEE runs, and sees to it that hosts do so.
 * Called through the VMI ({@link org.reservoir.interfaces.vmi}) by gateways and the Service Manager; calls hosts through the VHI and keeps everything in the site database.
 * Its floors, each calling only those below it: {@code lease} and {@code review}; {@code host}; {@code work}; {@code placing}, {@code image} and {@code network}; {@code kept}.
 * Read first: {@link org.reservoir.veem.Veem}, which puts them together; {@link org.reservoir.veem.kept.Lifecycle}, the table of what a VEE may become;
 * {@link org.reservoir.veem.work.Engine}, which gets it done.
 */
package org.reservoir.veem;
