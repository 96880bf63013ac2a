package dev.thalweg.bench.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Measures what exchanges cost the processors of this machine, in time of its processors, which other programs take
 * nothing of: TCP between two threads, and adding as {@code PeerCollective} does. What a network library does besides
 * comes on top.
 */
final class HostMeasurement {
    private static final int SMALL_BYTES = 1 << 10;
    private static final int LARGE_BYTES = 1 << 20;
    private static final int SMALL_MESSAGES = 20_000;
    private static final int LARGE_MESSAGES = 500;
    private static final int ADDITIONS = 200;
    private static final int ROUNDS = 5;

    private HostMeasurement() {}

    /** Each on the median of some rounds, of which the first warms up. */
    static HostCosts measure() throws IOException, InterruptedException, ExecutionException {
        double perByte = median(() -> transfer(LARGE_MESSAGES, LARGE_BYTES) / ((double) LARGE_MESSAGES * LARGE_BYTES));
        double small = median(() -> transfer(SMALL_MESSAGES, SMALL_BYTES) / SMALL_MESSAGES);
        double perMessage = Math.max(0, small - SMALL_BYTES * perByte);
        double perAddedByte = median(HostMeasurement::add);
        return new HostCosts(perMessage, perByte, perAddedByte);
    }

    /** What may fail as all of these may. */
    private interface Measured {
        double seconds() throws IOException, InterruptedException, ExecutionException;
    }

    private static double median(Measured what) throws IOException, InterruptedException, ExecutionException {
        what.seconds();
        double[] rounds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rounds[i] = what.seconds();
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    /** The seconds that one thread sends and another receives. */
    private static double transfer(int messages, int bytes)
            throws IOException, InterruptedException, ExecutionException {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel sender = SocketChannel.open(server.getLocalAddress());
                SocketChannel receiver = server.accept()) {
            FutureTask<Double> receiving = new FutureTask<>(() ->
                    ofThread(() -> forEach(messages, ByteBuffer.allocateDirect(bytes), buffer -> {
                        if (receiver.read(buffer) < 0) {
                            throw new EOFException("expected more to come");
                        }
                    })));
            Thread.ofPlatform().start(receiving);
            double sending = ofThread(() -> forEach(messages, ByteBuffer.allocateDirect(bytes), sender::write));
            return sending + receiving.get();
        }
    }

    private interface Transfer {
        void some(ByteBuffer buffer) throws IOException;
    }

    private static void forEach(int messages, ByteBuffer buffer, Transfer transfer) throws IOException {
        for (int i = 0; i < messages; i++) {
            buffer.clear();
            while (buffer.hasRemaining()) {
                transfer.some(buffer);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** The time that processors spend on the calling thread. */
    private static double ofThread(Work work) throws IOException {
        long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun) * 1e-9;
    }

    private static double add() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = arena.allocate(LARGE_BYTES, Float.BYTES);
            MemorySegment more = arena.allocate(LARGE_BYTES, Float.BYTES);
            double seconds = ofThread(() -> {
                for (int i = 0; i < ADDITIONS; i++) {
                    add(sums, more);
                }
            });
            return seconds / ((double) ADDITIONS * LARGE_BYTES);
        }
    }

    private static void add(MemorySegment sums, MemorySegment more) {
        long count = sums.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            sums.setAtIndex(
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    i,
                    sums.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i)
                            + more.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
        }
    }
}
