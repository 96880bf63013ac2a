package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.expression.UpdateProgram;
import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.LAMB;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Lookahead;
import dev.thalweg.optim.Muon;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.ScheduleFreeAdamW;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule in every setting moves parameters alike by the loops of the host and by the text for a device. */
class OpenClPrinterTest {
    /** More than one tile, and a rest. */
    private static final int ELEMENTS = 2100;

    private static final int STEPS = 4;
    /**
     * A few roundings a step of numbers around 1, lifted where penalties cancel a gradient and the rule divides what is
     * left by a root as small; a rate in the wrong place is off by a thousandth and more.
     */
    private static final float TOLERANCE = 1e-5f;

    private static final Map<String, Rule> RULES = new LinkedHashMap<>();
    private static final Map<String, UnaryOperator<Optimizer>> SETTINGS = new LinkedHashMap<>();

    /** With rules that average the weights themselves. */
    private static final Set<String> REFUSED_WITH_AVERAGES =
            Set.of("with decoupled decay", "averaged", "with all of it, at another rate");

    static {
        RULES.put("SGD", new SGD(0.1));
        RULES.put("momentum", new SGD(0.1).momentum(0.9));
        RULES.put("Nesterov", new SGD(0.1).nesterov(0.9));
        RULES.put("AdaGrad", new Adagrad(0.1));
        RULES.put("Adadelta", new Adadelta(1));
        RULES.put("RMSprop", new RMSprop(0.1));
        RULES.put("RMSprop with momentum", new RMSprop(0.1).momentum(0.9));
        RULES.put("centred RMSprop", new RMSprop(0.1).centered(true));
        RULES.put(
                "centred RMSprop with momentum", new RMSprop(0.1).centered(true).momentum(0.9));
        RULES.put("Adam", new Adam(0.1));
        RULES.put("AdamW", new AdamW(0.1));
        RULES.put("Nadam", new Nadam(0.1));
        RULES.put("Lion", new Lion(0.1));
        RULES.put("LAMB", new LAMB(0.1));
        RULES.put("LARS", new LARS(0.1));
        RULES.put("Muon", new Muon(0.1));
        RULES.put("schedule-free", new ScheduleFreeAdamW(0.1));
        RULES.put("lookahead", new Lookahead(new SGD(0.1).momentum(0.9), 2, 0.5));
        RULES.put("SAM", new SAM(0.05, new SGD(0.1).momentum(0.9)));
        SETTINGS.put("alone", o -> o);
        SETTINGS.put("with decoupled decay", o -> o.weightDecay(0.2));
        SETTINGS.put("with L1 and L2", o -> o.l1(0.05).l2(0.05));
        SETTINGS.put("clipped by value", o -> o.clipValue(0.5));
        SETTINGS.put("clipped by norm", o -> o.clipNorm(3));
        SETTINGS.put("clipped by the norm of all", o -> o.clipGlobalNorm(3));
        SETTINGS.put("averaged", o -> o.emaMomentum(0.9));
        SETTINGS.put(
                "with all of it, at another rate",
                o -> o.clipNorm(3)
                        .group(ParameterGroup.of("w").rateFactor(0.7))
                        .weightDecay(0.2)
                        .l1(0.05)
                        .l2(0.05)
                        .emaMomentum(0.9));
    }

