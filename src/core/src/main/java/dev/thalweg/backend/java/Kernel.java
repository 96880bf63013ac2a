package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;

/** One operation of a compiled graph. Everything it needs was allocated when it was made. */
@FunctionalInterface
interface Kernel {
    void compute(ThreadTeam team);
}
