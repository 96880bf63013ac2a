package dev.thalweg.data;

import java.util.SplittableRandom;

/** Draws from the symmetric Beta distribution. */
final class Betas {
    private Betas() {}

    static void check(String what, double alpha) {
        if (!(alpha > 0 && alpha <= 1)) {
            throw new IllegalArgumentException(what + ": alpha must be above 0 and at most 1, got " + alpha);
        }
    }

    /** Jöhnk's method (1964), which is quick for α up to 1. */
    static double draw(double alpha, SplittableRandom random) {
        while (true) {
            double x = Math.pow(random.nextDouble(), 1 / alpha);
            double y = Math.pow(random.nextDouble(), 1 / alpha);
            if (x + y > 0 && x + y <= 1) {
                return x / (x + y);
            }
        }
    }
}
