package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Movement;
import dev.thalweg.graph.Clipping;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The optimizer's pass: measures all gradients, then moves all trained parameters, tile by tile. The rule works on
 * small heap arrays, because loops over arrays become vector instructions where loops over two segments do not. Sums
 * are formed tile by tile in a fixed order, so they do not depend on how many threads there are.
 */
public final class UpdatePass implements Updates {
    /**
     * One parameter of the pass.
     *
     * @param name the parameter's
     * @param update how it moves
     * @param parameter its elements
     * @param gradient in the same layout
     * @param pending gradients added up so far, in the same layout; null where the update does not accumulate
     * @param slots what the rule remembers, in the same layout
     */
    public record Item(String name, Update update, Piece parameter, Piece gradient, Piece pending, List<Piece> slots) {
        int tiles() {
            return (int) ((parameter.bytes() / Float.BYTES + TILE - 1) / TILE);
        }

        UpdateRule rule() {
            return update.rule();
        }
    }

    /** A member's arrays. */
    private static final class Desk {
        final float[] parameters = new float[TILE];
        final float[] gradients = new float[TILE];
        final float[] before = new float[TILE];
        final float[][] slots;
        final SquareSum squares = new SquareSum(TILE);

        Desk(int slots) {
            this.slots = new float[slots][TILE];
        }
    }

    @FunctionalInterface
    private interface TileWork {
        void run(int item, int tile, int index, Desk desk);
    }

    private static final int TILE = 2048;
    /** So many tiles take less time than it takes to wake the other threads: half a megabyte of parameters. */
    private static final int TILES_ALONE = 64;

    private final ThreadTeam team;
    private final Item[] items;
    private final Clipping clipping;
    private final int tiles;
    private final Desk[] desks;
    private final double[] gradientSquares;
    private final double[] parameterSquares;
    private final double[] movementSquares;
    private final double[] gradientNorms;
    private final double[] parameterNorms;
    private final float[] scales;
    private final float[] rates;
    private final float[] trusts;
    private final TileWork measure = this::measure;
    private final TileWork move = this::move;
    private final TileWork collect = this::collect;
    private final ThreadTeam.Task task = this::share;
    private TileWork work;
    private boolean fromPending;
    private boolean watched;
    private float weight;
    private long step;

    /**
     * Prepares a pass.
     *
     * @param team who does it
     * @param items what moves
     */
    public UpdatePass(ThreadTeam team, List<Item> items) {
        this.team = team;
        this.items = items.toArray(Item[]::new);
        this.clipping = items.isEmpty()
                ? new Clipping.None()
                : items.getFirst().update().clipping();
        this.tiles = items.stream().mapToInt(Item::tiles).sum();
        int mostSlots = items.stream().mapToInt(i -> i.rule().slots()).max().orElse(0);
        this.desks = new Desk[team.members()];
        for (int i = 0; i < desks.length; i++) {
            desks[i] = new Desk(mostSlots);
        }
        this.gradientSquares = new double[tiles];
        this.parameterSquares = new double[tiles];
        this.movementSquares = new double[tiles];
        this.gradientNorms = new double[this.items.length];
        this.parameterNorms = new double[this.items.length];
        this.scales = new float[this.items.length];
        this.rates = new float[this.items.length];
        this.trusts = new float[this.items.length];
    }

    @Override
    public boolean isEmpty() {
        return items.length == 0;
    }

    /** Whether parameters and their movements are measured too, for {@link #movements}. */
    @Override
    public void watch(boolean on) {
        watched = on;
    }

    @Override
    public boolean run(float rate, long updates) {
        return run(rate, updates, false);
    }

    /** Adds the gradients of the last run, times a weight, to the pending ones. */
    @Override
    public void accumulate(float factor) {
        for (Item item : items) {
            if (item.pending() == null) {
                throw new IllegalStateException("parameter " + item.name()
                        + " does not accumulate gradients: its update must say so when" + " the graph is built");
            }
        }
        weight = factor;
        all(collect);
    }

    /** Does one update by the pending gradients, and forgets them. */
    @Override
    public boolean runPending(float rate, long updates) {
        boolean moved = run(rate, updates, true);
        for (Item item : items) {
            host(item.pending()).fill((byte) 0);
        }
        return moved;
    }

