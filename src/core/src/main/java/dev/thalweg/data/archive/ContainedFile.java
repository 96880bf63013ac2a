package dev.thalweg.data.archive;

import dev.thalweg.picture.PictureBytes;

/**
 * What a container says of a file in it.
 *
 * @param name with the folders before it, separated by {@code /}, as it stands there
 * @param size in bytes
 * @param plain whether it is a file at all: no link or device, and not sparse
 * @param bytes of it
 */
public record ContainedFile(String name, long size, boolean plain, PictureBytes bytes) {}
