package dev.thalweg.backend.onednn;

import dev.thalweg.onednn.MemoryDesc;

/**
 * Where a value lies and in which layout. The layout's dims may differ from the value's shape as long as both count the
 * same elements in the same row-major order: flattening costs nothing this way.
 */
record Location(Buffer buffer, MemoryDesc layout) {}