    private boolean run(float rate, long updates, boolean pending) {
        if (items.length == 0) {
            return true;
        }
        step = updates;
        fromPending = pending;
        all(measure);
        double sum = 0;
        int first = 0;
        for (int i = 0; i < items.length; i++) {
            int count = items[i].tiles();
            double square = sum(gradientSquares, first, count);
            gradientNorms[i] = Math.sqrt(square);
            parameterNorms[i] = Math.sqrt(sum(parameterSquares, first, count));
            sum += square;
            first += count;
        }
        if (!Double.isFinite(sum)) {
            return false;
        }
        for (int i = 0; i < items.length; i++) {
            scales[i] = scale(gradientNorms[i], Math.sqrt(sum));
            rates[i] = items[i].rule().localRate(rate);
            trusts[i] = (float) items[i].rule().trust(parameterNorms[i], gradientNorms[i] * scales[i]);
        }
        all(move);
        return true;
    }

    private float scale(double norm, double globalNorm) {
        return switch (clipping) {
            case Clipping.ByNorm c when norm > c.limit() -> (float) (c.limit() / norm);
            case Clipping.ByGlobalNorm c when globalNorm > c.limit() -> (float) (c.limit() / globalNorm);
            default -> 1;
        };
    }

    /** What the last update came to; movements are known only if it was watched. */
    @Override
    public List<Movement> movements() {
        List<Movement> movements = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < items.length; i++) {
            int count = items[i].tiles();
            movements.add(new Movement(
                    items[i].name(),
                    gradientNorms[i],
                    parameterNorms[i],
                    Math.sqrt(sum(movementSquares, first, count))));
            first += count;
        }
        return movements;
    }

    private static double sum(double[] values, int from, int count) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += values[i];
        }
        return sum;
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
        for (int item = 0; item < items.length; item++) {
            int last = first + items[item].tiles();
            for (int index = Math.max(from, first); index < Math.min(to, last); index++) {
                work.run(item, index - first, index, desks[member]);
            }
            first = last;
        }
    }

    private Piece gradient(Item item) {
        return fromPending ? item.pending() : item.gradient();
    }

    private void measure(int index, int tile, int place, Desk desk) {
        Item item = items[index];
        int length = load(gradient(item), tile, desk.gradients);
        gradientSquares[place] = desk.squares.of(desk.gradients, length);
        if (watched || item.rule().usesNorms()) {
            load(item.parameter(), tile, desk.parameters);
            parameterSquares[place] = desk.squares.of(desk.parameters, length);
        }
    }

    private void collect(int index, int tile, int place, Desk desk) {
        Item item = items[index];
        load(item.pending(), tile, desk.before);
        int length = load(item.gradient(), tile, desk.gradients);
        addScaled(desk.before, desk.gradients, weight, length);
        store(desk.before, item.pending(), tile, length);
    }

    private void move(int index, int tile, int place, Desk desk) {
        Item item = items[index];
        int length = load(item.parameter(), tile, desk.parameters);
        load(gradient(item), tile, desk.gradients);
        for (int i = 0; i < item.rule().slots(); i++) {
            load(item.slots().get(i), tile, desk.slots[i]);
        }
        if (clipping instanceof Clipping.ByValue byValue) {
            clip(desk.gradients, (float) byValue.limit(), length);
        } else if (scales[index] != 1) {
            scale(desk.gradients, scales[index], length);
        }
        if (watched) {
            System.arraycopy(desk.parameters, 0, desk.before, 0, length);
        }
        item.rule().apply(desk.parameters, desk.gradients, desk.slots, length, rates[index], trusts[index], step);
        if (watched) {
            addScaled(desk.before, desk.parameters, -1, length);
            movementSquares[place] = desk.squares.of(desk.before, length);
        }
        store(desk.parameters, item.parameter(), tile, length);
        for (int i = 0; i < item.rule().slots(); i++) {
            store(desk.slots[i], item.slots().get(i), tile, length);
        }
    }

    private static void addScaled(float[] sum, float[] values, float factor, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += factor * values[i];
        }
    }

    private static void scale(float[] values, float factor, int length) {
        for (int i = 0; i < length; i++) {
            values[i] *= factor;
        }
    }

    private static void clip(float[] values, float limit, int length) {
        for (int i = 0; i < length; i++) {
            values[i] = Math.min(limit, Math.max(-limit, values[i]));
        }
    }

    /** Copies a tile in; returns how long it is. */
    private static int load(Piece piece, int tile, float[] to) {
        MemorySegment from = host(piece);
        int length = (int) Math.min(TILE, from.byteSize() / Float.BYTES - (long) tile * TILE);
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, (long) tile * TILE * Float.BYTES, to, 0, length);
        return length;
    }

    private static void store(float[] from, Piece to, int tile, int length) {
        MemorySegment.copy(from, 0, host(to), ValueLayout.JAVA_FLOAT, (long) tile * TILE * Float.BYTES, length);
    }

    private static MemorySegment host(Piece piece) {
        return ((HostPiece) piece).segment();
    }
}
