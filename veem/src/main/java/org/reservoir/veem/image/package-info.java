/**
 * The image store: imports, keeps, grows and forgets images, and says who uses them; what files are is the matter of {@code image.file}.
 * Called by work on VEEs; calls {@code kept}.
 * Read first: {@link org.reservoir.veem.image.ImageStore}, {@link org.reservoir.veem.image.ImageShelf}.
 */
package org.reservoir.veem.image;
