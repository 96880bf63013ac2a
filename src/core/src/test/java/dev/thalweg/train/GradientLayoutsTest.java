package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.collective.Collective;
import dev.thalweg.collective.ForwardingCollective;
import dev.thalweg.collective.TogetherInThreads;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replicas add gradients up as parameters lie where these lie alike in all of them, else row-major. */
class GradientLayoutsTest {
    /** 2 batches of 16 and one of 2. */
    private static final DataSplit DATA = ShapesDataset.generate(34, 2, 1);

    /** As in {@link ReplicatedTrainingTest}. */
    private static final float TOLERANCE = 1e-5f;

    private static final int KERNEL = 48 * 24 * 3 * 3;

    @AfterAll
    static void close() {
        DATA.close();
    }

    /** Of channels that no vector's length divides, so that some layouts have gaps. */
    private static Model model(String backend, Optimizer optimizer) {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(24, 3).stride(2).activation(Activation.RELU),
                        new Conv2D(48, 3).activation(Activation.RELU),
                        new MaxPooling2D(4),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(1))
                .seed(3)
                .compile(optimizer, new CategoricalCrossentropy());
    }

    private static Map<String, float[]> trained(String backend, Optimizer optimizer, Collective among) {
        try (Model model = model(backend, optimizer)) {
            model.fit(DATA.train(), Fit.epochs(2).batchSize(16).seed(9).replicated(among));
            return model.weights();
        }
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> got, float tolerance) {
        expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), tolerance, name));
    }

    /** Keeps the first gradient of the second kernel as it is added up; may have heard of other layouts elsewhere. */
    private static final class Listening extends ForwardingCollective {
        private static final Pattern BLOCKS = Pattern.compile("48, 24, 3, 3.*blocks of \\[\\d");

        private final boolean mishears;
        private float[] gradient = {};
        private boolean blocked;

        Listening(Collective others, boolean mishears) {
            super(others);
            this.mishears = mishears;
        }

        @Override
        public void startAllReduce(MemorySegment floats) {
            if (gradient.length == 0 && floats.byteSize() >= KERNEL * Float.BYTES) {
                gradient = floats.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            }
            super.startAllReduce(floats);
        }

        @Override
        public void allGather(MemorySegment own, MemorySegment all) {
            super.allGather(own, all);
            String said = new String(own.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            if (said.contains("strides")) {
                blocked = said.lines().anyMatch(line -> BLOCKS.matcher(line).find());
                if (mishears) {
                    all.set(ValueLayout.JAVA_BYTE, 0, (byte) '?');
                }
            }
        }
    }

    static List<Arguments> optimizers() {
        return List.of(
                Arguments.of(new SGD(0.05).momentum(0.9), 0),
                Arguments.of(new SGD(0.05).momentum(0.9).gradientAccumulationSteps(2), 0),
                Arguments.of(new SGD(0.05).clipNorm(0.1), TOLERANCE),
                Arguments.of(new SAM(0.05, new SGD(0.05)), TOLERANCE));
    }

    /** Sums over replicas are formed element by element, wherever these lie; norms in the order they lie in. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void layoutsChangeNoSum(Optimizer optimizer, float tolerance) throws Exception {
        Listening[] alike = new Listening[2];
        List<Map<String, float[]>> asTheyLie = TogetherInThreads.run(2, collective -> {
            alike[collective.rank()] = new Listening(collective, false);
            return trained("onednn", optimizer, alike[collective.rank()]);
        });
        Listening[] apart = new Listening[2];
        List<Map<String, float[]>> rowMajor = TogetherInThreads.run(2, collective -> {
            apart[collective.rank()] = new Listening(collective, true);
            return trained("onednn", optimizer, apart[collective.rank()]);
        });
        for (int rank = 0; rank < 2; rank++) {
            assertSame(rowMajor.getFirst(), asTheyLie.get(rank), tolerance);
            assertSame(asTheyLie.getFirst(), asTheyLie.get(rank), 0);
            assertSame(rowMajor.getFirst(), rowMajor.get(rank), 0);
            assertEquals(KERNEL, apart[rank].gradient.length);
            assertEquals(
                    alike[rank].blocked,
                    !Arrays.equals(apart[rank].gradient, alike[rank].gradient),
                    "added up as the kernel lies");
            assertArrayEquals(sortedNonZeros(apart[rank].gradient), sortedNonZeros(alike[rank].gradient));
        }
    }

    private static float[] sortedNonZeros(float[] gradient) {
        double[] sorted = new double[gradient.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = gradient[i];
        }
        Arrays.sort(sorted);
        double[] others = Arrays.stream(sorted).filter(v -> v != 0).toArray();
        float[] floats = new float[others.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) others[i];
        }
        return floats;
    }

    /** A backend of vectors and one without lay kernels out otherwise. */
    @Test
    void replicasOfDifferentLayoutsTrainAsOne() throws Exception {
        Optimizer optimizer = new SGD(0.05).momentum(0.9);
        Map<String, float[]> alone = trained("java", optimizer, Collective.ALONE);
        List<Map<String, float[]>> together = TogetherInThreads.run(
                2, collective -> trained(collective.rank() == 0 ? "java" : "onednn", optimizer, collective));
        assertSame(alone, together.get(0), TOLERANCE);
        assertSame(together.get(0), together.get(1), 0);
    }
}
