package dev.thalweg.optim;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Perturbation;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Sharpness-aware minimization: another rule, by the gradient not where the parameters stand but where the loss is
 * about the greatest within a distance ρ of them, so that descent ends in flat valleys (Foret et al., Sharpness-Aware
 * Minimization for Efficiently Improving Generalization, ICLR 2021, algorithm 1):
 * <pre>
 *   g ← ∇L(θ)
 *   ĝ ← ∇L(θ + ρ g / ‖g‖)
 *   θ ← what the other rule makes of θ and ĝ
 * </pre>
 * where ‖g‖ is the norm of the gradients of all parameters of this rule together, without regularization. Every batch
 * goes forward and backward twice, which takes about twice the time; loss, metrics and the statistics of normalizations
 * are those of the first time, and what is dropped out the first time is dropped out the second. Where gradients are
 * accumulated, each batch finds its own ρ g / ‖g‖, as each of the paper's accelerators does (its section 4.1,
 * m-sharpness), and the ĝ are added up; what was added up is clipped.
 *
 * @param rho ρ, greater than 0
 * @param inner the other rule; {@code SAM} itself is none
 */
public record SAM(double rho, Rule inner) implements RuleAround {
    /** So that a gradient of zeros is not divided by zero. */
    private static final float TINY = 1e-12f;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code rho} is not greater than 0
     */
    public SAM {
        Ranges.above0("SAM: rho", rho);
        if (inner.perturbation().isPresent()) {
            throw new IllegalArgumentException("SAM: the inner rule must take its gradient where the parameters stand,"
                    + " got " + inner + ", which perturbs them itself");
        }
    }

    /**
     * With the paper's ρ for CIFAR-10, 0.05.
     *
     * @param inner the other rule
     */
    public SAM(Rule inner) {
        this(0.05, inner);
    }

    /** Up the gradient by a distance. */
    private record Ascent(double rho) implements Perturbation {
        @Override
        public List<Value> at(GraphBuilder graph, List<Value> parameters, List<Value> gradients) {
            Shape one = Shape.of(1);
            Value squares = gradients.stream()
                    .map(g ->
                            graph.reshape(graph.reduce(Reduction.Kind.SUM, graph.eltwise(Eltwise.Kind.SQUARE, g)), one))
                    .reduce(graph::add)
                    .orElseThrow();
            Value norm = graph.eltwise(Eltwise.Kind.SQRT, squares);
            Value factor = graph.binary(Binary.Kind.DIV, graph.constant((float) rho, one), graph.linear(norm, 1, TINY));
            Value[] moved = new Value[parameters.size()];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = graph.add(parameters.get(i), graph.multiply(gradients.get(i), factor));
            }
            return List.of(moved);
        }
    }

    @Override
    public Optional<Perturbation> perturbation() {
        return Optional.of(new Ascent(rho));
    }
}
