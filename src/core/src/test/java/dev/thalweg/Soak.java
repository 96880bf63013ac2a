package dev.thalweg;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.onednn.LiveObjects;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.Training;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * 10,000 steps of one training, then 100 times a model that is made, trained, frozen, asked and closed. What the
 * process holds may grow at first, while classes are loaded and code is compiled; after a tenth and a fifth of the way,
 * hardly any more. Run in a JVM of its own, whose heap has its final size from the start: the argument is a backend.
 */
final class Soak {
    private static final int STEPS = 10_000;
    private static final int MEASURED_FROM_STEP = 1_000;
    private static final int ROUNDS = 100;
    private static final int MEASURED_FROM_ROUND = 20;
    private static final int PICTURES = 64;
    private static final int BATCH = 8;
    private static final Shape PICTURE = Shape.of(3, 24, 24);
    /**
     * Less than half a megabyte for each measured round, a fraction of what one model takes; code that is compiled late
     * is within.
     */
    private static final long MOST_GROWTH = 40L << 20;

    private static final int MOST_MORE_DESCRIPTORS = 4;
    private static final int MOST_MORE_THREADS = 4;

    /** What the process holds; nothing where there is no {@code /proc}. */
    private record Holdings(long residentBytes, int descriptors, int threads) {
        static Holdings now() throws IOException {
            Path status = Path.of("/proc/self/status");
            if (!Files.exists(status)) {
                return new Holdings(0, 0, 0);
            }
            List<String> lines = Files.readAllLines(status);
            String[] open = new File("/proc/self/fd").list();
            return new Holdings(
                    number(lines, "VmRSS:") << 10, open == null ? 0 : open.length, (int) number(lines, "Threads:"));
        }

        private static long number(List<String> lines, String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        }

        void requireLittleMoreIn(Holdings later, String what) {
            System.out.println(what + ": " + this + ", later " + later);
            if (later.residentBytes - residentBytes > MOST_GROWTH
                    || later.descriptors - descriptors > MOST_MORE_DESCRIPTORS
                    || later.threads - threads > MOST_MORE_THREADS) {
                throw new AssertionError(
                        what + ": this process holds " + later + ", expected little more than " + this);
            }
        }
    }

    private Soak() {}

    private static ImageDataset data() {
        int[] labels = new int[PICTURES];
        Arrays.setAll(labels, i -> i % 3);
        return ImageDataset.of(
                "soak", PICTURE, List.of("a", "b", "c"), labels, (i, pixels) -> pixels.fill((byte) (3 * i)));
    }

    private static Model model(String backend) {
        return Model.sequential(
                        PICTURE,
                        new Conv2D(16, 3, Activation.RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dropout(0.1),
                        new Dense(3, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .compile(new SGD(0.001).momentum(0.9), new CategoricalCrossentropy());
    }

    private static void train(String backend, ImageDataset data) throws IOException {
        Holdings[] early = new Holdings[1];
        try (Model model = model(backend)) {
            model.fit(
                    data,
                    Fit.epochs(STEPS / (PICTURES / BATCH)).batchSize(BATCH).callbacks(new Callback() {
                        @Override
                        public void onBatchEnd(Training training, Progress progress) {
                            if ((progress.epoch() - 1) * (PICTURES / BATCH) + progress.batch() == MEASURED_FROM_STEP) {
                                try {
                                    early[0] = Holdings.now();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        }
                    }));
            early[0].requireLittleMoreIn(Holdings.now(), STEPS + " steps");
        }
    }

    private static void round(String backend, ImageDataset data) {
        try (Model model = model(backend)) {
            model.fit(data, Fit.epochs(1).batchSize(BATCH));
            for (Inference.Mode mode : Inference.Mode.values()) {
                try (Inference inference = model.inference(mode, 1, BATCH)) {
                    inference.predict(List.of(data.pixels(0).toArray(ValueLayout.JAVA_BYTE)));
                }
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        String backend = arguments[0];
        try (ImageDataset data = data()) {
            train(backend, data);
            Holdings early = null;
            for (int round = 1; round <= ROUNDS; round++) {
                round(backend, data);
                if (round == MEASURED_FROM_ROUND) {
                    early = Holdings.now();
                }
            }
            early.requireLittleMoreIn(Holdings.now(), ROUNDS + " rounds");
        }
        System.out.println(MemoryOwner.liveBytes() + " bytes and " + LiveObjects.count() + " objects left");
    }
}
