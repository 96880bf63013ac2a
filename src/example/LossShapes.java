import dev.thalweg.report.Figure;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** What three losses say of one picture, as the probability that the model gives to its true class goes from 0 to 1. */
public final class LossShapes {
    private LossShapes() {}

    public static void main(String[] arguments) throws Exception {
        double[] p = IntStream.range(1, 100).mapToDouble(i -> i / 100.0).toArray();
        figure(p).save(Path.of(arguments.length > 0 ? arguments[0] : "loss-shapes.png"));
    }

    static Figure figure(double[] p) {
        Figure figure = new Figure("Three losses of one picture", "probability of the true class", "loss");
        curves(p).forEach((name, losses) -> figure.line(name, p, losses));
        return figure;
    }

    /** {@return the losses by name; of two classes, so that the other one has 1 - p, which should be 0} */
    static Map<String, double[]> curves(double[] p) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        curves.put("cross-entropy, -log p", of(p, q -> -Math.log(q)));
        curves.put("mean absolute error, 1 - p", of(p, q -> 1 - q));
        curves.put("mean squared error, (1 - p)²", of(p, q -> (1 - q) * (1 - q)));
        return curves;
    }

    private static double[] of(double[] p, DoubleUnaryOperator loss) {
        return Arrays.stream(p).map(loss).toArray();
    }
}
