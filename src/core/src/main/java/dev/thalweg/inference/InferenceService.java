package dev.thalweg.inference;

import dev.thalweg.inference.InferenceListener.ComputedBatch;
import dev.thalweg.inference.InferenceListener.Drop;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A model that answers any number of threads, virtual ones too, and computes what they ask at the same time as one
 * batch: what a service puts between its requests and {@link Inference}. What waits is bounded, each request has a
 * deadline, and the model can be replaced while requests come.
 *
 * <pre>{@code
 * try (InferenceService service = new InferenceService(
 *         model.inference(Inference.Mode.LATENCY, 1, 2, 4, 8, 16, 32), Batching.DEFAULT)) {
 *     Predictions answer = service.predict(List.of(pixels), Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * One thread of its own computes. While it is busy requests wait, and become the next
 * batch, up to the largest size that the model is compiled for; with a {@link Batching#maxDelay delay}, the first one
 * waits for others also when it is not.
 */
public final class InferenceService implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(InferenceService.class.getName());

    private final InferenceListener listener;
    private final RequestQueue queue;
    private final Thread dispatcher;

    /**
     * Starts one that nobody listens to.
     *
     * @param first the model that answers; closed by this, when it is replaced or when this is closed
     * @param batching how batches are made
     * @throws IllegalStateException if the model is closed
     */
    public InferenceService(Inference first, Batching batching) {
        this(first, batching, InferenceListener.NONE);
    }

    /**
     * Computes a batch of each size, so that later ones take no longer than they have to, and starts to answer.
     *
     * @param first the model that answers; closed by this, when it is replaced or when this is closed, also if that
     *            cannot begin
     * @param batching how batches are made
     * @param listener is told of them
     * @throws IllegalStateException if the model is closed
     */
    public InferenceService(Inference first, Batching batching, InferenceListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        this.queue =
                new RequestQueue(Objects.requireNonNull(batching, "batching"), Objects.requireNonNull(first, "first"));
        try (Scope opening = new Scope()) {
            opening.own(first).warmUp();
            dispatcher = Thread.ofPlatform().name("thalweg inference").daemon().start(() -> answerAll(first));
            opening.handOver();
        }
    }

    /**
     * Asks what the model sees, and waits for the answer.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major
     * @param timeout for how long at most
     * @return a row of outputs for each
     * @throws OverloadedException if too many wait already
     * @throws TimeoutException if the time is over before it is answered
     * @throws InterruptedException if this thread is interrupted; nothing is computed then, unless it already
     *         was
     * @throws dev.thalweg.tensor.ShapeException if a picture has another size, or the network has several inputs
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures, Duration timeout) throws InterruptedException, TimeoutException {
        return await(submit(pictures, Map.of(), timeout));
    }

    /**
     * Waits for an answer.
     *
     * @param answer of {@link #submit}; cancelled if this thread is interrupted
     * @return what it is
     * @throws TimeoutException if its time was over before
     * @throws InterruptedException if this thread is interrupted
     * @throws CancellationException if it was cancelled
     */
    public static Predictions await(CompletableFuture<Predictions> answer)
            throws InterruptedException, TimeoutException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException late -> throw late;
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /**
     * Asks what the model sees.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major, for the one input that is not named; none if all are
     * @param others by the names of the other inputs: for each picture floats as the network sees them, row-major
     * @param timeout after so long the answer is a {@link TimeoutException}
     * @return what comes; whoever cancels it gives its place in the queue to others. What is made to depend on it is
     *         run by the service's thread, unless by one of the methods whose names end in {@code Async}
     * @throws OverloadedException if too many wait already
     * @throws dev.thalweg.tensor.ShapeException if something is missing, too much, or of another size
     * @throws IllegalArgumentException if the timeout is not above 0, or there are more pictures than the queue holds
     * @throws IllegalStateException if this is closed
     */
    public CompletableFuture<Predictions> submit(
            List<byte[]> pictures, Map<String, List<float[]>> others, Duration timeout) {
        List<byte[]> seen = List.copyOf(pictures);
        Map<String, List<float[]>> besides = Map.copyOf(others);
        return submit(model -> Optional.of(InferenceRequest.of(model, seen, besides)), timeout)
                .orElseThrow();
    }

    /**
     * Decodes a picture file as {@link Inference#decode(String, byte[])} does, for the model that answers now.
     *
     * @param name of the file, for messages
     * @param file its bytes
     * @return bytes {@code [C, H, W]}, row-major
     * @throws IOException if it cannot be read
     * @throws dev.thalweg.io.BadFileException if it is no picture, is damaged, or has too many pixels
     * @throws IllegalArgumentException if the network takes other pictures than in colour or grey
     * @throws IllegalStateException if this is closed
     */
    public byte[] decode(String name, byte[] file) throws IOException {
        return queue.model().decodeAnyway(name, file);
    }

    /**
     * Asks about picture files, which are decoded by this thread as {@link Inference#decode(Path)} decodes them.
     *
     * @param files the bytes of each
     * @param timeout after so long since all are decoded the answer is a {@link TimeoutException}
     * @return what comes, as of {@link #submit}
     * @throws IOException if a file cannot be read
     * @throws dev.thalweg.io.BadFileException if one is no picture, is damaged, or has too many pixels
     * @throws OverloadedException if too many wait already
     * @throws IllegalArgumentException if the timeout is not above 0, there are more pictures than the queue holds, or
     *         the network takes other pictures than in colour or grey
     * @throws IllegalStateException if this is closed
     */
    public CompletableFuture<Predictions> submitFiles(List<byte[]> files, Duration timeout) throws IOException {
        while (true) {
            Inference decoder = queue.model();
            List<byte[]> pictures = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                pictures.add(decoder.decodeAnyway("picture " + (i + 1), files.get(i)));
            }
            Optional<CompletableFuture<Predictions>> answer = submit(
                    model -> model == decoder
                            ? Optional.of(InferenceRequest.of(model, pictures, Map.of()))
                            : Optional.empty(),
                    timeout);
            // Where there is none, another model answers now, which may want them in another size.
            if (answer.isPresent()) {
                return answer.get();
            }
        }
    }

    private Optional<CompletableFuture<Predictions>> submit(
            Function<Inference, Optional<InferenceRequest>> asked, Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a request has a timeout above 0, got " + timeout);
        }
        try {
            return queue.add(asked).map(request -> watched(request, timeout));
        } catch (OverloadedException e) {
            tell(told -> told.onDrop(Drop.REFUSED));
            throw e;
        }
    }

    /** The answer of a request that gives its place away when its time is over, or it is cancelled. */
    private CompletableFuture<Predictions> watched(InferenceRequest request, Duration timeout) {
        CompletableFuture<Predictions> answer = request.answer();
        var _ = answer.orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        var _ = answer.whenComplete((_, failure) -> {
            if (failure != null) {
                queue.remove(request);
                tell(told -> told.onDrop(reason(failure)));
            }
        });
        return answer;
    }

    private static Drop reason(Throwable failure) {
        return switch (failure) {
            case CancellationException _ -> Drop.CANCELLED;
            case TimeoutException _ -> Drop.EXPIRED;
            default -> Drop.FAILED;
        };
    }

    /**
     * Replaces the model, also by one of other pictures or classes: a batch of each size is computed by the new one,
     * and from then on it answers the requests that come. Those that came before are answered by the old one, which is
     * closed then. A model that cannot compute never answers, and the old one goes on.
     *
     * @param next closed by this, as the first one; also if it fails
     * @throws IllegalStateException if this or the new model is closed
     */
    public void swap(Inference next) {
        try (Scope opening = new Scope()) {
            opening.own(next).warmUp();
            InferenceRequest turn = queue.swap(next);
            opening.handOver();
            tell(InferenceListener::onSwap);
            turn.answer().join();
        }
    }

    /** {@return how many pictures wait} */
    public int pending() {
        return queue.pictures();
    }

    /** Answers what was accepted, then frees everything; requests that come later are refused. */
    @Override
    public void close() {
        queue.close();
        boolean interrupted = false;
        while (dispatcher.isAlive()) {
            try {
                dispatcher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return whether it still answers: it does until it is closed, unless its thread has failed} */
    public boolean isAnswering() {
        return dispatcher.isAlive();
    }

    /** What the thread does until this is closed. */
    private void answerAll(Inference first) {
        // The one that answers, and then those that were to do so if this thread ends before its time.
        SequencedSet<Inference> open = new LinkedHashSet<>(List.of(first));
        try {
            for (List<InferenceRequest> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
                Inference model = batch.getFirst().model();
                if (open.add(model)) {
                    open.removeFirst().close();
                }
                answer(
                        model,
                        batch.stream()
                                .filter(request -> !request.answer().isDone())
                                .toList());
            }
        } finally {
            for (InferenceRequest left : queue.drain()) {
                open.add(left.model());
                left.answer().completeExceptionally(new IllegalStateException("the service ended before its time"));
            }
            try (Scope closing = new Scope()) {
                open.forEach(closing::own);
            }
        }
    }

    private void answer(Inference model, List<InferenceRequest> batch) {
        int pictures = batch.stream().mapToInt(InferenceRequest::count).sum();
        long start = System.nanoTime();
        try {
            Predictions all = model.predictChecked(pictures(batch), others(batch));
            if (pictures > 0) {
                computed(batch, pictures, start);
            }
            int from = 0;
            for (InferenceRequest request : batch) {
                request.answer().complete(all.of(from, from + request.count()));
                from += request.count();
            }
        } catch (Throwable e) {
            batch.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    private void computed(List<InferenceRequest> batch, int pictures, long start) {
        long took = System.nanoTime() - start;
        queue.computed(pictures, took);
        ComputedBatch computed = new ComputedBatch(
                batch.size(),
                pictures,
                Duration.ofNanos(took),
                Duration.ofNanos(start - batch.getFirst().arrival()));
        tell(told -> told.onBatch(computed));
    }

    private static List<byte[]> pictures(List<InferenceRequest> batch) {
        List<byte[]> all = new ArrayList<>();
        batch.forEach(request -> all.addAll(request.pictures()));
        return all;
    }

    private static Map<String, List<float[]>> others(List<InferenceRequest> batch) {
        Map<String, List<float[]>> all = new HashMap<>();
        batch.forEach(request -> request.others()
                .forEach((name, rows) ->
                        all.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(rows)));
        return all;
    }

    private void tell(Consumer<InferenceListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener of an inference service failed", e);
        }
    }
}
