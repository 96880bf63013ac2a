package dev.thalweg.graph.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may overwrite memory. That the numbers are right then is tested where there are backends. */
class InPlaceTest {
    private static final Shape PICTURES = Shape.of(2, 4, 6, 6);

    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", PICTURES);

    private Value convolution(Value source, String weights) {
        return g.convolution(source, g.parameter(weights, Shape.of(4, 4, 1, 1)), null, Window.square(1), 1);
    }

    private Value relu(Value source) {
        return g.eltwise(Eltwise.Kind.RELU, source);
    }

    /** A convolution of a source that adds a summand, as {@code FuseResidualSum} leaves it. */
    private Value sum(Value source, Value summand) {
        Value weights = g.parameter("sum", Shape.of(4, 4, 1, 1));
        return g.apply(
                new Convolution(Window.square(1), 1, new PostOps(true, Optional.empty())), source, weights, summand);
    }

    private Map<Value, Value> inPlace(Value... outputs) {
        return InPlace.of(g.build("test", List.of(outputs)));
    }

    @Test
    void elementwiseResultsTakeTheMemoryOfWhatNobodyReadsLater() {
        Value a = convolution(x, "a");
        Value b = g.eltwise(Eltwise.Kind.TANH, a);
        Value c = g.add(b, x);
        Value d = g.eltwise(Eltwise.Kind.EXP, g.add(c, b));
        Value e = g.multiply(d, d);
        Map<Value, Value> inPlace = inPlace(c, e);
        assertEquals(a, inPlace.get(b));
        // b is read again, c is an output, d is read twice at once.
        assertEquals(Set.of(b, d), inPlace.keySet());
    }

    @Test
    void memorySeenInAnotherShapeIsNotOverwrittenEarly() {
        Value a = convolution(x, "a");
        Value view = g.flatten(a);
        Value b = g.eltwise(Eltwise.Kind.TANH, a);
        Value c = g.eltwise(Eltwise.Kind.TANH, view);
        Map<Value, Value> inPlace = inPlace(b, c);
        assertEquals(Map.of(c, view), inPlace);
    }

    @Test
    void aSumTakesTheMemoryOfASummandThatNobodyElseNeeds() {
        Value a = relu(convolution(x, "a"));
        Value b = convolution(a, "b");
        Value y = sum(b, a);
        assertEquals(a, inPlace(y).get(y));
    }

    @Test
    void aSummandThatTheConvolutionReadsTooIsNotOverwritten() {
        Value a = relu(convolution(x, "a"));
        Value y = sum(a, a);
        assertEquals(Set.of(a), inPlace(y).keySet());
    }

    @Test
    void aSummandThatTheConvolutionReadsAsAViewIsNotOverwritten() {
        Value a = relu(convolution(x, "a"));
        Value turned = g.transpose(a, 0, 1, 3, 2);
        Value y = sum(turned, a);
        assertEquals(Set.of(a), inPlace(y).keySet());
        Value narrow = g.cast(a, DataType.BFLOAT16);
        Value z = g.apply(
                new Convolution(Window.square(1), 1, new PostOps(true, Optional.empty())),
                narrow,
                g.cast(g.parameter("sum", Shape.of(4, 4, 1, 1)), DataType.BFLOAT16),
                narrow);
        assertEquals(Set.of(a), inPlace(z).keySet());
    }

    @Test
    void aSummandThatIsReadLaterIsNotOverwritten() {
        Value a = relu(convolution(x, "a"));
        Value y = sum(convolution(a, "b"), a);
        Value z = g.add(relu(y), a);
        assertEquals(false, inPlace(z).containsKey(y));
    }

    @Test
    void whatOutlastsTheOperationsIsNeverOverwritten() {
        Value weights = g.parameter("weights", PICTURES);
        Value constant = g.constant(1, PICTURES);
        Value asked = convolution(x, "asked");
        Value view = convolution(x, "seen");
        Value viewAsked = g.reshape(view, Shape.of(8, 36));
        Value gradient = convolution(x, "gradient");
        g.update(new SGD(0.1), weights, gradient);
        Value inputSeen = g.reshape(g.reshape(x, Shape.of(8, 36)), PICTURES);
        for (Value lasting : List.of(x, inputSeen, weights, constant, asked, view, gradient)) {
            Value result = relu(lasting);
            Value sum = sum(convolution(x, "a"), lasting);
            assertEquals(Map.of(), inPlace(result, sum, asked, viewAsked), lasting.toString());
        }
    }
}
