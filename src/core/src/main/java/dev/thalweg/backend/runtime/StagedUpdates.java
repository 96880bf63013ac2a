package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Movement;
import dev.thalweg.memory.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Updates of memory that Java cannot see: copied to the host, moved there, copied back. */
public final class StagedUpdates implements Updates {
    private record Copy(Piece there, MemorySegment here) {
        void fetch() {
            there.read(here);
        }

        void bring() {
            there.write(here);
        }
    }

    private final HostUpdates onHost;
    private final List<Copy> gradients = new ArrayList<>();
    private final List<Copy> pending = new ArrayList<>();
    private final List<Copy> state = new ArrayList<>();

    /**
     * Makes room on the host.
     *
     * @param owner of that room
     * @param team who moves
     * @param items what moves
     */
    public StagedUpdates(MemoryOwner owner, ThreadTeam team, List<HostUpdates.Item> items) {
        List<HostUpdates.Item> staged = new ArrayList<>();
        for (HostUpdates.Item item : items) {
            List<Piece> slots = new ArrayList<>();
            Piece parameter = stage(owner, item.parameter(), state);
            item.slots().forEach(slot -> slots.add(stage(owner, slot, state)));
            staged.add(new HostUpdates.Item(
                    item.name(),
                    item.update(),
                    parameter,
                    stage(owner, item.gradient(), gradients),
                    item.pending().map(there -> stage(owner, there, pending)),
                    slots));
        }
        onHost = new HostUpdates(team, staged);
    }

    private static Piece stage(MemoryOwner owner, Piece there, List<Copy> copies) {
        MemorySegment here = owner.allocate(there.bytes());
        copies.add(new Copy(there, here));
        return new HostPiece(here);
    }

    @Override
    public boolean isEmpty() {
        return onHost.isEmpty();
    }

    @Override
    public boolean step(float rate, long updates) {
        gradients.forEach(Copy::fetch);
        state.forEach(Copy::fetch);
        boolean moved = onHost.step(rate, updates);
        if (moved) {
            state.forEach(Copy::bring);
        }
        return moved;
    }

    @Override
    public void accumulate(float factor) {
        gradients.forEach(Copy::fetch);
        pending.forEach(Copy::fetch);
        onHost.accumulate(factor);
        pending.forEach(Copy::bring);
    }

    @Override
    public boolean stepPending(float rate, long updates) {
        pending.forEach(Copy::fetch);
        state.forEach(Copy::fetch);
        boolean moved = onHost.stepPending(rate, updates);
        pending.forEach(Copy::bring);
        if (moved) {
            state.forEach(Copy::bring);
        }
        return moved;
    }

    @Override
    public void watch(boolean on) {
        onHost.watch(on);
    }

    @Override
    public List<Movement> movements() {
        return onHost.movements();
    }
}
