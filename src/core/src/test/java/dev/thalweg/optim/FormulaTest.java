package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.UpdateRule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule in every setting moves parameters alike by its loops, on the host, and by its text, on a device. */
class FormulaTest {
    private static final int ELEMENTS = 100;
    private static final int STEPS = 4;
    /** A few roundings a step of numbers around 1; a rate in the wrong place is off by a thousandth and more. */
    private static final float TOLERANCE = 2e-6f;

    private static final Map<String, Rule> RULES = new LinkedHashMap<>();
    private static final Map<String, UnaryOperator<Optimizer>> SETTINGS = new LinkedHashMap<>();

    static {
        RULES.put("SGD", new SGD(0.1));
        RULES.put("momentum", new SGD(0.1).momentum(0.9));
        RULES.put("Nesterov", new SGD(0.1).nesterov(0.9));
        RULES.put("AdaGrad", new AdaGrad(0.1));
        RULES.put("Adadelta", new Adadelta(1));
        RULES.put("RMSprop", new RMSprop(0.1));
        RULES.put("RMSprop with momentum", new RMSprop(0.1).momentum(0.9));
        RULES.put("centred RMSprop", new RMSprop(0.1).centred());
        RULES.put("centred RMSprop with momentum", new RMSprop(0.1).centred().momentum(0.9));
        RULES.put("Adam", new Adam(0.1));
        RULES.put("AdamW", new AdamW(0.1));
        RULES.put("Nadam", new Nadam(0.1));
        RULES.put("Lion", new Lion(0.1));
        RULES.put("LARS", new LARS(0.1));
        SETTINGS.put("alone", o -> o);
        SETTINGS.put("with decoupled decay", o -> o.weightDecay(0.2));
        SETTINGS.put("with L1 and L2", o -> o.l1(0.05).l2(0.05));
        SETTINGS.put("averaged", o -> o.averageWeights(0.9));
        SETTINGS.put(
                "with all of it, at another rate",
                o -> o.group(ParameterGroup.of("w").rateFactor(0.7))
                        .weightDecay(0.2)
                        .l1(0.05)
                        .l2(0.05)
                        .averageWeights(0.9));
    }

    @Test
    void everyRuleIsInTheTable() {
        assertEquals(
                Set.of(Rule.class.getPermittedSubclasses()),
                RULES.values().stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    @TestFactory
    Stream<DynamicTest> theTextMovesAsTheLoopsDo() {
        return RULES.entrySet().stream()
                .flatMap(rule -> SETTINGS.entrySet().stream().map(setting -> {
                    Optimizer optimizer = setting.getValue().apply(rule.getValue());
                    return DynamicTest.dynamicTest(
                            rule.getKey() + " " + setting.getKey(),
                            () -> check(optimizer.descent().update("w").rule()));
                }));
    }

    private static void check(UpdateRule rule) {
        Random random = new Random(11);
        float[] looped = gaussians(random);
        float[] written = looped.clone();
        float[][] slots = new float[rule.slots()][ELEMENTS];
        float[][] writtenSlots = new float[rule.slots()][ELEMENTS];
        Formula formula = new Formula(rule.formula());
        for (int step = 0; step < STEPS; step++) {
            float[] gradients = gaussians(random);
            float rate = rule.localRate(0.1f / (1 + step));
            float[] numbers = rule.formulaNumbers(rate, step);
            Map<String, Float> given = new HashMap<>(Map.of(
                    "rate", rate, "t", (float) step, "parameterNorm", (float) norm(written), "gradientNorm", (float)
                            norm(gradients)));
            IntStream.range(0, numbers.length).forEach(i -> given.put("c" + i, numbers[i]));
            for (int i = 0; i < ELEMENTS; i++) {
                move(formula, new HashMap<>(given), i, gradients[i], written, writtenSlots);
            }
            float trust = (float) rule.trust(norm(looped), norm(gradients));
            rule.apply(looped, gradients, slots, ELEMENTS, rate, trust, step);
            assertArrayEquals(looped, written, TOLERANCE, "step " + step);
            for (int slot = 0; slot < slots.length; slot++) {
                assertArrayEquals(slots[slot], writtenSlots[slot], TOLERANCE, "step " + step + ", slot " + slot);
            }
        }
    }

    /** One element, as one work item of a device does it. */
    private static void move(
            Formula formula, Map<String, Float> variables, int i, float gradient, float[] parameters, float[][] slots) {
        variables.put("p", parameters[i]);
        variables.put("g", gradient);
        for (int slot = 0; slot < slots.length; slot++) {
            variables.put("s" + slot, slots[slot][i]);
        }
        formula.run(variables);
        parameters[i] = variables.get("p");
        for (int slot = 0; slot < slots.length; slot++) {
            slots[slot][i] = variables.get("s" + slot);
        }
    }

    private static float[] gaussians(Random random) {
        float[] values = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double norm(float[] values) {
        return Math.sqrt(IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .map(v -> v * v)
                .sum());
    }
}
