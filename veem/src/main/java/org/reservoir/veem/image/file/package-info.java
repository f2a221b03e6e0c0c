/**
 * What a file that a stranger made is, and what it would do to those who open it: the part of the image store that trusts nothing.
 * Called by the image store of the VEEM; calls {@code qemu-img} and web servers, knows neither VEEs nor the database.
 * Read first: {@link org.reservoir.veem.image.file.ImageHeader}, {@link org.reservoir.veem.image.file.QemuImg}, {@link org.reservoir.veem.image.file.Download}.
 */
package org.reservoir.veem.image.file;
