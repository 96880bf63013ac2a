package dev.thalweg.backend.runtime;

import dev.thalweg.graph.Track;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;

/** {@link Track} as a rule of the update pass, whose "gradient" is the value that is averaged. */
record MovingAverage(float kept) implements UpdateRule {
    static Update of(Track track) {
        return new Update(new MovingAverage((float) track.momentum()));
    }

    @Override
    public int slots() {
        return 0;
    }

    @Override
    public void apply(
            float[] parameters, float[] values, float[][] slots, int length, float rate, float trust, long step) {
        float share = 1 - kept;
        for (int i = 0; i < length; i++) {
            parameters[i] = kept * parameters[i] + share * values[i];
        }
    }

    @Override
    public String formula() {
        return "p = " + UpdateRule.literal(kept) + " * p + " + UpdateRule.literal(1 - kept) + " * g;";
    }
}
