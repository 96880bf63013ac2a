package dev.thalweg.backend.onednn;

import dev.thalweg.onednn.MemoryDesc;

/**
 * Where a value lies and in which layout. The layout's dims may differ from the value's shape as long as both count the
 * same elements in the same row-major order: flattening costs nothing this way.
 *
 * @param buffer the memory
 * @param layout how the value lies in it
 * @param isPart whether it is a part of a value that lies there: there are gaps between its elements, so it is copied
 *     for whoever would take it in any layout
 */
record Location(Buffer buffer, MemoryDesc layout, boolean isPart) {
    /** Of a whole value. */
    Location(Buffer buffer, MemoryDesc layout) {
        this(buffer, layout, false);
    }

    /** A part of what lies here. */
    Location part(MemoryDesc layout) {
        return new Location(buffer, layout, true);
    }
}
