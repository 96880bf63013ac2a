package dev.thalweg.collective;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Replicas in threads of one process. Sums are formed by other threads as soon as they are asked for, while the
 * replicas compute on, so that whoever looks at them too early is found out.
 */
public final class ThreadCollective implements Collective, AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** What the replicas share. */
    private static final class Meeting {
        private final CyclicBarrier barrier;
        private final MemorySegment[] places;
        private volatile boolean left;

        Meeting(int size) {
            barrier = new CyclicBarrier(size);
            places = new MemorySegment[size];
        }

        void meet() {
            try {
                if (left) {
                    throw new BrokenBarrierException();
                }
                barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | InterruptedException | TimeoutException e) {
                throw new CollectiveException("another replica has left", e);
            }
        }
    }

    private final Meeting meeting;
    private final int rank;
    private final ExecutorService exchange;
    private final List<Future<?>> underWay = new ArrayList<>();

    private ThreadCollective(Meeting meeting, int rank) {
        this.meeting = meeting;
        this.rank = rank;
        this.exchange =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    }

    /** {@return as many replicas that know each other} */
    public static List<ThreadCollective> of(int size) {
        Meeting meeting = new Meeting(size);
        return IntStream.range(0, size)
                .mapToObj(rank -> new ThreadCollective(meeting, rank))
                .toList();
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return meeting.places.length;
    }

    @Override
    public void startAllReduce(MemorySegment floats) {
        underWay.add(exchange.submit(() -> {
            meeting.places[rank] = floats;
            meeting.meet();
            long count = floats.byteSize() / Float.BYTES;
            for (long i = count * rank / size(); i < count * (rank + 1) / size(); i++) {
                float sum = 0;
                for (MemorySegment each : meeting.places) {
                    sum += each.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
                }
                for (MemorySegment each : meeting.places) {
                    each.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, sum);
                }
            }
            meeting.meet();
        }));
    }

    @Override
    public void awaitAllReduces() {
        List<Future<?>> all = List.copyOf(underWay);
        underWay.clear();
        all.forEach(ThreadCollective::await);
    }

    private static void await(Future<?> exchanged) {
        try {
            exchanged.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new CollectiveException("another replica has left", e);
        }
    }

    @Override
    public void broadcast(MemorySegment bytes, int root) {
        awaitAllReduces();
        meeting.places[rank] = bytes;
        meeting.meet();
        if (rank != root) {
            bytes.copyFrom(meeting.places[root]);
        }
        meeting.meet();
    }

    @Override
    public void allGather(MemorySegment own, MemorySegment all) {
        awaitAllReduces();
        meeting.places[rank] = own;
        meeting.meet();
        for (int i = 0; i < size(); i++) {
            MemorySegment.copy(meeting.places[i], 0, all, i * own.byteSize(), own.byteSize());
        }
        meeting.meet();
    }

    /** Leaves: the others cannot go on. */
    @Override
    public void close() {
        meeting.left = true;
        meeting.barrier.reset();
        exchange.shutdown();
    }
}
