package dev.thalweg.backend.winograd;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Strips of tiles shared out among the members of a team, neighbours to one member. */
public final class StripTask implements ThreadTeam.Task {
    /** What one member does. */
    @FunctionalInterface
    public interface Worker {
        /**
         * Does its part.
         *
         * @param first its first strip
         * @param end behind its last strip
         */
        void work(int first, int end);
    }

    private final int strips;
    private final List<Worker> workers;

    /**
     * Allocates what each member computes with.
     *
     * @param tiles whose strips
     * @param threads how many members the team has
     * @param workers makes each member's part of it, by the member's number
     */
    public StripTask(Tiles tiles, int threads, IntFunction<? extends Worker> workers) {
        this.strips = tiles.strips();
        this.workers = IntStream.range(0, threads).<Worker>mapToObj(workers).toList();
    }

    @Override
    public void run(int member, int members) {
        workers.get(member)
                .work(ThreadTeam.share(strips, member, members), ThreadTeam.share(strips, member + 1, members));
    }
}
