package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/** A rule for one group of parameters: with its share of the learning rate, penalties and decay. */
record Regularized(UpdateRule rule, double rateFactor, Regularization regularization) implements UpdateRule {
    @Override
    public int slots() {
        return rule.slots();
    }

    @Override
    public boolean usesNorms() {
        return rule.usesNorms();
    }

    @Override
    public double trust(double parameterNorm, double gradientNorm) {
        return rule.trust(parameterNorm, gradientNorm);
    }

    @Override
    public float localRate(float learningRate) {
        return rule.localRate((float) (learningRate * rateFactor));
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        if (regularization.l1() > 0) {
            addSigns(gradients, parameters, (float) regularization.l1(), length);
        }
        if (regularization.l2() > 0) {
            Moments.add(gradients, parameters, (float) (2 * regularization.l2()), length);
        }
        if (regularization.weightDecay() > 0) {
            decay(parameters, rate * (float) regularization.weightDecay(), length);
        }
        rule.apply(parameters, gradients, slots, length, rate, trust, step);
    }

    private static void addSigns(float[] gradients, float[] parameters, float lambda, int length) {
        for (int i = 0; i < length; i++) {
            gradients[i] += lambda * Math.signum(parameters[i]);
        }
    }

    private static void decay(float[] parameters, float share, int length) {
        for (int i = 0; i < length; i++) {
            parameters[i] -= share * parameters[i];
        }
    }

    @Override
    public String formula() {
        String penalties = "";
        if (regularization.l1() > 0) {
            penalties += "g += " + UpdateRule.literal(regularization.l1()) + " * sign(p); ";
        }
        if (regularization.l2() > 0) {
            penalties += "g += " + UpdateRule.literal(2 * regularization.l2()) + " * p; ";
        }
        if (regularization.weightDecay() > 0) {
            penalties += "p -= (rate * " + UpdateRule.literal(regularization.weightDecay()) + ") * p; ";
        }
        return penalties + rule.formula();
    }

    @Override
    public float[] formulaNumbers(float rate, long step) {
        return rule.formulaNumbers(rate, step);
    }
}
