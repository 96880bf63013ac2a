package dev.thalweg.cli;

import dev.thalweg.inference.Calibration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which range of an activation's numbers is quantized. */
final class CalibrationOptions {
    private enum Method {
        MIN_MAX,
        PERCENTILE,
        ENTROPY;

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Option(
            names = "--calibration",
            paramLabel = "HOW",
            description =
                    "The range of numbers that integers hold: min-max (all that were seen), percentile (without the"
                            + " outermost) or entropy (the one that loses the least information) (default:"
                            + " ${DEFAULT-VALUE}).")
    private Method method = Method.PERCENTILE;

    @Option(
            names = "--percent",
            paramLabel = "P",
            converter = Range.Percent.class,
            description = "How many of the numbers --calibration percentile keeps, half of the others cut on each side"
                    + " (default: 99.99).")
    private @Nullable Double percent;

    /**
     * Refuses what would have no effect.
     *
     * @throws WrongArgumentException if there is such an option
     */
    void check() {
        if (percent != null && method != Method.PERCENTILE) {
            throw new WrongArgumentException(
                    "--percent has no effect with --calibration " + method + ": expected percentile with it");
        }
    }

    Calibration calibration() {
        return switch (method) {
            case MIN_MAX -> new Calibration.MinMax();
            case PERCENTILE ->
                Optional.ofNullable(percent)
                        .<Calibration>map(Calibration.Percentile::new)
                        .orElse(Calibration.DEFAULT);
            case ENTROPY -> new Calibration.Entropy();
        };
    }
}
