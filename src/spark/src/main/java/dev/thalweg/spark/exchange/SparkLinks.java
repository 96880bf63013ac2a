package dev.thalweg.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.network.buffer.NettyManagedBuffer;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.protocol.OneWayMessage;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.jspecify.annotations.Nullable;

/**
 * Ways between executors over Spark's own network library, with the authentication and encryption that the cluster has
 * configured for itself. Every replica listens, and opens a way of its own to each other one.
 */
public final class SparkLinks implements Links {
    private final int rank;
    private final Endpoint endpoint;
    /** To each other replica; null in the place of this one. */
    private final List<@Nullable TransportClient> ways = new ArrayList<>();

    private final List<String> addresses = new ArrayList<>();
    private final Handler handler = new Handler();

    /**
     * Begins to listen.
     *
     * @param conf of the application
     * @param security holds its secrets
     * @param host by which other executors find this one
     * @param rank of this replica
     */
    public SparkLinks(SparkConf conf, SecurityManager security, String host, int rank) {
        this.rank = rank;
        this.endpoint = new Endpoint(conf, security, host, host, handler);
    }

    /** {@return where this replica listens, for the others} */
    public String address() {
        return endpoint.address();
    }

    /**
     * Opens the ways to all others.
     *
     * @param all of all replicas, in the order of their ranks
     * @throws IOException if one cannot be opened
     */
    public void connect(List<String> all) throws IOException {
        for (String address : all) {
            addresses.add(address);
            ways.add(ways.size() == rank ? null : endpoint.connect(address));
        }
    }

    /** {@return where all replicas listen, in the order of their ranks} */
    List<String> addresses() {
        return List.copyOf(addresses);
    }

    private TransportClient way(int to) {
        return Objects.requireNonNull(ways.get(to), "a way to another replica");
    }

    @Override
    public Future<?> send(int to, Message message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(message.header(), message.body());
        return way(to).getChannel().writeAndFlush(new OneWayMessage(new NettyManagedBuffer(bytes)));
    }

    @Override
    public Future<?> sendNumbers(int to, Message message) {
        Arrival arrival = new Arrival();
        // What lies before the numbers says how many come.
        ByteBuffer header = message.header();
        ByteBuffer meta = ByteBuffer.allocate(Long.BYTES + header.remaining())
                .putLong(message.body().remaining())
                .put(header)
                .flip();
        way(to).uploadStream(new NioManagedBuffer(meta), new NioManagedBuffer(message.body()), arrival);
        return arrival.done;
    }

    /** Whether the other replica has what was sent. */
    private static final class Arrival implements RpcResponseCallback {
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();

        @Override
        public void onSuccess(ByteBuffer response) {
            done.complete(true);
        }

        @Override
        public void onFailure(Throwable e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public void receive(Receiver receiver) {
        handler.receiver.complete(receiver);
    }

    @Override
    public void close() {
        // Whoever waits for a receiver waits no longer.
        handler.receiver.cancel(false);
        ways.stream().filter(Objects::nonNull).forEach(TransportClient::close);
        endpoint.close();
    }

    /** Takes what others send, which may be before this replica is ready to receive it: then they wait. */
    private static final class Handler extends RpcHandler {
        private final StreamManager streams = new OneForOneStreamManager();
        private final Map<Channel, Integer> senders = new ConcurrentHashMap<>();
        private final CompletableFuture<Receiver> receiver = new CompletableFuture<>();

        @Override
        public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
            Message message = Message.of(bytes);
            senders.put(client.getChannel(), message.from());
            receiver.join().take(message);
        }

        @Override
        public StreamCallbackWithID receiveStream(
                TransportClient client, ByteBuffer meta, RpcResponseCallback callback) {
            long bytes = meta.getLong();
            Message header = Message.of(meta);
            senders.put(client.getChannel(), header.from());
            return new Filling(receiver.join(), header, bytes);
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }

        @Override
        public void channelInactive(TransportClient client) {
            Integer sender = senders.remove(client.getChannel());
            if (sender != null) {
                receiver.join().left(sender);
            }
        }
    }

    /** Numbers on their way to where they belong. */
    private static final class Filling implements StreamCallbackWithID {
        private final Receiver receiver;
        private final Message header;
        private final MemorySegment room;
        private long filled;

        Filling(Receiver receiver, Message header, long bytes) {
            this.receiver = receiver;
            this.header = header;
            this.room = receiver.room(header, bytes);
        }

        @Override
        public String getID() {
            return header.toString();
        }

        @Override
        public void onData(String id, ByteBuffer bytes) {
            int count = bytes.remaining();
            MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, room, filled, count);
            bytes.position(bytes.limit());
            filled += count;
            receiver.heard(header.from());
        }

        @Override
        public void onComplete(String id) {
            receiver.filled(header);
        }

        @Override
        public void onFailure(String id, Throwable cause) {
            receiver.left(header.from());
        }
    }
}
