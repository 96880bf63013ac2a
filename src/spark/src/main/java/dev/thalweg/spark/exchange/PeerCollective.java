package dev.thalweg.spark.exchange;

import dev.thalweg.collective.Collective;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

    private static final long LOOK_UP_MILLIS = 200;

    private final Links links;
    private final List<String> addresses;
    private final int rank;
    private final int size;
    private final Wire wire;
    private final Bundle bundle;
    private final MemoryOwner memory;
    private final Rooms rooms;
    private final Watch watch;
    /** For how long each replica has waited for others, as far as this one has heard. */
    private final AtomicLongArray waitedNanos;

    private final Map<Long, Pending> pending = new HashMap<>();
    private final List<Future<?>> sent = new ArrayList<>();
    private long next;
    /** The oldest exchange that nobody has waited for yet. */
    private long oldest;

    /** Null as long as all is well. */
    private @Nullable String failure;

    private final BitSet left = new BitSet();

    /** What is known of an exchange, which others may have begun before this replica. */
    private static final class Pending {
        /** Null until this replica begins it, and where nothing is added up. */
        private @Nullable Sum sum;

        private final MemorySegment[] summands;
        /** Where sums that are not there yet come. */
        private final MemorySegment[] sums;

        private int summandsMissing;
        private int sumsMissing;
        private final byte[][] own;

        Pending(int size) {
            summands = new MemorySegment[size];
            sums = new MemorySegment[size];
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
     * @param precision in which large tensors travel: {@link Precision#F32} or {@link Precision#BF16}; small ones,
     *            which hold statistics too, travel as they are
     * @param patience how long another replica may be silent
     * @param cancelled whether this replica shall go on no longer; asked now and then, by another thread
     */
    public PeerCollective(
            SparkLinks links, int rank, int size, Precision precision, Duration patience, BooleanSupplier cancelled) {
        this.links = links;
        this.addresses = links.addresses();
        this.rank = rank;
        this.size = size;
        this.wire = Wire.of(precision);
        this.waitedNanos = new AtomicLongArray(size);
        this.memory = MemoryOwner.named("sums over replicas");
        this.bundle = new Bundle(memory, ALONE_FROM);
        this.rooms = new Rooms(memory);
        this.watch = new Watch(this, size, patience, cancelled);
        links.receive(new Taking());
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

    /** What cannot go on sends nothing any more: whoever catches the exception may free the memory. */
    private void leaving(Runnable exchange) {
        try {
            exchange.run();
        } catch (CollectiveException e) {
            links.close();
            throw e;
        }
    }

    @Override
    public void startAllReduce(MemorySegment floats) {
        leaving(() -> start(floats));
    }

    private void start(MemorySegment floats) {
        if (floats.byteSize() >= ALONE_FROM) {
            begin(floats, wire);
        } else {
            if (!bundle.takes(floats)) {
                begin(bundle.close(), Wire.F32);
            }
            bundle.add(floats);
        }
    }

    private void begin(MemorySegment numbers, Wire by) {
        Sum sum = new Sum(numbers, rank, size, by, rooms);
        long exchange;
        boolean complete;
        synchronized (this) {
            check();
            exchange = next++;
            Pending known = known(exchange);
            known.sum = sum;
            for (int other = 0; other < size; other++) {
                if (known.summands[other] != null) {
                    checkSize(other, known.summands[other].byteSize(), sum);
                }
            }
            complete = known.summandsMissing == 0;
        }
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                sendNumbers(other, Message.Kind.SUMMANDS, exchange, sum.packed(other));
            }
        }
        if (complete) {
            form(exchange);
        }
    }

    private void checkSize(int from, long bytes, Sum sum) {
        long expected = sum.bytes(rank);
        if (bytes != expected) {
            throw new CollectiveException("replica " + from + " adds up " + bytes + " bytes here, this one " + expected
                    + ": expected the same tensors in the same order in all replicas");
        }
    }

    private void sendNumbers(int to, Message.Kind kind, long exchange, MemorySegment numbers) {
        note(links.sendNumbers(to, new Message(kind, exchange, rank, numbers.asByteBuffer())));
    }

    private void send(int to, Message.Kind kind, long exchange, ByteBuffer body) {
        if (to != rank) {
            note(links.send(to, new Message(kind, exchange, rank, body)));
        }
    }

    private synchronized void note(Future<?> begun) {
        sent.add(begun);
    }

    /** Forms this replica's part, of which all summands are there. */
    private void form(long exchange) {
        Pending known;
        synchronized (this) {
            known = known(exchange);
        }
        Sum sum = Objects.requireNonNull(known.sum);
        MemorySegment sums = sum.form(known.summands);
        Arrays.stream(known.summands).filter(Objects::nonNull).forEach(rooms::giveBack);
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                sendNumbers(other, Message.Kind.SUMS, exchange, sums);
            }
        }
        synchronized (this) {
            known.summandsMissing = -1;
            notifyAll();
        }
    }

    private Pending known(long exchange) {
        return pending.computeIfAbsent(exchange, _ -> new Pending(size));
    }

    /** Whatever goes wrong in here would leave somebody waiting for ever. */
    private final class Taking implements Links.Receiver {
        @Override
        public void take(Message message) {
            guarded(message, () -> {
                switch (message.kind()) {
                    case OWN -> own(message);
                    case HEARTBEAT ->
                        waitedNanos.set(message.from(), message.body().getLong());
                    case FAILED ->
                        fail("replica " + message.from() + " failed: " + StandardCharsets.UTF_8.decode(message.body()));
                    case SUMMANDS, SUMS -> throw new IllegalArgumentException("numbers come as a stream");
                }
                return true;
            });
        }

        @Override
        public MemorySegment room(Message header, long bytes) {
            return guarded(header, () -> PeerCollective.this.room(header, bytes));
        }

        @Override
        public void filled(Message header) {
            guarded(header, () -> {
                if (header.kind() == Message.Kind.SUMMANDS) {
                    summands(header);
                } else {
                    sums(header);
                }
                return true;
            });
        }

        @Override
        public void heard(int replica) {
            watch.heard(replica);
        }

        @Override
        public void left(int replica) {
            leave(replica);
        }

        private <T> T guarded(Message message, Supplier<T> work) {
            try {
                watch.heard(message.from());
                return work.get();
            } catch (RuntimeException | Error e) {
                fail("a message of replica " + message.from() + " cannot be used: " + e);
                throw e;
            }
        }
    }

    /** What comes before a replica leaves counts: it may have been all that was wanted of it. */
    private synchronized void leave(int replica) {
        left.set(replica);
        notifyAll();
    }

    private MemorySegment room(Message header, long bytes) {
        if (header.kind() == Message.Kind.SUMMANDS) {
            synchronized (this) {
                Pending known = known(header.exchange());
                if (known.sum != null) {
                    checkSize(header.from(), bytes, known.sum);
                }
                MemorySegment room = rooms.take(bytes);
                known.summands[header.from()] = room;
                return room;
            }
        }
        synchronized (this) {
            Pending known = known(header.exchange());
            MemorySegment room = Objects.requireNonNull(known.sum, "a sum that this replica has begun")
                    .room(header.from());
            if (room.byteSize() != bytes) {
                throw new IllegalArgumentException("expected " + room.byteSize() + " bytes of sums, got " + bytes);
            }
            known.sums[header.from()] = room;
            return room;
        }
    }

    private void summands(Message header) {
        boolean complete;
        synchronized (this) {
            Pending known = known(header.exchange());
            known.summandsMissing--;
            complete = known.summandsMissing == 0 && known.sum != null;
        }
        if (complete) {
            form(header.exchange());
        }
    }

    private void sums(Message header) {
        Pending known;
        synchronized (this) {
            known = known(header.exchange());
        }
        Objects.requireNonNull(known.sum).take(header.from(), known.sums[header.from()]);
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
        leaving(this::awaitSums);
    }

    private void awaitSums() {
        if (!bundle.isEmpty()) {
            begin(bundle.close(), Wire.F32);
        }
        long start = System.nanoTime();
        List<Sum> done = new ArrayList<>();
        synchronized (this) {
            while (oldest < next) {
                Pending known = known(oldest);
                await(
                        () -> known.summandsMissing < 0 && known.sumsMissing == 0,
                        () -> left.isEmpty() ? -1 : left.nextSetBit(0));
                done.add(Objects.requireNonNull(known.sum));
                pending.remove(oldest);
                oldest++;
            }
        }
        awaitSent();
        waitedNanos.addAndGet(rank, System.nanoTime() - start);
        done.forEach(Sum::release);
        bundle.open();
    }

    /** Waits until something is so, which other threads bring about; or until somebody has left who must do it. */
    private synchronized void await(BooleanSupplier done, IntSupplier missing) {
        while (!done.getAsBoolean()) {
            check();
            if (missing.getAsInt() >= 0) {
                throw new CollectiveException("replica " + missing.getAsInt()
                        + " has left: look in its executor's log for what became of it");
            }
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
        all.forEach(this::awaitSent);
    }

    /** A machine that has stopped never says that it has what was sent: whoever waits looks up now and then. */
    private void awaitSent(Future<?> each) {
        while (true) {
            try {
                each.get(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                check();
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
        leaving(() -> send(bytes, root));
    }

    private void send(MemorySegment bytes, int root) {
        awaitSums();
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
        leaving(() -> gather(own, all));
    }

    private void gather(MemorySegment own, MemorySegment all) {
        awaitSums();
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
        await(() -> known.own[of] != null, () -> left.get(of) ? of : -1);
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

    /**
     * Says to all others that this replica cannot go on.
     *
     * @param reason why
     */
    public void abort(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        for (int other = 0; other < size; other++) {
            send(other, Message.Kind.FAILED, 0, ByteBuffer.wrap(text));
        }
        fail(reason);
    }

    /** {@return where all replicas listen, in the order of their ranks} */
    public List<String> addresses() {
        return addresses;
    }

    /** {@return for how many seconds each replica has waited for sums of others, as it said within the last second} */
    public double[] waitedSeconds() {
        return IntStream.range(0, size)
                .mapToDouble(replica -> waitedNanos.get(replica) * 1e-9)
                .toArray();
    }

    /** For tests: as a machine does that has stopped. */
    void fallSilent() {
        watch.close();
    }

    void beat() {
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                ByteBuffer waited = ByteBuffer.allocate(Long.BYTES)
                        .putLong(waitedNanos.get(rank))
                        .flip();
                var _ = links.send(other, new Message(Message.Kind.HEARTBEAT, 0, rank, waited));
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
