import dev.thalweg.report.Figure;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** What three losses say of one picture, as the probability that the model gives to its true class goes from 0 to 1. */
public final class LossShapes {
    private LossShapes() {}

    public static void main(String[] arguments) throws Exception {
        double[] p = IntStream.range(1, 100).mapToDouble(i -> i / 100.0).toArray();
        // Of two classes, so that the other one has the probability 1 - p, which should be 0.
        new Figure("Three losses of one picture", "probability of the true class", "loss")
                .line("cross-entropy, -log p", p, of(p, q -> -Math.log(q)))
                .line("mean absolute error, 1 - p", p, of(p, q -> 1 - q))
                .line("mean squared error, (1 - p)²", p, of(p, q -> (1 - q) * (1 - q)))
                .save(Path.of(arguments.length > 0 ? arguments[0] : "loss-shapes.png"));
    }

    private static double[] of(double[] p, java.util.function.DoubleUnaryOperator loss) {
        return java.util.Arrays.stream(p).map(loss).toArray();
    }
}
