package dev.thalweg.graph;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShapesOfGraphsTest {
    private final GraphBuilder g = new GraphBuilder();

    @Test
    void mistakesSayWhatWasGotAndExpected() {
        Value picture = g.input("picture", Shape.of(2, 3, 8, 8));
        Value row = g.input("row", Shape.of(2, 10));
        message(
                "[4, 3, 3, 3]",
                "[4, 2, 3, 3]",
                () -> g.convolution(picture, g.parameter("w1", Shape.of(4, 2, 3, 3)), null, Window.square(3), 1));
        message(
                "does not fit a picture",
                "padding \"same\"",
                () -> g.convolution(picture, g.parameter("w2", Shape.of(4, 3, 9, 9)), null, Window.square(9), 1));
        message(
                "2 groups do not divide 3 input channels",
                "4 filters",
                () -> g.convolution(picture, g.parameter("w3", Shape.of(4, 1, 3, 3)), null, Window.square(3), 2));
        message("rank 2", "[2, 3, 8, 8]", () -> g.innerProduct(picture, g.parameter("w4", Shape.of(5, 10)), null));
        message("[5, 10]", "[5, 9]", () -> g.innerProduct(row, g.parameter("w5", Shape.of(5, 9)), null));
        message("extents 10 and 3 differ", "row", () -> g.add(row, g.input("other", Shape.of(2, 3))));
        message("20 elements", "21 elements", () -> g.reshape(row, Shape.of(3, 7)));
        message("no axis 2", "rank 2", () -> g.softmax(row, 2));
        message(
                "UINT8",
                "cast it first",
                () -> g.eltwise(Eltwise.Kind.RELU, g.input("bytes", Shape.of(1), DataType.UINT8)));
        message("already has an input", "row", () -> g.input("row", Shape.of(1)));
        message(
                "windows hold padding alone",
                "2x2",
                () -> g.pooling(
                        Pooling.Kind.MAX,
                        g.input("tiny", Shape.of(1, 1, 2, 2)),
                        new Window(2, 2, 1, 1, 1, 1, 2, 2, 0, 0)));
        message("at least 1", "[0, 3]", () -> Shape.of(0, 3));
        message("shared parameter of shape [5, 9]", "got [1]", () -> g.parameter("w5", Shape.of(1)));
    }

    @Test
    void onlyOneNumberCanBeDifferentiated() {
        Value x = g.parameter("x", Shape.of(2, 2));
        message("single number", "[2, 2]", () -> Gradients.of(g, g.add(x, x), List.of(x)));
    }

    @Test
    void aParameterTheLossDoesNotDependOnIsNamed() {
        Value x = g.parameter("x", Shape.of(2, 2));
        Value idle = g.parameter("idle", Shape.of(1));
        message("does not depend", "idle", () -> Gradients.of(g, g.reduce(Reduction.Kind.SUM, x), List.of(x, idle)));
    }

    @Test
    void gradientsOfInputsAreNotComputed() {
        Value picture = g.input("picture", Shape.of(2, 3, 8, 8));
        Value weights = g.parameter("w", Shape.of(4, 3, 3, 3));
        Value loss = g.reduce(Reduction.Kind.SUM, g.convolution(picture, weights, null, Window.square(3), 1));
        Graph graph = g.build("one convolution", Gradients.of(g, loss, List.of(weights)));
        assertTrue(graph.nodes().stream().noneMatch(n -> n.op() instanceof ConvolutionBackwardData), graph.toString());
        assertTrue(
                graph.nodes().stream().noneMatch(n -> n.op() instanceof Convolution),
                "nothing needs the forward result: " + graph);
    }

    private static void message(String first, String second, Executable mistake) {
        String message = assertThrows(ShapeException.class, mistake).getMessage();
        assertTrue(message.contains(first) && message.contains(second), message);
    }
}
