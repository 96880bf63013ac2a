package dev.thalweg.cli;

import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.Regularization;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.Schedule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to descend; shared by the commands that train. */
final class OptimizerOptions {
    /** The rules, by the names that Keras gives them. */
    enum Name {
        SGD(0.01),
        ADAGRAD(0.01),
        RMSPROP(0.001),
        ADAM(0.001),
        ADAMW(0.001),
        ADADELTA(1),
        NADAM(0.001),
        LION(0.0001),
        LARS(1);

        private final double usualRate;

        Name(double usualRate) {
            this.usualRate = usualRate;
        }
    }

    /** The schedules that need no more than the length of the training. */
    enum Shape {
        CONSTANT,
        LINEAR,
        COSINE,
        ONE_CYCLE,
        STEP
    }

    private static final double STEP_FACTOR = 0.1;
    /** A step schedule falls after each third of the training. */
    private static final int STEP_PARTS = 3;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Name optimizer = Name.SGD;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description =
                    "Step size (default: what is usual for the optimizer, 0.01 for sgd, 0.001 for adam; find-rate "
                            + "proposes one).")
    private @Nullable Double learningRate;

    @Option(
            names = "--momentum",
            paramLabel = "BETA",
            description = "How much of the last step is kept, 0 to below 1; for sgd, rmsprop and lars (default: 0.9, "
                    + "rmsprop 0).")
    private @Nullable Double momentum;

    @Option(names = "--nesterov", description = "Nesterov's momentum, for sgd.")
    private boolean nesterov;

    @Option(
            names = "--decay",
            paramLabel = "DECAY",
            defaultValue = "0",
            description = "The learning rate of update t is RATE / (1 + DECAY t), for sgd (default: ${DEFAULT-VALUE}).")
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
            description = "Raise the learning rate from 0 in the first steps (default: ${DEFAULT-VALUE}).")
    private long warmUp;

    @Option(
            names = "--clip-value",
            paramLabel = "LIMIT",
            description = "Bring every element of the gradients into -LIMIT..LIMIT.")
    private @Nullable Double clipValue;

    @Option(
            names = "--clip-norm",
            paramLabel = "LIMIT",
            description = "Shorten the gradient of each parameter to a norm of at most LIMIT.")
    private @Nullable Double clipNorm;

    @Option(
            names = "--clip-global-norm",
            paramLabel = "LIMIT",
            description = "Shorten all gradients together to a norm of at most LIMIT.")
    private @Nullable Double clipGlobalNorm;

    @Option(
            names = "--l1",
            paramLabel = "LAMBDA",
            defaultValue = "0",
            description = "Add LAMBDA |w| of the kernels to the loss (default: ${DEFAULT-VALUE}).")
    private double l1;

    @Option(
            names = "--l2",
            paramLabel = "LAMBDA",
            defaultValue = "0",
            description = "Add LAMBDA w^2 of the kernels to the loss (default: ${DEFAULT-VALUE}).")
    private double l2;

    @Option(
            names = "--weight-decay",
            paramLabel = "LAMBDA",
            description = "Let the kernels shrink by RATE LAMBDA in each step (default: 0; adamw 0.004).")
    private @Nullable Double weightDecay;

    @Option(
            names = "--accumulate",
            paramLabel = "BATCHES",
            defaultValue = "1",
            description = "Batches whose gradients make one step (default: ${DEFAULT-VALUE}).")
    private int accumulate;

    @Option(
            names = "--average-weights",
            paramLabel = "DECAY",
            description = "Keep a moving average of the weights, test and save that; for instance 0.999.")
    private @Nullable Double average;

    @Option(
            names = "--skip-non-finite",
            description = "Leave out steps whose gradient is not finite instead of ending the training.")
    private boolean skip;

    /** Whether averaged weights were asked for. */
    boolean averages() {
        return average != null;
    }

    /** The optimizer for a training of so many batches. */
    Descent descent(long batches) {
        Rule rule = rule();
        long steps = Math.max(1, (batches + accumulate - 1) / accumulate);
        Descent descent = rule.schedule(schedule(rule, steps));
        if (clipValue != null) {
            descent = descent.clipValue(clipValue);
        }
        if (clipNorm != null) {
            descent = descent.clipNorm(clipNorm);
        }
        if (clipGlobalNorm != null) {
            descent = descent.clipGlobalNorm(clipGlobalNorm);
        }
        descent = descent.l1(l1).l2(l2);
        if (weightDecay != null) {
            descent = descent.weightDecay(weightDecay);
        }
        if (!descent.regularization().equals(Regularization.NONE)) {
            descent = descent.group(ParameterGroup.of("(?!.*kernel).*").regularization(Regularization.NONE));
        }
        if (accumulate != 1) {
            descent = descent.gradientAccumulationSteps(accumulate);
        }
        if (average != null) {
            descent = descent.emaMomentum(average);
        }
        return descent.skipNonFinite(skip);
    }

    private Rule rule() {
        double rate = learningRate != null ? learningRate : optimizer.usualRate;
        double beta = momentum != null ? momentum : 0.9;
        return switch (optimizer) {
            case SGD -> new SGD(rate, beta, nesterov, decay);
            case ADAGRAD -> new Adagrad(rate);
            case RMSPROP -> new RMSprop(rate).momentum(momentum == null ? 0 : momentum);
            case ADAM -> new Adam(rate);
            case ADAMW -> new AdamW(rate);
            case ADADELTA -> new Adadelta(rate);
            case NADAM -> new Nadam(rate);
            case LION -> new Lion(rate);
            case LARS -> new LARS(rate, beta, 0.0005, 0.001);
        };
    }

    private Schedule schedule(Rule rule, long steps) {
        double rate = rule.learningRate();
        long falling = Math.max(1, steps - warmUp);
        Schedule rates = schedule == null
                ? rule.defaultSchedule()
                : switch (schedule) {
                    case CONSTANT -> new Schedule.Constant(rate);
                    case LINEAR -> new Schedule.PolynomialDecay(rate, 0, falling);
                    case COSINE -> new Schedule.CosineDecay(rate, 0, falling);
                    case ONE_CYCLE -> new Schedule.OneCycle(rate, Math.max(2, falling));
                    case STEP -> new Schedule.StepDecay(rate, STEP_FACTOR, Math.max(1, falling / STEP_PARTS));
                };
        return warmUp > 0 ? rates.warmUp(warmUp) : rates;
    }
}
