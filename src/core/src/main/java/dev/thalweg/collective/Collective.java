package dev.thalweg.collective;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Several replicas of one computation, in as many processes or threads, that exchange numbers (MPI calls these
 * operations collective: Message Passing Interface Forum, MPI 4.1, chapter 6). All of them make the same calls in the
 * same order; each is one replica's, and used by one thread at a time. Memory may lie on the heap or off it.
 * <p>
 * Every method throws a {@link CollectiveException} where another replica failed, fell silent or left: what the call
 * would have written is undefined then, nobody reads or writes the memory any more that was given to this one, and no
 * later call succeeds.
 */
public interface Collective {
    /** One replica, alone: every exchange is done before it begins. */
    Collective ALONE = new Collective() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void startAllReduce(MemorySegment floats) {}

        @Override
        public void awaitAllReduces() {}

        @Override
        public void broadcast(MemorySegment bytes, int root) {}

        @Override
        public void allGather(MemorySegment own, MemorySegment all) {
            MemorySegment.copy(own, 0, all, 0, own.byteSize());
        }

        @Override
        public String toString() {
            return "one replica";
        }
    };

    /**
     * {@return which replica this is, from 0 to below {@link #size}; the first leads}
     */
    int rank();

    /**
     * {@return how many replicas there are, at least 1}
     */
    int size();

    /**
     * Begins to put the sums over all replicas in the place of their numbers, and may return before that is done: until
     * {@link #awaitAllReduces} nobody may look at the memory. Sums are formed in the order of the ranks or in another
     * one that is always the same, so that all replicas get the same bits, each time. Several may be under way.
     *
     * @param floats 32-bit floats in the machine's byte order, as many as in all other replicas
     */
    void startAllReduce(MemorySegment floats);

    /** Waits until everything is done that {@link #startAllReduce} began. */
    void awaitAllReduces();

    /**
     * Puts the sums over all replicas in the place of their numbers.
     *
     * @param floats as of {@link #startAllReduce}
     */
    default void allReduce(MemorySegment floats) {
        startAllReduce(Objects.requireNonNull(floats, "floats"));
        awaitAllReduces();
    }

    /**
     * Copies what one replica has to all others.
     *
     * @param bytes as many as in all other replicas
     * @param root the rank of the replica that has them
     */
    void broadcast(MemorySegment bytes, int root);

    /**
     * Copies what each replica has to all of them.
     *
     * @param own as many bytes as in all other replicas
     * @param all receives those of all replicas, in the order of their ranks
     */
    void allGather(MemorySegment own, MemorySegment all);

    /** Waits until all replicas have come here. */
    default void barrier() {
        allGather(MemorySegment.ofArray(new byte[1]), MemorySegment.ofArray(new byte[size()]));
    }
}
