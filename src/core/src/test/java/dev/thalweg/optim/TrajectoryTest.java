package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every rule against the steps that another library made on the same problem. {@code trajectories.json} was recorded by
 * {@code bench/trajectories} (README says how); it names library and version of every run.
 */
class TrajectoryTest {
    private record Trajectory(String origin, String rule, List<float[]> theta) {}

    private record Recording(String problem, float pull, float[] start, List<Trajectory> trajectories) {}

    /**
     * Both sides round to 24 bits in every operation, some ten a step, with errors of 6e-8 each; over 40 steps on a
     * problem whose curvature is of the order of 1 they add up to a few 1e-6. A wrong exponent or correction shows in
     * the second digit.
     */
    private static final double TOLERANCE = 2e-5;

    private static final Map<String, Optimizer> RULES = Map.ofEntries(
            Map.entry("SGD 0.05", new SGD(0.05)),
            Map.entry("SGD 0.05 momentum 0.9", new SGD(0.05).momentum(0.9)),
            Map.entry("SGD 0.05 nesterov 0.9", new SGD(0.05).nesterov(0.9)),
            // TensorFlow's form has no epsilon.
            Map.entry("AdaGrad 0.1 initial 0.1", new Adagrad(0.1, 0.1, 1e-10)),
            Map.entry("AdaGrad 0.1 initial 0.2", new Adagrad(0.1, 0.2, 1e-10)),
            // PyTorch adds epsilon to the root, we add it under the root: both are given none that counts.
            Map.entry("RMSprop 0.01 rho 0.9", new RMSprop(0.01, 0.9, 0, 1e-20, false)),
            Map.entry("RMSprop 0.01 rho 0.9 momentum 0.8", new RMSprop(0.01, 0.9, 0.8, 1e-20, false)),
            Map.entry("RMSprop 0.01 rho 0.9 centered", new RMSprop(0.01, 0.9, 0, 1e-20, true)),
            Map.entry("RMSprop 0.01 rho 0.9 momentum 0.8 centered", new RMSprop(0.01, 0.9, 0.8, 1e-20, true)),
            Map.entry("Adadelta 1.0 rho 0.95", new Adadelta(1, 0.95, 1e-6)),
            Map.entry("Adam 0.02", new Adam(0.02)),
            // PyTorch adds epsilon to the corrected root; 1e-7 beside roots of 0.01 and more makes no difference here.
            Map.entry("AdamW 0.02 decay 0.1", new AdamW(0.02, 0.9, 0.999, 1e-7, 0.1)),
            Map.entry(
                    "SGD 0.05 momentum 0.9 l2 0.05", new SGD(0.05).momentum(0.9).l2(0.05)),
            Map.entry(
                    "SGD 0.05 momentum 0.9 clipGlobalNorm 0.5",
                    new SGD(0.05).momentum(0.9).clipGlobalNorm(0.5)));

    private static Recording recording() throws IOException {
        try (InputStream in = TrajectoryTest.class.getResourceAsStream("trajectories.json")) {
            return new ObjectMapper().readValue(in, Recording.class);
        }
    }

    @Test
    void everyRuleHasATrajectory() throws IOException {
        List<String> recorded = recording().trajectories().stream()
                .map(Trajectory::rule)
                .sorted()
                .toList();
        assertEquals(RULES.keySet().stream().sorted().toList(), recorded);
    }

    @TestFactory
    List<DynamicTest> stepsEqualThoseOfOtherLibraries() throws IOException {
        Recording recording = recording();
        List<DynamicTest> tests = new ArrayList<>();
        for (String backend : List.of("java", "onednn")) {
            for (Trajectory trajectory : recording.trajectories()) {
                tests.add(DynamicTest.dynamicTest(
                        backend + ": " + trajectory.rule() + " as " + trajectory.origin(),
                        () -> check(backend, recording, trajectory)));
            }
        }
        return tests;
    }

    private static void check(String backendName, Recording recording, Trajectory trajectory) {
        assertTrue(trajectory.theta().size() >= 20);
        Valleys.descend(
                backendName,
                RULES.get(trajectory.rule()).descent(),
                recording.pull(),
                recording.start(),
                trajectory.theta().size(),
                (step, theta) -> {
                    for (int i = 0; i < theta.length; i++) {
                        assertEquals(
                                trajectory.theta().get(step)[i],
                                theta[i],
                                TOLERANCE,
                                "step " + step + ", element " + i);
                    }
                });
    }
}
