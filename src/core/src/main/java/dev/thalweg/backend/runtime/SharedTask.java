package dev.thalweg.backend.runtime;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Items, strips of tiles or rows of pictures say, shared out among a team's members, neighbours to one member. */
public final class SharedTask implements ThreadTeam.Task {
    /** What one member does. */
    @FunctionalInterface
    public interface Worker {
        /**
         * Does its part.
         *
         * @param first its first item
         * @param end behind its last item
         */
        void work(int first, int end);
    }

    private final int from;
    private final int to;
    private final List<Worker> workers;

    /**
     * Shares.
     *
     * @param from the first item
     * @param to behind the last
     * @param threads how many members the team has
     * @param workers makes each member's part of it, by the member's number
     */
    public SharedTask(int from, int to, int threads, IntFunction<? extends Worker> workers) {
        this.from = from;
        this.to = to;
        this.workers = IntStream.range(0, threads).<Worker>mapToObj(workers).toList();
    }

    @Override
    public void run(int member, int members) {
        workers.get(member).work(begin(member, members), begin(member + 1, members));
    }

    private int begin(int member, int members) {
        return from + ThreadTeam.share(to - from, member, members);
    }
}
