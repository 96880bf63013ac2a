package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.Storage;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.collective.Collective;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import java.util.List;
import java.util.Optional;

/** What computes, and where its memory lives: the seam between the host and a GPU. */
interface Processor extends Storage, AutoCloseable {
    Engine engine();

    /** A piece of this device's memory as primitives see it. */
    Memory memory(MemoryDesc layout, Piece piece);

    /** What moves parameters; the owner frees what it needs beside them. */
    Updates updates(MemoryOwner owner, ThreadTeam team, List<HostUpdates.Item> items);

    /** The command that draws a dropout mask. */
    Runnable draw(MemoryOwner owner, ThreadTeam team, DropoutMask op, Piece mask, Seed seed);

    /** What begins and ends sums over replicas; both wait for nobody but the collective. */
    SharedSums allReduce(MemoryOwner owner, Collective collective, Piece numbers);

    /** A queue for one thread. */
    Stream newStream();

    /** Makes sure that what was submitted is done before memory is looked at. */
    void finish(Stream stream);

    /** Whether the threads of the host see its memory, and compute what {@link TeamKernel} is. */
    boolean hasTeamKernels();

    /** Why oneDNN's recurrent primitives must not be asked for here, and what to do; empty where they may. */
    Optional<String> recurrencesRefused();

    /** What it means that oneDNN failed to make something. */
    RuntimeException explain(OneDnnException e);

    boolean computesIn(DataType type);

    boolean emulates(DataType type);

    String description();

    @Override
    void close();
}
