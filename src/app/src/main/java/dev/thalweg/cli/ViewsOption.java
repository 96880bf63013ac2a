package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.tensor.Shape;
import java.util.List;
import picocli.CommandLine.Option;

/** How often, and how, a model looks at a picture when it answers; shared by the commands. */
final class ViewsOption {
    private static final String NAME = "--test-time-augmentation";

    private enum Step {
        NONE,
        MIRROR,
        TRANSLATE;

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Option(
            names = NAME,
            paramLabel = "STEP",
            split = ",",
            description = "Look at each picture several times, and answer by the mean: ${COMPLETION-CANDIDATES};"
                    + " several by commas (translate moves it by a thirty-second part along both diagonals; default:"
                    + " as the model was saved, and a new one looks once).")
    private List<Step> steps = List.of();

    void check() {
        if (steps.contains(Step.NONE) && steps.size() > 1) {
            throw new WrongArgumentException(NAME + ": expected none alone, got " + steps);
        }
    }

    /** Has a model look so, if anything was said of it. */
    void applyTo(Model model) {
        check();
        if (!steps.isEmpty()) {
            Shape picture = model.network().pictures().shape();
            model.testTimeAugmentation(new TestTimeAugmentation(
                    steps.contains(Step.MIRROR), steps.contains(Step.TRANSLATE) ? Math.max(1, side(picture) / 32) : 0));
        }
    }

    private static int side(Shape picture) {
        return Math.min(picture.dim(1), picture.dim(2));
    }
}
