package dev.thalweg.collective;

import java.lang.foreign.MemorySegment;

/** Does what another one does; a test changes one of these methods. */
public class ForwardingCollective implements Collective {
    private final Collective others;

    /** Forwards to that one. */
    public ForwardingCollective(Collective others) {
        this.others = others;
    }

    @Override
    public int rank() {
        return others.rank();
    }

    @Override
    public int size() {
        return others.size();
    }

    @Override
    public void startAllReduce(MemorySegment floats) {
        others.startAllReduce(floats);
    }

    @Override
    public void awaitAllReduces() {
        others.awaitAllReduces();
    }

    @Override
    public void broadcast(MemorySegment bytes, int root) {
        others.broadcast(bytes, root);
    }

    @Override
    public void allGather(MemorySegment own, MemorySegment all) {
        others.allGather(own, all);
    }
}
