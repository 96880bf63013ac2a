package dev.thalweg.cli;

import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.LAMB;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Lookahead;
import dev.thalweg.optim.Muon;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.Regularization;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.ScheduleFreeAdamW;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a step is made, whatever its length; shared by the commands that train. */
final class OptimizerOptions {
    private static final double USUAL_MOMENTUM = 0.9;
    private static final double MUONS_MOMENTUM = 0.95;
    /** What AdamW has of Muon's rate: 0.001 of 0.02. */
    private static final double BESIDE_MUON = 0.05;
    /** How far slow weights follow. */
    private static final double LOOKAHEAD_SHARE = 0.5;
    /** Biases, gains of normalizations, and what else is no kernel. */
    private static final String NO_KERNELS = "(?!.*kernel).*";

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
            description = "How much of the last step is kept, 0 to below 1 (default: 0.9, rmsprop 0, muon 0.95); for"
                    + " ${bundle:--momentum}.")
    private @Nullable Double momentum;

    @Option(names = "--nesterov", description = "Nesterov's momentum, for ${bundle:--nesterov}.")
    private boolean nesterov;

    @Option(
            names = "--sam",
            paramLabel = "RHO",
            converter = Range.Positive.class,
            description = "Take gradients at the worst place within RHO, in twice the time; for instance 0.05.")
    private @Nullable Double sam;

    @Option(
            names = "--lookahead",
            paramLabel = "STEPS",
            converter = Range.Count.class,
            description = "Go half of the way back after so many steps; for instance 5.")
    private @Nullable Integer lookahead;

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
            names = "--max-norm",
            paramLabel = "LIMIT",
            converter = Range.Positive.class,
            description = "Shorten the weights that come into a unit to a norm of at most LIMIT after each step.")
    private @Nullable Double maxNorm;

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
        if (name == OptimizerName.MUON && accumulate > 1) {
            throw new WrongArgumentException("--accumulate: expected 1 with --optimizer muon, whose momentum moves with"
                    + " every batch; give it a --batch-size of that many times the pictures");
        }
        if (averages()) {
            for (String option : new String[] {"--schedule", "--average-weights", "--lookahead"}) {
                if (given.has(option)) {
                    throw new WrongArgumentException(option + " and --optimizer " + name
                            + ", which averages weights itself, contradict each" + " other: expected one of them");
                }
            }
        }
    }

    /** Whether the rule by itself has averaged weights, which are those to be tested and saved. */
    boolean averages() {
        return name == OptimizerName.SCHEDULE_FREE_ADAMW;
    }

    double usualRate() {
        return name.usualRate();
    }

    /** How many steps so many batches make. */
    long steps(long batches) {
        return Math.max(1, (batches + accumulate - 1) / accumulate);
    }

    /**
     * The optimizer, with the schedule that its rule begins with.
     *
     * @param warmUp steps of it, for a rule that warms up by itself
     */
    Descent descent(double learningRate, double decay, long warmUp) {
        double own = weightDecay == null ? 0 : weightDecay;
        Descent descent = around(averages() ? scheduleFree(learningRate, own, warmUp) : rule(learningRate, decay))
                .descent();
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
        if (weightDecay != null && !averages()) {
            descent = descent.weightDecay(weightDecay);
        }
        if (maxNorm != null) {
            descent = descent.maxNorm(maxNorm);
        }
        descent = withoutKernels(descent, learningRate, warmUp);
        if (accumulate != 1) {
            descent = descent.gradientAccumulationSteps(accumulate);
        }
        return descent.skipNonFinite(skip);
    }

    /** With what is otherwise for parameters that are no kernels. */
    private Descent withoutKernels(Descent descent, double rate, long warmUp) {
        ParameterGroup others = ParameterGroup.of(NO_KERNELS).regularization(Regularization.NONE);
        if (name == OptimizerName.MUON) {
            return descent.group(others.rule(around(new AdamW(rate))).rateFactor(BESIDE_MUON));
        }
        if (averages() && weightDecay != null) {
            return descent.group(others.rule(around(scheduleFree(rate, 0, warmUp))));
        }
        return descent.regularization().equals(Regularization.NONE) ? descent : descent.group(others);
    }

    private Rule around(Rule rule) {
        Rule behind = lookahead == null ? rule : new Lookahead(rule, lookahead, LOOKAHEAD_SHARE);
        return sam == null ? behind : new SAM(sam, behind);
    }

    private static Rule scheduleFree(double rate, double weightDecay, long warmUp) {
        ScheduleFreeAdamW usual = new ScheduleFreeAdamW(rate);
        return new ScheduleFreeAdamW(
                rate, usual.beta1(), usual.beta2(), usual.epsilon(), weightDecay, Math.toIntExact(warmUp));
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
            case LAMB -> new LAMB(rate);
            case MUON -> new Muon(rate, momentum != null ? momentum : MUONS_MOMENTUM);
            case SCHEDULE_FREE_ADAMW -> scheduleFree(rate, 0, 0);
        };
    }
}
