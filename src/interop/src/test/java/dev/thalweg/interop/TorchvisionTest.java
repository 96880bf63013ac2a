package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.inference.Inference;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks that torchvision makes, of weights drawn at random and saved by {@code torch.save}: what they answer here is
 * what they answer in PyTorch. Debian's {@code python3-torchvision} computes that.
 */
class TorchvisionTest {
    private static final int PICTURES = 3;
    private static final int CLASSES = 7;
    private static final Map<String, Network> NETWORKS = Map.of(
            "resnet18", Networks.resnet18(Shape.of(3, 64, 64), CLASSES),
            "resnet50", Networks.resnet50(Shape.of(3, 64, 64), CLASSES),
            "mobilenetv2", Networks.mobileNetV2(Shape.of(3, 64, 64), CLASSES),
            "vgg11", Networks.vggImageNet(Shape.of(3, 32, 32), CLASSES, false, 1, 1, 2, 2, 2),
            "vgg11bn", Networks.vggImageNet(Shape.of(3, 32, 32), CLASSES, true, 1, 1, 2, 2, 2),
            "transformer", Networks.visionTransformer(Shape.of(3, 32, 32), CLASSES, 8, 32, 2, 2));
    /**
     * Sums of some thousand products in another order differ by some hundred units in the last place, 1e-5; the issue
     * of fifty layers after each other is a multiple of that.
     */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void askPyTorch() throws Exception {
        Python python = new Python(directory);
        assumeTrue(python.has("torchvision"), "Debian's python3-torchvision is not installed");
        python.run(TorchvisionTest.class, "networks.py", directory.toString());
    }

    @Test
    void answersAreThoseOfPyTorch() throws IOException {
        for (var each : NETWORKS.entrySet()) {
            // Logits, where the network itself ends in a softmax.
            Network network = each.getValue().withHead(List.of(new Dense(CLASSES)));
            float[] expected = floats(each.getKey() + ".logits");
            double largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (BackendChoice backend : List.of(BackendChoice.ONEDNN, BackendChoice.JAVA)) {
                float[] got = answer(network, each.getKey(), backend);
                assertEquals(expected.length, got.length);
                for (int i = 0; i < got.length; i++) {
                    assertEquals(expected[i], got[i], TOLERANCE * largest, each.getKey() + " by " + backend);
                }
            }
        }
    }

    private static float[] answer(Network network, String name, BackendChoice backend) throws IOException {
        try (Model model = Model.of(network).backend(backend, Threads.auto());
                StateDict weights = StateDict.open(directory.resolve(name + ".pth"))) {
            weights.load(model);
            try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, PICTURES);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment pictures = arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats(name + ".pictures"));
                MemorySegment logits = arena.allocate(PICTURES * CLASSES * 4L, 64);
                inference.run(pictures, logits);
                return logits.toArray(ValueLayout.JAVA_FLOAT);
            }
        }
    }

    private static float[] floats(String file) throws IOException {
        return new Python(directory).floats(file);
    }
}
