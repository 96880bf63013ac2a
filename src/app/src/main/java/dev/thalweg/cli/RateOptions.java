package dev.thalweg.cli;

import dev.thalweg.optim.ConstantSchedule;
import dev.thalweg.optim.CosineDecay;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.OneCycle;
import dev.thalweg.optim.PolynomialDecay;
import dev.thalweg.optim.Schedule;
import dev.thalweg.optim.StepDecay;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long steps are over a whole training. */
final class RateOptions {
    /** The schedules that need no more than the length of the training. */
    private enum Shape {
        CONSTANT,
        LINEAR,
        COSINE,
        ONE_CYCLE,
        STEP;

        private static final double STEP_FACTOR = 0.1;
        /** A step schedule falls after each third of the training. */
        private static final int STEP_PARTS = 3;

        /** From a rate on, over so many steps. */
        Schedule over(double rate, long steps) {
            return switch (this) {
                case CONSTANT -> new ConstantSchedule(rate);
                case LINEAR -> new PolynomialDecay(rate, 0, steps);
                case COSINE -> new CosineDecay(rate, 0, steps);
                case ONE_CYCLE -> new OneCycle(rate, Math.max(2, steps));
                case STEP -> new StepDecay(rate, STEP_FACTOR, Math.max(1, steps / STEP_PARTS));
            };
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            converter = Range.Positive.class,
            description =
                    "Step size (default: what is usual for the optimizer, 0.01 for sgd, 0.001 for adam; find-rate "
                            + "proposes one).")
    private @Nullable Double learningRate;

    @Option(
            names = "--decay",
            paramLabel = "DECAY",
            defaultValue = "0",
            converter = Range.NotNegative.class,
            description = "The learning rate of update t is RATE / (1 + DECAY t), for ${bundle:--decay} without"
                    + " --schedule (default: ${DEFAULT-VALUE}).")
    private double decay;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description =
                    "How the learning rate changes over the training: ${COMPLETION-CANDIDATES} (default: constant; "
                            + "step divides by 10 after each third).")
    private @Nullable Shape schedule;

    @Option(
            names = "--warm-up",
            paramLabel = "STEPS",
            defaultValue = "0",
            converter = Range.CountOrNone.class,
            description = "Raise the learning rate from 0 in the first steps (default: ${DEFAULT-VALUE}).")
    private long warmUp;

    @Option(
            names = "--average-weights",
            paramLabel = "DECAY",
            converter = Range.Fraction.class,
            description = "Keep a moving average of the weights, test and save that; for instance 0.999.")
    private @Nullable Double average;

    /**
     * Refuses what would contradict itself.
     *
     * @throws WrongArgumentException if there is such an option
     */
    void check() {
        new GivenOptions(spec).checkAtMostOne("--decay", "--schedule");
    }

    /** Whether averaged weights were asked for. */
    boolean averages() {
        return average != null;
    }

    /** The optimizer for a training of so many batches. */
    Descent descent(OptimizerOptions optimizer, long batches) {
        double rate = learningRate != null ? learningRate : optimizer.usualRate();
        Descent descent = optimizer.descent(rate, decay, warmUp);
        if (optimizer.averages()) {
            return descent;
        }
        Schedule rates = schedule == null
                ? descent.schedule()
                : schedule.over(rate, Math.max(1, optimizer.steps(batches) - warmUp));
        descent = descent.schedule(warmUp > 0 ? rates.warmUp(warmUp) : rates);
        return average != null ? descent.emaMomentum(average) : descent;
    }
}
