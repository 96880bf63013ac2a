package dev.thalweg.spark.exchange;

import dev.thalweg.memory.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Small tensors that travel together: copied side by side, and back when their sums are there. */
final class Bundle {
    private record Part(MemorySegment tensor, MemorySegment place) {}

    private final MemoryOwner owner;
    private final long capacity;
    /** Of which each holds what one exchange adds up; used again in every step. */
    private final List<MemorySegment> pages = new ArrayList<>();

    private final List<Part> parts = new ArrayList<>();
    private int page;
    private long filled;

    /** Bundles of at most so many bytes. */
    Bundle(MemoryOwner owner, long capacity) {
        this.owner = owner;
        this.capacity = capacity;
    }

    boolean isEmpty() {
        return filled == 0;
    }

    boolean takes(MemorySegment tensor) {
        return filled + tensor.byteSize() <= capacity;
    }

    void add(MemorySegment tensor) {
        if (page == pages.size()) {
            pages.add(owner.allocate(capacity));
        }
        MemorySegment place = pages.get(page).asSlice(filled, tensor.byteSize());
        place.copyFrom(tensor);
        parts.add(new Part(tensor, place));
        filled += tensor.byteSize();
    }

    /** Begins another bundle; what this one holds. */
    MemorySegment close() {
        MemorySegment whole = pages.get(page).asSlice(0, filled);
        page++;
        filled = 0;
        return whole;
    }

    /** Gives all sums back to their tensors. */
    void open() {
        parts.forEach(part -> part.tensor().copyFrom(part.place()));
        parts.clear();
        page = 0;
    }
}
