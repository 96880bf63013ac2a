package dev.thalweg.optim;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Perturbation;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A rule that besides keeps a moving average of the parameters, in a slot after the rule's own. */
record Averaged(UpdateRule rule, double decay) implements UpdateRule {
    @Override
    public double rateFactor() {
        return rule.rateFactor();
    }

    @Override
    public int slots() {
        return rule.slots() + 1;
    }

    @Override
    public int averages() {
        return rule.averages();
    }

    @Override
    public Value direction(GraphBuilder graph, Value parameter, Value gradient, List<Value> averages) {
        return rule.direction(graph, parameter, gradient, averages);
    }

    @Override
    public Optional<Perturbation> perturbation() {
        return rule.perturbation();
    }

    @Override
    public List<Assignment> assignments() {
        Target average = Expression.slot(rule.slots());
        Expression kept = Expression.ofStep((_, step) -> step == 0 ? 0 : (float) decay);
        List<Assignment> all = new ArrayList<>(rule.assignments());
        all.add(average.becomes(average.times(kept)
                .plus(Expression.PARAMETER.times(Expression.constant(1).minus(kept)))));
        return all;
    }
}
