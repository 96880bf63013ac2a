package dev.thalweg.spark;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.spark.exchange.Endpoint;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Training;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.jspecify.annotations.Nullable;

/**
 * The driver's callbacks, told of what the leading replica does. While a callback is told, that replica waits; what the
 * callback wants of it is an answer that asks, to which the replica answers in turn.
 */
final class CallbackDesk implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CallbackDesk.class.getName());

    private static final String PARTED = ":";

    private final List<Callback> callbacks;
    private final RemoteTraining training;
    private final ExecutorService teller = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("thalweg-callbacks").factory());
    private final Endpoint endpoint;
    /** Of the attempt under way; null before the first. */
    private volatile @Nullable TransportClient leader;

    private boolean begun;
    private volatile boolean recalled;
    private boolean ended;
    /** What callbacks remembered before the first attempt. */
    private Map<String, float[]> atFirst = Map.of();

    CallbackDesk(SparkEnv spark, List<Callback> callbacks, Network network, ImageDataset data) {
        this.callbacks = List.copyOf(callbacks);
        this.training = new RemoteTraining(network, data, this::push);
        String host = spark.conf().get("spark.driver.host");
        this.endpoint = new Endpoint(
                spark.conf(),
                spark.securityManager(),
                host,
                spark.conf().get("spark.driver.bindAddress", host),
                new Handler());
    }

    String address() {
        return endpoint.address();
    }

    /** Whether some callback wants to know of every batch. */
    boolean wantsBatches() {
        return callbacks.stream().anyMatch(CallbackDesk::overridesOnBatchEnd);
    }

    private static boolean overridesOnBatchEnd(Callback callback) {
        try {
            return callback.getClass()
                            .getMethod("onBatchEnd", Training.class, Callback.Progress.class)
                            .getDeclaringClass()
                    != Callback.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Has the training stop, whatever attempt it is in: from any thread.
     *
     * @return whether one is under way; else no executor waits for anything
     */
    boolean stop(String reason) {
        training.stop(reason);
        return leader != null;
    }

    private void push(String reason) {
        TransportClient asked = leader;
        if (asked != null) {
            asked.send(JavaBytes.of(new CallbackReply.Stop(reason)));
        }
    }

    private void tell(CallbackEvent event) {
        switch (event) {
            case CallbackEvent.Begun of -> begin(of.standing());
            case CallbackEvent.BatchEnded of -> {
                Callback.Progress progress = (Callback.Progress) of.progress().value();
                each(of.standing(), c -> c.onBatchEnd(training, progress));
            }
            case CallbackEvent.ValidationBegun of -> each(of.standing(), c -> c.onValidationBegin(training));
            case CallbackEvent.EpochEnded of -> {
                EpochResult result = (EpochResult) of.result().value();
                if (of.straggler() != null) {
                    LOG.log(System.Logger.Level.WARNING, "epoch " + result.epoch() + ": " + of.straggler());
                }
                each(of.standing(), c -> c.onEpochEnd(training, result));
            }
            case CallbackEvent.Ended of -> {
                ended = true;
                training.stand(of.standing());
                end();
            }
            case CallbackEvent.Answer _, CallbackEvent.Remember _, CallbackEvent.Recall _ ->
                throw new IllegalArgumentException("not for callbacks: " + event);
        }
    }

    /** Another attempt begins where its checkpoint stands, or anew: then callbacks remember nothing either. */
    private void begin(CallbackEvent.Standing standing) {
        if (!begun) {
            atFirst = state();
        } else if (!recalled) {
            restore(atFirst);
        }
        begun = true;
        recalled = false;
        training.begin();
        each(standing, c -> c.onTrainBegin(training));
    }

    private void end() {
        try (Scope ending = new Scope()) {
            callbacks.reversed().forEach(callback -> ending.own(() -> callback.onTrainEnd(training)));
        }
    }

    private void each(CallbackEvent.Standing standing, Consumer<Callback> told) {
        training.stand(standing);
        callbacks.forEach(told);
    }

    private Map<String, float[]> state() {
        Map<String, float[]> all = new HashMap<>();
        for (int i = 0; i < callbacks.size(); i++) {
            String prefix = i + PARTED;
            callbacks.get(i).state().forEach((name, numbers) -> all.put(prefix + name, numbers));
        }
        return all;
    }

    private void restore(Map<String, float[]> all) {
        for (int i = 0; i < callbacks.size(); i++) {
            String prefix = i + PARTED;
            Map<String, float[]> own = new HashMap<>();
            all.forEach((name, numbers) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), numbers);
                }
            });
            if (!own.isEmpty()) {
                callbacks.get(i).restore(own);
            }
        }
    }

    /** The training is over, whether it came to its end or failed. */
    @Override
    public void close() {
        endpoint.close();
        teller.shutdownNow();
        training.close();
        if (begun && !ended) {
            end();
        }
    }

    /** Takes what the leading replica sends: an event, or an answer to what a callback asked. */
    private final class Handler extends RpcHandler {
        private final StreamManager streams = new OneForOneStreamManager();

        @Override
        public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback responder) {
            CallbackEvent event = (CallbackEvent) JavaBytes.read(bytes);
            switch (event) {
                case CallbackEvent.Answer answer ->
                    training.answer(answer, client.getChannel(), reply -> send(responder, reply));
                // Asked within a checkpoint, for which a callback may wait: nobody changes anything meanwhile.
                case CallbackEvent.Remember _ -> send(responder, new CallbackReply.Remembered(new HashMap<>(state())));
                case CallbackEvent.Recall recall -> {
                    restore(recall.state());
                    recalled = true;
                    send(responder, new CallbackReply.Remembered(new HashMap<>()));
                }
                default -> teller.execute(() -> decide(event, client, responder));
            }
        }

        private void decide(CallbackEvent event, TransportClient client, RpcResponseCallback responder) {
            training.listen(client.getChannel(), reply -> send(responder, reply));
            if (event instanceof CallbackEvent.Begun) {
                leader = client;
            }
            try {
                tell(event);
                training.reply(training.decision());
            } catch (Throwable e) {
                training.reply(new CallbackReply.Failed(Throwables.sendable(e)));
            }
        }

        private static void send(RpcResponseCallback responder, CallbackReply reply) {
            responder.onSuccess(JavaBytes.of(reply));
        }

        @Override
        public void channelInactive(TransportClient client) {
            training.lost(client.getChannel());
            TransportClient asked = leader;
            if (asked != null && asked.getChannel().equals(client.getChannel())) {
                leader = null;
            }
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }
}
