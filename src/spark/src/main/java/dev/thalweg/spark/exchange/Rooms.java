package dev.thalweg.spark.exchange;

import dev.thalweg.memory.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Rooms for numbers of other replicas until they are added up; the same ones serve in every step. */
final class Rooms {
    private final MemoryOwner owner;
    private final Map<Long, Deque<MemorySegment>> free = new HashMap<>();

    Rooms(MemoryOwner owner) {
        this.owner = owner;
    }

    synchronized MemorySegment take(long bytes) {
        MemorySegment room =
                free.computeIfAbsent(bytes, _ -> new ArrayDeque<>()).poll();
        return room == null ? owner.allocate(bytes) : room;
    }

    synchronized void giveBack(MemorySegment room) {
        free.computeIfAbsent(room.byteSize(), _ -> new ArrayDeque<>()).push(room);
    }
}
