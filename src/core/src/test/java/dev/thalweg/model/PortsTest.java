package dev.thalweg.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.saving.ModelFile;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of several inputs and outputs. */
class PortsTest {
    private static final Flow LEFT = Flow.input("left", 3, 8, 8);
    private static final Flow RIGHT = Flow.input("right", 3, 8, 8);

    @TempDir
    Path directory;

    /** Two pictures through one layer, as in a Siamese network, and two answers. */
    private static Network network() {
        Layer shared = new Conv2D(4, 3, Activation.RELU);
        Flow left = LEFT.then("shared", shared);
        Flow right = RIGHT.then("shared", shared);
        Flow both = Flow.join(new Concatenate(), left, right).then(new Flatten());
        return Network.of(
                List.of(LEFT, RIGHT),
                List.of(both.then("kind", new Dense(5, Activation.SOFTMAX)), both.then("distance", new Dense(1))));
    }

    @Test
    void inputsAndOutputsHaveNamesAndShapes() {
        Network network = network();
        assertEquals(
                List.of(new Port("left", Shape.of(3, 8, 8)), new Port("right", Shape.of(3, 8, 8))), network.inputs());
        assertEquals(List.of(new Port("kind", Shape.of(5)), new Port("distance", Shape.of(1))), network.outputs());
        String summary = network.summary();
        assertTrue(
                summary.contains("left (input)")
                        && summary.contains("right (input)")
                        && summary.contains("Outputs: kind, distance"),
                summary);
        // The shared convolution counts once: 3·3·3·4 + 4, then 288 → 5 and 288 → 1.
        assertEquals(112 + (288 * 5 + 5) + (288 + 1), network.trainableCount());
        String message =
                assertThrows(IllegalStateException.class, network::input).getMessage();
        assertTrue(message.contains("left") && message.contains("right"), message);
        assertThrows(IllegalStateException.class, network::output);
        assertThrows(IllegalStateException.class, () -> network.withHead(List.of(new Dense(3))));
    }

    @Test
    void isAddedToAGraphInTheOrderOfItsPorts() {
        Network network = network();
        GraphBuilder builder = new GraphBuilder();
        Value left = builder.input("left", Shape.of(2, 3, 8, 8));
        Value right = builder.input("right", Shape.of(2, 3, 8, 8));
        List<Value> results = network.build(builder, List.of(left, right), false, name -> false);
        assertEquals(
                List.of(Shape.of(2, 5), Shape.of(2, 1)),
                results.stream().map(Value::shape).toList());
        assertThrows(ShapeException.class, () -> network.build(builder, List.of(left), false, name -> false));
    }

    @Test
    void isSavedAndLoaded() throws IOException {
        Network network = network();
        Map<String, float[]> weights = network.initialWeights(3);
        Path file = directory.resolve("ports.safetensors");
        new ModelFile(
                        network,
                        Normalization.unit(3),
                        false,
                        Map.of(),
                        Map.of(),
                        weights,
                        Map.of(),
                        TestTimeAugmentation.NONE,
                        Provenance.UNKNOWN)
                .write(file);
        ModelFile read = ModelFile.read(file);
        assertEquals(network, read.network());
        assertEquals(network.outputs(), read.network().outputs());
        weights.forEach(
                (name, values) -> assertArrayEquals(values, read.weights().get(name), name));
    }

    @Test
    void anOutputMayLieBeforeAnother() {
        Flow early = LEFT.then("early", new Conv2D(4, 3));
        Flow late = early.through(new Flatten(), new Dense(2));
        Network network = Network.of(List.of(LEFT), List.of(late, early));
        assertEquals(
                List.of("dense", "early"),
                network.outputs().stream().map(Port::name).toList());
        assertEquals(Shape.of(3, 8, 8), network.input());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Flow sum = Flow.join(new Add(), LEFT, RIGHT);
        refused("right", List.of(LEFT), List.of(sum));
        refused("left", List.of(LEFT, RIGHT), List.of(RIGHT.then(new Flatten())));
        refused("flatten", List.of(LEFT.then(new Flatten())), List.of(LEFT.then(new Flatten())));
        Flow other = Flow.input("left", 3, 8, 8);
        refused("name", List.of(LEFT, other), List.of(Flow.join(new Add(), LEFT, other)));
        refused("layer", List.of(LEFT), List.of(LEFT));
        refused("output", List.of(LEFT), List.of());
        Flow twice = LEFT.then(new Flatten());
        refused("outputs", List.of(LEFT), List.of(twice, twice));
        Flow one = Flow.input(" ", 3);
        refused("name", List.of(one), List.of(one.then(new Dense(1))));
    }

    private static void refused(String word, List<Flow> inputs, List<Flow> outputs) {
        RuntimeException e = assertThrows(RuntimeException.class, () -> Network.of(inputs, outputs));
        assertTrue(e instanceof IllegalArgumentException || e instanceof ShapeException, e.toString());
        assertTrue(e.getMessage().contains(word), e.getMessage());
    }
}
