package dev.thalweg.spark;

import dev.thalweg.backend.Movement;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.model.Network;
import dev.thalweg.train.History;
import dev.thalweg.train.Training;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A training on executors as the driver's callbacks see it. */
final class RemoteTraining implements Training {
    private final Network network;
    private final ImageDataset data;
    /** Tells the leading replica to stop, which may just compute. */
    private final Consumer<String> stopper;

    /** Empty where there will be no answer. */
    private final BlockingQueue<Optional<CallbackEvent.Answer>> answers = new LinkedBlockingQueue<>();

    private volatile @Nullable Channel way;
    private volatile boolean closed;
    private volatile @Nullable Consumer<CallbackReply> listener;
    /** Null before the first event. */
    private CallbackEvent.@Nullable Standing standing;

    /** What callbacks decided in the attempt under way, and will again in another one. */
    private volatile @Nullable String decided;

    /** What somebody else asked for, whom no attempt will ask again: none shall go on. */
    private volatile @Nullable String asked;

    /** Which thread tells callbacks; null before the first event. */
    private volatile @Nullable Thread teller;

    private double rateFactor = 1;
    private @Nullable HashMap<String, float[]> weights;

    RemoteTraining(Network network, ImageDataset data, Consumer<String> stopper) {
        this.network = network;
        this.data = data;
        this.stopper = stopper;
    }

    void stand(CallbackEvent.Standing where) {
        standing = where;
        teller = Thread.currentThread();
        rateFactor = where.rateFactor();
        weights = null;
    }

    /** Has the next reply sent to whoever told the event under way. */
    void listen(Channel by, Consumer<CallbackReply> next) {
        way = by;
        listener = next;
    }

    /** An attempt begins, whatever callbacks decided in one before. */
    void begin() {
        answers.clear();
        decided = null;
    }

    /** Nothing comes by a way any more. */
    void lost(Channel by) {
        if (by.equals(way)) {
            answers.add(Optional.empty());
        }
    }

    /** The training is over: nobody answers. */
    void close() {
        closed = true;
        answers.add(Optional.empty());
    }

    void reply(CallbackReply reply) {
        Objects.requireNonNull(listener, "somebody who waits").accept(reply);
    }

    /** Takes an answer, and whom to reply to next. */
    void answer(CallbackEvent.Answer answer, Channel by, Consumer<CallbackReply> next) {
        listen(by, next);
        answers.add(Optional.of(answer));
    }

    CallbackReply decision() {
        return new CallbackReply.Decided(stopReason(), rateFactor, weights);
    }

    private @Nullable String stopReason() {
        return asked == null ? decided : asked;
    }

    private Object ask(CallbackReply question) {
        if (closed) {
            throw over();
        }
        reply(question);
        try {
            return answers.take().orElseThrow(RemoteTraining::over).what();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the training has ended while a callback asked for something", e);
        }
    }

    private static IllegalStateException over() {
        return new IllegalStateException("the training has ended, or its leading executor is lost: nobody answers a"
                + " callback that asks for weights or a checkpoint");
    }

    private CallbackEvent.Standing standing() {
        return Objects.requireNonNull(standing, "standing");
    }

    @Override
    public int epochs() {
        return standing().epochs();
    }

    @Override
    public int batches() {
        return standing().batches();
    }

    @Override
    public ImageDataset data() {
        return data;
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public long step() {
        return standing().step();
    }

    @Override
    public History history() {
        History before = (History) standing().history().value();
        return new History(
                before.epochs(), Optional.ofNullable(stopReason()).or(before::stopReason), before.warnings());
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, float[]> weights() {
        Map<String, float[]> set = weights;
        return set == null ? (Map<String, float[]>) ask(new CallbackReply.AskWeights()) : new HashMap<>(set);
    }

    @Override
    public void weights(Map<String, float[]> values) {
        weights = new HashMap<>(values);
    }

    @Override
    public double rateFactor() {
        return rateFactor;
    }

    @Override
    public void rateFactor(double factor) {
        rateFactor = factor;
    }

    /** Movements stay where they are: nothing is measured. */
    @Override
    public void watch(boolean on) {
        if (on) {
            throw new UnsupportedOperationException("movements of parameters are not told to the driver");
        }
    }

    @Override
    public List<Movement> movements() {
        return List.of();
    }

    @Override
    public void stop(String reason) {
        Objects.requireNonNull(reason, "reason");
        if (Thread.currentThread().equals(teller)) {
            decided = reason;
        } else {
            asked = reason;
        }
        stopper.accept(reason);
    }

    @Override
    public int batch() {
        return standing().batch();
    }

    @Override
    public void checkpoint(Path file) throws IOException {
        Files.write(file, (byte[]) ask(new CallbackReply.AskCheckpoint()));
    }
}
