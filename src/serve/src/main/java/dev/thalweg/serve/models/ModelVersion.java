package dev.thalweg.serve.models;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.InferenceService;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.picture.RenderedPicture;
import dev.thalweg.tensor.TargetKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** A model that was opened, and answers until it is closed. */
public final class ModelVersion implements AutoCloseable {
    private final ModelFile file;
    private final ServedFormat format;
    private final Model model;
    private final InferenceService service;
    private final Scope resources;
    private final String summary;
    /** A model is one thread's at a time. */
    private final ReentrantLock explaining = new ReentrantLock();

    private ModelVersion(ModelFile file, ServedFormat format, Model model, InferenceService service, Scope resources) {
        this.file = file;
        this.format = format;
        this.model = model;
        this.service = service;
        this.resources = resources;
        this.summary = model.summary().toString();
    }

    /**
     * Opens a model, and asks it something.
     *
     * @throws IOException if the file cannot be read
     * @throws dev.thalweg.io.BadFileException if it is no model, or does not say what it should of the pictures that
     *         lie beside it
     */
    static ModelVersion open(String name, ModelFile file, Serving serving) throws IOException {
        ServedFormat format = ServedFormat.of(file.path());
        try (Scope opening = new Scope()) {
            Model model = opening.own(format.open(file.path()));
            serving.computing().accept(model);
            Inference inference = opening.own(model.inference(Inference.Mode.LATENCY, serving.batchSizes()));
            new ModelCheck(file.path(), model, inference).run();
            InferenceService service = opening.own(new InferenceService(
                    inference, serving.batching(), serving.listeners().apply(name)));
            return new ModelVersion(file, format, model, service, opening.handOver());
        }
    }

    /** {@return by which this is known} */
    public String version() {
        return file.version();
    }

    /** {@return what the protocol calls such a model} */
    public String platform() {
        return format.platform();
    }

    /** {@return what is computed} */
    public Network network() {
        return model.network();
    }

    /**
     * {@return whether an input is asked by bytes of pixels, which the model normalizes; all may be asked by numbers}
     *
     * @param input of the network
     */
    public boolean takesPixels(Port input) {
        return input.equals(network().pictures()) && input.shape().rank() == 3;
    }

    /** {@return what the outputs stand for} */
    public TargetSpec targets() {
        return model.targets();
    }

    /** {@return the layers and their parameters, as a table} */
    public String summary() {
        return summary;
    }

    /** {@return what answers; who asks it when it is closed gets an {@link IllegalStateException}} */
    public InferenceService service() {
        return service;
    }

    /** {@return the report of the training that the model is of, if it lies beside it} */
    public Optional<Path> report() {
        return Optional.of(file.path().resolveSibling("report.html")).filter(Files::isRegularFile);
    }

    /**
     * Shows where the model sees something (Grad-CAM).
     *
     * @param picture bytes {@code [C, H, W]}, as the service decodes them
     * @param output which class or label it sees
     * @param longest how long this may wait for others who ask for the same
     * @return a PNG file of the picture, red where it sees it; none if it looks at no picture in the end, or says
     *         numbers
     * @throws IllegalStateException if this is closed
     * @throws TimeoutException if it would have to wait longer
     * @throws InterruptedException if this thread is interrupted
     */
    public Optional<byte[]> explanation(byte[] picture, int output, Duration longest)
            throws InterruptedException, TimeoutException {
        if (targets().kind() == TargetKind.REGRESSION) {
            return Optional.empty();
        }
        if (!explaining.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("too many explanations are asked for");
        }
        try (ImageDataset data = ImageDataset.of(
                "a picture",
                network().input(),
                List.of("unknown"),
                new int[1],
                (_, pixels) -> pixels.copyFrom(MemorySegment.ofArray(picture)))) {
            List<float[][]> maps = model.classActivations(data, new int[] {output});
            return maps.isEmpty()
                    ? Optional.empty()
                    : Optional.of(RenderedPicture.png(RenderedPicture.overlaid(
                            RenderedPicture.of(
                                    MemorySegment.ofArray(picture), network().input()),
                            maps.getFirst())));
        } finally {
            explaining.unlock();
        }
    }

    /** Answers what was accepted, then frees everything. */
    @Override
    public void close() {
        service.close();
        explaining.lock();
        try {
            resources.close();
        } finally {
            explaining.unlock();
        }
    }
}
