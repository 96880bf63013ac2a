package dev.thalweg.backend.host;

import dev.thalweg.graph.UpdateRule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The optimizer's pass: moves all trained parameters by their gradients, tile by tile. The rule works on small heap
 * arrays, because loops over arrays become vector instructions where loops over two segments do not.
 */
public final class UpdatePass implements ThreadTeam.Task {
    /**
     * One parameter of the pass.
     *
     * @param rule how it moves
     * @param parameter its elements
     * @param gradient in the same layout
     * @param slots what the rule remembers, in the same layout
     */
    public record Item(UpdateRule rule, MemorySegment parameter, MemorySegment gradient, List<MemorySegment> slots) {
        int tiles() {
            return (int) ((parameter.byteSize() / Float.BYTES + TILE - 1) / TILE);
        }
    }

    private static final int TILE = 2048;

    private final ThreadTeam team;
    private final Item[] items;
    private final int tiles;
    private final float[][] parameters;
    private final float[][] gradients;
    private final float[][][] slots;
    private float learningRate;
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
        this.tiles = items.stream().mapToInt(Item::tiles).sum();
        int mostSlots = items.stream().mapToInt(i -> i.rule().slots()).max().orElse(0);
        this.parameters = new float[team.members()][TILE];
        this.gradients = new float[team.members()][TILE];
        this.slots = new float[team.members()][mostSlots][TILE];
    }

    /**
     * Does one update.
     *
     * @param rate the learning rate
     * @param updates how many went before
     */
    public void run(float rate, long updates) {
        learningRate = rate;
        step = updates;
        if (items.length > 0) {
            team.run(this);
        }
    }

    @Override
    public void run(int member, int members) {
        int from = ThreadTeam.share(tiles, member, members);
        int to = ThreadTeam.share(tiles, member + 1, members);
        int first = 0;
        for (Item item : items) {
            int last = first + item.tiles();
            for (int tile = Math.max(from, first); tile < Math.min(to, last); tile++) {
                apply(item, (long) (tile - first) * TILE, member);
            }
            first = last;
        }
    }

    private void apply(Item item, long offset, int member) {
        int length = (int) Math.min(TILE, item.parameter().byteSize() / Float.BYTES - offset);
        float[] parameter = parameters[member];
        float[] gradient = gradients[member];
        float[][] slot = slots[member];
        load(item.parameter(), offset, parameter, length);
        load(item.gradient(), offset, gradient, length);
        for (int i = 0; i < item.rule().slots(); i++) {
            load(item.slots().get(i), offset, slot[i], length);
        }
        item.rule().apply(parameter, gradient, slot, length, learningRate, step);
        store(parameter, item.parameter(), offset, length);
        for (int i = 0; i < item.rule().slots(); i++) {
            store(slot[i], item.slots().get(i), offset, length);
        }
    }

    private static void load(MemorySegment from, long offset, float[] to, int length) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, offset * Float.BYTES, to, 0, length);
    }

    private static void store(float[] from, MemorySegment to, long offset, int length) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_FLOAT, offset * Float.BYTES, length);
    }
}
