package dev.thalweg.backend.runtime;

import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.memory.MemoryOwner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model one after the other in one piece of memory, and a piece of the same form for each optimizer
 * slot.
 */
public final class ParameterBlock {
    private record Range(long offset, long bytes) {}

    private record Part(Piece block, String name) {}

    private final Storage storage;
    private final MemoryOwner owner;
    private final SequencedMap<String, Range> ranges = new LinkedHashMap<>();
    private final long bytes;
    private final Piece values;
    private final List<Piece> slots = new ArrayList<>();
    /** Made once each: on a GPU a part is an object of the driver, which lives as long as the block. */
    private final Map<Part, Piece> parts = new ConcurrentHashMap<>();
    /** Null until somebody accumulates gradients. */
    private @Nullable Piece pending;

    private volatile long version;

    /**
     * Allocates the parameters, all zero.
     *
     * @param storage where it lives
     * @param owner of the memory
     * @param sizes bytes by name, in order
     */
    public ParameterBlock(Storage storage, MemoryOwner owner, SequencedMap<String, Long> sizes) {
        this.storage = storage;
        this.owner = owner;
        long offset = 0;
        for (Map.Entry<String, Long> size : sizes.entrySet()) {
            ranges.put(size.getKey(), new Range(offset, size.getValue()));
            offset = offset + size.getValue() + storage.alignment() - 1 & -storage.alignment();
        }
        bytes = offset;
        values = storage.allocate(owner, bytes);
    }

    /**
     * {@return a number that is another one whenever a parameter may have changed}
     */
    public long version() {
        return version;
    }

    /** Notes that a parameter has changed. One thread at a time writes parameters. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void touch() {
        version++;
    }

    /**
     * {@return the parameters' names, in order}
     */
    public SequencedSet<String> names() {
        return ranges.sequencedKeySet();
    }

    /**
     * {@return a parameter's memory}
     *
     * @param name which
     */
    public Piece value(String name) {
        return slice(values, name);
    }

    /**
     * {@return how many slots each parameter has}
     */
    public int slots() {
        return slots.size();
    }

    /**
     * {@return a slot's memory}
     *
     * @param name of the parameter
     * @param slot from 0
     */
    public Piece slot(String name, int slot) {
        if (slot < 0 || slot >= slots.size()) {
            throw new IllegalArgumentException("parameter " + name + " has " + slots.size()
                    + " optimizer slots, there is no slot " + slot + "; compile a training graph first");
        }
        return slice(slots.get(slot), name);
    }

    /**
     * {@return the memory of all slots of a parameter}
     *
     * @param name of the parameter
     * @param count how many
     */
    public List<Piece> slots(String name, int count) {
        while (slots.size() < count) {
            slots.add(storage.allocate(owner, bytes));
        }
        return slots.subList(0, count).stream().map(s -> slice(s, name)).toList();
    }

    /**
     * {@return the memory of a parameter's gradients that wait for an update}
     *
     * @param name of the parameter
     */
    public Piece pending(String name) {
        Piece block = pending;
        if (block == null) {
            block = storage.allocate(owner, bytes);
            pending = block;
        }
        return slice(block, name);
    }

    /**
     * {@return what an update of a parameter needs}
     *
     * @param name of the parameter
     * @param update how it moves
     * @param gradient in the parameter's layout
     */
    public HostUpdates.Item item(String name, Update update, Piece gradient) {
        return new HostUpdates.Item(
                name,
                update,
                value(name),
                gradient,
                update.accumulated() ? Optional.of(pending(name)) : Optional.empty(),
                slots(name, update.rule().slots()));
    }

    /**
     * {@return what the moving average of a value needs}
     *
     * @param name of the parameter that holds the average
     * @param track how it is averaged
     * @param value in the parameter's layout
     */
    public HostUpdates.Item item(String name, Track track, Piece value) {
        return new HostUpdates.Item(name, MovingAverage.of(track), value(name), value, Optional.empty(), List.of());
    }

    private Piece slice(Piece block, String name) {
        Range range = ranges.get(name);
        if (range == null) {
            throw new IllegalArgumentException("no parameter named " + name + "; there are " + ranges.keySet());
        }
        return parts.computeIfAbsent(new Part(block, name), part -> part.block().slice(range.offset(), range.bytes()));
    }
}
