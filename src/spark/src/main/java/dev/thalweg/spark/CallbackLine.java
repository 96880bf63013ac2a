package dev.thalweg.spark;

import dev.thalweg.memory.Scope;
import dev.thalweg.spark.exchange.Endpoint;
import dev.thalweg.spark.exchange.PeerCollective;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.History;
import dev.thalweg.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.jspecify.annotations.Nullable;

/** Tells the driver's callbacks what the leading replica does, and does what they ask for. */
final class CallbackLine implements Callback, AutoCloseable {
    /** Callbacks may take their time; a driver that is gone is noticed at once. */
    private static final long PATIENCE = Duration.ofDays(1).toMillis();

    private final TransportClient driver;
    private final PeerCollective collective;
    private final boolean batches;
    private final Path directory;
    private final Scope resources;
    private double[] waitedBefore;

    /** Null before it begins. */
    private volatile @Nullable Training running;

    /** Why the driver wants the training to stop; null as long as it does not. */
    private volatile @Nullable String stop;

    /** Calls the driver; checkpoints on their way lie in the directory. */
    CallbackLine(PeerCollective collective, SparkEnv spark, ReplicaOrder order, Path directory) throws IOException {
        this.collective = collective;
        this.waitedBefore = collective.waitedSeconds();
        this.batches = order.tellBatches();
        this.directory = directory;
        String host = spark.blockManager().blockManagerId().host();
        try (Scope opening = new Scope()) {
            Endpoint endpoint =
                    opening.own(new Endpoint(spark.conf(), spark.securityManager(), host, host, new Stopping()));
            driver = opening.own(endpoint.connect(order.callbacks()));
            resources = opening.handOver();
        }
    }

    private static CallbackEvent.Standing standing(Training training) {
        return new CallbackEvent.Standing(
                training.epochs(),
                training.batches(),
                training.step(),
                training.batch(),
                training.rateFactor(),
                RecordForm.of(training.history()));
    }

    @Override
    public void onTrainBegin(Training training) {
        running = training;
        stopIfAsked();
        tell(training, new CallbackEvent.Begun(standing(training)));
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        if (batches) {
            tell(training, new CallbackEvent.BatchEnded(standing(training), RecordForm.of(progress)));
        }
    }

    @Override
    public void onValidationBegin(Training training) {
        tell(training, new CallbackEvent.ValidationBegun(standing(training)));
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        String straggler = straggler(result.seconds()).map(Straggler::toString).orElse(null);
        tell(training, new CallbackEvent.EpochEnded(standing(training), RecordForm.of(result), straggler));
    }

    private Optional<Straggler> straggler(double seconds) {
        double[] now = collective.waitedSeconds();
        double[] within = IntStream.range(0, now.length)
                .mapToDouble(rank -> now[rank] - waitedBefore[rank])
                .toArray();
        waitedBefore = now;
        return Straggler.of(collective.addresses(), within, seconds);
    }

    /** Of a training that failed the driver is not told here: another attempt may follow. */
    @Override
    public void onTrainEnd(Training training) {
        History history = training.history();
        if (history.stopReason().isPresent() || history.epochs().size() >= training.epochs()) {
            tell(training, new CallbackEvent.Ended(standing(training)));
        }
    }

    private void stopIfAsked() {
        Training training = running;
        String reason = stop;
        if (training != null && reason != null) {
            training.stop(reason);
        }
    }

    private void tell(Training training, CallbackEvent event) {
        CallbackReply reply = call(event);
        while (true) {
            switch (reply) {
                case CallbackReply.AskWeights _ ->
                    reply = call(new CallbackEvent.Answer(new HashMap<>(training.weights())));
                case CallbackReply.AskCheckpoint _ -> reply = call(new CallbackEvent.Answer(checkpoint(training)));
                case CallbackReply.Decided decided -> {
                    follow(training, decided);
                    return;
                }
                case CallbackReply.Failed failed -> throw Throwables.rethrown(failed.what());
                case CallbackReply.Remembered _, CallbackReply.Stop _ ->
                    throw new IllegalStateException("no such question: " + reply);
            }
        }
    }

    private static void follow(Training training, CallbackReply.Decided decided) {
        if (decided.weights() != null) {
            training.weights(decided.weights());
        }
        training.rateFactor(decided.rateFactor());
        if (decided.stop() != null) {
            training.stop(decided.stop());
        }
    }

    private byte[] checkpoint(Training training) {
        Path file = directory.resolve("asked.safetensors");
        try {
            training.checkpoint(file);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CallbackReply call(CallbackEvent event) {
        return (CallbackReply) JavaBytes.read(driver.sendRpcSync(JavaBytes.of(event), PATIENCE));
    }

    @Override
    public Map<String, float[]> state() {
        return call(new CallbackEvent.Remember()) instanceof CallbackReply.Remembered remembered
                ? remembered.state()
                : Map.of();
    }

    @Override
    public void restore(Map<String, float[]> state) {
        var _ = call(new CallbackEvent.Recall(new HashMap<>(state)));
    }

    @Override
    public void close() {
        resources.close();
    }

    /** Takes what the driver tells without being asked. */
    private final class Stopping extends RpcHandler {
        private final StreamManager streams = new OneForOneStreamManager();

        @Override
        public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
            stop = ((CallbackReply.Stop) JavaBytes.read(bytes)).reason();
            stopIfAsked();
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }
}
