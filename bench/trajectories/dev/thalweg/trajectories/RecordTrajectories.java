package dev.thalweg.trajectories;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Has other libraries minimise {@code Σ (θᵢ₊₁ − θᵢ²)² + 0.1 (1 − θᵢ)²}, a chain of Rosenbrock's valleys, by their own
 * gradients and optimizers, and writes down every step. Our rules are tested against these numbers.
 */
final class RecordTrajectories {
    static final int STEPS = 40;
    static final float PULL = 0.1f;
    static final float[] START = {-0.8f, 0.7f, -0.6f, 0.5f, -0.4f, 0.3f, -0.2f, 0.1f};

    /**
     * One run.
     *
     * @param origin library, version and class
     * @param rule our rule in words that the test reads
     * @param theta the parameters after each step
     */
    record Trajectory(String origin, String rule, List<float[]> theta) {}

    private record Recording(String problem, float pull, float[] start, List<Trajectory> trajectories) {}

    private RecordTrajectories() {}

    /** Writes the file that the argument names. */
    public static void main(String[] arguments) throws IOException {
        List<Trajectory> all = new ArrayList<>(TensorFlowRuns.all());
        all.addAll(PyTorchRuns.all());
        Path file = Path.of(arguments[0]);
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(
                        file.toFile(),
                        new Recording(
                                "sum over i of (theta[i+1] - theta[i]^2)^2 + pull * (1 - theta[i])^2",
                                PULL,
                                START,
                                all));
    }
}
