package dev.thalweg.optim;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Perturbation;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A rule for one group of parameters: with its share of the learning rate, penalties and decay. */
record Regularized(UpdateRule rule, double factor, Regularization regularization) implements UpdateRule {
    @Override
    public double rateFactor() {
        return factor * rule.rateFactor();
    }

    @Override
    public int slots() {
        return rule.slots();
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
        Expression gradient = Expression.GRADIENT;
        if (regularization.l1() > 0) {
            gradient = gradient.plus(Expression.PARAMETER.sign().times(regularization.l1()));
        }
        if (regularization.l2() > 0) {
            gradient = gradient.plus(Expression.PARAMETER.times(2 * regularization.l2()));
        }
        List<Assignment> all = new ArrayList<>();
        if (gradient != Expression.GRADIENT) {
            all.add(Expression.GRADIENT.becomes(gradient));
        }
        if (regularization.weightDecay() > 0) {
            Expression share = Expression.RATE.times(
                    Expression.constant(regularization.weightDecay()).rounded());
            all.add(Expression.PARAMETER.becomes(Expression.PARAMETER.minus(share.times(Expression.PARAMETER))));
        }
        all.addAll(rule.assignments());
        return all;
    }
}
