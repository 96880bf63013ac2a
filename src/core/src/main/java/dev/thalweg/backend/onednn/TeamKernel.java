package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;

/** What the host's threads compute together, each its part, with primitives of one thread where it wants some. */
interface TeamKernel {
    /** Allocates what it computes with, once for all runs on this memory. */
    ThreadTeam.Task bind(TeamMemory memory);
}
