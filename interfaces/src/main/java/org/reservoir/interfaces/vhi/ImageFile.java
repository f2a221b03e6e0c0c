package org.reservoir.interfaces.vhi;

import org.reservoir.kernel.DataSize;

/**
 * An image as hosts keep it: named by what it holds, so two images with the same bytes are one file.
 *
 * @param digest      SHA-256 of the file, lower-case hex
 * @param length      bytes of the file
 * @param virtualSize size of the disk that a guest sees
 * @param format      {@code qcow2} or {@code raw} (raw: CD images, kernels and RAM disks too)
 */
public record ImageFile(String digest, long length, DataSize virtualSize, String format) {}
