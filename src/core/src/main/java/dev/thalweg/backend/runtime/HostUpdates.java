package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Movement;
import dev.thalweg.graph.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The optimizer's updates on the host: measures all gradients, then moves all trained parameters, tile by tile. Sums
 * are formed in a fixed order, so they do not depend on how many threads there are.
 */
public final class HostUpdates implements Updates {
    /**
     * One parameter that moves.
     *
     * @param name the parameter's
     * @param update how it moves
     * @param parameter its elements
     * @param gradient in the same layout
     * @param pending gradients added up so far, in the same layout; empty where the update does not accumulate
     * @param slots what the rule remembers, in the same layout
     */
    public record Item(
            String name, Update update, Piece parameter, Piece gradient, Optional<Piece> pending, List<Piece> slots) {
        /**
         * {@return gradients added up so far}
         *
         * @throws IllegalStateException if the update does not accumulate
         */
        public Piece accumulated() {
            return pending.orElseThrow(() -> new IllegalStateException("parameter " + name
                    + " does not accumulate gradients: its update must say so when the graph is built"));
        }
    }

    @FunctionalInterface
    private interface TileWork {
        void apply(MovedParameter parameter, int tile, Desk desk);
    }

    /**
     * So many tiles, 64 KiB of parameters, take less time than it takes to share them: the other threads have just
     * computed and wait, so that is some microseconds.
     */
    private static final int TILES_ALONE = 8;

    private final ThreadTeam team;
    private final MovedParameter[] parameters;
    private final int tiles;
    private final int levels;
    private final Desk[] desks;
    private final TileWork measure = this::measure;
    private final TileWork move = MovedParameter::move;
    private final TileWork collect = MovedParameter::collect;
    private final ThreadTeam.Task task = this::share;
    private TileWork work = move;
    private int level;
    private boolean watched;

    /**
     * Prepares updates.
     *
     * @param team who does it
     * @param items what moves
     */
    public HostUpdates(ThreadTeam team, List<Item> items) {
        this.team = team;
        this.parameters = items.stream().map(MovedParameter::new).toArray(MovedParameter[]::new);
        int sum = 0;
        int mostLevels = 0;
        int mostArrays = 0;
        for (MovedParameter parameter : parameters) {
            sum = Math.addExact(sum, parameter.tiles());
            mostLevels = Math.max(mostLevels, parameter.levels());
            mostArrays = Math.max(mostArrays, parameter.arrays());
        }
        this.tiles = sum;
        this.levels = mostLevels;
        this.desks = new Desk[team.members()];
        for (int i = 0; i < desks.length; i++) {
            desks[i] = new Desk(mostArrays);
        }
    }

    @Override
    public boolean isEmpty() {
        return parameters.length == 0;
    }

    /** Whether parameters and their movements are measured too, for {@link #movements}. */
    @Override
    public void watch(boolean on) {
        watched = on;
    }

    @Override
    public boolean step(float rate, long updates) {
        return step(rate, updates, false);
    }

    /** Adds the gradients of the last run, times a weight, to the pending ones. */
    @Override
    public void accumulate(float factor) {
        for (MovedParameter parameter : parameters) {
            parameter.prepareCollecting(factor);
        }
        all(collect);
    }

    /** Does one update by the pending gradients, and forgets them. */
    @Override
    public boolean stepPending(float rate, long updates) {
        boolean moved = step(rate, updates, true);
        for (MovedParameter parameter : parameters) {
            parameter.clearPending();
        }
        return moved;
    }

    private boolean step(float rate, long updates, boolean pending) {
        for (MovedParameter parameter : parameters) {
            parameter.begin(rate, updates, pending, watched);
        }
        for (level = 0; level < levels; level++) {
            for (MovedParameter parameter : parameters) {
                parameter.prepareMeasuring(level);
            }
            all(measure);
            for (MovedParameter parameter : parameters) {
                parameter.finishMeasuring(level);
            }
            if (level == 0 && !noteGlobalNorm()) {
                return false;
            }
        }
        for (MovedParameter parameter : parameters) {
            parameter.prepareMoving();
        }
        all(move);
        return true;
    }

    /** Returns whether it is finite. */
    private boolean noteGlobalNorm() {
        double sum = 0;
        for (MovedParameter parameter : parameters) {
            sum += parameter.gradientSquareSum();
        }
        double norm = Math.sqrt(sum);
        for (MovedParameter parameter : parameters) {
            parameter.globalNorm(norm);
        }
        return Double.isFinite(norm);
    }

    /** What the last update came to; movements are known only if it was watched. */
    @Override
    public List<Movement> movements() {
        return Arrays.stream(parameters).map(MovedParameter::movement).toList();
    }

    private void all(TileWork what) {
        work = what;
        if (tiles > TILES_ALONE) {
            team.run(task);
        } else {
            task.run(0, 1);
        }
    }

    private void share(int member, int members) {
        int from = ThreadTeam.share(tiles, member, members);
        int to = ThreadTeam.share(tiles, member + 1, members);
        int first = 0;
        for (MovedParameter parameter : parameters) {
            int last = first + parameter.tiles();
            for (int index = Math.max(from, first); index < Math.min(to, last); index++) {
                work.apply(parameter, index - first, desks[member]);
            }
            first = last;
        }
    }

    private void measure(MovedParameter parameter, int tile, Desk desk) {
        parameter.measure(level, tile, desk);
    }
}
