package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/** A rule that besides keeps a moving average of the parameters, in a slot after the rule's own. */
record Averaged(UpdateRule rule, double decay) implements UpdateRule {
    @Override
    public int slots() {
        return rule.slots() + 1;
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
        return rule.localRate(learningRate);
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        rule.apply(parameters, gradients, slots, length, rate, trust, step);
        Moments.blend(slots[rule.slots()], parameters, step == 0 ? 0 : (float) decay, length);
    }

    @Override
    public String formula() {
        String average = "s" + rule.slots();
        return rule.formula() + " if (t == 0) " + average + " = p; else { " + Moments.blendFormula(average, "p", decay)
                + " }";
    }

    @Override
    public float[] formulaNumbers(float rate, long step) {
        return rule.formulaNumbers(rate, step);
    }
}
