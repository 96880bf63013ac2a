package dev.thalweg.backend;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.LAMB;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Lookahead;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.ScheduleFreeAdamW;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Every update rule with the settings that matter, and a descent of three steps to try each by. */
final class UpdateCases {
    private static final int ELEMENTS = 5000;
    private static final int STEPS = 3;

    private UpdateCases() {}

    /**
     * Where a descent leads.
     *
     * @param numbers the parameter's, and those of each slot
     * @param moved how many of the steps found all gradients finite and moved the parameter
     * @param movements what each step came to
     */
    record Descended(List<float[]> numbers, int moved, List<Movement> movements) {}

    /** By names for people. */
    static Map<String, Optimizer> optimizers() {
        Map<String, Optimizer> all = new LinkedHashMap<>();
        all.put("SGD", new SGD(0.1));
        all.put("momentum", new SGD(0.1).momentum(0.9));
        all.put("Nesterov", new SGD(0.1).nesterov(0.9));
        all.put("AdaGrad", new Adagrad(0.1));
        all.put("Adadelta", new Adadelta(1));
        all.put("RMSprop", new RMSprop(0.01));
        all.put(
                "RMSprop centred with momentum",
                new RMSprop(0.01).centered(true).momentum(0.9));
        all.put("Adam", new Adam(0.01));
        all.put("AdamW", new AdamW(0.01));
        all.put("Nadam", new Nadam(0.01));
        all.put("Lion", new Lion(0.01));
        all.put("LAMB", new LAMB(0.01));
        all.put("LARS", new LARS(0.1));
        all.put(
                "LARS with decoupled decay",
                new LARS(0.1).weightDecay(0.1).l1(0.01).clipNorm(1));
        all.put("schedule-free", new ScheduleFreeAdamW(0.01));
        all.put("lookahead", new Lookahead(new Adam(0.01), 2, 0.5));
        all.put("L1, L2", new SGD(0.1).momentum(0.9).l1(0.01).l2(0.01));
        all.put("weight decay", new SGD(0.1).momentum(0.9).weightDecay(0.1));
        all.put("averaged", new Adam(0.01).emaMomentum(0.9));
        all.put("clipped by value", new SGD(0.1).clipValue(0.5));
        all.put("clipped by norm", new SGD(0.1).momentum(0.9).clipNorm(1));
        all.put("clipped by global norm", new SGD(0.1).clipGlobalNorm(1));
        all.put("accumulated", new SGD(0.1).momentum(0.9).gradientAccumulationSteps(2));
        return all;
    }

    /** Descends by random gradients, the same on every backend. */
    static Descended descend(Backend backend, Optimizer optimizer, boolean watched) {
        Random random = new Random(5);
        GraphBuilder g = new GraphBuilder();
        Value w = g.parameter("w", Shape.of(ELEMENTS));
        Value x = g.input("x", Shape.of(ELEMENTS));
        g.update(optimizer.descent().update("w"), w, x);
        Graph graph = g.build("descent", List.of());
        List<float[]> result = new ArrayList<>();
        List<Movement> movements = new ArrayList<>();
        int moved = 0;
        try (Parameters parameters = backend.newParameters(Map.of("w", Shape.of(ELEMENTS)))) {
            parameters.write("w", MemorySegment.ofArray(gaussians(random)));
            try (Executable executable = backend.compile(graph, parameters)) {
                executable.watch(watched);
                for (int step = 0; step < STEPS; step++) {
                    executable.write(x, MemorySegment.ofArray(gaussians(random)));
                    moved += step(executable, optimizer, step) ? 1 : 0;
                    movements.addAll(executable.movements());
                }
            }
            float[] values = new float[ELEMENTS];
            parameters.read("w", MemorySegment.ofArray(values));
            result.add(values);
            for (int slot = 0; slot < parameters.slots(); slot++) {
                float[] remembered = new float[ELEMENTS];
                parameters.readSlot("w", slot, MemorySegment.ofArray(remembered));
                result.add(remembered);
            }
        }
        return new Descended(result, moved, movements);
    }

    private static boolean step(Executable executable, Optimizer optimizer, int step) {
        if (optimizer.descent().gradientAccumulationSteps() == 1) {
            return executable.run(0.05f, step);
        }
        executable.accumulate(0.25f);
        executable.accumulate(0.5f);
        return executable.update(0.05f, step);
    }

    private static float[] gaussians(Random random) {
        float[] values = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
