/**
 * Memory off the heap, and who owns it: {@link dev.thalweg.memory.Tensor} and {@link dev.thalweg.memory.MemoryOwner}
 * hold it under one limit, {@link dev.thalweg.memory.Scope} frees what was opened, {@link dev.thalweg.memory.Lifetime}
 * and {@link dev.thalweg.memory.Exclusive} say when that is safe. Knows shapes and types alone; every room may enter.
 */
@NullMarked
package dev.thalweg.memory;

import org.jspecify.annotations.NullMarked;