    @Test
    void everyRuleIsInTheTable() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(Rule.class.getResource("Rule.class").toURI()).getParent();
        Set<Class<?>> rules = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(classes, "*.class")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".class", "");
                Class<?> found = Class.forName(Rule.class.getPackageName() + "." + name);
                if (Rule.class.isAssignableFrom(found) && !found.isInterface()) {
                    rules.add(found);
                }
            }
        }
        assertEquals(rules, RULES.values().stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    /** Every rule in every setting, by names for people. */
    static Map<String, Optimizer> optimizers() {
        Map<String, Optimizer> all = new LinkedHashMap<>();
        RULES.forEach((rule, of) -> SETTINGS.forEach((setting, with) -> {
            if (of.averageSlot() < 0 || !REFUSED_WITH_AVERAGES.contains(setting)) {
                all.put(rule + " " + setting, with.apply(of));
            }
        }));
        return all;
    }

    @TestFactory
    Stream<DynamicTest> theTextMovesAsTheLoopsDo() {
        return optimizers().entrySet().stream()
                .map(optimizer -> DynamicTest.dynamicTest(
                        optimizer.getKey(),
                        () -> check(optimizer.getValue().descent().update("w"))));
    }

    private static void check(Update update) {
        Random random = new Random(11);
        float[] looped = gaussians(random);
        float[] written = looped.clone();
        int count = update.rule().slots();
        float[] gradients = new float[ELEMENTS];
        float[][] slots = new float[count][ELEMENTS];
        float[][] writtenSlots = new float[count][ELEMENTS];
        Text text = new Text(update);
        try (ThreadTeam team = ThreadTeam.start(1)) {
            HostUpdates pass = new HostUpdates(
                    team,
                    List.of(new HostUpdates.Item(
                            "w",
                            update,
                            piece(looped),
                            piece(gradients),
                            Optional.empty(),
                            Stream.of(slots).map(OpenClPrinterTest::piece).toList())));
            for (int step = 0; step < STEPS; step++) {
                System.arraycopy(gaussians(random), 0, gradients, 0, ELEMENTS);
                text.move(written, gradients, writtenSlots, 0.1f / (1 + step), step);
                assertTrue(pass.step(0.1f / (1 + step), step));
                assertArrayEquals(looped, written, TOLERANCE, "step " + step);
                for (int slot = 0; slot < count; slot++) {
                    assertArrayEquals(slots[slot], writtenSlots[slot], TOLERANCE, "step " + step + ", slot " + slot);
                }
            }
        }
    }

    private static Piece piece(float[] values) {
        return new HostPiece(MemorySegment.ofArray(values));
    }

    /** What a device would do. */
    private static final class Text {
        private final Update update;
        private final UpdateProgram program;
        private final Statements statements;
        private final List<Statements> measured;

        Text(Update update) {
            this.update = update;
            program = update.program();
            OpenClPrinter printer = new OpenClPrinter(program);
            statements = new Statements(printer.statements().strip());
            measured = program.norms().stream()
                    .map(norm -> new Statements("x = " + printer.print(norm.of()) + ";"))
                    .toList();
        }

        void move(float[] parameters, float[] gradients, float[][] slots, float rate, long step) {
            Map<String, Float> given = new HashMap<>();
            float local = (float) (rate * update.rule().rateFactor());
            given.put("rate", local);
            for (int i = 0; i < program.stepNumbers().size(); i++) {
                given.put(
                        "c" + i, (float) program.stepNumbers().get(i).function().at(local, step));
            }
            for (int level = 0; level < program.levels(); level++) {
                for (int i = 0; i < measured.size(); i++) {
                    if (program.level(i) == level) {
                        given.put("n" + i, norm(measured.get(i), given, parameters, gradients, slots));
                    }
                }
                // The only parameter.
                given.put("all", given.get("n" + UpdateProgram.GRADIENT_NORM));
            }
            for (int i = 0; i < ELEMENTS; i++) {
                Map<String, Float> variables = element(given, i, parameters, gradients, slots);
                statements.run(variables);
                parameters[i] = variables.get("p");
                for (int slot = 0; slot < slots.length; slot++) {
                    slots[slot][i] = variables.get("s" + slot);
                }
            }
        }

        private static float norm(
                Statements measured, Map<String, Float> given, float[] parameters, float[] gradients, float[][] slots) {
            return (float) Math.sqrt(IntStream.range(0, ELEMENTS)
                    .mapToDouble(i -> {
                        Map<String, Float> variables = element(given, i, parameters, gradients, slots);
                        measured.run(variables);
                        return variables.get("x");
                    })
                    .map(x -> x * x)
                    .sum());
        }

        private static Map<String, Float> element(
                Map<String, Float> given, int i, float[] parameters, float[] gradients, float[][] slots) {
            Map<String, Float> variables = new HashMap<>(given);
            variables.put("p", parameters[i]);
            variables.put("g", gradients[i]);
            for (int slot = 0; slot < slots.length; slot++) {
                variables.put("s" + slot, slots[slot][i]);
            }
            return variables;
        }
    }

    private static float[] gaussians(Random random) {
        float[] values = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
