package dev.thalweg.spark.exchange;

import dev.thalweg.collective.Collective;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.memory.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Replicas in processes of their own that send each other messages. A sum is formed in two steps, each replica's part
 * of it where that replica is (a reduce-scatter), and the parts then sent to all (an all-gather): 2 (N − 1) / N times
 * the numbers travel to and from each of N replicas, the least that is possible (Patarasuk and Yuan, Bandwidth optimal
 * all-reduce algorithms for clusters of workstations, JPDC 2009), in two hops. Small tensors travel together.
 */
public final class PeerCollective implements Collective, AutoCloseable {
    /** What is at least so large, in bytes, travels alone, from where it lies. */
    private static final long ALONE_FROM = 1 << 20;

    private final Links links;
    private final int rank;
    private final int size;
    private final Bundle bundle;
    private final MemoryOwner memory;
    private final Watch watch;
    private final Map<Long, Pending> pending = new HashMap<>();
    private final List<Future<?>> sent = new ArrayList<>();
    private long next;
    /** The oldest exchange that nobody has waited for yet. */
    private long oldest;

    /** Null as long as all is well. */
    private @Nullable String failure;

    /** What is known of an exchange, which others may have begun before this replica. */
    private static final class Pending {
        /** Null until this replica begins it, and where nothing is added up. */
        private @Nullable Sum sum;

        private final float[][] summands;
        private int summandsMissing;
        private int sumsMissing;
        private final byte[][] own;

        Pending(int size) {
            summands = new float[size][];
            summandsMissing = size - 1;
            sumsMissing = size - 1;
            own = new byte[size][];
        }
    }

    /**
     * Takes part.
     *
     * @param links to all others, connected; closed with this
     * @param rank of this replica
     * @param size how many there are
     * @param patience how long another replica may be silent
     */
    public PeerCollective(SparkLinks links, int rank, int size, Duration patience) {
        this((Links) links, rank, size, patience);
    }

