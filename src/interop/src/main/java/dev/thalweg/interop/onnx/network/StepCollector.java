package dev.thalweg.interop.onnx.network;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows values back through a graph, and keeps the nodes that it passes. */
final class StepCollector {
    private final Plan plan;
    private final Set<Step> steps = new HashSet<>();

    StepCollector(Plan plan) {
        this.plan = plan;
    }

    Set<Step> all() {
        return Set.copyOf(steps);
    }

    void add(Step step) {
        steps.add(step);
    }

    @Nullable
    Step from(String value, String... types) {
        Step step = plan.from(value, types);
        if (step != null) {
            steps.add(step);
        }
        return step;
    }

    @Nullable
    Step transposed(String value, List<Long> order) {
        Step step = from(value, "Transpose");
        return step == null ? null : taken(order, step);
    }

    @Nullable
    Step taken(List<Long> order, Step step) {
        steps.add(step);
        return step.wholes("perm", List.of()).equals(order) ? step : null;
    }

    /** A product with a learnt matrix, and a learnt sum. */
    record Linear(String input, Weight kernel, Weight bias) {
        boolean isOf(int outputs, int inputs) {
            return kernel.dims().equals(List.of(outputs, inputs)) && bias.dims().equals(List.of(outputs));
        }
    }

    @Nullable
    Linear linear(String value) {
        Step gemm = from(value, "Gemm");
        if (gemm != null) {
            Weight kernel = plan.weight(gemm, 1);
            Weight bias = plan.weight(gemm, 2);
            boolean plain = gemm.real("alpha", 1) == 1 && gemm.real("beta", 1) == 1 && gemm.whole("transA", 0) == 0;
            return kernel == null || bias == null || kernel.rank() != 2 || !plain
                    ? null
                    : new Linear(gemm.input(0), gemm.whole("transB", 0) == 0 ? kernel.transposed() : kernel, bias);
        }
        Step sum = from(value, "Add");
        for (int operand = 0; operand < 2 && sum != null; operand++) {
            Step product = from(sum.input(operand), "MatMul");
            Weight kernel = product == null ? null : plan.weight(product, 1);
            Weight bias = plan.weight(sum, 1 - operand);
            if (product != null && kernel != null && kernel.rank() == 2 && bias != null) {
                return new Linear(product.input(0), kernel.transposed(), bias);
            }
        }
        return null;
    }
}
