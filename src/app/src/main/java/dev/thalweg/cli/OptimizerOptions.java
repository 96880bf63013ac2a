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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a step is made, whatever its length; shared by the commands that train. */
final class OptimizerOptions {
    private static final double USUAL_MOMENTUM = 0.9;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private OptimizerName name = OptimizerName.SGD;

    @Option(
            names = "--momentum",
            paramLabel = "BETA",
            converter = Range.Share.class,
            description = "How much of the last step is kept, 0 to below 1 (default: 0.9, rmsprop 0); for"
                    + " ${bundle:--momentum}.")
    private @Nullable Double momentum;

    @Option(names = "--nesterov", description = "Nesterov's momentum, for ${bundle:--nesterov}.")
    private boolean nesterov;

    @Option(
            names = "--clip-value",
            paramLabel = "LIMIT",
            converter = Range.Positive.class,
            description = "Bring every element of the gradients into -LIMIT..LIMIT. One --clip option at a time.")
    private @Nullable Double clipValue;

    @Option(
            names = "--clip-norm",
            paramLabel = "LIMIT",
            converter = Range.Positive.class,
            description = "Shorten the gradient of each parameter to a norm of at most LIMIT.")
    private @Nullable Double clipNorm;

    @Option(
            names = "--clip-global-norm",
            paramLabel = "LIMIT",
            converter = Range.Positive.class,
            description = "Shorten all gradients together to a norm of at most LIMIT.")
    private @Nullable Double clipGlobalNorm;

    @Option(
            names = "--l1",
            paramLabel = "LAMBDA",
            defaultValue = "0",
            converter = Range.NotNegative.class,
            description = "Add LAMBDA |w| of the kernels to the loss (default: ${DEFAULT-VALUE}).")
    private double l1;

    @Option(
            names = "--l2",
            paramLabel = "LAMBDA",
            defaultValue = "0",
            converter = Range.NotNegative.class,
            description = "Add LAMBDA w^2 of the kernels to the loss (default: ${DEFAULT-VALUE}).")
    private double l2;

    @Option(
            names = "--weight-decay",
            paramLabel = "LAMBDA",
            converter = Range.NotNegative.class,
            description = "Let the kernels shrink by RATE LAMBDA in each step (default: 0; adamw 0.004).")
    private @Nullable Double weightDecay;

    @Option(
            names = "--accumulate",
            paramLabel = "BATCHES",
            defaultValue = "1",
            converter = Range.Count.class,
            description = "Batches whose gradients make one step (default: ${DEFAULT-VALUE}).")
    private int accumulate;

    @Option(
            names = "--skip-non-finite",
            description = "Leave out steps whose gradient is not finite instead of ending the training.")
    private boolean skip;

    /**
     * Refuses what would have no effect, or would contradict itself.
     *
     * @throws WrongArgumentException if there is such an option
     */
    void check() {
        GivenOptions given = new GivenOptions(spec);
        name.check(given);
        if (nesterov && momentum != null && momentum == 0) {
            throw new WrongArgumentException("--nesterov has no effect with --momentum 0: expected a momentum above 0");
        }
        given.checkAtMostOne("--clip-value", "--clip-norm", "--clip-global-norm");
    }

    double usualRate() {
        return name.usualRate();
    }

    /** How many steps so many batches make. */
    long steps(long batches) {
        return Math.max(1, (batches + accumulate - 1) / accumulate);
    }

    /** The optimizer, with the schedule that its rule begins with. */
    Descent descent(double learningRate, double decay) {
        Descent descent = rule(learningRate, decay).descent();
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
        return descent.skipNonFinite(skip);
    }

    private Rule rule(double rate, double decay) {
        double beta = momentum != null ? momentum : USUAL_MOMENTUM;
        return switch (name) {
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
}
