package dev.thalweg.report;

import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.picture.RenderedPicture;
import dev.thalweg.tensor.TargetKind;
import j2html.tags.DomContent;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Test pictures with what they are, what the model says, and where it looked for that.
 *
 * @param model as trained
 * @param test the pictures
 * @param predictions of them, as probabilities where they are no numbers
 */
record ShownPictures(Model model, ImageDataset test, Predictions predictions) {
    private static final int WORST = 12;
    private static final int SHOWN = 6;

    /** Those that the model did worst on. */
    List<DomContent> worst() {
        return figures(IntStream.range(0, test.size())
                .boxed()
                .sorted(Comparator.comparingDouble(this::goodness))
                .limit(WORST)
                .mapToInt(i -> i)
                .toArray());
    }

    /** The first ones. */
    List<DomContent> first() {
        return figures(IntStream.range(0, Math.min(SHOWN, test.size())).toArray());
    }

    /** The probability of the right class, or how little the outputs are off. */
    private double goodness(int picture) {
        float[] outputs = predictions.outputs().get(picture);
        float[] targets = test.targets().row(picture);
        return test.targets().kind() == TargetKind.CLASSES
                ? outputs[test.label(picture)]
                : -IntStream.range(0, outputs.length)
                        .mapToDouble(i -> Math.abs(outputs[i] - targets[i]))
                        .sum();
    }

    private int greatest(int picture) {
        return Accuracy.argmax(predictions.outputs().get(picture));
    }

    private List<DomContent> figures(int... pictures) {
        List<float[][]> maps = List.of();
        if (test.targets().kind() != TargetKind.REGRESSION) {
            try (ImageDataset chosen = test.select(pictures)) {
                maps = model.classActivations(
                        chosen, IntStream.of(pictures).map(this::greatest).toArray());
            }
        }
        List<DomContent> figures = new ArrayList<>();
        for (int i = 0; i < pictures.length; i++) {
            BufferedImage picture = PictureFiles.image(test, pictures[i]);
            figures.add(
                    maps.isEmpty()
                            ? figure(HtmlReport.image(picture), figcaption(caption(pictures[i])))
                            : figure(
                                    HtmlReport.image(picture),
                                    HtmlReport.image(RenderedPicture.overlaid(picture, maps.get(i))),
                                    figcaption(caption(pictures[i]))));
        }
        return figures;
    }

    private String caption(int picture) {
        float[] outputs = predictions.outputs().get(picture);
        String said = TargetText.of(test.targets().spec(), outputs, TestResults.THRESHOLD);
        return TargetText.of(test, picture) + ", taken for " + said
                + (test.targets().kind() == TargetKind.CLASSES
                        ? String.format(Locale.ROOT, " (%.1f %%)", 100 * outputs[greatest(picture)])
                        : "");
    }
}
