package dev.thalweg.graph;

import java.util.List;

/**
 * Moves a parameter by its gradient, in place, after everything else of the step. Inputs: parameter, gradient of the
 * same shape. No output. The rule's slots live with the parameter.
 *
 * @param rule how
 */
public record Update(UpdateRule rule) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("update", inputs, 2, 2);
        Checks.float32("update", inputs);
        Checks.same("update", "a gradient", inputs.get(1).shape(), inputs.get(0).shape());
        return List.of();
    }
}
