package dev.thalweg.optim;

import dev.thalweg.graph.Clipping;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.text.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A rule with all the settings around it. One step goes: gradients are added up over the batches of an accumulation;
 * clipped; for each parameter, L1 and L2 are added and the weights decay; the rule moves it; norms are limited;
 * averages follow.
 *
 * @param rule the arithmetic
 * @param schedule the learning rate of each step
 * @param clipping of the loss's gradient, regularization not included
 * @param regularization of all parameters that are in no group
 * @param groups other settings for some parameters
 * @param emaMomentum decay of the weights' moving average; 0 for none
 * @param gradientAccumulationSteps how many batches make a step
 * @param skipNonFinite whether a gradient that is no number leaves out its step instead of ending the training
 */
public record Descent(
        Rule rule,
        Schedule schedule,
        Clipping clipping,
        Regularization regularization,
        List<ParameterGroup> groups,
        double emaMomentum,
        int gradientAccumulationSteps,
        boolean skipNonFinite)
        implements Optimizer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code emaMomentum} is not from 0 to below 1, or
     *         {@code gradientAccumulationSteps} not at least 1, or there is a rule that does not go
     *         together with accumulation, averages, decay or limits of norms as they are set
     */
    public Descent {
        Objects.requireNonNull(clipping, "clipping");
        Objects.requireNonNull(regularization, "regularization");
        Objects.requireNonNull(rule, "rule");
        groups = List.copyOf(groups);
        schedule = NamedSchedule.named(schedule);
        if (!(emaMomentum >= 0 && emaMomentum < 1)) {
            throw new IllegalArgumentException(
                    "the decay of averaged weights must be above 0 and below 1, got " + emaMomentum);
        }
        if (gradientAccumulationSteps < 1) {
            throw new IllegalArgumentException(
                    "gradients are accumulated over at least 1 batch, got " + gradientAccumulationSteps);
        }
        check(rule, regularization, emaMomentum, gradientAccumulationSteps);
        for (ParameterGroup group : groups) {
            check(
                    group.rule().orElse(rule),
                    group.regularization().orElse(regularization),
                    emaMomentum,
                    gradientAccumulationSteps);
        }
    }

    private static void check(Rule rule, Regularization regularization, double emaMomentum, int batches) {
        if (rule.averages() > 0 && batches > 1) {
            throw new IllegalArgumentException("gradients of " + batches + " batches are accumulated, but " + rule
                    + " has a momentum that moves with every batch: expected gradientAccumulationSteps of 1, and"
                    + " batches of that many times the size");
        }
        if (rule.averageSlot() < 0) {
            return;
        }
        if (emaMomentum > 0) {
            throw new IllegalArgumentException(
                    rule + " averages the weights itself: expected no emaMomentum, got " + emaMomentum);
        }
        if (regularization.weightDecay() > 0 || Double.isFinite(regularization.maxNorm())) {
            throw new IllegalArgumentException(rule + " works out anew where it trains, so that decay beside it and"
                    + " limits of norms are lost: expected its own weight decay alone, got " + regularization);
        }
    }

    static Descent of(Rule rule) {
        return new Descent(
                rule,
                rule.defaultSchedule(),
                new Clipping.None(),
                rule.defaultRegularization(),
                List.of(),
                0,
                1,
                false);
    }

    @Override
    @CheckReturnValue
    public Descent descent() {
        return this;
    }

    /**
     * {@return the learning rate of a step}
     *
     * @param step how many updates went before, from 0
     * @throws IllegalStateException if the schedule gives something else than a number of at least 0
     */
    public double learningRate(long step) {
        double rate = schedule.at(step);
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new IllegalStateException("schedule " + schedule + " gives " + rate + " for step " + step
                    + ": a learning rate is at least 0 and finite");
        }
        return rate;
    }

    /**
     * {@return how a parameter moves}
     *
     * @param parameter its name
     */
    public Update update(String parameter) {
        ParameterGroup group = groupOf(parameter);
        UpdateRule how = new Regularized(
                group.rule().orElse(rule),
                group.rateFactor(),
                group.regularization().orElse(regularization));
        return new Update(
                emaMomentum == 0 ? how : new Averaged(how, emaMomentum), clipping, gradientAccumulationSteps > 1);
    }

    /**
     * {@return which slot of a parameter holds its average, by {@link #emaMomentum} or by its rule; -1 if there is
     * none}
     *
     * @param parameter its name
     */
    public int averageSlot(String parameter) {
        return emaMomentum == 0
                ? groupOf(parameter).rule().orElse(rule).averageSlot()
                : update(parameter).rule().slots() - 1;
    }

    /** {@return whether the rule by itself trains other weights than those to be tested and saved} */
    public boolean trainsElsewhere() {
        return Stream.concat(Stream.of(rule), groups.stream().flatMap(group -> group.rule().stream()))
                .anyMatch(one -> one.averageSlot() >= 0);
    }

    /**
     * {@return how a parameter is kept small}
     *
     * @param parameter its name
     */
    public Regularization regularizationOf(String parameter) {
        return groupOf(parameter).regularization().orElse(regularization);
    }

    private ParameterGroup groupOf(String parameter) {
        return groups.stream().filter(g -> g.contains(parameter)).findFirst().orElse(ParameterGroup.of(".*"));
    }

    /**
     * Looks whether each group has parameters.
     *
     * @param parameters the names of those that descent moves
     * @throws IllegalArgumentException if a group fits none, or only such as a group before it fits too
     */
    public void checkGroups(List<String> parameters) {
        for (int i = 0; i < groups.size(); i++) {
            ParameterGroup group = groups.get(i);
            List<ParameterGroup> before = groups.subList(0, i);
            List<String> fitting = parameters.stream().filter(group::contains).toList();
            if (fitting.isEmpty()) {
                throw new IllegalArgumentException("parameter group \"" + group.names()
                        + "\" fits no name of a parameter that is trained: they are "
                        + PrintableText.list(parameters));
            }
            if (fitting.stream().allMatch(name -> before.stream().anyMatch(other -> other.contains(name)))) {
                throw new IllegalArgumentException("parameter group \"" + group.names()
                        + "\" has no parameters: the first group that fits one counts, and "
                        + PrintableText.list(fitting) + " are in groups before it");
            }
        }
    }

    Descent withSchedule(Schedule rates) {
        Schedule own = rule.defaultSchedule();
        Schedule followed = rates instanceof WarmUp warmUp ? warmUp.then() : rates;
        if (!(own instanceof ConstantSchedule) && !own.equals(followed)) {
            throw new IllegalArgumentException("the learning rate of " + rule + " follows a schedule of its own, " + own
                    + ", got another one, " + rates + ": leave one of the two out, for instance SGD's decay");
        }
        return new Descent(
                rule, rates, clipping, regularization, groups, emaMomentum, gradientAccumulationSteps, skipNonFinite);
    }

    Descent withClipping(Clipping how) {
        return new Descent(
                rule, schedule, how, regularization, groups, emaMomentum, gradientAccumulationSteps, skipNonFinite);
    }

    Descent withRegularization(Regularization what) {
        return new Descent(
                rule, schedule, clipping, what, groups, emaMomentum, gradientAccumulationSteps, skipNonFinite);
    }

    Descent withGroup(ParameterGroup group) {
        List<ParameterGroup> more = new ArrayList<>(groups);
        more.add(group);
        return new Descent(
                rule, schedule, clipping, regularization, more, emaMomentum, gradientAccumulationSteps, skipNonFinite);
    }

    Descent withEmaMomentum(double decay) {
        if (decay == 0) {
            throw new IllegalArgumentException("the decay of averaged weights must be above 0 and below 1, got 0");
        }
        return new Descent(
                rule, schedule, clipping, regularization, groups, decay, gradientAccumulationSteps, skipNonFinite);
    }

    Descent withGradientAccumulationSteps(int batches) {
        return new Descent(rule, schedule, clipping, regularization, groups, emaMomentum, batches, skipNonFinite);
    }

    Descent withSkipNonFinite(boolean skips) {
        return new Descent(
                rule, schedule, clipping, regularization, groups, emaMomentum, gradientAccumulationSteps, skips);
    }
}
