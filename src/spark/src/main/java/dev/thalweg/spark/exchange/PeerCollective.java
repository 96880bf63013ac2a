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
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Replicas in processes of their own that send each other messages. A sum is formed in two steps, each replica's part
 * of it where that replica is (a reduce-scatter), and the parts then sent to all (an all-gather): 2 (N − 1) / N times
 * the numbers travel to and from each of N replicas, the least that is possible (Patarasuk and Yuan, Bandwidth optimal
 * all-reduce algorithms for clusters of workstations, JPDC 2009), in two hops. Small tensors travel together.
 */
public final class PeerCollective implements Collective, AutoCloseable {
    /** What is at least so large, in bytes, travels alone, from where it lies. */
    private static final long ALONE_FROM = 1 << 20;

    private final SparkLinks links;
    private final int rank;
    private final int size;
    private final Wire wire;
    private final MemoryOwner memory;
    private final Bundle bundle;
    private final Rooms rooms;
    private final Exchanges exchanges;
    private final Outbox outbox;
    private final Watch watch;
    /** For how long each replica has waited for others, as far as this one has heard. */
    private final AtomicLongArray waitedNanos;

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
        this.rank = rank;
        this.size = size;
        this.wire = Wire.of(precision);
        this.waitedNanos = new AtomicLongArray(size);
        this.memory = MemoryOwner.named("sums over replicas");
        this.bundle = new Bundle(memory, ALONE_FROM);
        this.rooms = new Rooms(memory);
        this.exchanges = new Exchanges(rank, size);
        this.outbox = new Outbox(links, rank, size);
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
        long number = exchanges.begin();
        boolean complete = exchanges.change(number, exchange -> exchange.begin(sum));
        sendNumbers(Message.Kind.SUMMANDS, number, sum::packed);
        if (complete) {
            form(number);
        }
    }

    private void sendNumbers(Message.Kind kind, long exchange, IntFunction<MemorySegment> numbers) {
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                ByteBuffer body = numbers.apply(other).asByteBuffer();
                outbox.sendNumbers(other, new Message(kind, exchange, rank, body));
            }
        }
    }

    /** Forms this replica's part, of which all summands are there: nobody else looks at it meanwhile. */
    private void form(long number) {
        MemorySegment sums = exchanges.of(number).form(rooms);
        sendNumbers(Message.Kind.SUMS, number, _ -> sums);
        var _ = exchanges.change(number, Exchange::formed);
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

        private void own(Message message) {
            byte[] copy = new byte[message.body().remaining()];
            message.body().get(copy);
            var _ = exchanges.change(message.exchange(), exchange -> exchange.own(message.from(), copy));
        }

        @Override
        public MemorySegment room(Message header, long bytes) {
            return guarded(
                    header,
                    () -> exchanges.change(
                            header.exchange(),
                            exchange -> header.kind() == Message.Kind.SUMMANDS
                                    ? exchange.summandsRoom(header.from(), bytes, rooms)
                                    : exchange.sumsRoom(header.from(), bytes)));
        }

        @Override
        public void filled(Message header) {
            guarded(header, () -> {
                if (header.kind() == Message.Kind.SUMS) {
                    exchanges.of(header.exchange()).takeSums(header.from());
                    var _ = exchanges.change(header.exchange(), Exchange::sumsCame);
                } else if (exchanges.change(header.exchange(), Exchange::summandsCame)) {
                    form(header.exchange());
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
            exchanges.leave(replica);
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

    @Override
    public void awaitAllReduces() {
        leaving(this::awaitSums);
    }

    private void awaitSums() {
        if (!bundle.isEmpty()) {
            begin(bundle.close(), Wire.F32);
        }
        long start = System.nanoTime();
        List<Sum> done = exchanges.awaitSums();
        outbox.await(exchanges);
        waitedNanos.addAndGet(rank, System.nanoTime() - start);
        done.forEach(Sum::release);
        bundle.open();
    }

    @Override
    public void broadcast(MemorySegment bytes, int root) {
        leaving(() -> send(bytes, root));
    }

    private void send(MemorySegment bytes, int root) {
        awaitSums();
        long exchange = exchanges.begin();
        if (rank == root) {
            outbox.send(Message.Kind.OWN, exchange, bytes.toArray(ValueLayout.JAVA_BYTE));
        } else {
            bytes.copyFrom(MemorySegment.ofArray(exchanges.awaitOwn(exchange, root)));
        }
        endOwn(exchange);
    }

    @Override
    public void allGather(MemorySegment own, MemorySegment all) {
        leaving(() -> gather(own, all));
    }

    private void gather(MemorySegment own, MemorySegment all) {
        awaitSums();
        long exchange = exchanges.begin();
        outbox.send(Message.Kind.OWN, exchange, own.toArray(ValueLayout.JAVA_BYTE));
        for (int other = 0; other < size; other++) {
            MemorySegment place = all.asSlice(other * own.byteSize(), own.byteSize());
            place.copyFrom(other == rank ? own : MemorySegment.ofArray(exchanges.awaitOwn(exchange, other)));
        }
        endOwn(exchange);
    }

    /** Whoever leaves after this has left nothing unsent. */
    private void endOwn(long exchange) {
        exchanges.end(exchange);
        outbox.await(exchanges);
    }

    /**
     * Says to all others that this replica cannot go on.
     *
     * @param reason why
     */
    public void abort(String reason) {
        outbox.send(Message.Kind.FAILED, 0, reason.getBytes(StandardCharsets.UTF_8));
        fail(reason);
    }

    /** {@return where all replicas listen, in the order of their ranks} */
    public List<String> addresses() {
        return links.addresses();
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
                // Nobody waits for it: who has left is noticed otherwise.
                var _ = links.send(other, new Message(Message.Kind.HEARTBEAT, 0, rank, waited));
            }
        }
    }

    void fail(String reason) {
        exchanges.fail(reason);
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
