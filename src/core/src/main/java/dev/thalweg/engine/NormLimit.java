package dev.thalweg.engine;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.optim.SGD;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The max-norm constraint: after a step, every unit whose incoming weights are longer than the limit has them scaled
 * down to it. It is a graph of its own whose "gradient" is the excess {@code θ (1 − min(‖θ‖, limit) / ‖θ‖)}, so it
 * works in any layout and on any backend.
 */
final class NormLimit {
    /** So that units without weights do not divide by zero. */
    private static final float TINY = 1e-20f;

    private NormLimit() {}

    /** The graph, to be run at rate 1; empty where no parameter has a limit. */
    static Optional<Graph> of(ModelDescription description) {
        GraphBuilder builder = new GraphBuilder();
        boolean any = false;
        for (ParameterSpec spec : description.trainable()) {
            double limit = description.descent().regularizationOf(spec.name()).maxNorm();
            if (spec.shape().rank() > 1 && Double.isFinite(limit)) {
                any = true;
                Value parameter = builder.parameter(spec.name(), spec.shape());
                builder.update(new SGD(1), parameter, excess(builder, parameter, (float) limit));
            }
        }
        return any ? Optional.of(builder.build("limit norms", List.of())) : Optional.empty();
    }

    private static Value excess(GraphBuilder builder, Value parameter, float limit) {
        int[] incoming = IntStream.range(1, parameter.shape().rank()).toArray();
        Value squares = builder.reduce(Reduction.Kind.SUM, builder.eltwise(Eltwise.Kind.SQUARE, parameter), incoming);
        Value norms =
                builder.eltwise(Eltwise.Kind.CLIP, builder.eltwise(Eltwise.Kind.SQRT, squares), TINY, Float.MAX_VALUE);
        Value kept = builder.binary(Binary.Kind.DIV, builder.eltwise(Eltwise.Kind.CLIP, norms, 0, limit), norms);
        return builder.multiply(parameter, builder.linear(kept, -1, 1));
    }
}