    PeerCollective(Links links, int rank, int size, Duration patience) {
        this.links = links;
        this.rank = rank;
        this.size = size;
        this.memory = MemoryOwner.named("sums over replicas");
        this.bundle = new Bundle(memory, ALONE_FROM);
        this.watch = new Watch(this, size, patience);
        links.receive(this::receive, this::fail);
        watch.start();
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void startAllReduce(MemorySegment floats) {
        if (floats.byteSize() >= ALONE_FROM) {
            begin(floats);
        } else {
            if (!bundle.takes(floats)) {
                begin(bundle.close());
            }
            bundle.add(floats);
        }
    }

    private void begin(MemorySegment numbers) {
        Sum sum = new Sum(numbers, rank, size);
        long exchange;
        boolean complete;
        synchronized (this) {
            check();
            exchange = next++;
            Pending known = known(exchange);
            known.sum = sum;
            complete = known.summandsMissing == 0;
        }
        for (int other = 0; other < size; other++) {
            send(other, Message.Kind.SUMMANDS, exchange, sum.bytes(other));
        }
        if (complete) {
            form(exchange);
        }
    }

    private void send(int to, Message.Kind kind, long exchange, ByteBuffer body) {
        if (to != rank) {
            Future<?> done = links.send(to, new Message(kind, exchange, rank, body));
            synchronized (this) {
                sent.add(done);
            }
        }
    }

    /** Forms this replica's part, of which all summands are there. */
    private void form(long exchange) {
        Pending known;
        synchronized (this) {
            known = known(exchange);
        }
        Sum sum = Objects.requireNonNull(known.sum);
        sum.form(known.summands);
        for (int other = 0; other < size; other++) {
            send(other, Message.Kind.SUMS, exchange, sum.bytes(rank));
        }
        synchronized (this) {
            known.summandsMissing = -1;
            notifyAll();
        }
    }

    private Pending known(long exchange) {
        return pending.computeIfAbsent(exchange, _ -> new Pending(size));
    }

    /** Whatever goes wrong here would leave somebody waiting for ever. */
    private void receive(Message message) {
        try {
            watch.heard(message.from());
            take(message);
        } catch (RuntimeException | Error e) {
            fail("a message of replica " + message.from() + " cannot be used: " + e);
            throw e;
        }
    }

    private void take(Message message) {
        switch (message.kind()) {
            case SUMMANDS -> summands(message);
            case SUMS -> sums(message);
            case OWN -> own(message);
            case HEARTBEAT -> {}
            case FAILED ->
                fail("replica " + message.from() + " failed: " + StandardCharsets.UTF_8.decode(message.body()));
        }
    }

    private void summands(Message message) {
        float[] copy = Sum.copy(message.body());
        boolean complete;
        synchronized (this) {
            Pending known = known(message.exchange());
            known.summands[message.from()] = copy;
            known.summandsMissing--;
            complete = known.summandsMissing == 0 && known.sum != null;
        }
        if (complete) {
            form(message.exchange());
        }
    }

    private void sums(Message message) {
        Pending known;
        synchronized (this) {
            known = known(message.exchange());
        }
        Objects.requireNonNull(known.sum).take(message.from(), message.body());
        synchronized (this) {
            known.sumsMissing--;
            notifyAll();
        }
    }

    private synchronized void own(Message message) {
        byte[] copy = new byte[message.body().remaining()];
        message.body().get(copy);
        known(message.exchange()).own[message.from()] = copy;
        notifyAll();
    }

    @Override
    public void awaitAllReduces() {
        if (!bundle.isEmpty()) {
            begin(bundle.close());
        }
        synchronized (this) {
            while (oldest < next) {
                Pending known = known(oldest);
                await(() -> known.summandsMissing < 0 && known.sumsMissing == 0);
                pending.remove(oldest);
                oldest++;
            }
        }
        awaitSent();
        bundle.open();
    }

    /** Waits until something is so, which other threads bring about. */
    private synchronized void await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            check();
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CollectiveException("interrupted while waiting for other replicas", e);
            }
        }
    }

    private void awaitSent() {
        List<Future<?>> all;
        synchronized (this) {
            all = List.copyOf(sent);
            sent.clear();
        }
        for (Future<?> each : all) {
            try {
                each.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CollectiveException("interrupted while sending to other replicas", e);
            } catch (ExecutionException e) {
                throw new CollectiveException("another replica cannot be reached: " + e.getCause(), e);
            }
        }
    }

    private synchronized void check() {
        if (failure != null) {
            throw new CollectiveException(failure);
        }
    }

    @Override
    public void broadcast(MemorySegment bytes, int root) {
        awaitAllReduces();
        long exchange = beginOwn();
        if (rank == root) {
            sendOwn(exchange, bytes);
        } else {
            bytes.copyFrom(MemorySegment.ofArray(awaitOwn(exchange, root)));
        }
        endOwn(exchange);
    }

    @Override
    public void allGather(MemorySegment own, MemorySegment all) {
        awaitAllReduces();
        long exchange = beginOwn();
        sendOwn(exchange, own);
        for (int other = 0; other < size; other++) {
            MemorySegment place = all.asSlice(other * own.byteSize(), own.byteSize());
            place.copyFrom(other == rank ? own : MemorySegment.ofArray(awaitOwn(exchange, other)));
        }
        endOwn(exchange);
    }

    private synchronized long beginOwn() {
        check();
        return next++;
    }

    private void sendOwn(long exchange, MemorySegment bytes) {
        byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
        for (int other = 0; other < size; other++) {
            send(other, Message.Kind.OWN, exchange, ByteBuffer.wrap(copy));
        }
    }

    private synchronized byte[] awaitOwn(long exchange, int of) {
        Pending known = known(exchange);
        await(() -> known.own[of] != null);
        return known.own[of];
    }

    /** Whoever leaves after this has left nothing unsent. */
    private void endOwn(long exchange) {
        synchronized (this) {
            pending.remove(exchange);
            oldest = next;
        }
        awaitSent();
    }

    /** Says to all others that this replica cannot go on. */
    public void abort(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        for (int other = 0; other < size; other++) {
            send(other, Message.Kind.FAILED, 0, ByteBuffer.wrap(text));
        }
        fail(reason);
    }

    /** For tests: as a machine does that has stopped. */
    void fallSilent() {
        watch.close();
    }

    void beat() {
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                var _ = links.send(other, new Message(Message.Kind.HEARTBEAT, 0, rank, ByteBuffer.allocate(0)));
            }
        }
    }

    synchronized void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    /** Leaves: others that still wait for this replica cannot go on. */
    @Override
    public void close() {
        fail("this replica has left");
        watch.close();
        links.close();
        memory.close();
    }
}
