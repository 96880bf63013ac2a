package dev.thalweg.optim;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Perturbation;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.expression.Assignment;
import java.util.List;
import java.util.Optional;

/** A rule that has another one do what it does not say itself. */
interface RuleAround extends Rule {
    /** {@return the other one} */
    Rule inner();

    @Override
    default double learningRate() {
        return inner().learningRate();
    }

    @Override
    default Schedule defaultSchedule() {
        return inner().defaultSchedule();
    }

    @Override
    default Regularization defaultRegularization() {
        return inner().defaultRegularization();
    }

    @Override
    default double rateFactor() {
        return inner().rateFactor();
    }

    @Override
    default int averageSlot() {
        return inner().averageSlot();
    }

    @Override
    default int slots() {
        return inner().slots();
    }

    @Override
    default int averages() {
        return inner().averages();
    }

    @Override
    default Value direction(GraphBuilder graph, Value parameter, Value gradient, List<Value> averages) {
        return inner().direction(graph, parameter, gradient, averages);
    }

    @Override
    default Optional<Perturbation> perturbation() {
        return inner().perturbation();
    }

    @Override
    default List<Assignment> assignments() {
        return inner().assignments();
    }
}
