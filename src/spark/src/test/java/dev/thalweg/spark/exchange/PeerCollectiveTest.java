package dev.thalweg.spark.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.collective.Collective;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.tensor.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replicas that send each other messages over Spark's network library, here within one process. */
@Timeout(120)
class PeerCollectiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static SparkConf conf(boolean secret) {
        SparkConf conf = new SparkConf(false).set("spark.app.id", "test");
        return secret
                ? conf.set("spark.authenticate", "true")
                        .set("spark.authenticate.secret", "a word")
                        .set("spark.network.crypto.enabled", "true")
                : conf;
    }

    /** Several replicas that know each other. */
    private record Replicas(List<PeerCollective> all) implements AutoCloseable {
        static SparkLinks link(int rank, boolean secret) {
            SparkConf conf = conf(secret);
            return new SparkLinks(
                    conf,
                    new SecurityManager(conf, scala.Option.empty(), package$.MODULE$.AUTH_SECRET_FILE()),
                    "127.0.0.1",
                    rank);
        }

        static List<SparkLinks> links(int size, boolean secret) throws Exception {
            List<SparkLinks> links = IntStream.range(0, size)
                    .mapToObj(rank -> link(rank, secret))
                    .toList();
            List<String> addresses = links.stream().map(SparkLinks::address).toList();
            for (SparkLinks each : links) {
                each.connect(addresses);
            }
            return links;
        }

        static Replicas of(int size, boolean secret, Duration patience) throws Exception {
            return of(size, secret, Precision.F32, patience);
        }

        static Replicas of(int size, boolean secret, Precision precision, Duration patience) throws Exception {
            List<SparkLinks> links = links(size, secret);
            List<PeerCollective> all = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                all.add(new PeerCollective(links.get(rank), rank, size, precision, patience, () -> false));
            }
            return new Replicas(all);
        }

        <T> List<Future<T>> each(Part<T> part) throws InterruptedException {
            List<Callable<T>> parts = new ArrayList<>();
            all.forEach(each -> parts.add(() -> part.of(each)));
            try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
                return threads.invokeAll(parts, 60, TimeUnit.SECONDS);
            }
        }

        @Override
        public void close() {
            all.forEach(PeerCollective::close);
        }
    }

    /** What others send before a replica receives it is not lost. */
    @Test
    void aReplicaMayComeLate() throws Exception {
        List<SparkLinks> links = Replicas.links(2, false);
        try (PeerCollective early = new PeerCollective(links.get(1), 1, 2, Precision.F32, PATIENCE, () -> false);
                ExecutorService beside = Executors.newSingleThreadExecutor()) {
            int[] all = new int[2];
            Future<?> gathered = beside.submit(
                    () -> early.allGather(MemorySegment.ofArray(new int[] {7}), MemorySegment.ofArray(all)));
            Thread.sleep(300);
            try (PeerCollective late = new PeerCollective(links.get(0), 0, 2, Precision.F32, PATIENCE, () -> false)) {
                int[] same = new int[2];
                late.allGather(MemorySegment.ofArray(new int[] {5}), MemorySegment.ofArray(same));
                gathered.get();
                assertArrayEquals(new int[] {5, 7}, all);
                assertArrayEquals(all, same);
            }
        }
    }

    /** What comes from somebody who does not know the secret is not looked at. */
    @Test
    void whoDoesNotKnowTheSecretIsKeptOut() throws Exception {
        List<String> taken = new CopyOnWriteArrayList<>();
        try (SparkLinks member = Replicas.link(0, true);
                SparkLinks stranger = Replicas.link(1, false);
                SparkLinks other = Replicas.link(1, true)) {
            member.receive(new Links.Receiver() {
                @Override
                public void take(Message message) {
                    taken.add(message.kind() + " of " + message.exchange());
                }

                @Override
                public MemorySegment room(Message header, long bytes) {
                    taken.add("numbers of " + header.exchange());
                    return MemorySegment.ofArray(new byte[(int) bytes]);
                }

                @Override
                public void filled(Message header) {}

                @Override
                public void heard(int replica) {}

                @Override
                public void left(int replica) {}
            });
            ByteBuffer body = ByteBuffer.allocateDirect(8);
            for (SparkLinks sender : List.of(stranger, other)) {
                sender.connect(List.of(member.address(), sender.address()));
                long exchange = sender.equals(other) ? 7 : 1;
                Future<?> numbers =
                        sender.sendNumbers(0, new Message(Message.Kind.SUMMANDS, exchange, 1, body.duplicate()));
                if (sender.equals(other)) {
                    numbers.get();
                } else {
                    assertThrows(ExecutionException.class, numbers::get);
                    var _ = sender.send(0, new Message(Message.Kind.FAILED, exchange, 1, body.duplicate()));
                }
            }
            assertEquals(List.of("numbers of 7"), taken);
        }
    }

    private interface Part<T> {
        T of(PeerCollective collective) throws Exception;
    }

    /** Tensors: empty, of fewer elements than replicas, small ones side by side, and such as travel alone. */
    private static int[] lengths(long seed) {
        Random random = new Random(seed);
        int[] lengths = {0, 1, 2, 300_000, 7, 262_144, 262_143, 100_000, 200_000, 100_000, 3, 600_001};
        for (int i = lengths.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int length = lengths[i];
            lengths[i] = lengths[other];
            lengths[other] = length;
        }
        return lengths;
    }

    private static float[] numbers(int rank, int step, int tensor, int length) {
        Random random = new Random(1000L * step + 100L * tensor + rank);
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** In the order of the ranks, as promised; of large tensors that travel rounded, all but the owner's are. */
    private static float[] sums(int replicas, int step, int tensor, int length, Precision precision) {
        boolean rounded = precision == Precision.BF16 && length >= 262_144;
        float[] sums = new float[length];
        for (int rank = 0; rank < replicas; rank++) {
            float[] more = numbers(rank, step, tensor, length);
            for (int i = 0; i < length; i++) {
                sums[i] += rounded && owner(i, length, replicas) != rank ? WireTest.nearest(more[i]) : more[i];
            }
        }
        for (int i = 0; i < length && rounded; i++) {
            sums[i] = WireTest.nearest(sums[i]);
        }
        return sums;
    }

    private static int owner(long element, long length, int replicas) {
        return (int) (((element + 1) * replicas - 1) / length);
    }

    @ParameterizedTest
    @CsvSource({"2, false, F32", "3, false, F32", "5, false, F32", "2, true, F32", "2, false, BF16", "3, true, BF16"})
    void sumsAreThoseInTheOrderOfRanks(int size, boolean secret, Precision precision) throws Exception {
        try (Replicas replicas = Replicas.of(size, secret, precision, PATIENCE)) {
            for (Future<Void> each : replicas.<Void>each(collective -> {
                for (int step = 0; step < 4; step++) {
                    sumAndCompare(collective, step, precision);
                }
                return null;
            })) {
                each.get();
            }
        }
    }

    private static void sumAndCompare(Collective collective, int step, Precision precision) {
        int[] lengths = lengths(step);
        try (Arena arena = Arena.ofShared()) {
            List<MemorySegment> tensors = new ArrayList<>();
            for (int i = 0; i < lengths.length; i++) {
                MemorySegment tensor =
                        arena.allocate(Math.max(4, 4L * lengths[i]), 64).asSlice(0, 4L * lengths[i]);
                MemorySegment.copy(
                        numbers(collective.rank(), step, i, lengths[i]),
                        0,
                        tensor,
                        ValueLayout.JAVA_FLOAT,
                        0,
                        lengths[i]);
                tensors.add(tensor);
                collective.startAllReduce(tensor);
                if (i % 5 == 4) {
                    collective.awaitAllReduces();
                }
            }
            collective.awaitAllReduces();
            for (int i = 0; i < lengths.length; i++) {
                assertArrayEquals(
                        sums(collective.size(), step, i, lengths[i], precision),
                        tensors.get(i).toArray(ValueLayout.JAVA_FLOAT),
                        "step " + step + ", tensor " + i);
            }
        }
    }

    @Test
    void whatOneHasAllGet() throws Exception {
        try (Replicas replicas = Replicas.of(3, false, PATIENCE)) {
            for (Future<int[]> each : replicas.each(collective -> {
                int[] all = new int[6];
                int rank = collective.rank();
                for (int i = 0; i < 50; i++) {
                    collective.allGather(MemorySegment.ofArray(new int[] {rank, i + rank}), MemorySegment.ofArray(all));
                    int[] numbers = {rank + i, rank};
                    collective.broadcast(MemorySegment.ofArray(numbers), i % 3);
                    assertArrayEquals(new int[] {i % 3 + i, i % 3}, numbers);
                }
                collective.barrier();
                return all;
            })) {
                assertArrayEquals(new int[] {0, 49, 1, 50, 2, 51}, each.get());
            }
        }
    }

    @Test
    void aReplicaThatFailsEndsTheOthers() throws Exception {
        try (Replicas replicas = Replicas.of(3, false, PATIENCE)) {
            List<Future<Void>> all = replicas.each(collective -> {
                collective.barrier();
                if (collective.rank() == 1) {
                    collective.abort("no more");
                    return null;
                }
                collective.barrier();
                return null;
            });
            all.get(1).get();
            for (int other : new int[] {0, 2}) {
                assertTrue(failure(all.get(other)).getMessage().contains("replica 1 failed: no more"));
            }
        }
    }

    @Test
    void aReplicaThatLeavesEndsTheOthers() throws Exception {
        try (Replicas replicas = Replicas.of(2, false, PATIENCE)) {
            List<Future<Void>> all = replicas.each(collective -> {
                collective.barrier();
                if (collective.rank() == 1) {
                    collective.close();
                } else {
                    collective.barrier();
                }
                return null;
            });
            assertTrue(failure(all.getFirst()).getMessage().contains("replica 1 has left"));
        }
    }

    /** Who leaves after the last exchange leaves nobody behind, however late the others are. */
    @Test
    void whoIsDoneMayLeave() throws Exception {
        for (int round = 0; round < 6; round++) {
            try (Replicas replicas = Replicas.of(4, false, PATIENCE)) {
                for (Future<Void> each : replicas.<Void>each(collective -> {
                    collective.barrier();
                    collective.barrier();
                    collective.close();
                    return null;
                })) {
                    each.get();
                }
            }
        }
    }

    /** Tensors of other sizes would be other tensors. */
    @Test
    void replicasThatAddUpDifferentTensorsAreRefused() throws Exception {
        try (Replicas replicas = Replicas.of(2, false, PATIENCE)) {
            List<Future<Void>> all = replicas.each(collective -> {
                collective.allReduce(MemorySegment.ofArray(new float[10 + collective.rank()]));
                return null;
            });
            for (Future<Void> each : all) {
                failure(each);
            }
        }
    }

    @Test
    void aReplicaWhoseTaskIsKilledGoesOnNoLonger() throws Exception {
        List<SparkLinks> links = Replicas.links(2, false);
        try (PeerCollective killed = new PeerCollective(links.get(0), 0, 2, Precision.F32, PATIENCE, () -> true);
                PeerCollective other = new PeerCollective(links.get(1), 1, 2, Precision.F32, PATIENCE, () -> false);
                ExecutorService beside = Executors.newSingleThreadExecutor()) {
            CollectiveException thrown = assertThrows(CollectiveException.class, () -> {
                while (true) {
                    killed.awaitAllReduces();
                    killed.allReduce(MemorySegment.ofArray(new float[1]));
                }
            });
            assertTrue(String.valueOf(thrown.getMessage()).contains("killed"), thrown.getMessage());
            failure(beside.submit(other::barrier));
        }
    }

    /** All know who waited, within the second in which each says it. */
    @Test
    void whoWaitsForOthersIsKnown() throws Exception {
        try (Replicas replicas = Replicas.of(3, false, PATIENCE)) {
            for (Future<double[]> each : replicas.each(collective -> {
                if (collective.rank() == 1) {
                    Thread.sleep(600);
                }
                collective.allReduce(MemorySegment.ofArray(new float[3]));
                Thread.sleep(1500);
                return collective.waitedSeconds();
            })) {
                double[] waited = each.get();
                assertTrue(waited[0] > 0.5 && waited[2] > 0.5, Arrays.toString(waited));
                assertTrue(waited[1] < waited[0] - 0.3, Arrays.toString(waited));
            }
        }
    }

    @Test
    void aReplicaThatFallsSilentIsNoticed() throws Exception {
        try (Replicas replicas = Replicas.of(2, false, Duration.ofSeconds(2))) {
            replicas.all().get(1).fallSilent();
            List<Future<Void>> all = replicas.each(collective -> {
                if (collective.rank() == 0) {
                    collective.barrier();
                }
                return null;
            });
            assertTrue(failure(all.getFirst()).getMessage().contains("replica 1 has been silent"));
        }
    }

    private static CollectiveException failure(Future<?> future) {
        Throwable cause = assertThrows(ExecutionException.class, future::get).getCause();
        return assertInstanceOf(CollectiveException.class, cause);
    }
}
