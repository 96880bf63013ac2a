package dev.thalweg.graph;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import dev.thalweg.graph.expression.UpdateProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Moves a parameter by its gradient, in place, after everything else of the step. Inputs: parameter, gradient of the
 * same shape. No output. The rule's slots live with the parameter.
 *
 * @param rule how
 * @param clipping what happens to the gradient before; every update of a graph has the same
 * @param accumulated whether gradients of several runs may be added up before an update
 */
public record Update(UpdateRule rule, Clipping clipping, boolean accumulated) implements ParameterChange {
    /** Refuses null. */
    public Update {
        Objects.requireNonNull(clipping, "clipping");
        Objects.requireNonNull(rule, "rule");
    }

    /**
     * Without clipping or accumulation.
     *
     * @param rule how
     */
    public Update(UpdateRule rule) {
        this(rule, new Clipping.None(), false);
    }

    /**
     * {@return what moves an element by the gradient before clipping: first the gradient is clipped, then the rule is
     * followed, whose norms are those of the clipped gradient}
     */
    public UpdateProgram program() {
        Expression clipped = clipping.clipped();
        if (clipped == Expression.GRADIENT) {
            return new UpdateProgram(rule.assignments());
        }
        List<Assignment> all = new ArrayList<>();
        all.add(Expression.GRADIENT.becomes(clipped));
        for (Assignment assignment : rule.assignments()) {
            Expression value = replace(
                    assignment.value(),
                    part -> part instanceof Expression.Norm norm
                            ? Expression.norm(replace(norm.of(), e -> e.equals(Expression.GRADIENT) ? clipped : e))
                            : part);
            all.add(assignment.target().becomes(value));
        }
        return new UpdateProgram(all);
    }

    /** An expression with some parts replaced; a change that gives the part itself has its operands looked into. */
    private static Expression replace(Expression whole, UnaryOperator<Expression> change) {
        Expression changed = change.apply(whole);
        if (changed != whole) {
            return changed;
        }
        return switch (whole) {
            case Expression.Unary(Expression.Unary.Kind kind, Expression of) ->
                new Expression.Unary(kind, replace(of, change));
            case Expression.Binary(Expression.Binary.Kind kind, Expression left, Expression right) ->
                new Expression.Binary(kind, replace(left, change), replace(right, change));
            case Expression.Select(Expression left, Expression right, Expression then, Expression otherwise) ->
                new Expression.Select(
                        replace(left, change),
                        replace(right, change),
                        replace(then, change),
                        replace(otherwise, change));
            case Target _,
                    Expression.Constant _,
                    Expression.Rate _,
                    Expression.StepNumber _,
                    Expression.Norm _,
                    Expression.GlobalNorm _ -> whole;
        };
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("update", inputs, 2, 2);
        Checks.float32("update", inputs);
        Checks.same("update", "a gradient", inputs.get(1).shape(), inputs.get(0).shape());
        return List.of();
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Afterwards();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.None();
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.UNKNOWN;
    }

    @Override
    public boolean servesGradients() {
        return true;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
